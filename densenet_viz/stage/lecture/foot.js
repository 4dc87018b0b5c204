// The line below a slide: the slide's number, the progress, and buttons for touch screens.

import { h, say } from "../shared/dom.js";
import { plannedAt } from "./place.js";

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./place.js").Slide} Slide */

export class Foot {
  /** @param {Slide[]} slides @param {(action: "back" | "next" | "overview" | "help") => void} act @param {Node[]} corner what is shown beside the buttons */
  constructor(slides, act, corner) {
    this.slides = slides;
    const button = (
      /** @type {string} */ text,
      /** @type {string} */ name,
      /** @type {"back" | "next" | "overview" | "help"} */ action,
    ) =>
      h(
        "button",
        {
          type: "button",
          class: "lecture-turn",
          "aria-label": name,
          title: name,
          onclick: () => act(action),
        },
        text,
      );
    this.place = h("span", { class: "lecture-place" });
    this.done = h("i", { class: "lecture-done" });
    const way = h("span", { class: "lecture-way", "aria-hidden": "true" }, this.done);
    const turns = [button("‹", "Back", "back"), this.place, button("›", "Next", "next")];
    this.node = h(
      "div",
      { class: "lecture-foot" },
      ...turns,
      way,
      ...corner,
      button("▦", "Overview", "overview"),
      button("?", "Keys", "help"),
    );
  }

  /** @param {Place} at */
  move(at) {
    const last = this.slides.length - 1;
    const whole = plannedAt(this.slides, { slide: last, step: this.slides[last].steps + 1 });
    const gone = plannedAt(this.slides, { slide: at.slide, step: at.step + 1 });
    say(this.place, `${at.slide + 1} / ${this.slides.length}`);
    this.done.style.width = `${(100 * gone) / Math.max(whole, 1e-9)}%`;
  }
}
