// The whole network as one strip, and what happens to one picture in it.

import { h, lettersOf, onWidth, reducedMotion, s, say, spareOf } from "../shared/dom.js";
import { between, perPixelFor, stepAt, strip } from "./geometry.js";
import { Player } from "../shared/player.js";

/** @typedef {import("./geometry.js").Part} Part */
/** @typedef {import("./geometry.js").Strip} Strip */
/** @typedef {{part: number, channels: number, layer: number, label: string, title: string, sentence: string}} Step */
/** @typedef {{key: string, name: string, picture: string, alt: string, parts: Part[], steps: Step[], colours: string[], badge: string, description: string}} Scene */

const NARROW = 780;
/** If a line has fewer letters than this, labels on a slide would overlap. */
const TIGHT = 58;
/** The height of a part's label, in letters. */
const LABEL = 3.9;
const STEP_MILLISECONDS = 420;
const WIDE_FIXED = { gap: 12, funnel: 20, classifier: 12 };
const NARROW_FIXED = { gap: 36, funnel: 0, classifier: 8 };
const NARROW_PER_PIXEL = 0.38;

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  let drawn = new Overview(root, scene);
  return {
    update(/** @type {Scene} */ next) {
      if (next.key === drawn.scene.key) return;
      drawn.destroy();
      drawn = new Overview(root, next);
    },
    destroy: () => drawn.destroy(),
    save: () => ({ name: "overview" }),
  };
}

const grouped = (/** @type {number} */ value) => value.toLocaleString("en");

/** What a part does to the channels. @param {Part} part */
function channels(part) {
  if (part.kind === "picture" || part.kind === "classifier") return grouped(part.leaves);
  return `${grouped(part.reads)} → ${grouped(part.leaves)}`;
}

/** @param {Part} part */
function pixels(part) {
  if (part.kind === "classifier") return "classes";
  return part.pixels === part.out ? `${part.out} px` : `${part.pixels} → ${part.out} px`;
}

/** @param {Element} node @param {Record<string, number>} values */
function set(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
}

class Overview {
  /** @param {HTMLElement} root @param {Scene} scene */
  constructor(root, scene) {
    this.scene = scene;
    /** @type {number | null} the part that the visitor points at */
    this.pointed = null;
    /** @type {Strip | null} */
    this.strip = null;
    this.down = false;
    this.time = 0;
    this.top = 0;
    this.across = 0;
    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    const badge = h("span", { class: "stage-badge" }, `● ${scene.badge}`);
    const head = h("div", { class: "stage-head overview-head" }, this.title, badge, this.sentence);

    this.clip = s("rect", { x: 0, y: 0 });
    this.edge = s("line", { class: "overview-edge" });
    this.count = s("text", { class: "overview-count" });
    this.plus = s("text", { class: "overview-plus" });
    this.swatch = s("rect", { class: "overview-swatch", width: 14, height: 14, rx: 3 });
    this.shapes = s("g");
    this.targets = s("g");
    this.svg = s(
      "svg",
      { class: "overview-svg", role: "img", "aria-label": scene.description },
      s("defs", {}, s("clipPath", { id: "overview-done" }, this.clip)),
      this.shapes,
      this.edge,
      this.targets,
      this.swatch,
      this.count,
      this.plus,
    );
    this.thumbnail = h("img", {
      class: "overview-picture",
      src: scene.picture,
      alt: scene.alt,
      draggable: "false",
    });
    this.legend = h(
      "div",
      { class: "overview-legend", "aria-hidden": "true" },
      h("span", {}, "↕ height: channels"),
      h("span", {}, "↔ width: pixels"),
      h(
        "span",
        {},
        h("i"),
        "one colour for each layer’s maps: written once, kept to the block’s end",
      ),
    );
    this.buttons = scene.parts.map((part, index) => this.button(part, index));
    this.view = h(
      "div",
      { class: "overview-view" },
      this.svg,
      this.thumbnail,
      this.legend,
      ...this.buttons,
    );
    this.player = new Player({
      steps: scene.steps.length - 1,
      stepMilliseconds: STEP_MILLISECONDS,
      draw: (time) => this.show(time),
      label: (time) => scene.steps[stepAt(time, scene.steps.length)].label,
      noun: "step",
    });
    this.node = h(
      "section",
      { class: "overview", "aria-label": `${scene.name}, part by part` },
      head,
      this.view,
      this.player.node,
    );
    this.node.addEventListener("keydown", (event) => this.player.key(event));
    this.player.node.addEventListener("click", () => this.point(null));
    root.append(this.node);
    this.player.seek(scene.steps.length - 1);
    this.stop = onWidth(this.node, (width) => this.lay(width));
    if (!reducedMotion()) this.player.play();
  }

