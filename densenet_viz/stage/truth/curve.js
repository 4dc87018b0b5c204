// Precision over recall as a drawing, with a dot for the current threshold.

import { h, onWidth, s } from "../shared/dom.js";
import { percent } from "./words.js";

/** @typedef {{curve: [number, number][], average: number, averageText: string, chance: number, chanceText: string}} CurveScene */

const LEFT = 50;
const RIGHT = 14;
const TOP = 12;
const BOTTOM = 30;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
/** Below this precision there is no room for text under the chance line. */
const LOW = 0.12;

/**
 * The place of a recall and a precision, in CSS pixels.
 * @param {number} recall @param {number} precision @param {number} width @param {number} height
 * @returns {[number, number]}
 */
export function placed(recall, precision, width, height) {
  return [LEFT + recall * (width - LEFT - RIGHT), TOP + (1 - precision) * (height - TOP - BOTTOM)];
}

/** The curve as a path. @param {[number, number][]} curve @param {number} width @param {number} height */
export function pathOf(curve, width, height) {
  return curve
    .map(
      ([recall, precision], index) =>
        (index ? "L" : "M") +
        placed(recall, precision, width, height)
          .map((value) => value.toFixed(1))
          .join(" "),
    )
    .join("");
}

export class CurveView {
  constructor() {
    this.svg = s("svg", { class: "truth-svg", role: "img" });
    this.guides = s("path", { class: "truth-guides" });
    this.dot = s("circle", { class: "truth-dot", r: 8 });
    this.up = h("p", { class: "truth-axis" }, "Precision: how much of the kept part is object");
    this.across = h(
      "p",
      { class: "truth-axis truth-across" },
      "Recall: how much of the object is kept",
    );
    this.node = h("div", { class: "truth-curve" }, this.up, this.svg, this.across);
    this.width = 0;
    this.height = 0;
    /** @type {CurveScene | null} */
    this.scene = null;
    /** @type {[number, number]} */
    this.at = [0, 1];
    this.stop = onWidth(this.node, (width) => {
      this.width = width;
      this.height = Math.round(Math.min(380, Math.max(240, 0.62 * width)));
      this.draw();
    });
  }

  destroy() {
    this.stop();
  }

  /** @param {CurveScene} scene */
  update(scene) {
    this.scene = scene;
    if (this.width) this.draw();
  }

  draw() {
    const { scene, width, height } = this;
    if (!scene) return;
    const at = (/** @type {number} */ x, /** @type {number} */ y) => placed(x, y, width, height);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.svg.setAttribute("height", String(height));
    this.svg.setAttribute(
      "aria-label",
      `Precision over recall. Average precision ${scene.averageText}; by chance ${scene.chanceText}.`,
    );
    const [left, bottom] = at(0, 0);
    const [right, top] = at(1, 1);
    const line = pathOf(scene.curve, width, height);
    const [lastX] = scene.curve.length ? at(...scene.curve[scene.curve.length - 1]) : [left];
    const [firstX] = scene.curve.length ? at(...scene.curve[0]) : [left];
    const chance = at(1, scene.chance)[1];
    const marks = TICKS.flatMap((value) => {
      const [x, y] = at(value, value);
      return [
        s("line", { x1: left, x2: right, y1: y, y2: y }),
        s("text", { x: left - 8, y: y + 5, "text-anchor": "end" }, `${100 * value}%`),
        s(
          "text",
          { x, y: bottom + 21, "text-anchor": value === 1 ? "end" : "middle" },
          `${100 * value}%`,
        ),
      ];
    });
    const above = scene.average > 0.5 ? chance - 8 : scene.chance > LOW ? chance + 19 : chance - 8;
    this.svg.replaceChildren(
      s("g", { class: "truth-grid" }, ...marks),
      s("path", { class: "truth-area", d: `${line}L${lastX} ${bottom}L${firstX} ${bottom}Z` }),
      s("line", { class: "truth-chance", x1: left, x2: right, y1: chance, y2: chance }),
      s("path", { class: "truth-line", d: line }),
      this.guides,
      s(
        "text",
        { class: "truth-word", x: right - 4, y: above, "text-anchor": "end" },
        `chance: ${scene.chanceText}, the object's share of the picture`,
      ),
      s(
        "text",
        { class: "truth-word truth-average", x: right - 4, y: top + 22, "text-anchor": "end" },
        `average precision ${scene.averageText}`,
      ),
      this.dot,
    );
    this.move(...this.at);
  }

  /** @param {number} recall @param {number} precision */
  move(recall, precision) {
    this.at = [recall, precision];
    if (!this.width) return;
    const [x, y] = placed(recall, precision, this.width, this.height);
    const [left, bottom] = placed(0, 0, this.width, this.height);
    this.dot.setAttribute("cx", x.toFixed(1));
    this.dot.setAttribute("cy", y.toFixed(1));
    this.guides.setAttribute("d", `M${left} ${y.toFixed(1)}H${x.toFixed(1)}V${bottom}`);
    this.dot.setAttribute("data-at", `${percent(recall)} ${percent(precision)}`);
  }
}
