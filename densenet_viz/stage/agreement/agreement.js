// A table of rank correlations: each cell has a number and a colour.

import { h, say } from "../shared/dom.js";

/** @typedef {{text: string, ground: string, ink: string}} Cell */
/** @typedef {{key: string, name: string, reading: string, title: string, sentence: string, rows: Cell[][]}} Kind */
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
    this.chosen = 0;
    this.title = h("h3", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    this.choice = h("div", { class: "agreement-choice stage-aside", role: "radiogroup", "aria-label": "What is ranked" });
    this.reading = h("p", { class: "agreement-reading" });
    this.table = h("table", { class: "agreement-table" });
    const scroll = h("div", { class: "agreement-scroll", tabindex: 0, role: "region", "aria-label": "Rank correlations" }, this.table);
    this.node = h("section", { class: "agreement", "aria-label": "Which maps agree" }, this.title, this.sentence, this.choice, scroll, this.reading);
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
    if (this.choice.childElementCount !== scene.kinds.length) {
      const options = scene.kinds.map(({ key, name }, index) => {
        const input = h("input", { type: "radio", name: "agreement-kind", value: key, checked: index === this.chosen, onchange: () => this.choose(index) });
        return h("label", { class: "agreement-option" }, input, h("span", {}, name));
      });
      this.choice.replaceChildren(...options);
    }
    this.choose(this.chosen);
  }

  /** @param {number} index */
  choose(index) {
    this.chosen = index;
    const { scene } = this;
    const kind = scene?.kinds[index];
    if (!scene || !kind) return;
    say(this.title, kind.title);
    say(this.sentence, `${kind.sentence} ${scene.lesson}`.trim());
    say(this.reading, kind.reading);
    const numbers = scene.names.map((name, place) => h("th", { scope: "col", title: name }, h("span", { class: "stage-hidden" }, name), h("span", { "aria-hidden": "true" }, String(place + 1))));
    const rows = kind.rows.map((cells, row) => {
      const name = h("th", { scope: "row" }, h("span", { class: "agreement-number", "aria-hidden": "true" }, String(row + 1)), scene.names[row]);
      return h("tr", {}, name, ...cells.map((cell, column) => this.cell(cell, row === column)));
    });
    this.table.replaceChildren(
      h("caption", { class: "stage-hidden" }, `Spearman's rank correlation of each pair of maps, ${kind.name}`),
      h("thead", {}, h("tr", {}, h("td", {}), ...numbers)),
      h("tbody", {}, ...rows),
    );
  }

  /** @param {Cell} cell @param {boolean} itself */
  cell({ text, ground, ink }, itself) {
    if (itself) return h("td", { class: "agreement-itself" }, h("span", { class: "stage-hidden" }, "the same map"));
    return h("td", { style: `background:${ground};color:${ink}` }, text);
  }
}
