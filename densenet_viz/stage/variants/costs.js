// Which layers need parameters and work: stacked bars of one network, or of all.

import { grouped } from "../shared/amounts.js";
import { h, onWidth, s, say } from "../shared/dom.js";
import { Radios } from "../shared/radios.js";
import { onOwn } from "./chosen.js";
import { WORDS, barsOf, hatchingOf, sentenceOf } from "./costs-values.js";
import { ownCosts } from "./own-costs.js";

/** @typedef {import("./costs-values.js").Network} Network */
/** @typedef {import("./costs-values.js").Bar} Bar */
/** @typedef {import("./costs-values.js").Quantity} Quantity */
/** @typedef {{networks: Network[], colours: Record<string, string>}} Scene */

const ALL = "all side by side";
const ROW = 36;
const BAR = 25;
/** CSS pixels left of the bars, for names, and right of them, for sums. */
const SIDES = { left: 118, right: 84 };
/** @type {Record<Quantity, [number, string]>} */
const UNITS = { parameters: [1e6, "M"], multiplyAdds: [1e9, "G"] };

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const costs = new Costs(root, scene);
  return {
    update: (/** @type {Scene} */ next) => costs.update(next),
    destroy: () => costs.destroy(),
    save: () => ({ name: "costs" }),
  };
}

class Costs {
  /** @param {HTMLElement} root @param {Scene} scene */
  constructor(root, scene) {
    this.scene = scene;
    /** @type {Network | null} */
    this.own = null;
    /** The title of a network; null for all. @type {string | null} */
    this.of = scene.networks[0].title;
    /** @type {Quantity} */
    this.quantity = "parameters";
    this.width = 0;
    this.select = h("select", {
      class: "stage-choice",
      onchange: () => this.choose({ of: this.select.value === ALL ? null : this.select.value }),
    });
    /** @type {Radios<Quantity>} */
    const radios = new Radios("What", (quantity) => this.choose({ quantity }));
    radios.showWords(
      [
        ["parameters", WORDS.parameters],
        ["multiplyAdds", WORDS.multiplyAdds],
      ],
      this.quantity,
    );
    this.share = h("input", { type: "checkbox", role: "switch", oninput: () => this.show() });
    this.sentence = h("p", { class: "costs-sentence", "aria-live": "polite" });
    this.legend = h("div", { class: "costs-legend", "aria-hidden": "true" });
    this.svg = s("svg", { class: "costs-chart", role: "img" });
    this.table = h("table", { class: "costs-table" });
    this.details = h(
      "details",
      { class: "costs-details", ontoggle: () => this.fill() },
      h("summary", {}, "The numbers as a table"),
      h(
        "div",
        {
          class: "table-region",
          role: "region",
          tabindex: 0,
          "aria-label": "The numbers as a table",
        },
        this.table,
      ),
    );
    this.node = h(
      "section",
      { class: "costs", "aria-label": "Which layers need parameters and work" },
      h(
        "div",
        { class: "costs-choices stage-aside" },
        h("label", { class: "costs-network" }, h("span", {}, "Network"), this.select),
        radios.node,
        h("label", { class: "stage-control stage-toggle" }, this.share, h("span", {}, "As shares")),
      ),
      this.sentence,
      this.svg,
      this.legend,
      this.details,
    );
    root.prepend(this.node); // before the row that saves it
    this.stopWatching = onWidth(this.node, (width) => {
      this.width = width;
      this.show();
    });
    this.stop = onOwn((spec) => {
      if (!spec && !this.own) return;
      this.own = spec && ownCosts(spec);
      this.offer();
      this.show();
    });
    this.offer();
    this.show();
  }

  get networks() {
    return this.own ? [...this.scene.networks, this.own] : this.scene.networks;
  }

  /** @param {Scene} scene */
  update(scene) {
    this.scene = scene;
    this.offer();
    this.show();
  }

