// The scissors: connections of the live network are cut, and the answer follows.

import { h, say } from "../shared/dom.js";
import { Radios } from "../shared/radios.js";
import { Cuts, nameOf, PRESETS } from "./cuts.js";
import { Matrix } from "./matrix.js";
import { cellWords, gameWords, percent, sentenceOf, titleOf, total } from "./words.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("./cuts.js").Cell} Cell */
/** @typedef {(name: string, value: unknown) => void} Tell */

/** Milliseconds without another cut, until the server is asked. */
const REST = 60;

class Scissors {
  /** @param {HTMLElement} root @param {Scene} scene @param {Tell} tell */
  constructor(root, scene, tell) {
    this.root = root;
    this.scene = scene;
    this.tell = tell;
    this.cuts = new Cuts(scene.cuts);
    this.place = scene.start - 1;
    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence", "aria-live": "polite" });
    this.badge = h("span", { class: "stage-badge", "data-kind": "live" });
    this.blocks = new Radios("Block", (/** @type {number} */ place) => this.showBlock(place));
    this.matrix = new Matrix(
      (cell, cut) => this.cut(cell, cut),
      () => this.draw(),
      scene.palette,
    );
    this.one = h("button", { type: "button", class: "scissors-one", onclick: () => this.flip() });
    this.undo = this.action("Undo", () => this.cuts.undo());
    this.redo = this.action("Redo", () => this.cuts.redo());
    this.reset = this.action("Reconnect all", () => this.cuts.take([]));
    this.search = this.action("Show the search’s cuts", () => this.cuts.take(this.searched()));
    this.presets = PRESETS.map((preset) => {
      const button = this.action(preset.name, () => this.cuts.preset(this.block, preset));
      button.title = preset.hint;
      return button;
    });
    this.rows = [
      [this.one],
      [this.undo, this.redo, this.reset],
      [h("span", { class: "scissors-word" }, "In this block:"), ...this.presets],
      [this.search],
    ].map((controls) => h("div", { class: "scissors-bar-row stage-aside" }, ...controls));
    this.rows[2].role = "group";
    this.rows[2].ariaLabel = "Cut in this block";
    const [one, steps, presets, search] = this.rows;
    this.bars = h("ol", { class: "scissors-bars" });
    this.game = h("p", { class: "scissors-game" });
    root.append(
      h("div", { class: "stage-head" }, this.badge, this.title, this.sentence),
      h(
        "div",
        { class: "scissors-body" },
        h(
          "div",
          { class: "scissors-side" },
          h("div", { class: "scissors-bar-row stage-aside" }, this.blocks.node),
          this.matrix.node,
          h("p", { class: "scissors-key" }, ...this.legend()),
          one,
        ),
        h("div", { class: "scissors-side" }, this.bars, steps, presets, this.game, search),
      ),
    );
    root.addEventListener("keydown", (event) => this.key(event));
    this.update(scene);
  }

  /** @param {string} text @param {() => boolean} act returns whether the cuts changed */
  action(text, act) {
    const onclick = () => act() && this.changed();
    return h("button", { type: "button", class: "scissors-action", onclick }, text);
  }

  legend() {
    const scale = h("i", { class: "scissors-scale" });
    const cut = h("i", { class: "scissors-sample" });
    return [
      "Colour: mean of |w| · |γ| / σ, ",
      scale,
      " small to large. ",
      cut,
      ` cut. T: transition, C: classifier.`,
    ];
  }

  get block() {
    return this.scene.blocks[this.place];
  }

  searched() {
    return this.scene.greedy?.cuts.split("~").filter(Boolean) ?? [];
  }

  /** Takes the answer to some cuts; the visitor's newer cuts stay. @param {Scene} scene */
  update(scene) {
    const other =
      scene.blocks.length !== this.scene.blocks.length ||
      (!scene.served && scene.start !== this.scene.start);
    const asked = this.asked ?? this.scene.cuts;
    this.scene = scene;
    this.root.dataset.served = String(scene.served);
    for (const row of this.rows) row.hidden = !scene.served; // a slide's cuts are those of its steps
    if (this.asked === undefined || (scene.cuts !== asked && this.cuts.text === asked)) {
      this.cuts.text = scene.cuts; // the first scene, another link, or another network
      this.asked = scene.cuts;
    }
    if (other || this.place >= scene.blocks.length) this.place = scene.start - 1;
    const words = scene.blocks.map(
      ({ block }, place) => /** @type {[number, string]} */ ([place, `block ${block}`]),
    );
    this.blocks.showWords(words, this.place);
    this.matrix.show(this.block);
    this.drawBars();
    this.draw();
  }

  /** @param {number} place */
  showBlock(place) {
    this.place = place;
    this.matrix.show(this.block);
    this.draw();
  }

  /** @param {Cell} cell @param {boolean} cut */
  cut(cell, cut) {
    if (this.scene.served && this.cuts.toggle(nameOf(this.block.block, cell), cut)) this.changed();
    else this.draw();
  }

  flip() {
    this.matrix.flip(this.matrix.chosen);
  }

  /** Draws at once, and asks the server when the visitor rests. */
  changed() {
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.asked = this.cuts.text;
      this.tell("cuts", this.cuts.text);
    }, REST);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.scene.served) return;
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    if (event.shiftKey ? this.cuts.redo() : this.cuts.undo()) this.changed();
  }

  draw() {
    const cuts = this.cuts.set;
    const waiting = this.cuts.text !== this.scene.cuts;
    this.root.dataset.cuts = String(cuts.size);
    this.root.dataset.state = waiting ? "waiting" : "live";
    this.bars.setAttribute("aria-busy", String(waiting));
    say(this.badge, waiting ? "○ running" : "● live: this network ran just now");
    say(this.title, titleOf(this.scene, cuts.size, waiting));
    say(this.sentence, sentenceOf(this.scene, cuts.size, waiting));
    say(this.game, waiting ? "" : gameWords(this.scene, total(this.scene) - cuts.size));
    this.search.hidden = !this.scene.greedy;
    this.matrix.mark(cuts);
    this.undo.disabled = !this.cuts.before.length;
    this.redo.disabled = !this.cuts.after.length;
    this.reset.disabled = !cuts.size;
    const { chosen } = this.matrix;
    const verb = this.matrix.isCut(chosen) ? "Reconnect" : "Cut";
    say(this.one, `${verb}: ${cellWords(this.block, chosen)}`);
  }

  drawBars() {
    this.bars.replaceChildren(
      ...this.scene.bars.map(({ name, whole, now }) =>
        h(
          "li",
          {},
          h("span", { class: "scissors-name" }, name),
          h("span", { class: "scissors-share" }, `${percent(now)} (was ${percent(whole)})`),
          h(
            "span",
            { class: "scissors-track", "aria-hidden": "true" },
            h("i", { class: "scissors-now", style: `--share:${now}` }),
            h("i", { class: "scissors-was", style: `--share:${whole}` }),
          ),
        ),
      ),
    );
  }

  destroy() {
    clearTimeout(this.timer);
    this.matrix.destroy();
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "scissors" };
  }
}

/**
 * @param {HTMLElement} root @param {Scene} scene @param {Tell} [tell]
 * @returns {import("../shared/stage.js").Stage}
 */
export function mount(root, scene, tell = () => {}) {
  const stage = new Scissors(root, scene, tell);
  return {
    update: (next) => stage.update(next),
    destroy: () => stage.destroy(),
    save: () => stage.save(),
  };
}
