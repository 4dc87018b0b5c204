// How faithful maps are: the picture at each step of deletion and insertion, curves, and a table.

import { h, say } from "../shared/dom.js";
import { Curves, sampleOf } from "./curve.js";
import { LEVELS, along, paintAt, readout, shareWords, uniform, valueWords } from "./words.js";
import { Frame, pixelsOf } from "../shared/frame.js";
import { bytesOf } from "../maps/maps.js";
import { Player } from "../shared/player.js";
import { Radios } from "../shared/radios.js";
import { paintFaded, unpackSigned } from "../maps/signed-scale.js";

/** @typedef {import("./words.js").Way} Way */
/** @typedef {import("./curve.js").CurveLine & {order: string, heat: import("../maps/signed-scale.js").PackedSigned}} Line */
/** @typedef {{title: string, better: string, meaning: string, values: {text: string, best: boolean}[]}} Measure */
/** @typedef {{title: string, sentence: string, caption: string, label: string, picture: string, blurred: string, mean: number[], size: number, axis: import("./words.js").Axis, lines: Line[], waiting: string[], outline: string, palette: string, measures: Measure[], notes: string[]}} Scene */
/** @typedef {Way | "maps"} View */
/** @typedef {{node: HTMLElement, frame: Frame, value: HTMLElement, order: Uint8Array, heat: Float32Array}} Card */

/** @type {[View, string][]} */
const VIEWS = [
  ["deletion", "deletion"],
  ["insertion", "insertion"],
  ["maps", "the maps"],
];

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const drawn = new Faithful(root);
  drawn.update(scene);
  return drawn;
}