  destroy() {
    this.player.pause();
    this.stop();
    this.node.remove();
  }

  /** @param {Part} part @param {number} index */
  button(part, index) {
    return h(
      "button",
      {
        type: "button",
        class: `overview-part overview-${part.kind}`,
        "aria-label": `${part.title}. ${part.sentence}`,
        ...this.pointing(index),
      },
      h("span", { class: "overview-name" }, part.name),
      h("strong", {}, channels(part)),
      h("span", { class: "overview-size" }, pixels(part)),
    );
  }

  /** @param {number} index */
  pointing(index) {
    const mouse = (/** @type {number | null} */ part) => (/** @type {Event} */ event) => {
      // A finger that scrolls also touches parts, but does not choose them.
      if (/** @type {PointerEvent} */ (event).pointerType === "mouse") this.point(part);
    };
    return {
      onpointerenter: mouse(index),
      onpointerleave: mouse(null),
      onfocus: () => this.point(index),
      onblur: () => this.point(null),
      onclick: () => this.point(index),
    };
  }

  /** Lays out the strip for a width. @param {number} width */
  lay(width) {
    const { parts } = this.scene;
    this.down = width < NARROW;
    this.node.classList.toggle("overview-down", this.down);
    this.node.classList.toggle("overview-tight", width < TIGHT * lettersOf(this.node));
    // On a phone the strip is longer than the screen, so the player is above it.
    if (this.down) this.node.insertBefore(this.player.node, this.view);
    else this.node.append(this.player.node);
    const most = Math.max(
      ...parts.map((part) => (part.kind === "classifier" ? part.reads : part.leaves)),
    );
    const fixed = this.down ? NARROW_FIXED : WIDE_FIXED;
    const perPixel = this.down ? NARROW_PER_PIXEL : perPixelFor(parts, width - 28, fixed);
    this.top = this.down ? 38 : 34;
    this.across = this.down ? width : this.tall(width);
    this.strip = strip(parts, { perPixel, perChannel: this.across / most, ...fixed });
    this.paint();
    this.place(this.strip);
    this.player.seek(this.player.time);
  }

  /** The height of the tallest column, in CSS pixels: it follows the width, or the room on a slide. @param {number} width */
  tall(width) {
    const spare = spareOf(/** @type {Element} */ (this.node.parentElement), this.svg);
    return spare
      ? Math.max(110, Math.min(420, spare - this.top))
      : Math.min(420, Math.max(280, width * 0.345));
  }

  /** A rectangle: along and across as x and y. @param {number} start @param {number} end @param {number} low @param {number} high */
  box(start, end, low, high) {
    if (this.down) return { x: low, y: start + this.top, width: high - low, height: end - start };
    return { x: start, y: this.top + this.across - high, width: end - start, height: high - low };
  }

  paint() {
    const laid = /** @type {Strip} */ (this.strip);
    const width = this.down ? this.across : laid.length;
    const height = this.top + (this.down ? laid.length + 4 : this.across);
    set(this.svg, { width, height });
    set(this.clip, { width, height });
    this.shapes.replaceChildren(
      s("g", { class: "overview-ghost" }, ...this.parts(laid)),
      s("g", { "clip-path": "url(#overview-done)" }, ...this.parts(laid)),
    );
    this.targets.replaceChildren(
      ...laid.places.map(({ start, end, high }, index) =>
        s("rect", {
          ...this.box(start - 6, end + 6, 0, Math.max(high, 40)),
          class: "overview-target",
          ...this.pointing(index),
        }),
      ),
    );
  }

