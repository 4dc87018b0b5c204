// Two pictures and one network, or one picture and two networks: answers, maps on one scale, and, if
// the picture is the same, the difference of the maps. Scale, opacity and crosshair are handled here,
// without the server.

import { ground, paintOver } from "../maps/map-paint.js";
import { choice, Legend, slider } from "../maps/map-tools.js";
import { legendWords } from "../maps/map-words.js";
import { h, say } from "../shared/dom.js";
import { pixelsOf } from "../shared/frame.js";
import { bytesOf } from "../maps/maps.js";
import { ApartColumn, SideColumn } from "./column.js";
import { placeIn, progressWords, readout } from "./words.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("../maps/map-words.js").ScaleKey} ScaleKey */
/** @typedef {import("../shared/frame.js").Place} Place */
/** @typedef {SideColumn | ApartColumn} Any */

const LINKED = "Point at a map, or use the arrow keys in it, to read the same place in all maps.";
const APART =
  "Point at a map, or use the arrow keys in it. The pictures differ, so only that map is read.";
/** @type {[ScaleKey, string][]} */
const SCALES = [
  ["share", "share of each map"],
  ["shared", "values, one scale"],
  ["own", "each map on its own scale"],
];

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const drawn = new Two(root);
  drawn.update(scene);
  return drawn;
}

class Two {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Scene | null} */
    this.scene = null;
    this.palette = new Uint8Array(0);
    /** @type {Map<string, Uint8ClampedArray>} pixels by the picture's address */
    this.pixels = new Map();
    /** @type {ScaleKey} */
    this.scale = "shared";
    this.chosen = false;
    this.opacity = 0.7;
    this.frame = 0;
    /** @type {{column: Any, at: Place} | null} where the visitor points */
    this.pointed = null;

    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    this.badge = h("span", { class: "stage-badge" });
    const head = h(
      "div",
      { class: "stage-head bench-head" },
      this.title,
      this.badge,
      this.sentence,
    );
    this.legend = new Legend();
    this.scales = choice("Scale", SCALES, this.scale, (value) => this.choose(value));
    const above = h("div", { class: "bench-above" }, this.scales.node, this.legend.node);
    this.sides = [0, 1].map((place) => new SideColumn((at) => this.point(this.sides[place], at)));
    this.apart = new ApartColumn((at) => this.point(this.apart, at), new Legend());
    this.columns = h(
      "div",
      { class: "two-columns" },
      ...this.sides.map(({ node }) => node),
      this.apart.node,
    );
    this.readout = h("p", { class: "two-readout stage-aside", role: "status" });
    const opacity = slider("Opacity of the maps", 100 * this.opacity, (percent) => {
      this.opacity = percent / 100;
      this.paintSoon();
    });
    this.progress = h("p", { class: "stage-hidden", role: "status" });
    this.node = h(
      "section",
      { class: "two" },
      head,
      above,
      this.columns,
      this.readout,
      h("div", { class: "bench-tools stage-aside" }, opacity),
      this.progress,
    );
    root.append(this.node);
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "two-maps" };
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.node.remove();
  }

  /** The columns that are shown. @returns {Any[]} */
  get shown() {
    return this.scene?.apart ? [...this.sides, this.apart] : this.sides;
  }

  /** @param {Scene} scene */
  update(scene) {
    const before = this.scene;
    this.scene = scene;
    this.node.setAttribute("aria-label", scene.label);
    say(this.badge, scene.live);
    for (const [index, side] of this.sides.entries())
      side.update(scene.sides[index], scene.waiting);
    this.apart.node.hidden = !scene.apart;
    this.columns.classList.toggle("two-three", scene.apart !== null);
    if (scene.apart) this.apart.update(scene.apart);
    if (scene.palette !== before?.palette) {
      this.palette = bytesOf(scene.palette);
      for (const legend of [this.legend, this.apart.legend]) legend.paint(this.palette);
    }
    if (before?.linked !== scene.linked) this.chosen = false;
    if (!this.chosen) this.scale = scene.begin;
    this.scales.mark(this.scale);
    say(this.progress, progressWords(scene.sides));
    this.node.classList.toggle(
      "two-done",
      scene.sides.every(({ map, sharpening }) => map && !sharpening),
    );
    if (
      this.pointed &&
      (!this.shown.includes(this.pointed.column) || before?.linked !== scene.linked)
    )
      this.pointed = null;
    this.sayScale();
    this.read();
  }

  /** @param {ScaleKey} scale */
  choose(scale) {
    this.scale = scale;
    this.chosen = true;
    this.sayScale();
    this.paintSoon();
  }

  sayScale() {
    const scale = this.scene?.scales.find(({ key }) => key === this.scale);
    if (!this.scene || !scale) return;
    say(this.title, scale.title);
    say(this.sentence, scale.sentence);
    this.legend.show(legendWords(scale, 1), this.scene.meaning);
    for (const side of this.sides) side.sayUnit(this.scale);
    this.sayPlace();
  }

  // -- painting ------------------------------------------------------------------------------

  /** Loads the pixels of the shown pictures, then paints. */
  async read() {
    const wanted = new Map(this.shown.map(({ address, size }) => [address, size]));
    const fresh = [...wanted].filter(([address]) => !this.pixels.has(address));
    const found = await Promise.all(fresh.map(([address, size]) => pixelsOf(address, size)));
    for (const [index, [address]] of fresh.entries()) this.pixels.set(address, found[index]);
    const still = new Set(this.shown.map(({ address }) => address));
    for (const address of this.pixels.keys()) if (!still.has(address)) this.pixels.delete(address);
    this.paintSoon();
  }

  paintSoon() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  paint() {
    for (const column of this.shown) {
      const pixels = this.pixels.get(column.address);
      if (!pixels || pixels.length !== 4 * column.size ** 2) continue;
      const { values } = column;
      column.frame.paint(column.size, (out) => {
        if (!values || 4 * values.length !== out.length) return out.set(pixels);
        paintOver(
          out,
          values,
          column.limit(this.scale),
          ground(pixels, this.palette, this.opacity),
        );
      });
    }
  }

  // -- where the visitor points --------------------------------------------------------------

  /** @param {Any} column @param {Place | null} at */
  point(column, at) {
    this.pointed = at && column.values ? { column, at } : null;
    this.sayPlace();
  }

  /** The pixel of a column at the crosshair's place; null if this column is not read. @param {Any} column @returns {Place | null} */
  placeOf(column) {
    const { pointed, scene } = this;
    if (!pointed || !(scene?.linked || pointed.column === column)) return null;
    return placeIn(pointed.at, pointed.column.size, column.size);
  }

  sayPlace() {
    const { scene } = this;
    const names = ["left", "right", "difference"];
    const readings = [];
    for (const [index, column] of this.shown.entries()) {
      const at = this.placeOf(column);
      const value = at ? column.valueAt(at, this.scale) : "";
      column.cross(at);
      say(column.value, value);
      if (at) readings.push({ name: names[index], at, value });
    }
    say(this.readout, readout(readings) || (scene?.linked ? LINKED : APART));
  }
}
