// The direct connections of a first block. They can be cut, so that the gradient comes back layer by
// layer only; the numbers were measured with and without them.

import { h, onWidth, s, say } from "../shared/dom.js";
import { Radios } from "../shared/radios.js";

/**
 * @typedef {{source: number, place: number}} Reach
 * @typedef {{part: number, size: string, words: string}} Amount
 * @typedef {{family: string, title: string, colour: string, reaches: Reach[], amounts: Amount[], sentence: string}} Family
 * @typedef {{title: string, layers: number, cuts: string[], families: Family[]}} Scene
 */

const EDGE = 10;
/** The cuts by their place in `cuts`. */
const FIRST = 1;
const EVERY = 2;

/** Whether a cut takes a connection away. @param {number} cut @param {Reach} reach */
export function isCut(cut, { source }) {
  return cut === EVERY || (cut === FIRST && source === 0);
}

/** The middle of a place: the stem is 0, the transition `layers + 1`, the loss one more. @param {number} width @param {number} place @param {number} layers */
export function across(width, place, layers) {
  return EDGE + ((place + 0.5) / (layers + 3)) * (width - 2 * EDGE);
}

/** An arc over the row. @param {number} from @param {number} to @param {number} floor @param {number} width */
export function arc(from, to, floor, width) {
  const rise = Math.max(10, ((to - from) / width) * floor * 1.15);
  return `M${from.toFixed(1)} ${floor}Q${((from + to) / 2).toFixed(1)} ${(floor - 2 * Math.min(rise, floor - 8)).toFixed(1)} ${to.toFixed(1)} ${floor}`;
}

class Direct {
  /** @param {HTMLElement} root @param {Scene} scene */
  constructor(root, scene) {
    this.scene = scene;
    this.family = scene.families[scene.families.length - 1].family;
    this.cut = 0;
    this.width = 0;
    this.title = h("h3", { class: "direct-title" });
    this.sentence = h("p", { class: "direct-sentence", "aria-live": "polite" });
    this.svg = s("svg", { class: "direct-picture", role: "img" });
    this.view = h("div", { class: "direct-view" }, this.svg);
    /** @type {Radios<string>} */
    this.families = new Radios("Family", (family) => {
      this.family = family;
      this.draw();
    });
    /** @type {Radios<number>} */
    this.cuts = new Radios(
      "Direct paths",
      (cut) => {
        this.cut = cut;
        this.draw();
      },
      { look: "direct-cuts", stops: true },
    );
    root.append(
      h("div", { class: "stage-head" }, this.title, this.families.node, this.sentence),
      this.view,
      this.cuts.node,
    );
    this.load();
    this.stop = onWidth(this.view, (width) => {
      this.width = width;
      this.draw();
    });
  }

  /** @param {Scene} next */
  update(next) {
    this.scene = next;
    this.load();
    this.draw();
  }

  load() {
    const { families } = this.scene;
    if (!families.some(({ family }) => family === this.family))
      this.family = families[families.length - 1].family;
    say(this.title, this.scene.title);
    this.families.showWords(
      families.map(({ family, title }) => [family, title]),
      this.family,
    );
  }

  draw() {
    const shown = /** @type {Family} */ (
      this.scene.families.find(({ family }) => family === this.family)
    );
    say(this.sentence, shown.sentence);
    this.cuts.show(
      this.scene.cuts.map((words, cut) => this.option(words, cut, shown)),
      this.cut,
    );
    if (this.width) this.paint(shown);
  }

  /** A cut as a button with a bar and the gradient that is left. @param {string} words @param {number} cut @param {Family} shown */
  option(words, cut, { amounts, colour }) {
    const amount = amounts[cut];
    const bar = h("i", { class: "direct-bar" });
    bar.style.width = `${100 * Math.min(1, amount?.part ?? 0)}%`;
    bar.style.background = colour;
    const label = amount ? `${words}: ${amount.words} of the gradient, ${amount.size}` : words;
    return this.cuts.option(
      cut,
      [
        h("span", {}, words),
        h("span", { class: "direct-track" }, bar),
        h("b", {}, amount ? amount.words : "…"),
      ],
      { class: "direct-cut", "aria-label": label },
    );
  }

  /** @param {Family} shown */
  paint({ reaches, colour, title, sentence }) {
    const { layers, cuts } = this.scene;
    const { width } = this;
    const height = Math.round(Math.max(150, Math.min(260, width * 0.24)));
    const floor = height - 46;
    const x = (/** @type {number} */ place) => across(width, place, layers);
    const radius = Math.max(3, Math.min(11, ((width - 2 * EDGE) / (layers + 3)) * 0.34));
    const strong = Math.max(0.16, Math.min(1, 3 / Math.sqrt(reaches.length + 1)));
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("height", String(height));
    this.svg.setAttribute("aria-label", `${title}: ${cuts[this.cut]}. ${sentence}`);
    const arcs = reaches.map((reach) => {
      const cut = isCut(this.cut, reach);
      return s("path", {
        class: cut ? "direct-arc direct-gone" : "direct-arc",
        d: arc(x(reach.source), x(reach.place), floor, width),
        stroke: cut ? "currentColor" : colour,
        "stroke-opacity": cut ? strong * 0.35 : reach.source === 0 ? Math.max(strong, 0.8) : strong,
      });
    });
    const dots = Array.from({ length: layers + 1 }, (_, place) =>
      s("circle", { cx: x(place), cy: floor, r: radius, class: place ? "" : "direct-first" }),
    );
    const boxes = [layers + 1, layers + 2].map((place) =>
      s("rect", {
        x: x(place) - radius,
        y: floor - radius,
        width: 2 * radius,
        height: 2 * radius,
        rx: 2,
        class: place > layers + 1 ? "direct-loss" : "",
      }),
    );
    const word = (
      /** @type {number} */ at,
      /** @type {string} */ text,
      /** @type {string} */ anchor,
    ) => s("text", { x: at, y: height - 12, "text-anchor": anchor }, text);
    this.svg.replaceChildren(
      s("path", { class: "direct-chain", d: `M${x(0)} ${floor}H${x(layers + 2)}`, stroke: colour }),
      ...arcs,
      ...dots,
      ...boxes,
      word(2, "first layer", "start"),
      word(width - 2, "transition, … loss", "end"),
    );
    this.svg.dataset.cut = String(arcs.filter((path) => path.matches(".direct-gone")).length);
  }

  destroy() {
    this.stop();
  }
}

/**
 * @param {HTMLElement} root @param {Scene} scene
 * @returns {import("../shared/stage.js").Stage}
 */
export function mount(root, scene) {
  const stage = new Direct(root, scene);
  return {
    update: (next) => stage.update(next),
    destroy: () => stage.destroy(),
  };
}
