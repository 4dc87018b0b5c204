// Parts of a motion: limiting, mixing, and slow starts and ends.

/** @param {number} value */
export function clamp(value) {
  return Math.max(0, Math.min(1, value));
}

/** Slow at the start and at the end. @param {number} value 0 to 1 */
export function ease(value) {
  const x = clamp(value);
  return x * x * (3 - 2 * x);
}

/** @param {number} from @param {number} to @param {number} share */
export function mix(from, to, share) {
  return from + (to - from) * share;
}
