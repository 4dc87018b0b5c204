// The variants as strips on one scale. A block is highlighted in all of them together.

import { h, lettersOf, onWidth, reducedMotion, s, say, spareOf } from "../shared/dom.js";
import { fitted, moved, rows, rowsWith, sharedUntil } from "./geometry.js";
import { ownStrip } from "./own.js";
import { OwnPanel } from "./panel.js";
import { FOOT, Strip } from "./strip.js";

/** @typedef {import("../overview/geometry.js").Shape} Shape */
/** @typedef {import("../shared/arithmetic.js").Spec} Spec */
/** @typedef {import("../shared/controls.js").Tell} Tell */
/** @typedef {import("./geometry.js").Row} Row */
/** @typedef {{number: number, layers: number, pixels: number, channels: string, parameters: string, multiplyAdds: string, title: string, sentence: string}} Block */
/** @typedef {{id: string, name: string, own: boolean, k: number, parameters: string, multiplyAdds: string, title: string, sentence: string, parts: Shape[], blocks: Block[]}} Variant */
/** What the controls need; see `Explore` in scene.py. @typedef {{base: Spec, controls: import("../shared/controls.js").ControlsScene, named: {name: string, spec: Spec}[], refused: string}} Explore */
/** @typedef {{key: string, title: string, sentence: string, variants: Variant[], colours: string[], badge: string, description: string, explore: Explore | null}} Scene */
/** @typedef {{row: number, place: number}} Spot place 0 is the network, 1 its first block */

const NARROW = 700;
const REVEAL_MILLISECONDS = 3600;
const WIDE_FIXED = { gap: 5, funnel: 18, classifier: 6 };
const NARROW_FIXED = { gap: 2, funnel: 7, classifier: 3 };
/** The least distance between two rows, in CSS pixels. */
const ROW_GAP = 6;

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 * @param {Tell} [tell]
 */
export function mount(root, scene, tell = () => {}) {
  let drawn = new Variants(root, scene, tell, !reducedMotion());
  return {
    update(/** @type {Scene} */ next) {
      if (next.key === drawn.scene.key) return drawn.recount(next);
      drawn.destroy();
      drawn = new Variants(root, next, tell, false);
    },
    destroy: () => drawn.destroy(),
    save: () => ({ name: "architectures" }),
  };
}

export class Variants {
  /** @param {HTMLElement} root @param {Scene} scene @param {Tell} tell @param {boolean} moving whether the strips draw themselves */
  constructor(root, scene, tell, moving) {
    this.scene = scene;
    this.width = 0;
    /** @type {Spot | null} */
    this.focused = null;
    /** @type {Spot | null} */
    this.pointed = null;
    this.done = moving ? 0 : 1;
    this.frame = 0;
    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    this.badge = h("span", { class: "stage-badge" });
    const head = h(
      "div",
      { class: "stage-head variants-head" },
      this.title,
      this.badge,
      this.sentence,
    );
    this.alike = h(
      "span",
      { class: "variants-alike" },
      h("i"),
      "left of it: as many layers in all",
    );
    this.guide = h("div", { class: "variants-guide" });
    const legend = h(
      "div",
      { class: "variants-legend", "aria-hidden": "true" },
      h("span", {}, "↕ height: channels, one scale for all"),
      h("span", {}, "↔ one column: one layer, as wide as its maps"),
      h("span", {}, h("i"), "one colour a layer"),
      h("span", {}, "Point at a block to highlight it in all"),
      this.alike,
    );
    this.named = scene.variants.map((variant, row) => new Strip(this, variant, row));
    this.own = scene.explore && new OwnPanel(scene.explore, () => this.showOwn(), tell);
    /** All strips; the visitor's own is the last. */
    this.rows = this.named;
    this.list = h(
      "div",
      { class: "variants-list", role: "group", "aria-label": scene.description },
      this.guide,
      ...this.named.map((row) => row.node),
      ...(this.own ? [this.own.node] : []),
    );
    this.list.addEventListener("keydown", (event) => this.key(event));
    this.node = h(
      "section",
      {
        class: "variants",
        "aria-label":
          "The variants as strips on one scale. Arrow keys go from strip to strip and block to block.",
      },
      head,
      legend,
      this.list,
    );
    /** @type {HTMLButtonElement[][]} of each strip: its name's, and its blocks' */
    this.buttons = [];
    root.prepend(this.node); // before the row that saves it
    this.addOwn();
    this.recount(scene);
    this.stop = onWidth(this.node, (width) => this.lay(width));
    if (moving) this.reveal();
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.stop();
    this.own?.destroy();
    this.node.remove();
  }

  /** The same strips with other numbers and another badge. @param {Scene} scene */
  recount(scene) {
    this.scene = scene;
    say(this.badge, `● ${scene.badge}`);
    for (const [index, row] of this.named.entries()) row.recount(scene.variants[index]);
    if (scene.explore) this.own?.answer(scene.explore);
    this.show();
  }

  /** Puts the strip of the visitor's network after the others, if there is such a network. */
  addOwn() {
    const { spec = null, explore = null } = this.own ?? {};
    this.rows = [...this.named];
    if (spec && explore)
      this.rows.push(new Strip(this, ownStrip(spec, explore.base), this.named.length));
    this.own?.put(this.rows[this.named.length]);
    this.buttons = this.rows.map((row) => [row.name, ...row.blocks]);
    if (this.buttons.flat().every(({ tabIndex }) => tabIndex)) this.buttons[0][0].tabIndex = 0;
    if (this.focused && this.focused.row >= this.rows.length) this.focused = null;
    if (this.pointed && this.pointed.row >= this.rows.length) this.pointed = null;
  }

