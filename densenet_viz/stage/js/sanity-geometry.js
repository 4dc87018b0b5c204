// Where the curves of the sanity check stand, and maps between two stages. No document.

import { bytesOf } from "./maps.js";

/** A signed map: bytes of which 127 and -127 are where the colours end. @typedef {{size: number, data: string}} PackedSigned */

export const TOP = 14;
export const BOTTOM = 30;

/** Values row by row, -1 to 1. @param {PackedSigned} packed @returns {Float32Array} */
export function unpackSigned(packed) {
  return Float32Array.from(new Int8Array(bytesOf(packed.data).buffer), (value) => value / 127);
}

/**
 * The middle of a stage's column.
 * @param {number} stage whole or between two @param {number} count of stages @param {number} width
 */
export function xOf(stage, count, width) {
  return (width * (stage + 0.5)) / count;
}

/** The stage whose column an x lies in. @param {number} x @param {number} count @param {number} width */
export function stageAt(x, count, width) {
  return Math.max(0, Math.min(count - 1, Math.floor((x / width) * count)));
}

/** Where the axis may end below; a mark hardly below 0 still stands on the line. */
const ENDS = [0, -0.25, -0.5, -1];

/** The lowest value that the axis has to show. @param {number[]} values */
export function lowest(values) {
  const least = Math.min(0, ...values);
  return ENDS.find((end) => least >= end - 0.01) ?? -1;
}

/** @param {number} value @param {number} low of the axis @param {number} height */
export function yOf(value, low, height) {
  return TOP + ((1 - value) / (1 - low)) * (height - TOP - BOTTOM);
}

/** Values as a path through their columns. @param {number[]} values @param {number} count @param {number} low @param {number} width @param {number} height */
export function lineOf(values, count, low, width, height) {
  return values.map((value, stage) => `${stage ? "L" : "M"}${xOf(stage, count, width).toFixed(1)} ${yOf(value, low, height).toFixed(1)}`).join("");
}

/** A mark in a line: a disc, a square or a triangle. @param {number} kind @param {number} x @param {number} y @param {number} r */
export function markOf(kind, x, y, r) {
  const at = (/** @type {number} */ dx, /** @type {number} */ dy) => `${(x + dx * r).toFixed(1)} ${(y + dy * r).toFixed(1)}`;
  if (kind === 1) return `M${at(-0.9, -0.9)}L${at(0.9, -0.9)}L${at(0.9, 0.9)}L${at(-0.9, 0.9)}Z`;
  if (kind === 2) return `M${at(0, -1.15)}L${at(1.1, 0.85)}L${at(-1.1, 0.85)}Z`;
  return `M${at(-1, 0)}A${r} ${r} 0 1 1 ${at(1, 0)}A${r} ${r} 0 1 1 ${at(-1, 0)}Z`;
}

/** A number that changes from stage to stage, between two. @param {number[]} values @param {number} time */
export function between(values, time) {
  const before = Math.max(0, Math.min(values.length - 1, Math.floor(time)));
  const after = Math.min(values.length - 1, before + 1);
  return values[before] + (time - before) * (values[after] - values[before]);
}

/**
 * Paints a signed map, faded from one into the next, into RGBA bytes.
 * @param {Uint8ClampedArray} out @param {Float32Array} from @param {Float32Array} to @param {number} part 0 to 1
 * @param {Uint8Array} palette RGB triples, an odd number of them, the middle one for 0
 */
export function paintFaded(out, from, to, part, palette) {
  const half = (palette.length / 3 - 1) / 2;
  for (let i = 0; i < from.length; i++) {
    const value = from[i] + part * (to[i] - from[i]);
    const place = 3 * Math.round(half * (1 + Math.max(-1, Math.min(1, value))));
    out[4 * i] = palette[place];
    out[4 * i + 1] = palette[place + 1];
    out[4 * i + 2] = palette[place + 2];
    out[4 * i + 3] = 255;
  }
}
