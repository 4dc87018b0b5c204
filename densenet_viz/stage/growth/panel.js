// The numbers below the growth stage: what the block costs, its chart and its table.

import { drawChart } from "./chart.js";
import { specOf, weightsOf } from "./computed.js";
import { tableRows } from "./rows.js";
import { compared, grouped, inMegabytes, inMillions } from "../shared/amounts.js";
import { blockOf, networkOf } from "../shared/arithmetic.js";
import { h, onWidth, s, say } from "../shared/dom.js";
import { metric, metricsRow } from "../shared/numbers.js";

/** @typedef {import("./words.js").Shown} Shown */
/** @typedef {import("../shared/controls.js").Values} Values */

/** Parameters of a network with ImageNet's classes. */
const IMAGENET = 1000;

export class Panel {
  /** @param {HTMLElement} root of the stage */
  constructor(root) {
    this.root = root;
    this.parameters = metric("Parameters of the block");
    this.multiplyAdds = metric("Multiply-adds, one picture");
    this.memory = metric("Activation memory");
    this.few = h("p", { class: "growth-words stage-aside" });
    this.whole = h("p", { class: "growth-words stage-aside" });
    this.weights = h("p", { class: "growth-words growth-weights stage-aside" });
    this.chart = s("svg", { class: "growth-chart", role: "img" });
    this.body = h("tbody");
    const heads = ["layer", "reads", "adds", "maps after it", "pixels", "reads from"];
    this.table = h(
      "div",
      {
        class: "table-region",
        role: "region",
        tabindex: 0,
        "aria-label": "The numbers as a table",
      },
      h(
        "table",
        { class: "growth-table" },
        h("thead", {}, h("tr", {}, ...heads.map((head) => h("th", { scope: "col" }, head)))),
        this.body,
      ),
    );
    this.details = h(
      "details",
      { class: "growth-details", ontoggle: () => this.fill() },
      h("summary", {}, "The numbers as a table"),
      this.table,
    );
    this.node = h(
      "div",
      { class: "growth-panel" },
      metricsRow([this.parameters, this.multiplyAdds, this.memory]),
      this.few,
      this.whole,
      this.weights,
      h("h3", { class: "growth-subtitle" }, "Each column is one tensor, and it only grows"),
      this.chart,
      this.details,
    );
    this.width = 0;
    /** @type {Shown | undefined} */
    this.scene = undefined;
    this.stop = onWidth(this.node, (width) => {
      this.width = width;
      if (this.scene) drawChart(this.chart, this.scene, width);
    });
  }

  /** @param {Shown} scene with numbers that were counted or computed @param {Values} values of the controls */
  show(scene, values) {
    const { explore, numbers } = scene;
    if (!explore) return;
    this.scene = scene;
    const spec = specOf(explore, values);
    const { plain } = blockOf(spec, 1);
    const live = !scene.waiting;
    const without = (/** @type {string} */ cost) => `${cost} without concatenation`;
    this.parameters.say(grouped(numbers.parameters), without(grouped(plain.parameters)));
    this.multiplyAdds.say(
      inMillions(numbers.multiplyAdds),
      without(inMillions(plain.multiplyAdds)),
    );
    this.memory.say(
      inMegabytes(numbers.activationBytes),
      without(inMegabytes(plain.activationBytes)),
    );
    this.few.replaceChildren(
      h(
        "strong",
        {},
        `Few parameters are enough: ${compared(numbers.parameters, plain.parameters)}.`,
      ),
      ` A layer here computes only ${spec.growthRate} new maps, because all earlier ones are still there to read. Without concatenation it would have to write all of its output maps again, up to ${grouped(totalOf(scene))} of them. The price of concatenation is memory, ${compared(numbers.activationBytes, plain.activationBytes)}: the plain implementation copies the maps that it joins. `,
      `The block's numbers ${live ? "were counted while it ran" : "are computed, and are counted when it has run"}; those of the block without concatenation are computed.`,
    );
    const network = networkOf(spec);
    const imagenet = networkOf({ ...spec, classes: IMAGENET }).parameters;
    this.whole.replaceChildren(
      h("strong", {}, "The whole network"),
      `, ${network.name}, has ${grouped(network.parameters)} parameters (with ImageNet's 1,000 classes it would have ${grouped(imagenet)}) and needs ${inMillions(network.multiplyAdds)} multiply-adds for a picture of ${spec.inputSize} × ${spec.inputSize} px; these are computed. ${keptWords(scene, spec.compression, live)}`,
    );
    say(this.weights, explore.weights[weightsOf(explore, values)]);
    this.chart.setAttribute(
      "aria-label",
      `Stacked bars: maps grow from ${scene.groups[0].channels} by ${spec.growthRate} a layer to ${totalOf(scene)}.`,
    );
    if (this.width) drawChart(this.chart, scene, this.width);
    this.fill();
  }

  /** The table, which is only written while it is open. */
  fill() {
    if (!this.details.open || !this.scene) return;
    this.body.replaceChildren(
      ...tableRows(this.scene).map(([first, ...cells]) =>
        h("tr", {}, h("th", { scope: "row" }, first), ...cells.map((cell) => h("td", {}, cell))),
      ),
    );
  }

  destroy() {
    this.stop();
  }
}

/** The maps after the last layer. @param {Shown} scene */
function totalOf({ layers }) {
  return layers[layers.length - 1].total;
}

/** What the transition after the block keeps. @param {Shown} scene @param {number} theta @param {boolean} live */
function keptWords(scene, theta, live) {
  const { keeps } = scene.numbers;
  if (keeps === null) return "No transition follows: this block is the last.";
  return `The transition after this block keeps ${grouped(keeps)} of its ${grouped(totalOf(scene))} maps (θ = ${Number(theta.toPrecision(6))}, ${live ? "measured" : "computed"}).`;
}
