// The variants as strips on one scale. A block is highlighted in all of them together.

import { h, lettersOf, onWidth, reducedMotion, s, say, spareOf } from "../shared/dom.js";
import { fitted, moved, rows, sharedUntil, target } from "./geometry.js";

/** @typedef {import("../overview/geometry.js").Part} Part */
/** @typedef {import("./geometry.js").Row} Row */
/** @typedef {{number: number, layers: number, pixels: number, channels: string, parameters: string, multiplyAdds: string, title: string, sentence: string}} Block */
/** @typedef {{id: string, name: string, own: boolean, k: number, parameters: string, multiplyAdds: string, title: string, sentence: string, parts: Part[], blocks: Block[]}} Variant */
/** @typedef {{key: string, title: string, sentence: string, variants: Variant[], colours: string[], badge: string, description: string}} Scene */
/** @typedef {{row: number, place: number}} Spot place 0 is the network, 1 its first block */

const NARROW = 700;
const REVEAL_MILLISECONDS = 3600;
const WIDE_FIXED = { gap: 5, funnel: 18, classifier: 6 };
const NARROW_FIXED = { gap: 2, funnel: 7, classifier: 3 };
const LEAST_TARGET = 26;
const FINE_BAND = 3;
/** CSS pixels under a strip for its blocks' labels, and the least distance between two rows. */
const FOOT = 28;
const ROW_GAP = 6;

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  let drawn = new Variants(root, scene, !reducedMotion());
  return {
    update(/** @type {Scene} */ next) {
      if (next.key === drawn.scene.key) return drawn.recount(next);
      drawn.destroy();
      drawn = new Variants(root, next, false);
    },
    destroy: () => drawn.destroy(),
    save: () => ({ name: "architectures" }),
  };
}

/** @param {Element} node @param {Record<string, number>} values */
function set(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
}

class Variants {
  /** @param {HTMLElement} root @param {Scene} scene @param {boolean} moving whether the strips draw themselves */
  constructor(root, scene, moving) {
    this.scene = scene;
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
    this.rows = scene.variants.map((variant, row) => new Strip(this, variant, row));
    this.list = h(
      "div",
      { class: "variants-list", role: "group", "aria-label": scene.description },
      this.guide,
      ...this.rows.map((row) => row.node),
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
    this.buttons = this.rows.map((row) => [row.name, ...row.blocks]);
    this.buttons[0][0].tabIndex = 0;
    root.append(this.node);
    this.recount(scene);
    this.stop = onWidth(this.node, (width) => this.lay(width));
    if (moving) this.reveal();
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.stop();
    this.node.remove();
  }

  /** The same strips with other numbers and another badge. @param {Scene} scene */
  recount(scene) {
    this.scene = scene;
    say(this.badge, `● ${scene.badge}`);
    for (const [index, row] of this.rows.entries()) row.recount(scene.variants[index]);
    this.show();
  }

  /** @param {number} width */
  lay(width) {
    const narrow = width < NARROW;
    this.node.classList.toggle("variants-narrow", narrow);
    const letters = narrow ? 0 : lettersOf(this.node);
    if (letters) return this.laySlide(width, letters);
    const laid = rows(
      this.scene.variants.map((variant) => variant.parts),
      {
        width: width - (narrow ? 4 : 12),
        tallest: narrow ? 150 : Math.min(250, Math.max(170, width * 0.2)),
        textWidth: narrow ? width : width * 0.415,
        textHeight: narrow ? 88 : 84,
        head: narrow ? 24 : 27,
        fixed: narrow ? NARROW_FIXED : WIDE_FIXED,
      },
    );
    this.put(laid, width);
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
    this.put(
      fitted(
        this.scene.variants.map(({ parts }) => parts),
        sizes,
        spare,
        FOOT + ROW_GAP,
      ),
      width - names,
    );
  }

  /** @param {Row[]} laid @param {number} width */
  put(laid, width) {
    for (const [index, row] of this.rows.entries()) row.lay(laid[index], width);
    const own = this.scene.variants.findIndex((variant) => variant.own);
    const alike = sharedUntil(own < 0 ? laid : laid.slice(0, own));
    this.guide.style.cssText = `left:${alike}px;height:${own < 0 ? this.list.offsetHeight : this.rows[own].node.offsetTop - 10}px`;
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
    const variant = spot && this.scene.variants[spot.row];
    const words =
      !spot || !variant ? this.scene : spot.place ? variant.blocks[spot.place - 1] : variant;
    say(this.title, words.title);
    say(this.sentence, words.sentence);
    for (const [index, row] of this.rows.entries()) row.light(spot, index);
  }
}

class Strip {
  /** @param {Variants} stage @param {Variant} variant @param {number} row */
  constructor(stage, variant, row) {
    this.stage = stage;
    this.variant = variant;
    /** @type {Row | null} */
    this.laid = null;
    const clip = `variants-done-${row}`;
    this.clip = s("rect", { x: 0, y: -40 });
    this.ghost = s("g", { class: "variants-ghost" });
    this.shapes = s("g", { "clip-path": `url(#${clip})` });
    this.base = s("line", { class: "variants-base" });
    this.peak = s("text", { class: "variants-peak", "text-anchor": "middle" });
    this.svg = s(
      "svg",
      { class: "variants-svg", "aria-hidden": "true" },
      s("defs", {}, s("clipPath", { id: clip }, this.clip)),
      this.ghost,
      this.shapes,
      this.base,
      this.peak,
    );
    this.parameters = h("strong", {});
    this.multiplyAdds = h("strong", {});
    this.where = h("span", { class: "variants-where" });
    this.name = h(
      "button",
      {
        type: "button",
        class: "variants-name",
        tabindex: -1,
        ...stage.pointing({ row, place: 0 }),
      },
      h("span", { class: "variants-title" }, h("b", {}, variant.name), this.where),
      h(
        "span",
        { class: "variants-numbers" },
        h("span", {}, this.parameters, " parameters"),
        h("span", {}, this.multiplyAdds, " multiply-adds"),
      ),
    );
    this.blocks = variant.blocks.map((block, index) =>
      h(
        "button",
        {
          type: "button",
          class: "variants-block",
          tabindex: -1,
          ...stage.pointing({ row, place: index + 1 }),
        },
        h("span", {}, h("b", {}, `× ${block.layers}`), h("i", {}, ` ${block.pixels} px`)),
      ),
    );
    this.node = h("div", { class: "variants-row" }, this.svg, this.name, ...this.blocks);
  }

