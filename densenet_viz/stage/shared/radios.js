// Radio groups: which choice a key selects.

/**
 * The neighbour of the chosen button after a key, or null if the key does not move.
 * @param {HTMLElement} group @param {string} key
 */
export function neighbour(group, key) {
  const buttons = /** @type {HTMLButtonElement[]} */ ([...group.querySelectorAll('[role="radio"]')]);
  const at = buttons.findIndex((button) => button.getAttribute("aria-checked") === "true");
  const turn = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[key];
  const goal = turn ? at + turn : { Home: 0, End: buttons.length - 1 }[key];
  return goal === undefined ? null : buttons[Math.max(0, Math.min(buttons.length - 1, goal))];
}
