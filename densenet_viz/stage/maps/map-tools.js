// The bench's controls: radio buttons, a slider, the zoom buttons, and the legend.

import { ends } from "./signed-scale.js";
import { h, say } from "../shared/dom.js";
import { Radios } from "../shared/radios.js";

/**
 * One choice out of a few in a row.
 * @template {string} T
 * @param {string} label @param {[T, string][]} options @param {T} chosen
 * @param {(value: T) => void} choose
 */
export function choice(label, options, chosen, choose) {
  const radios = new Radios(label, choose, { look: "bench-choice stage-aside" });
  return radios.showPills(options, chosen, "bench-option");
}

/**
 * @param {string} name @param {number} start percent @param {(percent: number) => void} set
 * @param {(percent: number) => string} words
 */
export function slider(name, start, set, words = (percent) => `${percent}%`) {
  const output = h("output", {}, words(start));
  const input = h("input", {
    type: "range",
    class: "stage-slider",
    min: 0,
    max: 100,
    step: 1,
    value: start,
    "aria-label": name,
  });
  const show = () => {
    const percent = Number(input.value);
    input.style.setProperty("--done", `${percent}%`);
    input.setAttribute("aria-valuetext", words(percent));
    say(output, words(percent));
    set(percent);
  };
  input.addEventListener("input", show);
  show();
  return h("label", { class: "bench-slider" }, h("span", {}, name), input, output);
}

export class ZoomButtons {
  /** @param {(step: -1 | 0 | 1) => void} zoom 1: in, -1: out, 0: the whole picture */
  constructor(zoom) {
    const button = (
      /** @type {string} */ sign,
      /** @type {string} */ name,
      /** @type {-1 | 0 | 1} */ step,
    ) =>
      h(
        "button",
        {
          type: "button",
          class: "bench-button",
          "aria-label": name,
          title: name,
          onclick: () => zoom(step),
        },
        sign,
      );
    this.closer = button("+", "Zoom in, in all panels", 1);
    this.further = button("−", "Zoom out, in all panels", -1);
    this.back = button("Reset", "Show the whole picture again", 0);
    this.words = h("span", { class: "bench-part", role: "status" });
    this.node = h(
      "div",
      { class: "bench-zoom", role: "group", "aria-label": "Zoom" },
      this.further,
      this.closer,
      this.back,
      this.words,
    );
  }

  /** @param {boolean} whole @param {boolean} closest @param {string} words */
  show(whole, closest, words) {
    // Not `disabled`: a button that was just pressed would lose the focus.
    for (const node of [this.further, this.back]) node.setAttribute("aria-disabled", String(whole));
    this.closer.setAttribute("aria-disabled", String(closest));
    say(this.words, words);
  }
}

export class Legend {
  constructor() {
    this.canvas = h("canvas", { class: "bench-scale", width: 257, height: 1, role: "img" });
    this.limits = [0, 1, 2].map(() => h("span", {}));
    this.meaning = [0, 1].map(() => h("span", {}));
    this.words = h("p", { class: "bench-words" });
    const meaning = h("div", { class: "bench-meaning" }, ...this.meaning);
    const limits = h("div", { class: "bench-limits" }, ...this.limits);
    this.node = h("div", { class: "bench-legend" }, meaning, this.canvas, limits, this.words);
  }

  /** @param {Uint8Array} palette RGB triples */
  paint(palette) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const row = context.createImageData(palette.length / 3, 1);
    for (let i = 0; i < row.width; i++)
      row.data.set([...palette.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    context.putImageData(row, 0, 0);
  }

  /** @param {{limits: string[], words: string}} scale @param {string[]} meaning */
  show(scale, meaning) {
    for (const [index, node] of this.limits.entries()) say(node, scale.limits[index]);
    for (const [index, node] of this.meaning.entries()) say(node, ends(meaning)[index]);
    say(this.words, scale.words);
    this.canvas.setAttribute(
      "aria-label",
      `Scale from ${scale.limits[0]}, ${meaning[0]}, to ${scale.limits[2]}, ${meaning[1]}.`,
    );
  }
}