  /** @param {Variant} variant the same architecture with new counts */
  recount(variant) {
    this.variant = variant;
    this.name.setAttribute("aria-label", `${variant.title}. ${variant.sentence}`);
    for (const [index, { title, sentence }] of variant.blocks.entries())
      this.blocks[index].setAttribute("aria-label", `${title}. ${sentence}`);
  }

  /** @param {Row} laid @param {number} width */
  lay(laid, width) {
    this.laid = laid;
    const { strip, height } = laid;
    set(this.svg, { width, height });
    set(this.clip, { height: height + 80 });
    set(this.base, { x1: 0, x2: strip.length, y1: height, y2: height });
    this.ghost.replaceChildren(...this.parts(laid));
    this.shapes.replaceChildren(...this.parts(laid));
    this.node.style.height = `${height + FOOT}px`;
    const placed = strip.places.filter((_, index) => this.variant.parts[index].kind === "block");
    for (const [index, button] of this.blocks.entries()) {
      const { left, width: wide } = target(placed[index], LEAST_TARGET);
      const high = Math.max(16, placed[index].high + 6); // With the foot 44 px for a finger
      button.style.cssText = `left:${left}px;width:${wide}px;top:${height - high}px;height:${high + FOOT}px`;
    }
    this.name.style.top = "0px";
    const tallest = strip.bands.reduce((best, band) => (band.high > best.high ? band : best));
    say(this.peak, this.variant.parts[tallest.part].leaves.toLocaleString("en"));
    set(this.peak, { x: Math.min(width - 26, tallest.end), y: height - laid.peak - 8 });
  }

  /** One group a part, with its funnel or its bands, as the overview draws them. @param {Row} laid */
  parts({ strip, height }) {
    const groups = this.variant.parts.map((_, index) => s("g", { "data-part": index }));
    for (const { part, start, end, from, to } of strip.funnels) {
      const points = [
        [start, height],
        [start, height - from],
        [end, height - to],
        [end, height],
      ];
      groups[part].append(s("polygon", { class: "variants-funnel", points: points.join(" ") }));
    }
    for (const { part, layer, start, end, low, high } of strip.bands) {
      const fine = high - low < FINE_BAND && layer > 0 ? " variants-fine" : "";
      groups[part].append(
        s("rect", {
          x: start,
          y: height - high,
          width: end - start,
          height: Math.max(1, high - low),
          fill: this.stage.scene.colours[layer],
          class: `variants-band${fine}`,
        }),
      );
    }
    return groups;
  }

  /** @param {number} along CSS pixels up to which the strip is drawn */
  reach(along) {
    set(this.clip, { width: along });
    const whole = along >= (this.laid?.strip.length ?? 0);
    this.peak.style.opacity = whole ? "1" : "0";
    this.ghost.style.display = whole ? "none" : "";
  }

  /** @param {Spot | null} spot what is pointed at @param {number} row this strip's own */
  light(spot, row) {
    const block = spot && spot.place ? this.variant.blocks[spot.place - 1] : undefined;
    const absent = spot !== null && spot.place > 0 && !block;
    const numbers = block ?? this.variant;
    say(this.parameters, absent ? "–" : numbers.parameters);
    say(this.multiplyAdds, absent ? "–" : numbers.multiplyAdds);
    say(this.where, block ? block.channels : `k = ${this.variant.k}`);
    this.node.classList.toggle("variants-lit", spot?.row === row);
    this.node.classList.toggle(
      "variants-dim",
      spot !== null && spot.place === 0 && spot.row !== row,
    );
    for (const [index, part] of this.variant.parts.entries()) {
      const dim = Boolean(spot?.place) && !(part.kind === "block" && part.number === spot?.place);
      for (const group of this.svg.querySelectorAll(`[data-part="${index}"]`))
        group.classList.toggle("variants-faded", dim);
    }
    for (const [index, button] of this.blocks.entries())
      button.classList.toggle("variants-same", spot?.place === index + 1);
  }
}