class Faithful {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Card[]} */
    this.cards = [];
    /** @type {View} */
    this.view = "deletion";
    /** @type {{sharp: Uint8ClampedArray, blurred: Uint8ClampedArray, mean: Uint8ClampedArray} | null} */
    this.pixels = null;
    this.palette = new Uint8Array(0);
    this.time = 0;
    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    /** @type {Radios<View>} */
    this.views = new Radios("What to show", (view) => this.look(view));
    this.views.showWords(VIEWS, this.view);
    this.large = h("div", { class: "faithful-cards" });
    this.readout = h("p", { class: "faithful-readout", role: "status" });
    /** @param {number} time */
    const label = (time) => shareWords(this.way, time, this.steps);
    this.player = new Player({
      steps: 0,
      stepMilliseconds: 450,
      noun: "step",
      draw: (time) => this.go(time),
      label,
    });
    this.player.speeds.hidden = true;
    const point = (/** @type {Way} */ way, /** @type {number} */ step) => this.point(way, step);
    this.curves = [
      new Curves("deletion", "Deletion: low is good", point),
      new Curves("insertion", "Insertion: high is good", point),
    ];
    this.table = h("table", { class: "faithful-table" });
    this.values = h("table", { class: "faithful-table faithful-plain" });
    this.notes = h("ul", { class: "faithful-notes" });
    this.caption = h("p", { class: "faithful-small" });
    this.node = h(
      "section",
      { class: "faithful", "aria-label": "Faithfulness of the maps" },
      h("div", { class: "stage-head" }, this.title, this.sentence),
      this.views.node,
      this.large,
      this.player.node,
      this.readout,
      h("div", { class: "faithful-curves" }, ...this.curves.map(({ node }) => node)),
      this.caption,
      h("h3", { class: "faithful-head" }, "All measures"),
      h(
        "div",
        { class: "faithful-wide", tabindex: 0, role: "group", "aria-label": "All measures" },
        this.table,
      ),
      this.notes,
      h(
        "details",
        { class: "faithful-details" },
        h("summary", {}, "The curves as a table"),
        h("div", { class: "faithful-wide" }, this.values),
      ),
    );
    this.node.addEventListener("keydown", (event) => this.key(event));
    root.append(this.node);
  }

  get steps() {
    return Math.max(1, (this.scene?.lines[0].deletion.length ?? 2) - 1);
  }

  /** Deletion or insertion; the view of the maps uses deletion. @returns {Way} */
  get way() {
    return this.view === "insertion" ? "insertion" : "deletion";
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "faithfulness" };
  }

  destroy() {
    this.player.pause();
    for (const curves of this.curves) curves.destroy();
    this.node.remove();
  }

  /** @param {Scene} scene */
  update(scene) {
    const before = this.scene;
    this.scene = scene;
    say(this.title, scene.title);
    say(this.sentence, scene.sentence);
    const waiting = scene.waiting.length ? ` Not measured yet: ${scene.waiting.join(", ")}.` : "";
    say(
      this.caption,
      `${scene.caption}. The curves show the ${scene.axis.name} of ${scene.label}. Deleted pixels get the mean colour of the normalisation; insertion starts from the blurred picture.${waiting}`,
    );
    this.palette = bytesOf(scene.palette);
    const methods = scene.lines.filter(({ colour }) => colour).length;
    this.cards = scene.lines.map((line, index) => this.card(line, index, methods, scene));
    this.large.replaceChildren(...this.cards.map(({ node }) => node));
    this.outline();
    for (const curves of this.curves) curves.update(scene.lines, scene.axis, scene.label);
    this.notes.replaceChildren(...scene.notes.map((note) => h("li", {}, note)));
    this.fillTable(scene);
    this.fillValues(scene);
    const same = before?.picture === scene.picture;
    this.player.setSteps(this.steps);
    // At the start some pixels are already deleted, so the pictures differ.
    this.player.seek(same ? this.time : Math.round(this.player.options.steps / 8));
    if (!same) this.read(scene);
  }

  /** @param {Scene} scene */
  async read(scene) {
    const [sharp, blurred] = await Promise.all([
      pixelsOf(scene.picture, scene.size),
      pixelsOf(scene.blurred, scene.size),
    ]);
    if (this.scene?.picture !== scene.picture) return;
    this.pixels = { sharp, blurred, mean: uniform(scene.mean, scene.size ** 2) };
    this.go(this.time);
  }

  /** @param {Line} line @param {number} index @param {number} methods @param {Scene} scene @returns {Card} */
  card(line, index, methods, scene) {
    const frame = new Frame(() => {});
    frame.describe(scene.size, line.title, false);
    const value = h("b", {});
    const node = h(
      "article",
      { class: "faithful-card" },
      h("h3", {}, sampleOf(line, index, methods), line.title),
      frame.node,
      h("p", { class: "faithful-value" }, value, ` ${scene.label}`),
    );
    return { node, frame, value, order: bytesOf(line.order), heat: unpackSigned(line.heat) };
  }

  /** @param {Scene} scene */
  fillTable(scene) {
    const heads = scene.lines.map(({ title }) => h("th", { scope: "col" }, title));
    const rows = scene.measures.map(({ title, better, meaning, values }) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, h("b", {}, title), h("em", {}, ` ${better}. `), meaning),
        ...values.map(({ text, best }) =>
          h("td", best ? { class: "faithful-best" } : {}, best ? `★ ${text}` : text),
        ),
      ),
    );
    this.table.replaceChildren(
      h(
        "thead",
        {},
        h("tr", {}, h("th", { scope: "col" }, "Measure (★ the best method)"), ...heads),
      ),
      h("tbody", {}, ...rows),
    );
  }

  /** @param {Scene} scene */
  fillValues(scene) {
    const ways = /** @type {[Way, string][]} */ ([
      ["deletion", "deleted"],
      ["insertion", "inserted"],
    ]);
    const heads = ways.flatMap(([, word]) =>
      scene.lines.map(({ title }) => h("th", { scope: "col" }, `${title}, ${word}`)),
    );
    const steps = this.steps;
    const rows = Array.from({ length: steps + 1 }, (_, step) => {
      const cells = ways.flatMap(([way]) =>
        scene.lines.map((line) => h("td", {}, valueWords(line[way][step], scene.axis))),
      );
      return h(
        "tr",
        {},
        h("th", { scope: "row" }, `${Math.round((100 * step) / steps)}%`),
        ...cells,
      );
    });
    this.values.replaceChildren(
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Pixels"), ...heads)),
      h("tbody", {}, ...rows),
    );
  }

  /** @param {View} view */
  look(view) {
    this.view = view;
    this.outline();
    this.views.mark(view);
    this.player.seek(this.player.time);
  }

  /** The true outline is drawn on the maps only; on the picture it would hide the deleted pixels. */
  outline() {
    const path = this.view === "maps" ? this.scene?.outline : "";
    for (const { frame } of this.cards) frame.outline(path ? [{ path, dashed: false }] : []);
  }

  /** @param {number} time in steps */
  go(time) {
    this.time = time;
    const { scene, pixels, way } = this;
    if (!scene || !this.cards.length) return;
    const level = (LEVELS * time) / this.steps;
    for (const [index, card] of this.cards.entries()) {
      const line = scene.lines[index];
      const now = valueWords(along(line[way], time), scene.axis);
      say(card.value, now);
      card.node.dataset.level = String(Math.round(level));
      card.frame.canvas.setAttribute(
        "aria-label",
        this.view === "maps"
          ? `${line.title} map for ${scene.label}.`
          : `The picture with ${shareWords(way, time, this.steps)} in the order of ${line.title}: ${now} ${scene.label}.`,
      );
      if (!pixels) continue;
      card.frame.paint(scene.size, (out) => {
        if (this.view === "maps") paintFaded(out, card.heat, card.heat, 0, this.palette);
        else if (way === "deletion") paintAt(out, card.order, level, pixels.mean, pixels.sharp);
        else paintAt(out, card.order, level, pixels.sharp, pixels.blurred);
      });
    }
    for (const curves of this.curves) curves.move(time);
    if (!this.player.playing)
      say(this.readout, readout(way, time, scene.label, scene.lines, scene.axis));
  }

  /** @param {Way} way @param {number} step */
  point(way, step) {
    if (this.player.playing || (step === this.time && way === this.way)) return;
    if (this.view !== "maps" && way !== this.view) this.look(way);
    this.player.seek(step);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (target.tagName !== "SUMMARY" && !target.closest(".faithful-wide")) this.player.key(event);
  }
}
