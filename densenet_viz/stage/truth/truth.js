// A map with a threshold, compared with the true outline: what is kept, and how much of that is the
// object. The slider is handled here, within one frame and without the server.

import { paintHeat, unpackHeat } from "../maps/signed-scale.js";
import { h, say } from "../shared/dom.js";
import { Frame, outlineSample, pixelsOf } from "../shared/frame.js";
import { bytesOf } from "../maps/maps.js";
import {
  counted,
  hitsAlong,
  keepAt,
  keptOf,
  placeFor,
  positives,
  ranking,
  unpackMask,
} from "../maps/masks.js";
import { Radios } from "../shared/radios.js";
import { CurveView } from "./curve.js";
import { FINE, colourOf, paintKept } from "./paint.js";
import { percent, pixelWords, sentence, sliderWords } from "./words.js";

/** @typedef {import("../maps/masks.js").PackedMask} PackedMask */
/** @typedef {import("../shared/frame.js").Place} Place */
/** @typedef {{title: string, view: View, label: string, method: string, caption: string, picture: string, size: number, heat: import("../maps/signed-scale.js").PackedHeat, limit: number, limits: string[], meaning: string[], palette: string, mask: PackedMask, other: PackedMask | null, curve: [number, number][], average: number, averageText: string, chance: number, chanceText: string, shares: {name: string, percent: string}[], colours: {hit: string, extra: string}, alt: string}} Scene */
/** @typedef {"kept" | "over" | "picture"} View */

/** @type {[View, string][]} */
const VIEWS = [
  ["kept", "what is kept"],
  ["over", "the map"],
  ["picture", "the picture"],
];
const STEPS = 240;
const HINT = "To read a value, point at the picture, or focus it and use the arrow keys.";

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const drawn = new Truth(root);
  drawn.update(scene);
  return drawn;
}

