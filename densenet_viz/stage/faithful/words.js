// The texts for a step of deletion or insertion, and the pixels at that step. Does not use the DOM.

/** @typedef {"deletion" | "insertion"} Way */

/** The bytes of the order go from 0 to this number minus one. */
export const LEVELS = 256;

/** A network's probability with few digits; it is never 0% or 100%. @param {number} value 0 to 1 */
export function percent(value) {
  if (value < 0.001) return "under 0.1%";
  if (value > 0.999) return "over 99.9%";
  return `${(100 * value).toFixed(1)}%`;
}

/** What the curves measure, and between which values they are drawn. @typedef {{name: string, low: number, high: number}} Axis */

/** A value of a curve: a probability in percent, a logit as a number. @param {number} value @param {Axis} axis */
export function valueWords(value, axis) {
  if (axis.name === "probability") return percent(value);
  return value.toFixed(2).replace("-", "−");
}

/** A value's place on the axis, 0 to 1. @param {number} value @param {Axis} axis */
export function placeOn(value, { low, high }) {
  return (value - low) / (high - low);
}

/** A value of a curve between two steps. @param {number[]} curve @param {number} time */
export function along(curve, time) {
  const before = Math.max(0, Math.min(curve.length - 1, Math.floor(time)));
  const after = Math.min(curve.length - 1, before + 1);
  return curve[before] + (time - before) * (curve[after] - curve[before]);
}

/** The share of deleted or inserted pixels, for the slider. @param {Way} way @param {number} time @param {number} steps */
export function shareWords(way, time, steps) {
  const share = Math.round((100 * time) / steps);
  return way === "deletion" ? `${share}% deleted` : `${share}% inserted`;
}

/**
 * A step in one line.
 * @param {Way} way @param {number} time @param {string} label @param {{title: string, deletion: number[], insertion: number[]}[]} lines @param {Axis} axis
 */
export function readout(way, time, label, lines, axis) {
  const steps = lines[0][way].length - 1;
  const values = lines.map((line) => `${line.title} ${valueWords(along(line[way], time), axis)}`);
  return `${shareWords(way, time, steps)}, highest values first. The ${axis.name} of ${label}: ${values.join(", ")}.`;
}

/**
 * Paints the picture at a level of the order: pixels below it show `first`, the others `rest`.
 * @param {Uint8ClampedArray} out RGBA @param {Uint8Array} order a byte a pixel @param {number} level 0 to LEVELS
 * @param {Uint8ClampedArray} first RGBA @param {Uint8ClampedArray} rest RGBA
 */
export function paintAt(out, order, level, first, rest) {
  for (let i = 0; i < order.length; i++) {
    const source = order[i] < level ? first : rest;
    const at = 4 * i;
    out[at] = source[at];
    out[at + 1] = source[at + 1];
    out[at + 2] = source[at + 2];
    out[at + 3] = 255;
  }
}

/** RGBA of one colour. @param {number[]} colour @param {number} pixels */
export function uniform(colour, pixels) {
  const out = new Uint8ClampedArray(4 * pixels);
  for (let i = 0; i < pixels; i++) out.set([colour[0], colour[1], colour[2], 255], 4 * i);
  return out;
}
