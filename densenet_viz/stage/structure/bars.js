// The strip of blocks and the bars of sources: signed bars around a common zero, each a choice.

import { h } from "../shared/dom.js";
import { ALL, SUM } from "./flows.js";
import { both, share, sourceName } from "./words.js";

/** @typedef {import("./flows.js").Scene} Scene */
/** @typedef {import("./flows.js").Flows} Flows */
/** @typedef {import("../shared/radios.js").Radios<number>} Places */

/**
 * Bars on a common scale: the place of zero, and each bar's start and width, in percent.
 * @param {number[]} values
 * @returns {{zero: number, spans: {left: number, width: number}[]}}
 */
export function spans(values) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const range = high - low || 1;
  const zero = (-100 * low) / range;
  return {
    zero,
    spans: values.map((value) => ({
      left: zero + (100 * Math.min(0, value)) / range,
      width: (100 * Math.abs(value)) / range,
    })),
  };
}

/** @param {number} zero @param {{left: number, width: number}} span @param {string} colour @param {string} kind */
function track(zero, { left, width }, colour, kind) {
  const bar = h("i", { class: `structure-fill ${kind}` });
  bar.style.cssText = `left: ${left}%; width: ${width}%; --own: ${colour}`;
  const line = h("i", { class: "structure-zero" });
  line.style.left = `${zero}%`;
  return h("span", { class: "structure-track" }, bar, line);
}

/**
 * What each block added and what passed straight through it, and the transitions between.
 * @param {Places} radios @param {Scene} scene @param {Flows[]} all
 * @param {number} chosen place of the block
 */
export function drawStrip(radios, scene, all, chosen) {
  const { zero, spans: places } = spans(all.flatMap((flows) => [flows.added, flows.passed]));
  const nodes = all.flatMap((flows, place) => {
    const name = `block ${flows.packed.block}`;
    const rows = [flows.added, flows.passed].map((value, kind) => [
      h("span", { class: "structure-what" }, kind ? "passed" : "added"),
      track(zero, places[2 * place + kind], "var(--ink)", kind ? "structure-hatched" : ""),
      h("b", {}, share(scene, value)),
    ]);
    const label = `${name}: its layers added ${both(scene, flows.added)}; ${both(scene, flows.passed)} passed straight through`;
    const head = h("span", { class: "structure-name" }, name);
    const look = { class: "structure-block", "aria-label": label };
    const button = radios.option(place, [head, ...rows.flat()], look);
    const last = place === all.length - 1;
    const link = h(
      "span",
      { class: "structure-link" },
      last ? "classifier" : flows.packed.next,
      h("small", {}, share(scene, flows.into(flows.last))),
    );
    return [button, link];
  });
  radios.show(nodes, chosen);
}

/**
 * One bar for each source, and one for their sum.
 * @param {Places} radios @param {Scene} scene @param {Flows} flows
 * @param {{source: number, reader: number}} chosen
 */
export function drawBars(radios, scene, flows, { source, reader }) {
  const sources = flows.sourcesOf(reader);
  const rows = reader === ALL ? sources : [...sources, SUM];
  const values = rows.map((one) => flows.flow(one, reader));
  const { zero, spans: places } = spans(values);
  const nodes = rows.map((one, row) => {
    const sum = one === SUM;
    const name = sum ? "together" : one ? `layer ${one}` : "input";
    const label = `${sourceName(flows, one)}: ${both(scene, values[row])}`;
    const chip = h("i", { class: "structure-chip" });
    const colour = sum ? "var(--ink)" : flows.packed.colours[one];
    chip.style.background = colour;
    const parts = [
      chip,
      h("span", { class: "structure-what" }, name),
      track(zero, places[row], colour, ""),
      h("b", {}, share(scene, values[row])),
    ];
    const look = `structure-bar${sum ? " structure-sum" : ""}`;
    return radios.option(one, parts, { class: look, "aria-label": label });
  });
  radios.node.dataset.crowd = String(rows.length > 26);
  radios.show(nodes, source);
}
