// One picture, two networks: what each says and, when it is shown, where each of them looked.

import { paintHeat, unpackHeat } from "../maps/signed-scale.js";
import { h, reducedMotion, say } from "../shared/dom.js";
import { Frame, outlineSample, pixelsOf } from "../shared/frame.js";
import { answered, mark, readout, revealed } from "./words.js";
import { bytesOf } from "../maps/maps.js";
import { unpackMask } from "../maps/masks.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("./words.js").Witness} Witness */
/** @typedef {import("../shared/frame.js").Place} Place */

const REVEAL = 1100;
const OPACITY = 0.72;
const HINT =
  "Point at a picture, or focus a map and use the arrow keys, to mark the same place in all three.";

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const drawn = new Lineup(root);
  drawn.update(scene);
  return drawn;
}

class WitnessCard {
  /** @param {(at: Place | null) => void} point */
  constructor(point) {
    this.name = h("h3", { class: "lineup-name" });
    this.answer = h("p", { class: "lineup-answer" });
    this.mark = h("span", { class: "lineup-mark" });
    this.fill = h("span", { class: "lineup-fill" });
    this.percent = h("span", { class: "lineup-percent" });
    const bar = h(
      "div",
      { class: "lineup-bar" },
      h("span", { class: "lineup-track", "aria-hidden": "true" }, this.fill),
      this.percent,
    );
    this.frame = new Frame(point);
    this.ghost = h(
      "div",
      { class: "lineup-ghost" },
      h("b", { "aria-hidden": "true" }, "?"),
      h("span", {}, "Where does it look? Not shown yet."),
    );
    this.shares = h("div", { class: "lineup-shares" });
    this.scale = h("p", { class: "lineup-small" });
    this.frame.node.append(this.ghost);
    const head = h("header", { class: "lineup-head" }, this.name, this.answer, bar, this.mark);
    this.foot = h("div", { class: "lineup-foot" }, this.shares, this.scale);
    this.node = h("article", { class: "lineup-card" }, head, this.frame.node, this.foot);
    /** @type {Float32Array} */
    this.values = new Float32Array(0);
    this.began = 0;
    /** @type {Witness | null} */
    this.witness = null;
  }

  /** @param {Witness} witness @param {Scene} scene */
  update(witness, scene) {
    const hidden = !this.witness?.map;
    this.witness = witness;
    const { map, label } = witness;
    const given = witness.label === null ? null : witness;
    say(this.name, witness.name);
    say(this.answer, label ?? "…");
    say(this.percent, given?.percent ?? "");
    say(this.mark, given ? mark(given.right) : "");
    this.node.classList.toggle("lineup-asked", !given);
    this.mark.dataset.right = given ? String(given.right) : "";
    this.fill.style.width = given ? `${100 * given.share}%` : "0";
    this.node.setAttribute("aria-label", answered(witness));
    this.node.classList.toggle("lineup-told", map !== null);
    this.frame.describe(
      scene.size,
      map ? map.alt : `${witness.name}: the map is not shown yet.`,
      map !== null,
    );
    this.frame.outline(
      map ? scene.outlines.map(({ name, path }) => ({ path, dashed: name === "tag" })) : [],
    );
    say(this.scale, map ? map.scale : "");
    this.paintShares();
    this.values = map ? unpackHeat(map.heat) : new Float32Array(0);
    if (map && hidden) this.began = performance.now();
  }

  paintShares() {
    const shares = this.witness?.map?.shares ?? [];
    const rows = shares.map(({ name, share, percent }) => {
      const fill = h("span", {
        class: `lineup-part ${name === "tag" ? "lineup-hatched" : ""}`,
        style: `width:${100 * share}%`,
      });
      return h(
        "li",
        {},
        outlineSample(name === "tag"),
        h("b", {}, percent),
        h("span", {}, `on the ${name}`),
        h("span", { class: "lineup-rail", "aria-hidden": "true" }, fill),
      );
    });
    this.shares.replaceChildren(
      ...(rows.length ? [h("p", {}, "Of all that raises its answer:"), h("ul", {}, ...rows)] : []),
    );
  }

  /** Paints the map; returns whether it is still appearing. @param {number} now @param {Uint8ClampedArray} pixels @param {Scene} scene @param {Uint8Array} palette */
  paint(now, pixels, scene, palette) {
    const map = this.witness?.map;
    const part = reducedMotion() ? 1 : revealed(now - this.began, REVEAL);
    this.node.style.setProperty("--told", String(part));
    const limit = map?.limit ?? 1;
    if (map)
      this.frame.paint(scene.size, (out) =>
        paintHeat(out, pixels, this.values, palette, {
          limit,
          opacity: OPACITY * part,
          hideBelow: 0,
          view: "over",
        }),
      );
    return map !== null && part < 1;
  }
}

