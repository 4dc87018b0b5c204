// The speaker view: a second window with notes, the next slide and the time; it follows the first one.
//
// It is an empty window that the first one fills, so it needs no server and also works from a file.

import { h, say } from "../shared/dom.js";
import { elementsOf } from "./words.js";

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./place.js").Scene} Scene */

const NAME = "densenet-viz-speaker";
const SIZE = "popup,width=1100,height=760";
/** The variables of the page's theme; a second window does not inherit them. */
const THEME = ["--st-text-color", "--st-background-color", "--st-primary-color", "--st-font"];

export class Speaker {
  /**
   * @param {Scene} deck @param {{
   *   key: (event: KeyboardEvent) => void, act: (action: "next" | "back" | "restart") => void,
   *   preview: (place: Place, width: number) => HTMLElement | null }} hall
   */
  constructor(deck, hall) {
    this.deck = deck;
    this.hall = hall;
    /** @type {Window | null} */
    this.window = null;
    const button = (
      /** @type {string} */ text,
      /** @type {"next" | "back" | "restart"} */ action,
    ) =>
      h(
        "button",
        { type: "button", class: "lecture-button", onclick: () => hall.act(action) },
        text,
      );
    this.elapsed = h("b", { class: "speaker-elapsed" });
    this.planned = h("span", { class: "speaker-planned" });
    this.plan = h("span", { class: "speaker-plan" });
    this.place = h("p", { class: "speaker-place", role: "status" });
    this.title = h("h1", { class: "speaker-title" });
    /** @type {import("./place.js").Slide | null} the slide whose notes are shown */
    this.noted = null;
    this.notes = h("div", {
      class: "speaker-notes",
      tabindex: 0,
      role: "region",
      "aria-label": "Notes",
    });
    this.nextTitle = h("p", { class: "speaker-next-title" });
    this.next = h("div", { class: "speaker-next" });
    this.root = h(
      "main",
      { class: "speaker" },
      h(
        "header",
        {},
        h("p", {}, this.elapsed, " of ", this.planned, " · ", this.plan),
        this.place,
        h(
          "p",
          { class: "speaker-buttons" },
          button("Back", "back"),
          button("Next", "next"),
          button("Restart the timer", "restart"),
        ),
      ),
      h("section", { class: "speaker-now" }, this.title, this.notes),
      h("section", { class: "speaker-then" }, h("h2", {}, "Next"), this.nextTitle, this.next),
    );
  }

  get open() {
    return this.window !== null && !this.window.closed;
  }

  /** Opens the window, or brings it to the front. @param {Element} themed an element that has the theme @returns {boolean} whether the browser allowed it */
  show(themed) {
    if (this.open) {
      this.window?.focus();
      return true;
    }
    this.window = globalThis.open("", NAME, SIZE);
    if (!this.window) return false;
    const { document } = this.window;
    const style = getComputedStyle(themed);
    document.title = `Speaker · ${this.deck.title}`;
    document.documentElement.lang = "en";
    document.documentElement.style.colorScheme = style.colorScheme;
    for (const name of THEME)
      document.documentElement.style.setProperty(name, style.getPropertyValue(name));
    document.head.replaceChildren(h("style", {}, this.deck.style ?? ""));
    document.body.className = "stage lecture lecture-speaker";
    document.body.replaceChildren(this.root);
    this.window.addEventListener("keydown", this.hall.key, true);
    return true;
  }

  /** @param {Place} at */
  move(at) {
    const slide = this.deck.slides[at.slide];
    const then = this.deck.slides[at.slide + 1];
    const steps = slide.steps ? ` · step ${at.step} of ${slide.steps}` : "";
    say(this.place, `Slide ${at.slide + 1} of ${this.deck.slides.length}${steps}`);
    say(this.title, slide.title);
    if (this.noted !== slide) {
      const empty = h("p", {}, "No notes for this slide.");
      this.notes.replaceChildren(...(slide.notes.length ? elementsOf(slide.notes) : [empty]));
      this.notes.scrollTop = 0;
      this.noted = slide;
    }
    say(this.nextTitle, then ? then.title : "This is the last slide.");
    clearTimeout(this.waiting);
    // The picture for the audience comes first.
    this.waiting = setTimeout(() => this.preview(at), 250);
  }

  /** @param {Place} at */
  preview(at) {
    if (!this.open) return;
    const node = this.hall.preview({ slide: at.slide + 1, step: 0 }, this.next.clientWidth || 420);
    this.next.replaceChildren(...(node ? [node] : []));
  }

  /** @param {{elapsed: string, planned: string, plan: string}} words */
  tell({ elapsed, planned, plan }) {
    say(this.elapsed, elapsed);
    say(this.planned, planned);
    say(this.plan, plan);
  }

  close() {
    clearTimeout(this.waiting);
    this.window?.close();
    this.window = null;
  }
}
