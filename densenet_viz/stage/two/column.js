// One column of the comparison: the input, the answer, and the map below it.

import { unpackHeat } from "../maps/signed-scale.js";
import { underWords, valueWords } from "../maps/map-words.js";
import { h, say } from "../shared/dom.js";
import { Frame } from "../shared/frame.js";
import { barNote, pointsWords, stateWords } from "./words.js";

/** @typedef {import("../shared/frame.js").Place} Place */
/** @typedef {import("./words.js").SideScene} SideScene */
/** @typedef {import("./words.js").ApartScene} ApartScene */
/** @typedef {import("../maps/map-words.js").ScaleKey} ScaleKey */

/** A name, the column's own part, a map that can be pointed at, and lines below it. */
class Column {
  /** @param {string} kind @param {(at: Place | null) => void} point */
  constructor(kind, point) {
    this.name = h("h3", { class: "two-name" });
    this.above = h("div", { class: "two-above" });
    this.frame = new Frame(point);
    this.state = h("span", { class: "two-state" });
    this.frame.node.append(this.state);
    this.under = h("div", { class: "two-under" });
    this.node = h(
      "article",
      { class: `two-column ${kind}` },
      this.name,
      this.above,
      this.frame.node,
      this.under,
    );
    this.size = 1;
    this.address = "";
    /** @type {Float32Array | null} */
    this.values = null;
  }

  /** @param {Place | null} at a pixel of this column's map */
  cross(at) {
    this.frame.cross(at);
  }

  /** @param {Place} at */
  indexOf([x, y]) {
    return y * this.size + x;
  }
}

export class SideColumn extends Column {
  /** @type {SideScene | null} */
  scene = null;

  /** @param {(at: Place | null) => void} point */
  constructor(point) {
    super("two-side", point);
    this.picture = h("img", { class: "two-picture", alt: "" });
    this.caption = h("p", { class: "two-small" });
    this.says = h("p", { class: "two-says" });
    this.bars = h("ul", { class: "two-bars" });
    this.above.append(
      h("div", { class: "two-given" }, this.picture, this.caption),
      h("div", { class: "two-answer" }, this.says, this.bars),
    );
    this.note = h("p", { class: "two-note" });
    this.where = h("p", { class: "two-where" });
    this.value = h("p", { class: "two-value" });
    this.unit = h("p", { class: "two-small" });
    this.under.append(this.note, this.where, this.value, this.unit);
  }

  /** @param {SideScene} scene @param {string} waiting */
  update(scene, waiting) {
    this.scene = scene;
    this.size = scene.size;
    this.address = scene.picture;
    say(this.name, scene.name);
    if (this.picture.src !== scene.picture) this.picture.src = scene.picture;
    this.picture.alt = `The picture: ${scene.caption}.`;
    say(this.caption, scene.caption);
    say(this.says, scene.says);
    this.bars.replaceChildren(...scene.bars.map(barOf));
    say(this.note, scene.note);
    say(this.where, scene.where);
    const state = stateWords(scene, waiting);
    say(this.state, state);
    this.frame.node.classList.toggle("two-empty", !scene.map);
    this.frame.describe(
      scene.size,
      scene.map ? scene.map.alt : `${scene.name}: ${state || "no map"}`,
      scene.map !== null,
    );
    this.values = scene.map && unpackHeat(scene.map.heat);
  }

  /** @param {ScaleKey} scale */
  sayUnit(scale) {
    const map = this.scene?.map;
    say(this.unit, map ? underWords(map, scale, 1) : "");
  }

  /** The value at a pixel in words. @param {Place} at @param {ScaleKey} scale */
  valueAt(at, scale) {
    const map = this.scene?.map;
    return this.values && map
      ? valueWords(this.values[this.indexOf(at)], scale, map.strength)
      : "no map yet";
  }

  /** @param {ScaleKey} scale */
  limit(scale) {
    return this.scene?.map?.ends[scale] ?? 1;
  }
}

/** @param {import("./words.js").Bar} bar */
function barOf(bar) {
  const fill = h("span", { class: "two-fill", style: `width:${100 * bar.share}%` });
  const note = barNote(bar);
  return h(
    "li",
    { class: bar.explained ? "two-explained" : "" },
    h("span", { class: "two-class" }, bar.name),
    h("span", { class: "two-percent" }, bar.percent),
    h("span", { class: "two-track", "aria-hidden": "true" }, fill),
    ...(note ? [h("small", {}, note)] : []),
  );
}

export class ApartColumn extends Column {
  /** @type {ApartScene | null} */
  scene = null;

  /** @param {(at: Place | null) => void} point @param {import("../maps/map-tools.js").Legend} legend */
  constructor(point, legend) {
    super("two-apart", point);
    this.legend = legend;
    this.sentence = h("p", { class: "two-sentence" });
    this.above.append(this.sentence);
    this.value = h("p", { class: "two-value" });
    this.under.append(legend.node, this.value);
  }

  /** @param {ApartScene} scene */
  update(scene) {
    this.scene = scene;
    this.size = scene.size;
    this.address = scene.picture;
    const { map } = scene;
    say(this.name, scene.name);
    say(this.sentence, scene.sentence);
    say(this.state, map ? "" : "It appears when both maps are finished.");
    this.frame.node.classList.toggle("two-empty", !map);
    this.frame.describe(scene.size, map ? map.alt : `${scene.name}: no map yet`, map !== null);
    this.values = map && unpackHeat(map.heat);
    this.legend.node.hidden = !map;
    if (!map) return;
    const most = pointsWords(map.end).slice(1);
    this.legend.show(
      { limits: [`−${most}`, "0", `+${most}`], words: "Shares of a whole map, on its own scale." },
      scene.meaning,
    );
  }

  /** @param {Place} at */
  valueAt(at) {
    return this.values ? pointsWords(this.values[this.indexOf(at)]) : "no map yet";
  }

  limit() {
    return this.scene?.map?.end ?? 1;
  }
}