  /** One group a part, with its funnel or its bands. @param {Strip} laid */
  parts(laid) {
    const groups = this.scene.parts.map((_, index) => s("g", { "data-part": index }));
    for (const { part, start, end, from, to } of laid.funnels) {
      const a = this.box(start, start, 0, from);
      const b = this.box(end, end, 0, to);
      const corners = this.down
        ? [
            [a.x, a.y],
            [a.x + a.width, a.y],
            [b.x + b.width, b.y],
            [b.x, b.y],
          ]
        : [
            [a.x, a.y + a.height],
            [a.x, a.y],
            [b.x, b.y],
            [b.x, b.y + b.height],
          ];
      groups[part].append(s("polygon", { class: "overview-funnel", points: corners.join(" ") }));
    }
    for (const { part, layer, start, end, low, high } of laid.bands) {
      const shape = this.box(start, end, low, Math.max(high, low + 1.5));
      groups[part].append(
        s("rect", { ...shape, fill: this.scene.colours[layer], class: "overview-band" }),
      );
    }
    return groups;
  }

  /** Labels, thumbnail and legend. @param {Strip} laid */
  place(laid) {
    const line = Math.max(60, LABEL * lettersOf(this.node));
    for (const [index, button] of this.buttons.entries()) {
      const { start, end } = laid.places[index];
      const row = ["transition", "classifier"].includes(this.scene.parts[index].kind) ? 1 : 0;
      button.style.cssText = this.down
        ? `left:0;right:0;top:${start + this.top - 36}px`
        : `left:${(start + end) / 2}px;top:${this.top + this.across + 6 + row * line}px`;
    }
    const { end } = laid.places[0];
    const side = Math.min(end, 140);
    this.thumbnail.style.cssText = this.down
      ? `left:14px;top:${this.top}px;width:${end}px`
      : `left:0;top:${this.top + this.across - side - 8}px;width:${side}px`;
  }

  /** @param {number | null} part */
  point(part) {
    this.pointed = part;
    this.say();
    for (const group of this.shapes.querySelectorAll("[data-part]")) {
      group.classList.toggle(
        "overview-dim",
        part !== null && group.getAttribute("data-part") !== String(part),
      );
    }
    for (const [index, button] of this.buttons.entries())
      button.classList.toggle("overview-pointed", index === part);
  }

  say() {
    const { parts, steps } = this.scene;
    const words =
      this.pointed === null ? steps[stepAt(this.time, steps.length)] : parts[this.pointed];
    say(this.title, words.title);
    say(this.sentence, words.sentence);
  }

  /** @param {number} time */
  show(time) {
    this.time = time;
    this.say();
    if (!this.strip) return;
    const { steps, colours } = this.scene;
    const now = stepAt(time, steps.length);
    const done = between(this.strip.stops, time);
    const height = between(this.strip.heights, time);
    const whole = now === steps.length - 1;
    set(this.clip, this.down ? { height: done + this.top } : { width: done });
    const { x, y, width: wide, height: tall } = this.box(done, done, 0, Math.max(height, 12));
    set(this.edge, { x1: x, y1: y, x2: x + wide, y2: y + tall });
    this.edge.style.display = whole ? "none" : "";
    const added = steps[now].layer > 0 ? steps[now].channels - steps[now - 1].channels : 0;
    this.tag(this.count, whole ? "" : grouped(steps[now].channels), done, height, 0);
    this.tag(this.plus, whole || added === 0 ? "" : `+${added}`, done, height, 1);
    this.swatch.style.fill = colours[steps[now].layer];
    this.swatch.style.display = this.plus.textContent ? "" : "none";
  }

  /**
   * A number at the playhead: above its column, or on a phone at the end of its row.
   * @param {SVGTextElement} node @param {string} text @param {number} done @param {number} height
   * @param {0 | 1} second whether it is beside the other number
   */
  tag(node, text, done, height, second) {
    say(node, text);
    const length = this.strip?.length ?? 0;
    const inside = this.down && height > this.across - 150;
    let x = Math.max(30, Math.min(length - 78, done));
    let y = this.top + this.across - height - 9;
    if (this.down) [x, y] = [inside ? height - 122 : height + 8, done + this.top + 8];
    set(node, { x: x + (second ? (this.down ? 74 : 48) : 0), y });
    node.setAttribute("text-anchor", second || this.down ? "start" : "middle");
    if (second) set(this.swatch, { x: x + (this.down ? 56 : 30), y: y - 14 });
  }
}
