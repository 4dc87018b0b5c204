// The texts for a step of deletion or insertion, and the pixels at that step. Does not use the DOM.

/** @typedef {"deletion" | "insertion"} Way */

/** The bytes of the order go from 0 to this number minus one. */
export const LEVELS = 256;

/** A probability with few digits; a value near 0 or 1 is not rounded to 0% or 100%. @param {number} value 0 to 1 */
export function percent(value) {
  if (value > 0 && value < 0.001) return "under 0.1%";
  if (value < 1 && value > 0.999) return "over 99.9%";
  return `${(100 * value).toFixed(1)}%`;
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
 * @param {Way} way @param {number} time @param {string} label @param {{title: string, deletion: number[], insertion: number[]}[]} lines
 */
export function readout(way, time, label, lines) {
  const steps = lines[0][way].length - 1;
  const values = lines.map((line) => `${line.title} ${percent(along(line[way], time))}`);
  return `${shareWords(way, time, steps)}, highest values first. ${label}: ${values.join(", ")}.`;
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