  /** The visitor chose another network. */
  showOwn() {
    this.addOwn();
    // Nothing is measured: the named strips keep their heights, and it takes longer than drawing.
    if (this.width) this.layPage(this.width, this.width < NARROW);
    this.show();
  }

  /** @param {number} width */
  lay(width) {
    this.width = width;
    const narrow = width < NARROW;
    this.node.classList.toggle("variants-narrow", narrow);
    const letters = narrow ? 0 : lettersOf(this.node);
    if (letters) this.laySlide(width, letters);
    else this.layPage(width, narrow);
    const height = this.own ? this.own.node.offsetTop - 10 : this.list.offsetHeight;
    this.guide.style.height = `${height}px`;
  }

  /** @param {number} width @param {boolean} narrow */
  layPage(width, narrow) {
    const sizes = {
      width: width - (narrow ? 4 : 12),
      tallest: narrow ? 150 : Math.min(250, Math.max(170, width * 0.2)),
      textWidth: narrow ? width : width * 0.415,
      textHeight: narrow ? 88 : 84,
      head: narrow ? 24 : 27,
      fixed: narrow ? NARROW_FIXED : WIDE_FIXED,
    };
    const own = this.rows[this.named.length];
    const named = this.shapes(this.named);
    const laid = own ? rowsWith(named, own.variant.parts, sizes) : rows(named, sizes);
    this.put(laid, width);
  }

  /** @param {Strip[]} strips */
  shapes(strips) {
    return strips.map(({ variant }) => variant.parts);
  }

  /**
   * On a slide the text is left of the strips, and the strips are as tall as fits.
   * @param {number} width @param {number} letters CSS pixels
   */
  laySlide(width, letters) {
    const names = Math.ceil(10.5 * letters);
    this.node.style.setProperty("--names", `${names}px`);
    const spare = spareOf(/** @type {Element} */ (this.node.parentElement), this.list) ?? Infinity;
    const sizes = {
      width: width - 12 - names,
      tallest: 250,
      textWidth: 0,
      textHeight: 0,
      head: 4,
      fixed: WIDE_FIXED,
    };
    this.put(fitted(this.shapes(this.rows), sizes, spare, FOOT + ROW_GAP), width - names);
  }

  /** @param {Row[]} laid @param {number} width */
  put(laid, width) {
    for (const [index, row] of this.rows.entries()) row.lay(laid[index], width);
    const alike = sharedUntil(laid.slice(0, this.named.length));
    this.guide.style.left = `${alike}px`;
    for (const node of [this.guide, this.alike]) node.style.display = alike > 0 ? "" : "none";
    this.reach(this.done);
  }

  /** All strips are drawn at the same time, column by column: they are equal up to block 3. */
  reveal() {
    const began = performance.now();
    const tick = (/** @type {number} */ now) => {
      const part = Math.min(1, Math.max(0, (now - began) / REVEAL_MILLISECONDS));
      this.reach(part * part * (3 - 2 * part));
      if (part < 1) this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  /** @param {number} part of the longest strip that is drawn */
  reach(part) {
    this.done = part;
    const longest = Math.max(...this.rows.map((row) => row.laid?.strip.length ?? 0));
    for (const row of this.rows) row.reach(part * (longest + 4));
  }

  /** @param {Spot} spot */
  pointing(spot) {
    const mouse = (/** @type {Spot | null} */ at) => (/** @type {Event} */ event) => {
      // A finger that scrolls also touches strips, but does not choose them.
      if (/** @type {PointerEvent} */ (event).pointerType !== "mouse") return;
      this.pointed = at;
      this.show();
    };
    const focus = (/** @type {Spot | null} */ at) => () => {
      this.focused = at;
      this.show();
    };
    return {
      onpointerenter: mouse(spot),
      onpointerleave: mouse(null),
      onfocus: focus(spot),
      onblur: focus(null),
      // Safari does not focus a button that is tapped.
      onclick: (/** @type {Event} */ event) =>
        /** @type {HTMLElement} */ (event.currentTarget).focus(),
    };
  }

  /** Tab reaches one button; the arrow keys reach the others. @param {KeyboardEvent} event */
  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || this.focused === null) return;
    if (event.key === "Escape") return /** @type {HTMLElement} */ (event.composedPath()[0]).blur();
    if (!["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key))
      return;
    event.preventDefault();
    event.stopPropagation();
    const { row, place } = moved(
      this.focused,
      event.key,
      this.buttons.map((buttons) => buttons.length),
    );
    for (const button of this.buttons.flat()) button.tabIndex = -1;
    this.buttons[row][place].tabIndex = 0;
    this.buttons[row][place].focus();
  }

  show() {
    const spot = this.pointed ?? this.focused;
    const variant = spot && this.rows[spot.row].variant;
    const words =
      !spot || !variant ? this.scene : spot.place ? variant.blocks[spot.place - 1] : variant;
    say(this.title, words.title);
    say(this.sentence, words.sentence);
    for (const [index, row] of this.rows.entries()) row.light(spot, index);
  }
}