  /** The networks that can be chosen. */
  offer() {
    const titles = [ALL, ...this.networks.map(({ title }) => title)];
    const shown = [...this.select.options].map(({ value }) => value);
    if (titles.join("|") !== shown.join("|"))
      this.select.replaceChildren(...titles.map((title) => h("option", { value: title }, title)));
    if (this.of !== null && !titles.includes(this.of)) this.of = titles[1];
    this.select.value = this.of ?? ALL;
  }

  /** @param {{of?: string | null, quantity?: Quantity}} choice */
  choose(choice) {
    Object.assign(this, choice);
    this.show();
  }

  show() {
    const sentence = sentenceOf(this.networks, this.of);
    const bars = barsOf(this.networks, this.of, this.quantity);
    const kinds = Object.keys(this.scene.colours).filter((kind) =>
      bars.some(({ parts }) => parts[kind]),
    );
    say(this.sentence, sentence);
    this.svg.setAttribute(
      "aria-label",
      `Stacked bars of ${WORDS[this.quantity]} by kind of layer, ${this.of ?? ALL}. ${sentence}`,
    );
    this.legend.replaceChildren(...kinds.map((kind) => this.sample(kind)));
    if (this.width) this.draw(bars, kinds);
    this.fill();
  }

  /** A kind in the legend. @param {string} kind */
  sample(kind) {
    const swatch = s("svg", { width: 26, height: 16 }, ...this.part(kind, 0, 0, 26, 16));
    return h("span", {}, swatch, kind);
  }

  /** A rectangle in a kind's colour, with its hatching. @param {string} kind @param {number} x @param {number} y @param {number} width @param {number} height */
  part(kind, x, y, width, height) {
    const fill = this.scene.colours[kind];
    return [
      s("rect", { x, y, width, height, fill }),
      s("path", { class: "costs-hatching", d: hatchingOf(kind, x, y, width, height) }),
    ];
  }

  /** @param {Bar[]} bars @param {string[]} kinds */
  draw(bars, kinds) {
    const [unit, sign] = UNITS[this.quantity];
    const largest = Math.max(...bars.map(({ total }) => total));
    const room = Math.max(40, this.width - SIDES.left - SIDES.right);
    this.svg.setAttribute("width", String(this.width));
    this.svg.setAttribute("height", String(ROW * bars.length));
    this.svg.replaceChildren(
      ...bars.map(({ name, parts, total }, row) => {
        const y = ROW * row + (ROW - BAR) / 2;
        const scale = room / (this.share.checked ? total : largest);
        let x = SIDES.left;
        const shapes = kinds.map((kind) => {
          const count = parts[kind] ?? 0;
          const width = count * scale;
          const words = `${name}, ${kind}: ${grouped(count)} ${WORDS[this.quantity]} (${((100 * count) / total).toFixed(1)}%)`;
          const group = s("g", {}, s("title", {}, words), ...this.part(kind, x, y, width, BAR));
          x += width;
          return group;
        });
        const text = (
          /** @type {number} */ left,
          /** @type {string} */ words,
          /** @type {string} */ anchor,
        ) => s("text", { x: left, y: y + BAR / 2 + 5, "text-anchor": anchor }, words);
        return s(
          "g",
          {},
          ...shapes,
          text(SIDES.left - 8, name, "end"),
          text(x + 8, `${(total / unit).toFixed(2)} ${sign}`, "start"),
        );
      }),
    );
  }

  /** The table, which is only written while it is open. */
  fill() {
    if (!this.details.open) return;
    const kinds = Object.keys(this.scene.colours);
    const cells = (/** @type {Bar} */ { parts, total }, /** @type {string} */ kind) =>
      grouped(kind ? (parts[kind] ?? 0) : total);
    const heads = ["", ...kinds, "together"];
    this.table.replaceChildren(
      h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
      h(
        "tbody",
        {},
        ...barsOf(this.networks, this.of, this.quantity).map((bar) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, bar.name),
            ...[...kinds, ""].map((kind) => h("td", {}, cells(bar, kind))),
          ),
        ),
      ),
    );
  }

  destroy() {
    this.stop();
    this.stopWatching();
    this.node.remove();
  }
}
