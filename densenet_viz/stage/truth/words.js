// Texts about a thresholded map, and about one of its pixels. Does not use the DOM.

import { signed } from "../maps/signed-scale.js";

/** @typedef {import("../maps/masks.js").Counts} Counts */

/** A share with few digits; a value near 0 or 1 is not rounded to 0% or 100%. @param {number} share 0 to 1 */
export function percent(share) {
  if (share > 0 && share < 0.001) return "under 0.1%";
  if (share < 1 && share > 0.999) return "over 99.9%";
  const fine = (share > 0 && share < 0.0995) || (share >= 0.995 && share < 1);
  return `${(100 * share).toFixed(fine ? 1 : 0)}%`;
}

/**
 * The current threshold in one sentence.
 * @param {Counts} counts @param {number} pixels of the whole picture @param {string} label
 */
export function sentence({ kept, precision, recall }, pixels, label) {
  return `Keep the strongest ${percent(kept / pixels)} of the picture: ${percent(precision)} of that is ${label}, and ${percent(recall)} of the ${label} is kept.`;
}

/**
 * The slider's value for screen readers.
 * @param {Counts} counts @param {number} pixels
 */
export function sliderWords({ kept, precision, recall }, pixels) {
  return `${percent(kept / pixels)} of the picture kept, precision ${percent(precision)}, recall ${percent(recall)}`;
}

/**
 * A single pixel: where it is, its value, whether it is inside the outlines, and whether it is kept.
 * @param {[number, number]} at @param {number} value @param {{label: string, inside: boolean}[]} masks @param {boolean} kept
 */
export function pixelWords([x, y], value, masks, kept) {
  const on = masks.filter(({ inside }) => inside).map(({ label }) => `inside the ${label}`);
  return `x ${x}, y ${y}: ${signed(value)}, ${on.length ? on.join(" and ") : "outside"}, ${kept ? "kept" : "not kept"}`;
}
