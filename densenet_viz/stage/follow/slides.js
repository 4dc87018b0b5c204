// The slides on a phone: one at a time, as wide as the window and as tall as needed.

import { h, say } from "../shared/dom.js";
import { inside, keysOf, moved } from "../lecture/place.js";
import { Slide } from "../lecture/slide.js";
import { onSwipe } from "../lecture/swipe.js";

/** @typedef {import("../lecture/place.js").Place} Place */
/** @typedef {import("../lecture/place.js").Scene} Scene */

/** The most slides that are kept in memory as they were left; a phone has little memory. */
const MOST_MOUNTED = 4;

/** @type {Record<string, string>} */
const KEYS = { ArrowRight: "next", PageDown: "next", ArrowLeft: "back", PageUp: "back" };

export class FollowSlides {
  /**
   * @param {Scene} deck @param {import("../lecture/scenes.js").Scenes} scenes of the deck
   * @param {(place: Place) => void} tell called when the follower has gone to a place
   */
  constructor(deck, scenes, tell) {
    this.deck = deck;
    this.scenes = scenes;
    this.tell = tell;
    /** @type {Place} */
    this.at = { slide: 0, step: 0 };
    /** @type {Map<number, Slide>} by place; the slide seen last is at the end */
    this.slides = new Map();
    this.hall = h("div", { class: "lecture-hall", tabindex: -1 });
    this.place = h("span", { class: "follow-place", role: "status" });
    const turn = (
      /** @type {string} */ text,
      /** @type {string} */ name,
      /** @type {string} */ action,
    ) =>
      h(
        "button",
        {
          type: "button",
          class: "follow-turn",
          "aria-label": name,
          onclick: () => this.turn(action),
        },
        text,
      );
    this.node = h(
      "div",
      { class: "follow-slides" },
      this.hall,
      h(
        "nav",
        { class: "follow-nav", "aria-label": "Slides" },
        turn("‹", "Back", "back"),
        this.place,
        turn("›", "Next", "next"),
      ),
    );
    this.node.addEventListener("keydown", (event) => this.key(event));
    onSwipe(this.hall, (action) => this.turn(action));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const inPicture = event
      .composedPath()
      .some((node) => node instanceof Element && node.matches(".lecture-picture"));
    const action = KEYS[event.key];
    if (!action || inPicture || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.turn(action);
  }

  /** @param {string} action */
  turn(action) {
    this.go(moved(this.at, action, this.deck.slides));
    this.tell(this.at);
  }

  /** @param {Place} place */
  go(place) {
    const before = this.slides.get(this.at.slide);
    const other = this.at.slide !== place.slide;
    this.at = inside(place, this.deck.slides);
    if (other) before?.hide();
    this.slide(this.at.slide).show(this.at.step);
    this.load(this.at.slide);
    say(this.place, `Slide ${this.at.slide + 1} of ${this.deck.slides.length}`);
  }

  /** Loads a slide's pictures, then the next slide's. @param {number} index */
  async load(index) {
    for (const near of [index, index + 1]) {
      const picture = this.deck.slides[near]?.picture;
      if (picture) await this.scenes.fetch(new Set(keysOf(picture)));
    }
  }

  /** @param {number} index */
  slide(index) {
    const slide = this.slides.get(index) ?? new Slide(this.deck, index, () => {}, this.scenes);
    if (!slide.node.isConnected) this.hall.append(slide.node);
    this.slides.delete(index);
    this.slides.set(index, slide);
    const [oldest, first] = [...this.slides][0];
    if (this.slides.size > MOST_MOUNTED) {
      first.destroy();
      this.slides.delete(oldest);
    }
    return slide;
  }
}
