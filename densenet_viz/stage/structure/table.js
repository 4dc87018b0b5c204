// The numbers behind the charts, as tables that are made when they are first opened.

import { signed } from "../maps/signed-scale.js";
import { h } from "../shared/dom.js";

/** @typedef {import("./flows.js").Scene} Scene */
/** @typedef {import("./flows.js").Flows} Flows */

/** @param {string} tag @param {string} text @param {string} [scope] */
const cell = (tag, text, scope) => h(tag === "th" ? "th" : "td", scope ? { scope } : {}, text);

/** What each block added, and what passed straight through it. @param {Flows[]} all */
export function stripTable(all) {
  const head = ["part", "added by its layers", "passed straight through", "together"].map((text) =>
    cell("th", text, "col"),
  );
  const rows = all.map((flows) =>
    h(
      "tr",
      {},
      cell("th", `block ${flows.packed.block}, read by ${flows.packed.next}`, "row"),
      ...[flows.added, flows.passed, flows.into(flows.last)].map((value) =>
        cell("td", signed(value)),
      ),
    ),
  );
  return h(
    "table",
    {},
    h("caption", {}, "What each block added"),
    h("thead", {}, h("tr", {}, ...head)),
    h("tbody", {}, ...rows),
  );
}

/** Every connection of a block, with the sums of its rows and columns. @param {Flows} flows */
export function matrixTable(flows) {
  const readers = Array.from({ length: flows.last }, (_, index) => index + 1);
  const heads = [
    "source",
    ...readers.map((reader) => (reader === flows.last ? flows.packed.next : `layer ${reader}`)),
    "out of it",
  ];
  const rows = flows.sourcesOf(flows.last).map((source) => {
    const cells = readers.map((reader) =>
      cell("td", source < reader ? signed(flows.at(source, reader)) : ""),
    );
    return h(
      "tr",
      {},
      cell("th", source ? `layer ${source}` : flows.packed.entering, "row"),
      ...cells,
      cell("td", signed(flows.outOf(source))),
    );
  });
  const foot = h(
    "tr",
    {},
    cell("th", "into it", "row"),
    ...readers.map((reader) => cell("td", signed(flows.into(reader)))),
    cell("td", ""),
  );
  const caption = h(
    "caption",
    {},
    `Block ${flows.packed.block}: how much each reader gets from each source, in units of the score`,
  );
  return h(
    "table",
    {},
    caption,
    h("thead", {}, h("tr", {}, ...heads.map((text) => cell("th", text, "col")))),
    h("tbody", {}, ...rows, foot),
  );
}
