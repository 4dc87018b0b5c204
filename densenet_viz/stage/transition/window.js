// The moving window: four pixels of the mixed map become one, in a picture and in numbers.

import { pointIn, say } from "../shared/dom.js";
import { drawWalk } from "./draw.js";
import { pooled, windowOf } from "./values.js";
import { digitsFor, plain, poolingWords } from "./words.js";

/** @typedef {import("./data.js").Data} Data */
/** @typedef {import("./draw.js").Walk} Walk */
/** @typedef {{window: {index: number, row: number, column: number}, output: number, pooling: import("./values.js").Pooling, done: boolean, ink: import("./draw.js").Colours}} Moment */

/**
 * Draws a moment of the walk over one output map, and says its numbers.
 * @param {ReturnType<typeof import("./parts.js").makeParts>} parts @param {CanvasRenderingContext2D} context
 * @param {Walk} walk @param {Data} data @param {Moment} moment
 */
export function drawWindow(parts, context, walk, data, { window, output, pooling, done, ink }) {
  const { palette, values, sheets } = data;
  drawWalk(context, walk, sheets.mixed, sheets[pooling], output, window, done, ink);
  const four = windowOf(values, output, window.row, window.column);
  const result = pooled(four, pooling);
  const [low, high] = [values.low[output], values.high[output]];
  const digits = digitsFor(high - low, values.top);
  const show = (/** @type {HTMLElement} */ node, /** @type {number} */ value) => {
    tint(node, (value - low) / (high - low || 1), palette);
    say(node, plain(value, digits));
  };
  four.forEach((value, place) => show(parts.four[place], value));
  show(parts.one, result);
  const words = poolingWords(four, result, pooling, digits);
  say(parts.equation, words);
  say(
    parts.note,
    pooling === "average"
      ? "As in this network: all four values count equally."
      : "Not as in this network: only the largest of four is kept. Computed here from the same values.",
  );
  parts.walk.setAttribute(
    "aria-label",
    `Mixed map ${output + 1} under a 2 × 2 window, and the map half as wide. Row ${window.row + 1}, column ${window.column + 1}: ${words}`,
  );
}

/** Gives a number its pixel's colour. @param {HTMLElement} node @param {number} share 0 to 1 @param {Uint8Array} palette */
function tint(node, share, palette) {
  const place = 3 * Math.round(255 * share);
  const [r, g, b] = palette.subarray(place, place + 3);
  node.style.background = `rgb(${r}, ${g}, ${b})`;
  node.style.color = 0.2126 * r + 0.7152 * g + 0.0722 * b > 118 ? "#000" : "#fff";
}

/**
 * The window under the pointer, in either map; null if there is none.
 * @param {PointerEvent} event @param {HTMLElement} canvas @param {Walk} walk
 * @param {[number, number]} half height and width of the pooled map, in pixels
 */
export function windowUnder(event, canvas, walk, [rows, columns]) {
  const [x, y] = pointIn(event, canvas).map((place) => place - 2);
  const [left, top, side] = x < walk.side ? [0, 0, walk.side] : [walk.x, walk.y, walk.half];
  const column = Math.floor(((x - left) / side) * columns);
  const row = Math.floor(((y - top) / side) * rows);
  return column < 0 || row < 0 || column >= columns || row >= rows ? null : row * columns + column;
}
