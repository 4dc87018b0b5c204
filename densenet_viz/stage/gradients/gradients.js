// The size of the loss's gradient at every layer of several families, as the backward pass goes from
// the loss at the right to the first layer at the left.

import { h, onWidth, s, say, spareOf, whenSeen } from "../shared/dom.js";
import { markOf } from "../shared/marks.js";
import { Player } from "../shared/player.js";
import {
  across,
  bandPath,
  frameOf,
  layerAt,
  linePath,
  markedLayers,
  ticksOf,
  up,
} from "./geometry.js";

/** @typedef {import("./geometry.js").Scene} Scene */
/** @typedef {import("./geometry.js").Line} Line */
/** @typedef {import("./geometry.js").Frame} Frame */

const PASS_MILLISECONDS = 5000;
const FIRST_PLAY_MILLISECONDS = 600;
let stages = 0;

class Gradients {
  /** @param {HTMLElement} root @param {Scene} scene */
  constructor(root, scene) {
    this.root = root;
    this.scene = scene;
    this.clip = `gradients-shown-${(stages += 1)}`;
    /** @type {Frame | undefined} */
    this.frame = undefined;
    this.badge = h("span", { class: "stage-badge" });
    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    this.svg = s("svg", { class: "gradients-picture", role: "img" });
    this.shown = s("rect", { y: 0 });
    this.cursor = s("path", { class: "gradients-cursor" });
    this.view = h("div", { class: "gradients-view" }, this.svg);
    this.rows = h("div", { class: "gradients-rows" });
    this.place = h("p", { class: "gradients-place" });
    this.player = new Player({
      steps: scene.layers.length,
      stepMilliseconds: PASS_MILLISECONDS / scene.layers.length,
      noun: "layer",
      label: (time) =>
        `layer ${layerAt(time, this.scene.layers.length)} of ${this.scene.layers.length}`,
      draw: (time) => this.draw(time),
    });
    root.append(
      h("div", { class: "stage-head" }, this.badge, this.title, this.sentence),
      this.view,
      this.player.node,
      this.place,
      this.rows,
    );
    root.addEventListener("keydown", (event) => this.player.key(event));
    this.player.seek(scene.layers.length);
    this.load();
    this.stop = onWidth(this.view, (width) => this.resize(width));
    this.watch();
  }

  /** Plays once, when there are lines and they are visible. */
  watch() {
    if (this.unsee || this.player.reduced || this.scene.waiting) return;
    this.unsee = whenSeen(this.view, () => {
      this.timer = setTimeout(() => this.player.play(), FIRST_PLAY_MILLISECONDS);
    });
  }

  /** @param {Scene} next */
  update(next) {
    const changed = next.layers.length !== this.scene.layers.length;
    this.scene = next;
    this.player.options.stepMilliseconds = PASS_MILLISECONDS / next.layers.length;
    if (changed) this.player.setSteps(next.layers.length);
    if (changed) this.player.seek(next.layers.length);
    this.load();
    if (this.frame) this.resize(this.frame.width);
    this.watch();
  }

  load() {
    const { badge, title, sentence, alt, waiting, lines } = this.scene;
    this.badge.dataset.kind = waiting ? "computed" : "live";
    say(this.badge, `${waiting ? "○" : "●"} ${badge}`);
    say(this.title, title);
    say(this.sentence, sentence);
    this.svg.setAttribute("aria-label", alt);
    this.values = lines.map(() => h("b"));
    this.rows.replaceChildren(...lines.map((line, place) => this.row(line, place)));
  }

  /** A family in the legend, with its value at the layer that is reached. @param {Line} line @param {number} place */
  row(line, place) {
    const sample = s(
      "svg",
      { class: "gradients-sample", viewBox: "0 0 48 16", "aria-hidden": "true" },
      s("path", { d: "M1 8H47", stroke: line.colour, "stroke-dasharray": line.dash }),
      s("path", { d: markOf(line.mark, 24, 8, 5.5), fill: line.colour }),
    );
    const values = /** @type {HTMLElement[]} */ (this.values);
    return h(
      "p",
      { class: "gradients-row" },
      sample,
      h("span", {}, line.title, h("small", {}, ` ${line.parameters} parameters`)),
      values[place],
    );
  }

