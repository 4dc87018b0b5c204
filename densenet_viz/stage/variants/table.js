// The paper's table 1: what networks share is one wide cell.

import { h } from "../shared/dom.js";
import { onOwn } from "./chosen.js";
import { ownColumn } from "./own.js";

/** @typedef {{name: string, output: string, layers: string, maps: string}} Line */
/** @typedef {{title: string, lines: Line[]}} Column */
/** @typedef {{label: string, columns: Column[]}} Scene */
/** What neighbouring networks have in a line. @typedef {{layers: string, maps: string, span: number}} Cell */

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
  /** @type {import("./chosen.js").Own} */
  let own = null;
  const draw = () => {
    const columns = own ? [...scene.columns, ownColumn(own)] : scene.columns;
    region.replaceChildren(table(columns, scene.label));
  };
  const stop = onOwn((next) => {
    own = next;
    draw();
  });
  root.append(region);
  return {
    update(/** @type {Scene} */ next) {
      scene = next;
      draw();
    },
    destroy() {
      stop();
      region.remove();
    },
    save: () => ({ name: "table-1" }),
  };
}

/**
 * The cells of a line; equal neighbours share one wide cell.
 * @param {Column[]} columns @param {number} index of the line @returns {Cell[]}
 */
export function cellsOf(columns, index) {
  /** @type {Cell[]} */
  const cells = [];
  for (const { lines } of columns) {
    const { layers, maps } = lines[index];
    const before = cells[cells.length - 1];
    if (before?.layers === layers && before.maps === maps) before.span += 1;
    else cells.push({ layers, maps, span: 1 });
  }
  return cells;
}

/** @param {Column[]} columns @param {string} label */
function table(columns, label) {
  const heads = ["Layers", "Output", ...columns.map(({ title }) => title)];
  return h(
    "table",
    { class: "table", style: `min-width:${FIXED + COLUMN * columns.length}px` },
    h("caption", { class: "stage-hidden" }, label),
    h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
    h(
      "tbody",
      {},
      ...columns[0].lines.map(({ name, output }, index) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, name),
          h("td", { class: "table-output" }, output),
          ...cellsOf(columns, index).map(cell),
        ),
      ),
    ),
  );
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
