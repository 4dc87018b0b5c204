// The short paths of the loss's gradient back to a block's first layer, measured on the network.

import { h, onWidth, roomOf, s, say } from "../shared/dom.js";
import { across, arc, bars, frameOf, numbered, opacity, stepsOf } from "./geometry.js";
import { Radios } from "../shared/radios.js";

/** @typedef {import("./geometry.js").Scene} Scene */
/** @typedef {import("./geometry.js").Frame} Frame */

class Paths {
  /** @param {HTMLElement} root @param {Scene} scene */
  constructor(root, scene) {
    this.scene = scene;
    this.place = 0;
    this.width = 0;
    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    const badge = h("span", { class: "stage-badge" }, "● live: measured on this network");
    this.svg = s("svg", { class: "paths-picture", role: "img" });
    this.room = h("div", { class: "paths-room" }, this.svg);
    this.said = h("p", { class: "paths-said", "aria-live": "polite" });
    /** @type {Radios<number>} */
    this.choices = new Radios("Paths by their length", (place) => this.choose(place), {
      look: "paths-lengths",
      stops: true,
    });
    this.bars = h("p", { class: "paths-note" });
    const legend = h(
      "p",
      { class: "paths-note" },
      h("i", { class: "paths-sample paths-whole" }),
      "gradient that reaches the layer by all paths  ",
      h("i", { class: "paths-sample paths-chain" }),
      "by the one path through every later layer",
    );
    root.classList.add("paths");
    root.append(
      h("div", { class: "stage-head" }, this.title, badge, this.sentence),
      h(
        "div",
        { class: "paths-grid" },
        h("div", { class: "paths-part" }, this.room, legend, this.bars),
        h("div", { class: "paths-part" }, this.said, this.choices.node),
      ),
    );
    this.load();
    this.stop = onWidth(this.room, (width) => this.resize(width));
  }

  /** @param {Scene} next */
  update(next) {
    this.scene = next;
    this.place = Math.min(this.place, next.lengths.length - 1);
    this.load();
    if (this.width) this.resize(this.width);
  }

  load() {
    say(this.title, this.scene.title);
    say(this.sentence, this.scene.sentence);
    say(this.bars, this.scene.bars);
    this.svg.setAttribute("aria-label", this.scene.alt);
    this.choose(this.place);
  }

  /** Shows the paths of a length; if it is not listed, those of the next shorter one. @param {{length?: number}} state */
  go({ length = 0 }) {
    const shown = this.scene.lengths.filter((one) => one.length <= length);
    this.choose(Math.max(0, shown.length - 1));
  }

  /** @param {number} place */
  choose(place) {
    this.place = place;
    const { lengths } = this.scene;
    const most = Math.max(...lengths.map((one) => Math.abs(one.share))) || 1;
    const nodes = lengths.map((one, index) => {
      const fill = h("i", { class: one.share < 0 ? "paths-fill paths-against" : "paths-fill" });
      fill.style.width = `${(100 * Math.abs(one.share)) / most}%`;
      const words = [
        h("span", {}, one.name),
        h("span", { class: "paths-count" }, one.paths),
        h("span", { class: "paths-track" }, fill),
        h("b", {}, one.percent),
      ];
      return this.choices.option(index, words, {
        class: "paths-length",
        "aria-label": one.sentence,
      });
    });
    this.choices.show(nodes, place);
    say(this.said, lengths[place].sentence);
    if (this.width) this.draw();
  }

  /** @param {number} width */
  resize(width) {
    this.width = width;
    this.frame = frameOf(width, this.scene.layers, this.most());
    this.draw();
  }

  /** The largest height of the picture on a slide, without the title and the lines under it. */
  most() {
    const [room, part] = [roomOf(this.room), /** @type {HTMLElement} */ (this.room.parentElement)];
    const head = /** @type {HTMLElement} */ (part.closest(".paths-grid")).offsetTop;
    return room ? room - head - (part.scrollHeight - this.room.offsetHeight) - 2 : Infinity;
  }

  draw() {
    const frame = /** @type {Frame} */ (this.frame);
    this.svg.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    this.svg.setAttribute("height", String(frame.height));
    this.svg.replaceChildren(this.arcs(frame), this.row(frame), this.columns(frame));
  }

  /** @param {Frame} frame */
  arcs(frame) {
    const steps = stepsOf(this.scene.layers, this.scene.lengths[this.place].length);
    const group = s("g", { class: "paths-arcs", "stroke-opacity": opacity(steps.length) });
    for (const step of steps) group.append(s("path", { d: arc(frame, step) }));
    return group;
  }

  /** The layers and what reads the block's output. @param {Frame} frame */
  row(frame) {
    const { layers, colours, after } = this.scene;
    const group = s("g", { class: "paths-row" });
    for (let layer = 1; layer <= layers; layer += 1) {
      const [x, y] = [across(frame, layer), frame.row];
      group.append(s("circle", { cx: x, cy: y, r: frame.radius, fill: colours[layer - 1] }));
      if (numbered(frame, layer, layers))
        group.append(
          s("text", { x, y: y + frame.radius + 18, "text-anchor": "middle" }, String(layer)),
        );
    }
    const x = across(frame, layers + 1);
    const size = frame.radius * 1.7;
    group.append(
      s("rect", {
        class: "paths-loss",
        x: x - size / 2,
        y: frame.row - size / 2,
        width: size,
        height: size,
        rx: 3,
      }),
    );
    group.append(
      s(
        "text",
        { x: frame.width - 2, y: frame.row + frame.radius + 18, "text-anchor": "end" },
        "loss",
      ),
      s("title", {}, `The loss, through ${after}`),
    );
    return group;
  }

  /** @param {Frame} frame */
  columns(frame) {
    const group = s("g", {});
    for (const { whole, chain } of bars(frame, this.scene)) {
      group.append(s("rect", { class: "paths-whole", ...whole }));
      if (chain.height > 0.5) group.append(s("rect", { class: "paths-chain", ...chain }));
    }
    group.append(s("path", { class: "paths-floor", d: `M0 ${frame.floor}H${frame.width}` }));
    group.append(s("text", { x: 2, y: frame.floor + 18 }, "size of the gradient at each layer"));
    return group;
  }

  destroy() {
    this.stop();
  }
}

/**
 * @param {HTMLElement} root @param {Scene} scene
 * @returns {import("../shared/stage.js").Stage & {go: (state: {length?: number}) => void}}
 */
export function mount(root, scene) {
  const stage = new Paths(root, scene);
  return {
    update: (next) => stage.update(next),
    destroy: () => stage.destroy(),
    go: (state) => stage.go(state),
  };
}
