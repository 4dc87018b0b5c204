// Two maps over the picture: the chosen flow, and everything that its reader reads.

import { paintHeat } from "../maps/signed-scale.js";
import { h, say } from "../shared/dom.js";
import { enlarged, limitOf } from "./flows.js";
import { scaleWords } from "./words.js";

/** @typedef {import("./flows.js").Flows} Flows */

export class MapPanel {
  /** @param {string} name */
  constructor(name) {
    this.canvas = h("canvas", { class: "frame-canvas", role: "img", "aria-label": name });
    this.caption = h("b", {});
    this.scale = h("small", {});
    this.absent = h(
      "p",
      { class: "structure-absent" },
      "This block is very deep: only its output and the total of each layer have maps.",
    );
    const frame = h("div", { class: "frame" }, this.canvas, this.absent);
    this.node = h(
      "figure",
      { class: "structure-map" },
      frame,
      h("figcaption", {}, this.caption, this.scale),
    );
  }

  /**
   * @param {{pixels: Uint8ClampedArray | null, size: number, palette: Uint8Array, opacity: number}} under
   * @param {Flows} flows @param {Float32Array | null} map @param {string} words
   */
  paint({ pixels, size, palette, opacity }, flows, map, words) {
    const limit = map ? limitOf(map, 99.5) : 1;
    say(this.caption, words);
    say(this.scale, map ? scaleWords(flows, limit) : "no map");
    this.canvas.setAttribute("aria-label", `Map over the picture, ${words}.`);
    this.absent.hidden = map !== null;
    if (!pixels || pixels.length !== 4 * size * size) return;
    if (this.canvas.width !== size) this.canvas.width = this.canvas.height = size;
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const image = context.createImageData(size, size);
    const values = map ? enlarged(map, flows.packed.side, size) : new Float32Array(size * size);
    paintHeat(image.data, pixels, values, palette, {
      limit,
      opacity,
      hideBelow: 0,
      view: map ? "over" : "picture",
    });
    context.putImageData(image, 0, 0);
  }
}
