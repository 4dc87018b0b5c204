// A table of rank correlations: each cell has a number and a colour.

import { h, say } from "../shared/dom.js";
import { Radios } from "../shared/radios.js";

/** @typedef {{text: string, ground: string, ink: string}} Cell */
/** @typedef {{key: "signed" | "strength", name: string, reading: string, title: string, sentence: string, rows: Cell[][]}} Kind */
/** @typedef {{names: string[], lesson: string, kinds: Kind[]}} Scene */

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const drawn = new Agreement(root);
  drawn.update(scene);
  return drawn;
}

class Agreement {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Kind["key"]} */
    this.chosen = "signed";
    this.title = h("h3", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    /** @type {Radios<Kind["key"]>} */
    this.choice = new Radios("What is ranked", (key) => this.choose(key), {
      look: "agreement-choice stage-aside",
    });
    this.reading = h("p", { class: "agreement-reading" });
    this.table = h("table", { class: "agreement-table" });
    const scroll = h(
      "div",
      { class: "agreement-scroll", tabindex: 0, role: "region", "aria-label": "Rank correlations" },
      this.table,
    );
    this.node = h(
      "section",
      { class: "agreement", "aria-label": "Which maps agree" },
      this.title,
      this.sentence,
      this.choice.node,
      scroll,
      this.reading,
    );
    root.append(this.node);
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "agreement" };
  }

  destroy() {
    this.node.remove();
  }

  /** @param {Scene} scene */
  update(scene) {
    this.scene = scene;
    if (this.choice.node.childElementCount !== scene.kinds.length) {
      /** @type {[Kind["key"], string][]} */
      const options = scene.kinds.map(({ key, name }) => [key, name]);
      this.choice.showPills(options, this.chosen, "agreement-option");
    }
    this.choose(this.chosen);
  }

  /** @param {Kind["key"]} key */
  choose(key) {
    this.chosen = key;
    const { scene } = this;
    const kind = scene?.kinds.find((one) => one.key === key);
    if (!scene || !kind) return;
    say(this.title, kind.title);
    say(this.sentence, `${kind.sentence} ${scene.lesson}`.trim());
    say(this.reading, kind.reading);
    const numbers = scene.names.map((name, place) =>
      h(
        "th",
        { scope: "col", title: name },
        h("span", { class: "stage-hidden" }, name),
        h("span", { "aria-hidden": "true" }, String(place + 1)),
      ),
    );
    const rows = kind.rows.map((cells, row) => {
      const name = h(
        "th",
        { scope: "row" },
        h("span", { class: "agreement-number", "aria-hidden": "true" }, String(row + 1)),
        scene.names[row],
      );
      return h("tr", {}, name, ...cells.map((cell, column) => this.cell(cell, row === column)));
    });
    this.table.replaceChildren(
      h(
        "caption",
        { class: "stage-hidden" },
        `Spearman's rank correlation of each pair of maps, ${kind.name}`,
      ),
      h("thead", {}, h("tr", {}, h("td", {}), ...numbers)),
      h("tbody", {}, ...rows),
    );
  }

  /** @param {Cell} cell @param {boolean} itself */
  cell({ text, ground, ink }, itself) {
    if (itself)
      return h(
        "td",
        { class: "agreement-itself" },
        h("span", { class: "stage-hidden" }, "the same map"),
      );
    return h("td", { style: `background:${ground};color:${ink}` }, text);
  }
}
