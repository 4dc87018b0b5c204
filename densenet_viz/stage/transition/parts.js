// The transition stage's elements, their names, and the places of their labels.

import { h, say } from "../shared/dom.js";
import { Radios } from "../shared/radios.js";
import { drawMap, paintSigned } from "./draw.js";
import { decimals, grouped, pixels, signed, writerName, writerOf } from "./words.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("./words.js").Counts} Counts */
/** @typedef {import("./values.js").Pooling} Pooling */

const BACK = "M16 5 6 12l10 7z";
const ON = "M8 5l10 7-10 7z";
const TILE = 38;
/** The colour is full from this part of the largest product on: most products are far smaller. */
const STRONG = 0.4;

/**
 * @typedef {object} Handlers
 * @property {(move: number) => void} step to another output map
 * @property {(pooling: Pooling) => void} pool
 */

/** @param {Handlers} on */
export function makeParts(on) {
  const arrow = (
    /** @type {string} */ name,
    /** @type {string} */ path,
    /** @type {number} */ move,
  ) => {
    const button = h("button", {
      type: "button",
      class: "stage-button",
      "aria-label": name,
      title: name,
      onclick: () => on.step(move),
    });
    button.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
    return button;
  };
  const poolings = new Radios("How four numbers become one", on.pool);
  poolings.showWords(
    [
      ["average", "average"],
      ["max", "max"],
    ],
    "average",
  );
  const label = (/** @type {string} */ name) =>
    h("div", { class: `transition-label ${name}` }, h("span", {}), h("b", {}), h("small", {}));
  const parts = {
    badge: h("span", { class: "stage-badge" }),
    title: h("h2", { class: "stage-title" }),
    sentence: h("p", { class: "stage-sentence" }),
    canvas: h("canvas", { "aria-hidden": "true" }),
    labels: { given: label("given"), mixed: label("mixed"), result: label("result") },
    mixTitle: h("h3", { "aria-live": "polite" }),
    back: arrow("Previous output map", BACK, -1),
    on: arrow("Next output map", ON, 1),
    list: h("ol", { class: "transition-list" }),
    sum: h("p", { class: "transition-sum" }),
    walk: h("canvas", { role: "img" }),
    four: Array.from({ length: 4 }, () => h("span", {})),
    one: h("span", {}),
    equation: h("p", { class: "transition-equation" }),
    note: h("p", { class: "transition-note" }),
  };
  const grid = h(
    "div",
    {
      class: "transition-grid",
      tabindex: 0,
      role: "slider",
      "aria-label": "Output map",
      "aria-valuemin": 1,
    },
    parts.canvas,
    ...Object.values(parts.labels),
  );
  const mixing = h(
    "section",
    { class: "transition-mixing" },
    h("div", { class: "transition-head" }, parts.mixTitle, h("span", {}, parts.back, parts.on)),
    parts.list,
    parts.sum,
  );
  const numbers = h(
    "div",
    { class: "transition-numbers", "aria-hidden": "true" },
    h("div", { class: "transition-four" }, ...parts.four),
    h("i", {}, "→"),
    h("div", { class: "transition-one" }, parts.one),
  );
  const pooling = h(
    "section",
    { class: "transition-pooling" },
    h("div", { class: "transition-head" }, h("h3", {}, "Four numbers become one"), poolings.node),
    h("div", { class: "transition-walk" }, parts.walk),
    numbers,
    parts.equation,
    parts.note,
  );
  const head = h("div", { class: "stage-head" }, parts.badge, parts.title, parts.sentence);
  const view = h("div", { class: "stage-view transition-view" }, grid);
  return {
    ...parts,
    head,
    view,
    grid,
    mixing,
    pooling,
    details: h("div", { class: "transition-details" }, mixing, pooling),
  };
}