class Truth {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Float32Array} */
    this.values = new Float32Array(0);
    /** @type {Uint32Array} */
    this.order = new Uint32Array(0);
    /** @type {Uint8Array} */
    this.mask = new Uint8Array(0);
    /** @type {Uint8Array | null} */
    this.other = null;
    /** @type {Uint32Array} */
    this.hits = new Uint32Array(1);
    /** @type {Uint32Array | null} */
    this.others = null;
    this.kept = new Uint8Array(0);
    this.palette = new Uint8Array(0);
    /** @type {Uint8ClampedArray | null} */
    this.pixels = null;
    /** @type {View} */
    this.view = "kept";
    /** @type {Radios<View>} */
    this.views = new Radios("What to show", (view) => this.look(view), { look: "truth-views" });
    this.views.showPills(VIEWS, this.view, "truth-option");
    this.keep = 0;
    this.most = 1;
    this.waiting = 0;
    /** @type {Place | null} */
    this.at = null;
    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    this.frame = new Frame((at) => this.cross(at));
    this.caption = h("p", { class: "truth-small" });
    this.readout = h("p", { class: "truth-readout stage-aside", role: "status" }, HINT);
    this.legend = h("ul", { class: "truth-legend" });
    this.slider = h("input", {
      type: "range",
      class: "stage-slider",
      min: 0,
      max: STEPS,
      step: 1,
      value: 0,
      "aria-label": "Keep the strongest",
    });
    this.slider.addEventListener("input", () =>
      this.cut(keepAt(Number(this.slider.value), STEPS, this.most)),
    );
    this.output = h("output", {});
    const level = h(
      "button",
      { type: "button", class: "truth-button", onclick: () => this.even() },
      "same size as the object",
    );
    const slider = h(
      "div",
      { class: "truth-slider stage-aside" },
      h("label", {}, h("span", {}, "Keep the strongest"), this.slider, this.output),
      level,
    );
    this.numbers = ["kept", "precision", "recall"].map((name) => {
      const value = h("b", {});
      const words = h("small", {});
      return {
        value,
        words,
        node: h("div", { class: "truth-number" }, h("span", {}, name), value, words),
      };
    });
    this.curve = new CurveView();
    this.shares = h("dl", { class: "truth-shares" });
    this.outlined = h("input", {
      type: "checkbox",
      checked: true,
      onchange: () => this.outlines(),
    });
    const left = h(
      "div",
      { class: "truth-side" },
      this.switches(this.outlined),
      this.frame.node,
      slider,
      this.legend,
      this.readout,
      this.caption,
    );
    const right = h(
      "div",
      { class: "truth-side" },
      h("div", { class: "truth-numbers" }, ...this.numbers.map(({ node }) => node)),
      this.curve.node,
      this.shares,
    );
    this.node = h(
      "section",
      { class: "truth", "aria-label": "The map and the true outline" },
      h("div", { class: "stage-head" }, this.title, this.sentence),
      h("div", { class: "truth-sides" }, left, right),
    );
    root.append(this.node);
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "true-outline" };
  }

  destroy() {
    cancelAnimationFrame(this.waiting);
    this.curve.destroy();
    this.node.remove();
  }

  /** @param {HTMLElement} outlined the checkbox for the true outline */
  switches(outlined) {
    const outline = h("label", { class: "truth-check" }, outlined, h("span", {}, "true outline"));
    return h("div", { class: "truth-switches stage-aside" }, this.views.node, outline);
  }

  /** @param {Scene} scene */
  update(scene) {
    const before = this.scene;
    this.scene = scene;
    if (!before) this.look(scene.view);
    say(this.title, scene.title);
    say(this.caption, `${scene.caption}. ${scene.method} for ${scene.label}.`);
    this.frame.describe(scene.size, scene.alt, true);
    this.node.style.setProperty("--hit", scene.colours.hit);
    this.node.style.setProperty("--extra", scene.colours.extra);
    this.palette = bytesOf(scene.palette);
    this.values = unpackHeat(scene.heat);
    this.order = ranking(this.values);
    this.mask = unpackMask(scene.mask.bits, scene.size);
    this.other = scene.other && unpackMask(scene.other.bits, scene.size);
    this.hits = hitsAlong(this.order, this.mask);
    this.others = this.other && hitsAlong(this.order, this.other);
    this.most = positives(this.values);
    this.curve.update(scene);
    this.paintLegend();
    this.outlines();
    this.shares.replaceChildren(
      ...scene.shares.map(({ name, percent: text }) =>
        h("div", {}, h("dt", {}, name), h("dd", {}, text)),
      ),
    );
    // A new scene starts with as many kept pixels as the object has; the same scene keeps its threshold.
    const same = before?.mask.bits === scene.mask.bits && before?.picture === scene.picture;
    if (same) this.cut(Math.min(this.keep, this.most));
    else this.even();
    this.cross(null);
    if (scene.picture !== before?.picture) this.read(scene);
  }

  /** @param {Scene} scene */
  async read(scene) {
    const pixels = await pixelsOf(scene.picture, scene.size);
    if (this.scene?.picture !== scene.picture) return;
    this.pixels = pixels;
    this.paint();
  }

  outlines() {
    const { scene } = this;
    if (!scene) return;
    const lines = [
      { path: scene.mask.path, dashed: false },
      ...(scene.other ? [{ path: scene.other.path, dashed: true }] : []),
    ];
    this.frame.outline(this.outlined.checked ? lines : []);
  }

  paintLegend() {
    const { scene } = this;
    if (!scene) return;
    const chip = (/** @type {string} */ kind, /** @type {string} */ words) =>
      h("li", {}, h("i", { class: `truth-chip truth-${kind}` }), words);
    const tone = (/** @type {number} */ from, /** @type {string} */ words) =>
      h(
        "li",
        {},
        h("i", {
          class: "truth-chip",
          style: `background:rgb(${this.palette.subarray(from, from + 3).join(" ")})`,
        }),
        words,
      );
    const chips = {
      kept: () => [
        chip("hit", "kept, on the object"),
        chip("extra", "kept, not on it"),
        chip("missed", "object, not kept"),
      ],
      over: () => [
        tone(this.palette.length - 3, `raises ${scene.label}`),
        tone(0, `lowers ${scene.label}`),
      ],
      picture: () => [],
    };
    this.legend.replaceChildren(
      ...chips[this.view](),
      h("li", {}, outlineSample(false), `true outline: ${scene.mask.label}`),
      ...(scene.other
        ? [h("li", {}, outlineSample(true), `other object: ${scene.other.label}`)]
        : []),
    );
  }

  /** Keeps as many pixels as the object has; precision and recall are then equal. */
  even() {
    this.cut(Math.min(this.hits[this.hits.length - 1], this.most));
  }

  /** @param {number} keep how many pixels, the highest values first */
  cut(keep) {
    const { scene } = this;
    if (!scene) return;
    this.keep = keep;
    const counts = counted(keep, this.hits, this.others);
    const pixels = this.values.length;
    const place = placeFor(keep, STEPS, this.most);
    if (Number(this.slider.value) !== place && document.activeElement !== this.slider)
      this.slider.value = String(place);
    this.slider.style.setProperty("--done", `${(100 * Number(this.slider.value)) / STEPS}%`);
    this.slider.setAttribute("aria-valuetext", sliderWords(counts, pixels));
    say(this.output, percent(keep / pixels));
    say(this.sentence, sentence(counts, pixels, scene.label));
    const whole = this.hits[this.hits.length - 1];
    const number = (/** @type {number} */ value) => value.toLocaleString("en");
    const texts = [
      [percent(keep / pixels), `${number(keep)} of ${number(pixels)} pixels`],
      [percent(counts.precision), `${number(counts.hits)} of the ${number(keep)} kept are on it`],
      [percent(counts.recall), `${number(counts.hits)} of its ${number(whole)} are kept`],
    ];
    if (scene.other) texts[1][1] += `, ${percent(counts.others)} on the ${scene.other.label}`;
    for (const [index, { value, words }] of this.numbers.entries()) {
      say(value, texts[index][0]);
      say(words, texts[index][1]);
    }
    this.curve.move(counts.recall, counts.precision);
    this.repaint();
  }

  /** @param {View} view */
  look(view) {
    this.view = view;
    this.views.mark(view);
    this.paintLegend();
    this.repaint();
  }

  repaint() {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => this.paint());
  }

  paint() {
    const { scene, pixels, view } = this;
    if (!scene || !pixels || pixels.length !== 4 * scene.size ** 2) return;
    this.kept = keptOf(this.order, this.keep);
    if (view === "kept") {
      const { hit, extra } = scene.colours;
      const colours = { hit: colourOf(hit), extra: colourOf(extra), ...this.ground() };
      return this.frame.paint(scene.size * FINE, (out) =>
        paintKept(out, pixels, scene.size, this.kept, this.mask, colours),
      );
    }
    const how = { limit: scene.limit, opacity: 0.72, hideBelow: 0, view };
    this.frame.paint(scene.size, (out) => paintHeat(out, pixels, this.values, this.palette, how));
  }

  /** The page's background and text colours as numbers. @returns {{paper: import("./paint.js").Colour, ink: import("./paint.js").Colour}} */
  ground() {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const style = getComputedStyle(this.node);
    const ink = numbers(style.color) ?? (dark ? [240, 240, 240] : [27, 30, 35]);
    // The background is the opposite of the text: one is bright, the other dark.
    const light = ink[0] + ink[1] + ink[2] < 384;
    return { ink, paper: light ? [252, 251, 248] : [20, 21, 27] };
  }

  /** @param {Place | null} at */
  cross(at) {
    const { scene } = this;
    this.frame.cross(at);
    if (!at || !scene) return say(this.readout, HINT);
    const place = at[1] * scene.size + at[0];
    const masks = [{ label: scene.mask.label, inside: this.mask[place] === 1 }];
    if (scene.other && this.other)
      masks.push({ label: scene.other.label, inside: this.other[place] === 1 });
    say(this.readout, pixelWords(at, this.values[place], masks, this.kept[place] === 1));
  }
}

/** "rgb(1, 2, 3)" as three numbers. @param {string} colour @returns {import("./paint.js").Colour | null} */
function numbers(colour) {
  const found = colour.match(/^rgba?\((\d+), (\d+), (\d+)/);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3])] : null;
}
