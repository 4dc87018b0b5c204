// One map as its readers see it: each has its own batch norm, so the same values differ.

import { h } from "../shared/dom.js";
import { mapCanvas } from "./paint.js";
import { linkTo } from "./parts.js";
import { placeAt } from "./places.js";
import { rangeOf, seenBy, unpackFloats } from "./values.js";
import { exact } from "./words.js";

/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").ReaderRow} ReaderRow */
/** @typedef {import("./types.js").PackedFloats} PackedFloats */

/** @param {Room} room @param {ReaderRow} reader */
export function readerLink(room, { name, at }) {
  return at ? linkTo(room, placeAt(at), [name]) : h("span", {}, name);
}

/** @param {string} title @param {HTMLCanvasElement} canvas @param {(Node | string)[]} words */
function figureOf(title, canvas, words) {
  return h(
    "figure",
    { class: "inside-seen" },
    canvas,
    h("figcaption", {}, h("b", {}, title), ...words),
  );
}

/** @param {ArrayLike<number>} values */
function rangeWords(values) {
  const [low, high] = rangeOf(values);
  return `${exact(low, 3)} to ${exact(high, 3)}`;
}

/**
 * The map as it was written, and as some readers see it, all numbers of their norms written out.
 * @param {Room} room @param {PackedFloats} packed @param {ReaderRow[]} readers
 */
export function readersRow(room, packed, readers) {
  const map = unpackFloats(packed);
  const written = figureOf(
    "as it was written",
    mapCanvas(map, room.palette, "the map as it was written"),
    [h("span", {}, rangeWords(map.values))],
  );
  const seen = readers.map((reader) => {
    const values = seenBy(map, reader);
    return figureOf(
      `${reader.name} sees`,
      mapCanvas(values, room.palette, `the map as ${reader.name} sees it`),
      [
        h("span", {}, rangeWords(values.values)),
        h("span", {}, `γ ${exact(reader.gamma, 3)}, β ${exact(reader.beta, 3)}`),
        h("span", {}, `mean ${exact(reader.mean, 3)}, spread ${exact(reader.spread, 3)}`),
      ],
    );
  });
  return h(
    "div",
    {},
    h("div", { class: "inside-seens" }, written, ...seen),
    h(
      "p",
      { class: "inside-note" },
      "A reader makes of each value v: γ · (v − mean) / spread + β, and what is below zero becomes zero. " +
        "Mean and spread are those of the training pictures and belong to the map; γ and β belong to the reader. Each picture has its own range of colours.",
    ),
  );
}