/** @param {ReturnType<typeof makeParts>["labels"]} labels @param {Counts} scene @param {import("./geometry.js").Layout} layout @param {boolean} asMax */
export function placeLabels(labels, scene, layout, asMax) {
  const words = {
    given: [
      `from block ${scene.block}`,
      grouped(scene.given.count),
      `maps of ${pixels(scene.size)}`,
    ],
    mixed: ["1 × 1 convolution", grouped(scene.mixed.count), `maps of ${pixels(scene.size)}`],
    result: [
      asMax ? "2 × 2 maximum" : "2 × 2 average",
      grouped(scene.mixed.count),
      `maps of ${pixels(scene.half)}`,
    ],
  };
  for (const name of /** @type {("given" | "mixed" | "result")[]} */ ([
    "given",
    "mixed",
    "result",
  ])) {
    const [node, tensor] = [labels[name], layout[name]];
    words[name].forEach((text, index) => say(node.children[index], text));
    const wide = layout.narrow ? layout.width : Math.max(tensor.width, 150);
    node.style.left = `${layout.narrow ? 0 : Math.min(layout.width - wide, tensor.x + (tensor.width - wide) / 2)}px`;
    node.style.top = `${layout.narrow ? tensor.y : tensor.y - 27}px`;
    node.style.width = `${wide}px`;
    node.style.setProperty("--tall", `${tensor.height + 4}px`);
    node.style.setProperty("--wide", `${tensor.width + 14}px`);
    node.classList.toggle("narrow", layout.narrow);
  }
}

/**
 * The weighted sum of one output map, term by term.
 * @param {HTMLOListElement} list @param {Scene} scene
 * @param {import("./draw.js").Sheet} sheet of the activated maps
 * @param {import("../maps/maps.js").Maps} activated
 * @param {ReturnType<import("./values.js").partsOf>} mixing
 */
export function fillList(list, scene, sheet, activated, mixing) {
  const limit =
    STRONG *
    Math.max(
      1e-9,
      ...mixing.parts.map(({ input, weight }) => Math.abs(weight) * activated.high[input]),
    );
  const digits = decimals(Math.max(mixing.largest, Math.abs(mixing.mean)));
  const rows = mixing.parts.map(({ input, weight, contribution }) => {
    const writer = writerOf(scene, input);
    const tile = h("canvas", {
      width: TILE * 2,
      height: TILE * 2,
      role: "img",
      "aria-label": `channel ${input} after norm and ReLU`,
    });
    const context = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
    drawMap(context, sheet, input, 0, 0, TILE * 2);
    const product = h("canvas", {
      role: "img",
      "aria-label": `what channel ${input} adds, pixel by pixel`,
    });
    paintSigned(product, activated, input, weight, limit);
    const owner = h("i", { "aria-hidden": "true" });
    owner.style.background = writer.colour;
    return h(
      "li",
      {},
      owner,
      tile,
      h(
        "span",
        { class: "who" },
        h("b", {}, `channel ${input}`),
        h("small", {}, writerName(writer)),
      ),
      h("span", { class: "weight" }, `×\u00a0${signed(weight)}`),
      product,
      bar(contribution, mixing.largest),
      value(contribution, digits),
    );
  });
  const others = scene.given.count - mixing.parts.length;
  const rest = h(
    "li",
    { class: "rest" },
    h(
      "span",
      { class: "all" },
      others === 1 ? "the other one" : `the other ${grouped(others)} together`,
    ),
    bar(mixing.rest, mixing.largest),
    value(mixing.rest, digits),
  );
  const whole = h(
    "li",
    { class: "whole" },
    h("span", { class: "all" }, "= mean of the mixed map"),
    bar(mixing.mean, mixing.largest),
    value(mixing.mean, digits),
  );
  list.replaceChildren(...rows, ...(others > 0 ? [rest] : []), whole);
}

/** A bar from zero in the middle. @param {number} contribution @param {number} largest */
function bar(contribution, largest) {
  const part = contribution / largest;
  const fill = h("i", { class: part < 0 ? "minus" : "plus" });
  fill.style.width = `${(50 * Math.abs(part)).toFixed(1)}%`;
  return h("span", { class: "bar", "aria-hidden": "true" }, fill);
}

/** @param {number} contribution @param {number} digits */
function value(contribution, digits) {
  return h("span", { class: "value" }, signed(contribution, digits));
}
