// The growth stage's labels: numbers, pills and the picture. Each frame only moves them.

import { h, say } from "../shared/dom.js";
import { pillAt } from "./geometry.js";
import { channelsAt, focusAt, momentAt } from "./timing.js";
import { clamp } from "../shared/timing.js";
import { equation, groupWords } from "./words.js";

/** @typedef {import("./words.js").Shown} Shown */
/** @typedef {import("./geometry.js").Frame} Frame */
/** @typedef {import("./geometry.js").Layout} Layout */
/** @typedef {import("./timing.js").Moment} Moment */

/**
 * Moves an element to a place; an invisible one has no layout.
 * @param {HTMLElement} node @param {number} x @param {number} y @param {number} opacity @param {number} [scale]
 */
function put(node, x, y, opacity, scale = 1) {
  const visible = opacity > 0.01;
  node.style.display = visible ? "" : "none";
  if (!visible) return;
  node.style.opacity = String(Math.min(1, opacity));
  node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)${scale === 1 ? "" : ` scale(${scale.toFixed(3)})`}`;
}

/** Half the width of a column's number and the text under it, in px. */
const HALF = 52;

export class Labels {
  /** @param {Shown} scene */
  constructor(scene) {
    this.scene = scene;
    const colour = (/** @type {number} */ layer) => scene.groups[layer].colour;
    this.pills = scene.layers.map((_, index) => {
      const pill = h(
        "div",
        { class: "growth-pill" },
        h("b", {}, `layer ${index + 1}`),
        h("small", {}, scene.kernel),
      );
      pill.style.borderColor = colour(index + 1);
      return pill;
    });
    this.plus = scene.layers.map((layer, index) => {
      const node = h("div", { class: "growth-plus" }, `+${layer.writes}`);
      node.style.setProperty("--mark", colour(index + 1));
      return node;
    });
    this.counts = [0, ...scene.layers.map((_, index) => index + 1)].map((index) => {
      const number = h("b");
      return {
        number,
        node: h(
          "div",
          { class: "growth-count" },
          number,
          h("small", {}, index ? `after layer ${index}` : scene.entering),
        ),
      };
    });
    const image = h("img", { src: scene.picture, alt: `The input: ${scene.caption}` });
    this.picture = h(
      "figure",
      { class: "growth-picture" },
      image,
      h("figcaption", {}, scene.caption),
    );
    this.hint = h("div", { class: "growth-hint", role: "tooltip" });
    this.nodes = [
      this.picture,
      ...this.pills,
      ...this.plus,
      ...this.counts.map(({ node }) => node),
      this.hint,
    ];
  }

  /** Maps after `layer` layers. @param {number} layer */
  total(layer) {
    return layer === 0 ? this.scene.groups[0].channels : this.scene.layers[layer - 1].total;
  }

  /** @param {Frame} frame @param {Layout} layout @param {number} time */
  place(frame, layout, time) {
    const moment = momentAt(time);
    const { picture } = layout;
    this.picture.style.setProperty("--size", `${picture.size}px`);
    put(this.picture, picture.x, picture.y, clamp(2 * picture.open - 1));
    this.placeCounts(frame, layout, time, moment);
    this.placePills(frame, layout, moment);
    this.placePlus(layout, focusAt(time), moment);
  }

  /** @param {Frame} frame @param {Layout} layout @param {number} time @param {Moment} moment */
  placeCounts(frame, layout, time, moment) {
    this.counts.forEach(({ node, number }, index) => {
      const column = layout.columns[index];
      if (!column) return put(node, 0, 0, 0);
      const arriving = index === moment.layer && moment.write > 0;
      const count = arriving
        ? channelsAt(time, this.total(0), this.scene.layers[0].writes)
        : this.total(index);
      say(number, count.toLocaleString("en"));
      node.classList.toggle("ghost", index > moment.done && !arriving);
      // At the stage's edge, the text of a narrow column is wider than the column.
      const middle = Math.max(HALF, Math.min(frame.width - HALF, column.x + column.width / 2));
      put(node, middle, layout.base + 6, clamp((column.open - 0.4) / 0.6));
    });
  }

  /** @param {Frame} frame @param {Layout} layout @param {Moment} moment */
  placePills(frame, layout, moment) {
    this.pills.forEach((node, index) => {
      const layer = index + 1;
      const pill = pillAt(layout, layer, frame);
      const working = layer === moment.layer;
      const shown = layer <= moment.done ? 1 : working ? clamp(moment.read * 2) : 0;
      const breath = working ? 1 + 0.09 * Math.sin(Math.PI * moment.compute) : 1;
      node.classList.toggle("busy", working && moment.write < 1);
      put(node, pill?.x ?? 0, pill?.y ?? 0, pill ? pill.open * shown : 0, breath);
    });
  }

  /** @param {Layout} layout @param {number} focus @param {Moment} moment */
  placePlus(layout, focus, moment) {
    this.plus.forEach((node, index) => {
      const column = layout.columns[index + 1];
      if (!column) return put(node, 0, 0, 0);
      const fresh =
        index + 1 === moment.layer
          ? clamp((moment.write - 0.2) * 4)
          : index + 1 <= moment.done
            ? 1
            : 0;
      const near = clamp(1 - 0.5 * Math.max(0, focus - column.index)) * column.open;
      const top = column.boxes[column.boxes.length - 1].y;
      put(node, column.x + column.width / 2, top - 32, fresh * near);
    });
  }

  /**
   * Says what the group under a pointer is.
   * @param {import("./geometry.js").Column} column @param {number} source
   * @param {number} x @param {number} y @param {number} width of the stage
   */
  point(column, source, x, y, width) {
    const after = column.index
      ? ` · in the tensor after ${equation(this.scene, column.index)}`
      : "";
    say(this.hint, groupWords(this.scene, source) + after);
    this.hint.classList.add("shown");
    put(
      this.hint,
      Math.max(4, Math.min(width - this.hint.offsetWidth - 4, x + 14)),
      Math.max(4, y - 40),
      1,
    );
  }

  unpoint() {
    this.hint.classList.remove("shown");
  }
}
