// The visitor's own network, which the strips tell the other pictures of the same page.

/** @typedef {import("../shared/arithmetic.js").Spec | null} Own */

/** @type {Own} */
let current = null;
/** @type {Set<(own: Own) => void>} */
const listeners = new Set();

/** @param {Own} own */
export function tellOwn(own) {
  if (own === current) return;
  current = own;
  for (const listener of listeners) listener(own);
}

/**
 * Calls `listener` now and with every other network. @param {(own: Own) => void} listener
 * @returns {() => void} ends this
 */
export function onOwn(listener) {
  listeners.add(listener);
  listener(current);
  return () => listeners.delete(listener);
}
