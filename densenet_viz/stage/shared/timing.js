// Parts of a motion: what is held between two ends, and slow at both.

/** @param {number} value */
export function clamp(value) {
  return Math.max(0, Math.min(1, value));
}

/** Slow at both ends. @param {number} value 0 to 1 */
export function ease(value) {
  const x = clamp(value);
  return x * x * (3 - 2 * x);
}

/** @param {number} from @param {number} to @param {number} share */
export function mix(from, to, share) {
  return from + (to - from) * share;
}
