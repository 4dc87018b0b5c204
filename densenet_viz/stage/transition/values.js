// The numbers of a transition: reading values, pooling four of them, moving a window.

import { bytesOf } from "../maps/maps.js";

/**
 * Maps as `packed_values` packs them: `bits` is 8 or 16.
 * @typedef {import("../maps/maps.js").PackedMaps & {bits: number}} PackedValues
 */

/**
 * @typedef {{count: number, height: number, width: number, low: number[], high: number[], steps: Uint8Array | Uint16Array, top: number}} Values
 */

/** @typedef {"average" | "max"} Pooling */

/** @param {PackedValues} packed @returns {Values} */
export function unpackValues({ count, height, width, low, high, data, bits }) {
  const bytes = bytesOf(/** @type {string} */ (data)); // they are always sent
  const steps = bits === 16 ? new Uint16Array(bytes.buffer) : bytes;
  return { count, height, width, low, high, steps, top: bits === 16 ? 65535 : 255 };
}

/** @param {Values} values @param {number} map @param {number} y @param {number} x */
export function valueOf({ height, width, low, high, steps, top }, map, y, x) {
  return low[map] + (steps[(map * height + y) * width + x] / top) * (high[map] - low[map]);
}

/** The four values of a window, row by row. @param {Values} values @param {number} map @param {number} row @param {number} column of the result @returns {[number, number, number, number]} */
export function windowOf(values, map, row, column) {
  const at = (/** @type {number} */ y, /** @type {number} */ x) =>
    valueOf(values, map, 2 * row + y, 2 * column + x);
  return [at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
}

/** Four numbers to one. @param {number[]} four @param {Pooling} pooling */
export function pooled(four, pooling) {
  return pooling === "max"
    ? Math.max(...four)
    : four.reduce((sum, value) => sum + value, 0) / four.length;
}

/**
 * Which window is shown at a moment, row by row.
 * @param {number} time 0 to the number of windows @param {number} rows @param {number} columns of the result
 * @returns {{index: number, row: number, column: number}}
 */
export function windowAt(time, rows, columns) {
  const index = Math.max(0, Math.min(rows * columns - 1, Math.floor(time + 1e-6)));
  return { index, row: Math.floor(index / columns), column: index % columns };
}

/**
 * All maps pooled, as bytes from each map's lowest to its highest value, ready to paint.
 * @param {Values} values @param {Pooling} pooling
 * @returns {import("../maps/maps.js").Maps}
 */
export function poolAll(values, pooling) {
  const { count } = values;
  const [height, width] = [Math.floor(values.height / 2), Math.floor(values.width / 2)];
  const bytes = new Uint8Array(count * height * width);
  /** @type {number[]} */
  const low = [];
  /** @type {number[]} */
  const high = [];
  const results = new Float64Array(height * width);
  for (let map = 0; map < count; map++) {
    for (let place = 0; place < results.length; place++) {
      results[place] = pooled(
        windowOf(values, map, Math.floor(place / width), place % width),
        pooling,
      );
    }
    low[map] = results.reduce((a, b) => Math.min(a, b), Infinity);
    high[map] = results.reduce((a, b) => Math.max(a, b), -Infinity);
    const span = high[map] - low[map] || 1;
    results.forEach(
      (value, place) =>
        (bytes[map * results.length + place] = Math.round((255 * (value - low[map])) / span)),
    );
  }
  return { count, height, width, low, high, bytes };
}

/** The values as bytes, for painting. @param {Values} values @returns {import("../maps/maps.js").Maps} */
export function bytesFor({ count, height, width, low, high, steps, top }) {
  const bytes =
    top === 255 ? /** @type {Uint8Array} */ (steps) : Uint8Array.from(steps, (step) => step >> 8);
  return { count, height, width, low, high, bytes };
}

/**
 * The inputs of one mixed map: the strongest one by one, all others as one sum.
 * @typedef {{input: number, weight: number, contribution: number}} Part
 */

/**
 * @param {{inputs: number[][], weights: number[][], contributions: number[][], rest: number[], mean: number[]}} mixing
 * @param {number} output
 * @returns {{parts: Part[], rest: number, mean: number, largest: number}} `largest` is the longest bar
 */
export function partsOf(mixing, output) {
  const parts = mixing.inputs[output].map((input, place) => ({
    input,
    weight: mixing.weights[output][place],
    contribution: mixing.contributions[output][place],
  }));
  const [rest, mean] = [mixing.rest[output], mixing.mean[output]];
  const largest = Math.max(
    1e-9,
    Math.abs(rest),
    Math.abs(mean),
    ...parts.map(({ contribution }) => Math.abs(contribution)),
  );
  return { parts, rest, mean, largest };
}

/**
 * The output map that its strongest inputs explain best: it is shown first.
 * @param {{contributions: number[][], rest: number[]}} mixing
 */
export function clearest({ contributions, rest }) {
  const share = (/** @type {number} */ output) => {
    const top = contributions[output].reduce((sum, part) => sum + Math.abs(part), 0);
    return top / (top + Math.abs(rest[output]) + 1e-9);
  };
  return contributions.reduce(
    (best, _, output) => (share(output) > share(best) ? output : best),
    0,
  );
}
