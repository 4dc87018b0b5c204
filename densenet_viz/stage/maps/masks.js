// A mask as Python packs it, and which of its pixels a threshold on a map keeps. No document.

import { bytesOf } from "./maps.js";

/** A true mask: bits row by row, its outline as an SVG path in pixels. @typedef {{label: string, bits: string, path: string}} PackedMask */
/** @typedef {{kept: number, hits: number, precision: number, recall: number, others: number}} Counts */

/** One byte a pixel, 1 where the mask is. @param {string} bits base64 @param {number} size @returns {Uint8Array} */
export function unpackMask(bits, size) {
  const bytes = bytesOf(bits);
  return Uint8Array.from({ length: size * size }, (_, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1);
}

/** The places of a map's pixels, the highest value first; equal ones keep their order. @param {Float32Array} values @returns {Uint32Array} */
export function ranking(values) {
  return Uint32Array.from(values.keys()).sort((a, b) => values[b] - values[a] || a - b);
}

/** How many values are above zero. @param {Float32Array} values */
export function positives(values) {
  return values.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
}

/**
 * For each pixel, whether it is among the first of the ranking: 1 or 0.
 * @param {Uint32Array} order @param {number} keep how many pixels
 */
export function keptOf(order, keep) {
  const kept = new Uint8Array(order.length);
  for (let place = 0; place < keep; place++) kept[order[place]] = 1;
  return kept;
}

/**
 * The hits of all cuts: how many of the first n pixels are in the mask, for n from 0.
 * @param {Uint32Array} order @param {Uint8Array} mask @returns {Uint32Array}
 */
export function hitsAlong(order, mask) {
  const sums = new Uint32Array(order.length + 1);
  for (let place = 0; place < order.length; place++)
    sums[place + 1] = sums[place] + mask[order[place]];
  return sums;
}

/**
 * Precision and recall if the first `keep` pixels are kept. If none is kept, precision is 1.
 * @param {number} keep @param {Uint32Array} hits of every cut @param {Uint32Array | null} others the same for another mask
 * @returns {Counts}
 */
export function counted(keep, hits, others) {
  const found = hits[keep];
  const whole = hits[hits.length - 1];
  return {
    kept: keep,
    hits: found,
    precision: keep ? found / keep : 1,
    recall: whole ? found / whole : 0,
    others: others && keep ? others[keep] / keep : 0,
  };
}

/**
 * The slider's place (0 to `steps`) as a number of pixels: fine where few are kept.
 * @param {number} place @param {number} steps @param {number} most
 */
export function keepAt(place, steps, most) {
  return Math.min(most, Math.max(1, Math.round(most * (place / steps) ** 2)));
}

/** The slider's place that comes nearest to a number of pixels. @param {number} keep @param {number} steps @param {number} most */
export function placeFor(keep, steps, most) {
  return most ? Math.round(steps * Math.sqrt(Math.min(1, keep / most))) : 0;
}
