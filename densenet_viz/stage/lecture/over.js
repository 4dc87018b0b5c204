// What may be shown over a slide: a black or white screen, the keys, a number being typed, a pointer.

import { h, say } from "../shared/dom.js";
import { HELP } from "./keys.js";

/** @typedef {import("./place.js").Slide} Slide */

/** The keys as a table. */
export function helpTable() {
  const keys = (/** @type {string[]} */ names) =>
    names.flatMap((name, place) => [...(place ? [" "] : []), h("kbd", {}, name)]);
  const rows = HELP.map(([names, does]) =>
    h("tr", {}, h("th", { scope: "row" }, ...keys(names)), h("td", {}, does)),
  );
  return h("table", { class: "lecture-keys" }, h("tbody", {}, ...rows));
}

export class Over {
  /** @param {Slide[]} slides @param {HTMLElement} screen the element on which the pointer moves */
  constructor(slides, screen) {
    this.slides = slides;
    this.screen = screen;
    /** @type {string | null} digits so far */
    this.typed = null;
    this.blank = h("div", { class: "lecture-blank", role: "img", hidden: true });
    this.help = h(
      "div",
      { class: "lecture-help", role: "group", "aria-label": "Keys", tabindex: -1, hidden: true },
      h("h2", {}, "Keys"),
      helpTable(),
    );
    this.number = h("p", { class: "lecture-number", role: "status" });
    this.dot = h("i", { class: "lecture-dot", hidden: true });
    this.nodes = [this.help, this.number, this.dot, this.blank];
    screen.addEventListener("pointermove", (event) => this.point(event));
  }

  /** @param {"black" | "white"} colour */
  darken(colour) {
    this.blank.hidden = false;
    this.blank.dataset.colour = colour;
    this.blank.setAttribute(
      "aria-label",
      `The screen is ${colour}; any key shows the slide again.`,
    );
  }

  /** @param {string | null} typed */
  type(typed) {
    this.typed = typed;
    if (typed === null) return say(this.number, "");
    const slide = this.slides[Number(typed) - 1];
    const words = !typed
      ? "Slide number, then Enter"
      : slide
        ? slide.title
        : `there are ${this.slides.length} slides`;
    return say(this.number, typed ? `${typed}  ${words}` : words);
  }

  /** The slide whose number is being typed, if it exists. @returns {number | null} counted from 0 */
  get goal() {
    const goal = Number(this.typed) - 1;
    return this.typed && goal >= 0 && goal < this.slides.length ? goal : null;
  }

  togglePointer() {
    this.dot.hidden = !this.dot.hidden;
    this.screen.classList.toggle("lecture-pointing", !this.dot.hidden);
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (!this.dot.hidden)
      this.dot.style.transform = `translate(${event.clientX}px, ${event.clientY}px)`;
  }
}
