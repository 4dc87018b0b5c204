// The first part of a curve.

import { mix } from "./timing.js";

/**
 * The first `share` of a cubic curve (de Casteljau), to draw a growing curve.
 * @param {number[]} curve eight numbers @param {number} share 0 to 1
 */
export function grown(curve, share) {
  const at = (/** @type {number} */ a, /** @type {number} */ b) => mix(curve[a], curve[b], share);
  const a = [at(0, 2), at(1, 3)];
  const b = [at(2, 4), at(3, 5)];
  const c = [at(4, 6), at(5, 7)];
  const d = [mix(a[0], b[0], share), mix(a[1], b[1], share)];
  const e = [mix(b[0], c[0], share), mix(b[1], c[1], share)];
  return [curve[0], curve[1], ...a, ...d, mix(d[0], e[0], share), mix(d[1], e[1], share)];
}