class Lineup {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Uint8ClampedArray | null} */
    this.pixels = null;
    /** @type {{name: string, mask: Uint8Array}[]} */
    this.masks = [];
    this.palette = new Uint8Array(0);
    this.waiting = 0;
    const point = (/** @type {Place | null} */ at) => this.cross(at);
    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    this.frame = new Frame(point);
    this.truth = h("p", { class: "lineup-answer" });
    this.tag = h("p", { class: "lineup-tag" });
    this.caption = h("p", { class: "lineup-small" });
    const head = h(
      "header",
      { class: "lineup-head" },
      h("h3", { class: "lineup-name" }, "The picture shows"),
      this.truth,
      this.tag,
    );
    this.legend = h("div", { class: "lineup-legend" });
    const foot = h("div", { class: "lineup-foot" }, this.caption, this.legend);
    const picture = h(
      "article",
      { class: "lineup-card lineup-picture" },
      head,
      this.frame.node,
      foot,
    );
    this.cards = [new WitnessCard(point), new WitnessCard(point)];
    this.readout = h("p", { class: "lineup-readout stage-aside", role: "status" });
    const all = h("div", { class: "lineup-cards" }, picture, ...this.cards.map(({ node }) => node));
    this.node = h(
      "section",
      { class: "lineup", "aria-label": "One picture, two networks" },
      h("div", { class: "stage-head" }, this.title, this.sentence),
      all,
      this.readout,
    );
    root.append(this.node);
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "line-up" };
  }

  destroy() {
    cancelAnimationFrame(this.waiting);
    this.node.remove();
  }

  get told() {
    return this.scene?.witnesses.some(({ map }) => map) ?? false;
  }

  /** @param {Scene} scene */
  update(scene) {
    const before = this.scene;
    this.scene = scene;
    say(this.title, scene.title);
    say(this.sentence, scene.sentence);
    say(this.truth, scene.truth);
    say(this.tag, scene.tag);
    say(this.caption, scene.caption);
    this.frame.describe(scene.size, scene.alt, false);
    this.palette = bytesOf(scene.palette);
    this.masks = scene.outlines.map(({ name, bits }) => ({
      name,
      mask: unpackMask(bits, scene.size),
    }));
    for (const [index, card] of this.cards.entries()) card.update(scene.witnesses[index], scene);
    this.paintLegend();
    this.cross(null);
    if (scene.picture !== before?.picture) this.read(scene);
    else this.paint();
  }

  paintLegend() {
    this.legend.hidden = !this.told;
    if (!this.told) return;
    const scale = h("canvas", {
      width: this.palette.length / 3,
      height: 1,
      class: "lineup-scale",
      role: "img",
      "aria-label": "Colours of the maps: blue lowers the answer, white is zero, orange raises it.",
    });
    const context = /** @type {CanvasRenderingContext2D} */ (scale.getContext("2d"));
    const row = context.createImageData(scale.width, 1);
    for (let i = 0; i < row.width; i++)
      row.data.set([...this.palette.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    context.putImageData(row, 0, 0);
    const samples =
      this.scene?.outlines.map(({ name }) => h("span", {}, outlineSample(name === "tag"), name)) ??
      [];
    this.legend.replaceChildren(
      h(
        "p",
        { class: "lineup-ends" },
        h("span", {}, "◀ lowers its answer"),
        h("span", {}, "raises it ▶"),
      ),
      scale,
      h("p", { class: "lineup-samples" }, ...samples),
    );
  }

  /** @param {Scene} scene */
  async read(scene) {
    const pixels = await pixelsOf(scene.picture, scene.size);
    if (this.scene?.picture !== scene.picture) return;
    this.pixels = pixels;
    this.frame.paint(scene.size, (out) => out.set(pixels));
    for (const card of this.cards) card.began = performance.now();
    this.paint();
  }

  paint() {
    cancelAnimationFrame(this.waiting);
    const { scene, pixels } = this;
    if (!scene || !pixels || pixels.length !== 4 * scene.size ** 2) return;
    const now = performance.now();
    const moving = this.cards.map((card) => card.paint(now, pixels, scene, this.palette));
    if (moving.some(Boolean)) this.waiting = requestAnimationFrame(() => this.paint());
  }

  /** @param {Place | null} at */
  cross(at) {
    const { scene } = this;
    const shown = this.told ? at : null;
    for (const frame of [this.frame, ...this.cards.map((card) => card.frame)])
      frame.cross(frame === this.frame || frame.readable ? shown : null);
    this.readout.hidden = !this.told;
    if (!shown || !scene) return say(this.readout, HINT);
    const place = shown[1] * scene.size + shown[0];
    const values = this.cards.flatMap(({ witness, values: all }) =>
      witness?.map ? [{ name: witness.name, value: all[place] }] : [],
    );
    say(
      this.readout,
      readout(
        shown,
        values,
        this.masks.map(({ name, mask }) => ({ name, inside: mask[place] === 1 })),
      ),
    );
  }
}
