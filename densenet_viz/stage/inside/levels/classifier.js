// The classifier: each pooled map times a class's weight; the sum of the products is the class's score.

import { h } from "../../shared/dom.js";
import { Radios } from "../../shared/radios.js";
import { linkTo, section, signedBar, waiting } from "../parts.js";
import { placeAt } from "../places.js";
import { bySource, productsOf, strongestOf, unpackFloats } from "../values.js";
import { exact, grouped, percent, sourceAt, sourceName } from "../words.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").ClassifierDetail} ClassifierDetail */
/** @typedef {import("../types.js").ClassWeights} ClassWeights */

const SHOWN = 12;

/** @param {ClassWeights} one @param {number} sum */
function totalsOf({ label, bias, logit, weights }, sum) {
  const rows = [
    [`sum of ${grouped(weights.width)} products`, exact(sum)],
    ["bias of the class", exact(bias)],
    [`score of ${label}`, exact(sum + bias), "sum"],
    ["the network itself computed", exact(logit), "made"],
  ];
  return h(
    "table",
    { class: "inside-totals" },
    h(
      "tbody",
      {},
      ...rows.map(([name, value, look]) =>
        h("tr", look ? { class: look } : {}, h("th", { scope: "row" }, name), h("td", {}, value)),
      ),
    ),
  );
}

/** @param {Room} room @param {ClassifierDetail} detail @param {number} block @param {Float64Array} products */
function sourcesOf(room, { ledger }, block, products) {
  const sums = bySource(ledger, products);
  const most = Math.max(1e-12, ...sums.map(Math.abs));
  const rows = ledger.map(({ source }, place) =>
    h(
      "li",
      {},
      linkTo(room, placeAt(sourceAt(block, source)), [sourceName(room.scene, block, source)]),
      signedBar(sums[place] / most),
      h("span", {}, exact(sums[place], 3)),
    ),
  );
  return section(
    "Who wrote what the score is made of",
    h("ul", { class: "inside-bars" }, ...rows),
    h(
      "p",
      { class: "inside-note" },
      "The products of one source's maps, added up. Orange raises the score, blue lowers it.",
    ),
  );
}

/** @param {Room} room @param {ClassifierDetail} detail @param {number} block @param {ClassWeights} one @param {Float64Array} products */
function strongest(room, { features, ledger }, block, { weights }, products) {
  const [pooled, own] = [unpackFloats(features).values, unpackFloats(weights).values];
  const order = strongestOf(products, SHOWN);
  const most = Math.max(1e-12, ...order.map((channel) => Math.abs(products[channel])));
  const rows = order.map((channel) => {
    const slice = ledger.find(({ start, stop }) => start <= channel && channel < stop);
    const name = `map ${channel}`;
    return h(
      "li",
      {},
      slice
        ? linkTo(room, placeAt(sourceAt(block, slice.source), channel - slice.start), [name])
        : h("span", {}, name),
      signedBar(products[channel] / most),
      h(
        "span",
        {},
        `${exact(pooled[channel], 3)} · ${exact(own[channel], 3)} = ${exact(products[channel], 3)}`,
      ),
    );
  });
  return section(
    `The ${order.length} largest of ${grouped(products.length)} products`,
    h("ul", { class: "inside-bars inside-wide" }, ...rows),
    h(
      "p",
      { class: "inside-note" },
      "The map's mean after the last norm and ReLU, times its weight.",
    ),
  );
}

/** @param {Room} room @returns {import("../types.js").View} */
export function classifierView(room) {
  const block = room.scene.parts.filter(({ kind }) => kind === "block").length;
  /** @type {ClassifierDetail | null} */
  let detail = null;
  let shown = 0;
  const totals = h("div", { class: "inside-large" });
  const rest = h("div", { class: "inside-rest" }, waiting());
  const choice = new Radios("Class", (/** @type {number} */ place) => {
    shown = place;
    draw();
  });
  const draw = () => {
    if (!detail) return;
    const one = detail.classes[shown];
    const products = productsOf(detail.features, one.weights);
    const sum = products.reduce((total, product) => total + product, 0);
    totals.replaceChildren(
      totalsOf(one, sum),
      ...(detail.ledger.length ? [sourcesOf(room, detail, block, products)] : []),
    );
    rest.replaceChildren(strongest(room, detail, block, one, products));
  };
  const node = h(
    "div",
    { class: "inside-classifier" },
    h("div", { class: "inside-choice stage-aside" }, choice.node),
    h("div", { class: "inside-channel" }, totals, rest),
  );
  return {
    node,
    fill: (next) => {
      if (next.kind !== "classifier") return;
      detail = next;
      choice.showWords(
        next.classes.map(({ label, probability }, place) => [
          place,
          `${label} ${percent(probability)}`,
        ]),
        shown,
      );
      draw();
    },
  };
}
