// The signed scale and the picture under it, on plain arrays. `figures/colours.py` does the same in
// Python, so that the map on the screen and the downloaded one are the same.

import { bytesOf } from "./maps.js";

/** A signed map: bytes; 127 and -127 are the ends of the colours. @typedef {{size: number, data: string}} PackedSigned */
/** Signed values as Python packs them: 16-bit whole numbers; 32767 is `most`. @typedef {{size: number, most: number, data: string}} PackedHeat */
/** @typedef {"over" | "map" | "picture"} View */

/** Values row by row. @param {PackedHeat} packed @returns {Float32Array} */
export function unpackHeat(packed) {
  const bytes = bytesOf(packed.data);
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.length / 2);
  for (let i = 0; i < values.length; i++)
    values[i] = (view.getInt16(2 * i, true) / 32767) * packed.most;
  return values;
}

/**
 * The place of a value in a palette of `steps` colours: 0 in the middle, the limit at the ends.
 * @param {number} value @param {number} limit above 0 @param {number} steps odd
 */
export function placeOf(value, limit, steps) {
  const part = Math.max(-1, Math.min(1, value / limit));
  return Math.round(((steps - 1) / 2) * (1 + part));
}

/** The text at the two ends of the scale. @param {string[]} meaning */
export function ends([lower, higher]) {
  return [`◀ ${lower}`, `${higher} ▶`];
}

/** Strengths in rising order. @param {Float32Array} values */
export function strengths(values) {
  return values.map(Math.abs).sort();
}

/**
 * The threshold of strength that hides `percent` of the pixels.
 * @param {Float32Array} sorted strengths in rising order @param {number} percent 0 to 100
 */
export function threshold(sorted, percent) {
  const index = Math.round((sorted.length * percent) / 100);
  return index >= sorted.length ? Infinity : index <= 0 ? 0 : sorted[index];
}

/**
 * One colour channel of the picture under a map: first it turns grey, then it fades.
 * @param {number} own the picture's value, 0 to 255 @param {number} grey its pixel's brightness @param {number} opacity 0 to 1
 */
export function faded(own, grey, opacity) {
  const turned = Math.min(1, 2 * opacity);
  return (1 - turned) * own + turned * grey;
}

/**
 * The grey of a pixel under a map, 0 to 255: between its luminance and its strongest channel. With
 * luminance alone, a pink star on an olive wall would be invisible: both are equally bright.
 * @param {Uint8ClampedArray} picture RGBA @param {number} at the pixel's first byte
 */
export function greyOf(picture, at) {
  const [red, green, blue] = [picture[at], picture[at + 1], picture[at + 2]];
  return (0.2126 * red + 0.7152 * green + 0.0722 * blue + Math.max(red, green, blue)) / 2;
}

/**
 * Paints the map into RGBA bytes.
 * @param {Uint8ClampedArray} out RGBA, row by row
 * @param {Uint8ClampedArray} picture RGBA of the picture, of the same size
 * @param {Float32Array} values
 * @param {Uint8Array} palette RGB triples, an odd number of them
 * @param {{limit: number, opacity: number, hideBelow: number, view: View}} how
 */
export function paintHeat(out, picture, values, palette, how) {
  const steps = palette.length / 3;
  const opacity = how.view === "map" ? 1 : how.view === "picture" ? 0 : how.opacity;
  for (let i = 0; i < values.length; i++) {
    const at = 4 * i;
    const hidden = Math.abs(values[i]) < how.hideBelow;
    const place = 3 * placeOf(values[i], how.limit, steps);
    const grey = greyOf(picture, at);
    for (let channel = 0; channel < 3; channel++) {
      const below = faded(picture[at + channel], grey, opacity);
      out[at + channel] = hidden
        ? below
        : (1 - opacity) * below + opacity * palette[place + channel];
    }
    out[at + 3] = hidden && how.view === "map" ? 0 : 255;
  }
}

/**
 * The crosshair after a key; null if the key does not move it. With Shift it moves ten pixels.
 * @param {[number, number]} at x, y @param {string} key @param {number} size @param {boolean} far
 * @returns {[number, number] | null}
 */
export function moved([x, y], key, size, far) {
  const step = far ? 10 : 1;
  const inside = (/** @type {number} */ value) => Math.max(0, Math.min(size - 1, value));
  if (key === "ArrowLeft") return [inside(x - step), y];
  if (key === "ArrowRight") return [inside(x + step), y];
  if (key === "ArrowUp") return [x, inside(y - step)];
  if (key === "ArrowDown") return [x, inside(y + step)];
  if (key === "Home") return [0, y];
  if (key === "End") return [size - 1, y];
  return null;
}

/** Three digits, always with a sign. @param {number} value */
export function signed(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1000
      ? String(Math.round(size))
      : size >= 1e-4
        ? size.toPrecision(3)
        : size.toExponential(2);
  return (value < 0 ? "−" : "+") + text.replace("-", "−");
}

/** Values row by row, -1 to 1. @param {PackedSigned} packed @returns {Float32Array} */
export function unpackSigned(packed) {
  return Float32Array.from(new Int8Array(bytesOf(packed.data).buffer), (value) => value / 127);
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
