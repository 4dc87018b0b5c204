// All slides at once: a grid of small pictures; one is chosen with the pointer, a finger or keys.

import { h } from "../shared/dom.js";
import { thumbnail } from "./slide.js";

/** @typedef {import("./slide.js").Slide} Slide */

const SMALL = 260;

/** Where a key leads among `count` slides in rows of `columns`; null for other keys. @param {number} at @param {string} key @param {number} count @param {number} columns */
export function picked(at, key, count, columns) {
  const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[key];
  if (by !== undefined) return at + by < 0 || at + by >= count ? at : at + by;
  return { Home: 0, End: count - 1 }[key] ?? null;
}

export class Overview {
  /** @param {(slide: number) => void} choose @param {() => void} leave */
  constructor(choose, leave) {
    this.choose = choose;
    this.grid = h("div", { class: "lecture-grid" });
    const end = h(
      "button",
      { type: "button", class: "lecture-button", onclick: leave },
      "Leave the lecture",
    );
    this.node = h(
      "div",
      { class: "lecture-overview", role: "group", "aria-label": "All slides", hidden: true },
      this.grid,
      end,
    );
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    this.grid.addEventListener("keydown", (event) => this.key(event));
  }

  /** @param {Slide[]} slides @param {number} current @param {{width: number, height: number}} hall */
  open(slides, current, { width, height }) {
    const small = Math.min(SMALL, Math.max(140, (width - 60) / 2));
    this.buttons = slides.map((slide, place) =>
      h(
        "button",
        {
          ...{
            type: "button",
            class: "lecture-pick",
            "aria-label": `Slide ${place + 1}: ${slide.scene.title}`,
          },
          ...(place === current ? { "aria-current": "true" } : {}),
          onclick: () => this.choose(place),
        },
        thumbnail(slide.node, width, height, small),
        h("span", {}, `${place + 1}  ${slide.scene.title}`),
      ),
    );
    this.grid.style.setProperty("--small", `${small}px`);
    this.grid.replaceChildren(...this.buttons);
    this.node.hidden = false;
    this.buttons[current].focus();
    this.buttons[current].scrollIntoView({ block: "center" });
  }

  close() {
    this.node.hidden = true;
    this.grid.replaceChildren();
    this.buttons = [];
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const at = this.buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const columns = getComputedStyle(this.grid).gridTemplateColumns.split(" ").length;
    const goal = picked(at, event.key, this.buttons.length, columns);
    if (at < 0 || goal === null) return;
    event.preventDefault();
    this.buttons[goal].focus();
  }
}
