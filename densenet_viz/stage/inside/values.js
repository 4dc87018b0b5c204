// The numbers of the inside stage: unpacking, what a reader sees, and the products of a kernel.

import { bytesOf } from "../maps/maps.js";

/** @typedef {import("./types.js").PackedFloats} PackedFloats */
/** @typedef {import("./types.js").NumberDetail} NumberDetail */
/** @typedef {import("./types.js").ReaderRow} ReaderRow */

/** Maps with all their digits, row by row. @typedef {{count: number, height: number, width: number, values: Float32Array | Float64Array}} Floats */

/** @param {PackedFloats} packed @returns {Floats} */
export function unpackFloats({ count, height, width, double, data }) {
  const { buffer } = bytesOf(data);
  const values = double ? new Float64Array(buffer) : new Float32Array(buffer);
  return { count, height, width, values };
}

/** @param {Floats} maps @param {number} y @param {number} x @param {number} [map] */
export function at({ height, width, values }, y, x, map = 0) {
  return values[(map * height + y) * width + x];
}

/** What the norm of a reader makes of a value. @param {ReaderRow} reader @param {number} value */
export function normed({ gamma, beta, mean, spread }, value) {
  return (gamma * (value - mean)) / spread + beta;
}

/** A map as a reader sees it. @param {Floats} map @param {ReaderRow} reader @returns {Floats} */
export function seenBy(map, reader) {
  const values = Float64Array.from(map.values, (value) => Math.max(0, normed(reader, value)));
  return { ...map, values };
}

/** @param {ArrayLike<number>} values @returns {[number, number]} */
export function rangeOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (let place = 0; place < values.length; place++) {
    low = Math.min(low, values[place]);
    high = Math.max(high, values[place]);
  }
  return [low, high];
}

/** The part of a sum that comes from one map. @typedef {{input: number, window: number[], weights: number[], products: number[], sum: number}} Term */

/** All that is known of one number. @typedef {{terms: Term[], shown: number, rest: number, total: number, made: number, after: {name: string, value: number}[]}} Sum */

/** A number's surroundings, unpacked. @typedef {{detail: NumberDetail, read: Floats, rest: Floats, made: Floats, after: {name: string, values: Floats}[]}} Surroundings */

/** @param {NumberDetail} detail @returns {Surroundings} */
export function surroundingsOf(detail) {
  return {
    detail,
    read: unpackFloats(detail.read),
    rest: unpackFloats(detail.rest),
    made: unpackFloats(detail.made),
    after: detail.after.map(({ name, values }) => ({ name, values: unpackFloats(values) })),
  };
}

/** Whether a place lies in the surroundings. @param {Surroundings} around @param {number} y @param {number} x */
export function holds({ detail: { top, left }, made }, y, x) {
  return y >= top && x >= left && y < top + made.height && x < left + made.width;
}

/**
 * How the number at a place was computed. The products are computed here, in double precision; what
 * the network itself computed is `made`.
 * @param {Surroundings} around @param {number} y @param {number} x
 * @returns {Sum}
 */
export function sumAt({ detail, read, rest, made, after }, y, x) {
  const { kernelSize: side, stride, strongest } = detail;
  const [row, column] = [y - detail.top, x - detail.left];
  const terms = strongest.map(({ input, weights }, map) => {
    const window = weights.map((_, place) =>
      at(read, row * stride + Math.floor(place / side), column * stride + (place % side), map),
    );
    const products = weights.map((weight, place) => weight * window[place]);
    return { input, window, weights, products, sum: products.reduce((sum, one) => sum + one, 0) };
  });
  const shown = terms.reduce((sum, term) => sum + term.sum, 0);
  const others = at(rest, row, column);
  return {
    terms,
    shown,
    rest: others,
    total: shown + others,
    made: at(made, row, column),
    after: after.map(({ name, values }) => ({ name, value: at(values, row, column) })),
  };
}

/** A place after a key that moves the kernel by one; null for other keys. @param {string} key @param {number} y @param {number} x @param {number} size @param {boolean} far @returns {[number, number] | null} */
export function slid(key, y, x, size, far) {
  const step = far ? 10 : 1;
  const inside = (/** @type {number} */ value) => Math.max(0, Math.min(size - 1, value));
  if (key === "ArrowUp") return [inside(y - step), x];
  if (key === "ArrowDown") return [inside(y + step), x];
  if (key === "ArrowLeft") return [y, inside(x - step)];
  if (key === "ArrowRight") return [y, inside(x + step)];
  return null;
}

/** What a class's weights make of the features, number by number. @param {PackedFloats} features @param {PackedFloats} weights */
export function productsOf(features, weights) {
  const [given, own] = [unpackFloats(features).values, unpackFloats(weights).values];
  return Float64Array.from(given, (value, place) => value * own[place]);
}

/** The sum of each source's products. @param {import("./types.js").Slice[]} ledger @param {Float64Array} products */
export function bySource(ledger, products) {
  return ledger.map(({ start, stop }) =>
    products.subarray(start, stop).reduce((sum, product) => sum + product, 0),
  );
}

/** The places of the largest products, whatever their signs. @param {Float64Array} products @param {number} count */
export function strongestOf(products, count) {
  return [...products.keys()]
    .sort((one, other) => Math.abs(products[other]) - Math.abs(products[one]))
    .slice(0, count);
}