  /** @param {number} width */
  resize(width) {
    const spare = spareOf(this.root, this.view);
    this.frame = frameOf(width, spare ?? Infinity);
    this.paint(this.frame);
    this.draw(this.player.time);
  }

  /** @param {Frame} frame */
  paint(frame) {
    const { lines, layers } = this.scene;
    this.svg.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    this.svg.setAttribute("height", String(frame.height));
    this.shown.setAttribute("height", String(frame.height));
    const drawn = s("g", { "clip-path": `url(#${this.clip})` });
    lines.forEach((line, place) => {
      if (!line.middle.length) return;
      drawn.append(
        s("path", {
          class: "gradients-band",
          d: bandPath(frame, line, this.scene),
          fill: line.colour,
        }),
        s("path", {
          class: "gradients-line",
          d: linePath(frame, line.middle, this.scene),
          stroke: line.colour,
          "stroke-dasharray": line.dash,
        }),
        ...markedLayers(layers.length, place).map((layer) =>
          s("path", {
            d: markOf(
              line.mark,
              across(frame, layer, layers.length),
              up(frame, line.middle[layer - 1], this.scene),
              5,
            ),
            fill: line.colour,
          }),
        ),
      );
    });
    const clip = s("clipPath", { id: this.clip }, this.shown);
    this.svg.replaceChildren(clip, this.axes(frame), drawn, this.cursor);
  }

  /** @param {Frame} frame */
  axes(frame) {
    const { blocks, layers } = this.scene;
    const group = s("g", { class: "gradients-axes" });
    const floor = frame.height - frame.bottom;
    for (const { first, last, name } of blocks) {
      const [from, to] = [
        across(frame, first - 0.5, layers.length),
        across(frame, last + 0.5, layers.length),
      ];
      group.append(
        s("rect", { x: from, y: frame.top, width: to - from, height: floor - frame.top }),
        s("text", { x: (from + to) / 2, y: floor + 20, "text-anchor": "middle" }, name),
      );
    }
    for (const power of ticksOf(this.scene)) {
      const y = up(frame, power, this.scene);
      const words = s("text", { x: frame.left - 8, y: y + 5, "text-anchor": "end" }, "10");
      words.append(s("tspan", { dy: -6, "font-size": 12 }, String(power).replace("-", "−")));
      group.append(
        s("path", { d: `M${frame.left} ${y.toFixed(1)}H${frame.width - frame.right}` }),
        words,
      );
    }
    group.append(
      s("text", { x: 2, y: 16 }, "L2 norm of the gradient"),
      s("text", { x: frame.left, y: frame.height - 6 }, "first layer"),
      s(
        "text",
        { x: frame.width - frame.right, y: frame.height - 6, "text-anchor": "end" },
        "last layer, then the loss",
      ),
    );
    return group;
  }

  /** @param {number} time */
  draw(time) {
    const { layers, lines } = this.scene;
    const layer = layerAt(time, layers.length);
    say(
      this.place,
      `${layers[layer - 1]} (layer ${layer}): its gradient, as a part of the last layer’s`,
    );
    lines.forEach(({ words }, place) => {
      const node = this.values?.[place];
      if (node) say(node, words.length ? words[layer - 1] : "…");
    });
    if (!this.frame) return;
    const { width, height, top, bottom } = this.frame;
    const x = across(this.frame, layers.length + 0.5 - time, layers.length);
    this.shown.setAttribute("x", x.toFixed(1));
    this.shown.setAttribute("width", String(Math.max(0, width - x)));
    this.cursor.setAttribute("d", `M${x.toFixed(1)} ${top}V${height - bottom}`);
    this.root.dataset.layer = String(layer);
  }

  save() {
    return { name: "gradients" };
  }

  destroy() {
    this.player.pause();
    clearTimeout(this.timer);
    this.unsee?.();
    this.stop();
  }
}

/**
 * @param {HTMLElement} root @param {Scene} scene
 * @returns {import("../shared/stage.js").Stage}
 */
export function mount(root, scene) {
  const stage = new Gradients(root, scene);
  return {
    update: (next) => stage.update(next),
    destroy: () => stage.destroy(),
    save: () => stage.save(),
  };
}
