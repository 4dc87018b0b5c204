// The paper's table 1: what networks share is one wide cell.

import { h } from "../shared/dom.js";

/** @typedef {{layers: string, maps: string, span: number}} Cell */
/** @typedef {{label: string, titles: string[], rows: {name: string, output: string, cells: Cell[]}[]}} Scene */

/** CSS pixels of the first two columns, and the least for each network. */
const FIXED = 220;
const COLUMN = 116;

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  // The table is wider than a phone: it scrolls in its own box, also by keyboard.
  const region = h("div", {
    class: "table-region",
    role: "region",
    tabindex: 0,
    "aria-label": scene.label,
  });
  const draw = (/** @type {Scene} */ { titles, rows, label }) =>
    region.replaceChildren(
      h(
        "table",
        { class: "table", style: `min-width:${FIXED + COLUMN * titles.length}px` },
        h("caption", { class: "stage-hidden" }, label),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...["Layers", "Output", ...titles].map((title) => h("th", { scope: "col" }, title)),
          ),
        ),
        h(
          "tbody",
          {},
          ...rows.map(({ name, output, cells }) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, name),
              h("td", { class: "table-output" }, output),
              ...cells.map(cell),
            ),
          ),
        ),
      ),
    );
  draw(scene);
  root.append(region);
  return { update: draw, destroy: () => region.remove(), save: () => ({ name: "table-1" }) };
}

/** @param {Cell} cell */
function cell({ layers, maps, span }) {
  const [before, after] = layers.replaceAll(" conv", "\u00a0conv").split(" × ");
  const words = after ? [`${before} `, h("b", {}, `×\u00a0${after}`)] : [before];
  return h(
    "td",
    { colspan: span, class: span > 1 ? "table-shared" : "" },
    h("span", {}, ...words),
    ...(maps ? [h("span", { class: "table-maps" }, maps)] : []),
  );
}
