// What the network says: a bar for each of its most probable classes. Each bar is a button that
// requests the map of its class.

import { h } from "../shared/dom.js";

/** @typedef {{name: string, share: number, text: string, chosen: boolean, right: boolean}} Bar */
/** @typedef {{bars: Bar[]}} Scene */

/** What a screen reader says about a bar. @param {Bar} bar */
export function barLabel(bar) {
  const notes = [bar.right ? "the right answer" : "", bar.chosen ? "explained by the map" : ""];
  return [`${bar.name}: ${bar.text}`, ...notes.filter(Boolean)].join(", ");
}

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 * @param {(name: string, value: unknown) => void} tell
 */
export function mount(root, scene, tell) {
  const list = h("ol", { class: "bars", "aria-label": "The most probable classes" });
  root.append(list);
  const update = (/** @type {Scene} */ next) => {
    const focused = [...list.querySelectorAll("button")].findIndex((button) =>
      button.matches(":focus"),
    );
    list.replaceChildren(
      ...next.bars.map((bar, place) => {
        const button = h(
          "button",
          {
            type: "button",
            class: "bars-bar",
            "aria-pressed": String(bar.chosen),
            "aria-label": barLabel(bar),
            // With the time, choosing the same class twice gives two different values.
            onclick: () => tell("picked", { name: bar.name, first: place === 0, at: Date.now() }),
          },
          h(
            "span",
            { class: "bars-name" },
            bar.name,
            bar.right ? h("span", { class: "bars-right" }, " ✓ right") : "",
          ),
          h("span", { class: "bars-text" }, bar.text),
          h(
            "span",
            { class: "bars-track" },
            h("span", { class: "bars-fill", style: `width:${100 * bar.share}%` }),
          ),
        );
        return h("li", {}, button);
      }),
    );
    if (focused >= 0) list.querySelectorAll("button")[focused]?.focus();
  };
  update(scene);
  return { update, destroy: () => list.remove() };
}
