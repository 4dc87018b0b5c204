// A square picture that can be pointed at, with the outlines of masks over it.

import { moved } from "../maps/signed-scale.js";
import { h, s } from "./dom.js";

/** @typedef {[number, number]} Place  x, y in pixels of the picture */
/** @typedef {{path: string, dashed: boolean}} Line */

/** The pixels of a picture of `size` x `size`, RGBA. @param {string} address @param {number} size */
export async function pixelsOf(address, size) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = h("canvas", { width: size, height: size });
  const context = /** @type {CanvasRenderingContext2D} */ (
    canvas.getContext("2d", { willReadFrequently: true })
  );
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, size, size).data;
}

/** A line of an outline, drawn twice: a light line under a dark one is visible on any picture. @param {Line} line */
function strokes({ path, dashed }) {
  const line = s("path", { class: `frame-line ${dashed ? "frame-dashed" : ""}`, d: path });
  return s("g", {}, s("path", { class: "frame-halo", d: path }), line);
}

/** The same line for a legend. @param {boolean} dashed */
export function outlineSample(dashed) {
  const box = "M4 4H22V18H4Z";
  return s(
    "svg",
    { class: "frame-sample", viewBox: "0 0 26 22", "aria-hidden": "true" },
    strokes({ path: box, dashed }),
  );
}

export class Frame {
  /** @param {(at: Place | null) => void} point gets the place where the visitor points, or null */
  constructor(point) {
    this.point = point;
    this.size = 1;
    /** @type {Place | null} */
    this.at = null;
    this.canvas = h("canvas", { class: "frame-canvas", role: "img" });
    this.across = h("i", { class: "frame-cross frame-across" });
    this.down = h("i", { class: "frame-cross frame-down" });
    this.lines = s("svg", { class: "frame-lines", "aria-hidden": "true" });
    this.node = h("div", { class: "frame" }, this.canvas, this.lines, this.across, this.down);
    const { canvas } = this;
    const pointed = (/** @type {Event} */ event) =>
      point(this.placeOf(/** @type {PointerEvent} */ (event)));
    canvas.addEventListener("pointermove", pointed);
    canvas.addEventListener("pointerdown", pointed);
    // A finger leaves as soon as it is lifted. The value must stay readable then.
    canvas.addEventListener(
      "pointerleave",
      (event) => event.pointerType === "mouse" && point(null),
    );
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener(
      "focus",
      () => this.readable && canvas.matches(":focus-visible") && point(this.at ?? this.middle()),
    );
    canvas.addEventListener("blur", () => point(null));
  }

  /** Whether there are values to read; if so, it also takes keys. */
  get readable() {
    return this.canvas.tabIndex === 0;
  }

  /** @param {number} size pixels a side @param {string} alt @param {boolean} readable */
  describe(size, alt, readable) {
    this.size = size;
    this.canvas.setAttribute(
      "aria-label",
      readable ? `${alt} Arrow keys read single values.` : alt,
    );
    this.canvas.tabIndex = readable ? 0 : -1;
    this.lines.setAttribute("viewBox", `0 0 ${size} ${size}`);
  }

  /** @param {Line[]} lines */
  outline(lines) {
    this.lines.replaceChildren(...lines.map(strokes));
  }

  /** Paints RGBA bytes of a square. @param {number} side @param {(out: Uint8ClampedArray) => void} fill */
  paint(side, fill) {
    const { canvas } = this;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = context.createImageData(side, side);
    fill(image.data);
    context.putImageData(image, 0, 0);
  }

  /** @param {Place | null} at */
  cross(at) {
    this.at = at ?? this.at;
    this.node.classList.toggle("frame-pointed", at !== null);
    if (!at) return;
    this.across.style.top = `${(100 * (at[1] + 0.5)) / this.size}%`;
    this.down.style.left = `${(100 * (at[0] + 0.5)) / this.size}%`;
  }

  /** @returns {Place} */
  middle() {
    return [this.size >> 1, this.size >> 1];
  }

  /** @param {PointerEvent} event @returns {Place} */
  placeOf(event) {
    const box = this.canvas.getBoundingClientRect();
    const inside = (/** @type {number} */ part) =>
      Math.max(0, Math.min(this.size - 1, Math.floor(part * this.size)));
    return [
      inside((event.clientX - box.left) / box.width),
      inside((event.clientY - box.top) / box.height),
    ];
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const next =
      this.readable && moved(this.at ?? this.middle(), event.key, this.size, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    this.point(next);
  }
}
