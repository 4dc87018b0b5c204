// The one radio group of all pictures: buttons of which one is chosen. The Tab key stops once, at
// the chosen one; arrows, Home and End choose another.

import { h } from "./dom.js";

/** @typedef {Record<string, number | undefined>} Moves */

/** @type {Moves} */
const MOVES = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/**
 * The place of the choice that a key leads to, or null where the key leads nowhere.
 * @param {string} key @param {number} at the chosen place @param {number} count of the choices
 * @param {boolean} stops whether arrows stop at the ends; else they go on at the other end
 */
export function placeAfter(key, at, count, stops = false) {
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  const move = MOVES[key];
  if (move === undefined) return null;
  return stops ? Math.max(0, Math.min(count - 1, at + move)) : (at + move + count) % count;
}

/**
 * How a group looks and behaves.
 * @typedef {object} Manner
 * @property {string} [look] the classes of the group
 * @property {boolean} [stops] whether arrows stop at the ends
 * @property {boolean} [again] whether a click on the chosen button is told, too
 */

/** @template T what is chosen among */
export class Radios {
  /**
   * @param {string} label what is chosen
   * @param {(value: T) => void} choose called when the visitor chooses
   * @param {Manner} [manner]
   */
  constructor(label, choose, { look = "stage-switch", stops = false, again = false } = {}) {
    this.choose = choose;
    this.stops = stops;
    this.again = again;
    /** @type {Map<HTMLButtonElement, T>} */
    this.values = new Map();
    /** @type {T | undefined} */
    this.chosen = undefined;
    this.node = h("div", { class: look, role: "radiogroup", "aria-label": label });
    this.node.addEventListener("click", (event) => this.click(event));
    this.node.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * A button for a value; `show` puts it into the group.
   * @param {T} value @param {(Node | string)[]} content
   * @param {import("./dom.js").Attributes} [attributes]
   */
  option(value, content, attributes = {}) {
    const own = { type: "button", role: "radio", value: String(value) };
    const button = h("button", { ...own, ...attributes }, ...content);
    this.values.set(button, value);
    return button;
  }

  /**
   * Shows options, and what else stands among them. The focus stays in the group.
   * @param {Node[]} nodes @param {T} chosen
   */
  show(nodes, chosen) {
    const root = /** @type {ShadowRoot | Document} */ (this.node.getRootNode());
    const focused = this.node.contains(root.activeElement ?? null);
    this.node.replaceChildren(...nodes);
    for (const button of this.values.keys()) {
      if (button.parentNode !== this.node) this.values.delete(button);
    }
    this.mark(chosen);
    if (focused) this.focus();
    return this;
  }

  /**
   * Shows one button of words for each value.
   * @param {[T, string][]} options @param {T} chosen
   */
  showWords(options, chosen) {
    return this.show(
      options.map(([value, text]) => this.option(value, [text])),
      chosen,
    );
  }

  /**
   * Shows one button of words for each value, in the look of a pill.
   * @param {[T, string][]} options @param {T} chosen @param {string} look the classes of a button
   */
  showPills(options, chosen, look) {
    const pill = (/** @type {[T, string]} */ [value, text]) =>
      this.option(value, [h("span", {}, text)], { class: `stage-pill ${look}` });
    return this.show(options.map(pill), chosen);
  }

  /**
   * Marks a value as the chosen one, and tells nobody. If no button has it, the Tab key stops at the
   * first one.
   * @param {T} chosen
   */
  mark(chosen) {
    this.chosen = chosen;
    const values = [...this.values.values()];
    const stop = values.includes(chosen) ? chosen : values[0];
    for (const [button, value] of this.values) {
      button.setAttribute("aria-checked", String(value === chosen));
      button.tabIndex = value === stop ? 0 : -1;
    }
  }

  focus() {
    for (const [button, value] of this.values) if (value === this.chosen) button.focus();
  }

  /** @param {T} value */
  pick(value) {
    if (value === this.chosen && !this.again) return;
    this.mark(value);
    this.choose(value);
  }

  /** @param {Event} event */
  click(event) {
    const target = /** @type {Element} */ (event.target);
    const button = /** @type {HTMLButtonElement | null} */ (target.closest('[role="radio"]'));
    if (button && this.values.has(button)) this.pick(/** @type {T} */ (this.values.get(button)));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const values = [...this.values.values()];
    const at = values.indexOf(/** @type {T} */ (this.chosen));
    const next = placeAfter(event.key, at, values.length, this.stops);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (next !== at) this.pick(values[next]);
    this.focus();
  }
}
