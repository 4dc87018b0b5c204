// One panel of the bench: a picture that can be pointed at, moved and zoomed, and its caption.

import { h, say } from "../shared/dom.js";
import { isWhole, standing, transformOf } from "./zoom.js";

/** @typedef {import("./zoom.js").Part} Part */
/** @typedef {import("./zoom.js").Place} Place */
/**
 * What a panel reports: the pixel under the pointer, a drag in pixels of the picture, a zoom around a
 * place, a return to the whole picture, a key.
 * @typedef {{point: (at: Place | null) => void, drag: (dx: number, dy: number) => void, zoom: (factor: number, about: Place) => void, reset: () => void, key: (event: KeyboardEvent) => void, wheel: (event: WheelEvent, about: Place) => void}} Hands
 */

export class Panel {
  /** @param {Hands} hands */
  constructor(hands) {
    this.hands = hands;
    this.size = 1;
    /** @type {Map<number, {x: number, y: number}>} */
    this.fingers = new Map();
    this.canvas = h("canvas", { class: "bench-canvas", role: "img", tabindex: 0 });
    this.across = h("i", { class: "bench-line bench-across" });
    this.down = h("i", { class: "bench-line bench-down" });
    this.state = h("span", { class: "bench-state" });
    this.thumbnail = h("img", { class: "bench-thumbnail", alt: "", hidden: true });
    this.frame = h(
      "div",
      { class: "bench-frame" },
      this.canvas,
      this.across,
      this.down,
      this.state,
      this.thumbnail,
    );
    this.name = h("span", { class: "bench-name" });
    this.note = h("span", { class: "bench-note" });
    this.value = h("span", { class: "bench-value" });
    this.under = h("span", { class: "bench-under" });
    const caption = h("figcaption", {}, this.name, this.note, this.value, this.under);
    this.node = h("figure", { class: "bench-panel" }, this.frame, caption);
    this.listen();
  }

  listen() {
    const { canvas, frame, hands } = this;
    frame.addEventListener("pointerdown", (event) => this.pressed(event));
    frame.addEventListener("pointermove", (event) => this.moved(event));
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"]))
      frame.addEventListener(name, (event) => this.fingers.delete(event.pointerId));
    frame.addEventListener("pointerleave", (event) => {
      this.fingers.delete(event.pointerId);
      if (event.pointerType === "mouse" && !this.focused) hands.point(null);
    });
    frame.addEventListener("dblclick", () => hands.reset());
    frame.addEventListener("wheel", (event) => hands.wheel(event, this.placeOf(event)), {
      passive: false,
    });
    canvas.addEventListener("keydown", (event) => hands.key(event));
    canvas.addEventListener("blur", () => hands.point(null));
  }

  get focused() {
    return this.canvas.matches(":focus");
  }

  /** @param {PointerEvent} event */
  pressed(event) {
    if (this.fingers.size >= 2) return;
    this.fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (event.pointerType === "mouse") this.frame.setPointerCapture(event.pointerId);
    this.hands.point(this.pixelOf(event));
  }

  /** @param {PointerEvent} event */
  moved(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return this.hands.point(this.pixelOf(event));
    const box = this.canvas.getBoundingClientRect();
    const pixel = this.size / box.width;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.fingers.set(event.pointerId, now);
    if (other) {
      const apart = (/** @type {{x: number, y: number}} */ one) =>
        Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
      const middle = { clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 };
      this.hands.zoom(apart(now) / apart(before), this.placeOf(middle));
    }
    const share = other ? 0.5 : 1;
    this.hands.drag((before.x - now.x) * pixel * share, (before.y - now.y) * pixel * share);
  }

  /** A point of the picture, in fractions of its pixels. @param {{clientX: number, clientY: number}} event @returns {Place} */
  placeOf({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return [
      ((clientX - box.left) / box.width) * this.size,
      ((clientY - box.top) / box.height) * this.size,
    ];
  }

  /** @param {{clientX: number, clientY: number}} event @returns {Place} */
  pixelOf(event) {
    const inside = (/** @type {number} */ value) =>
      Math.max(0, Math.min(this.size - 1, Math.floor(value)));
    const [x, y] = this.placeOf(event);
    return [inside(x), inside(y)];
  }

  /** @param {number} size pixels a side @param {string} name @param {string} note @param {string} alt */
  describe(size, name, note, alt) {
    this.size = size;
    say(this.name, name);
    say(this.note, note);
    this.canvas.setAttribute("aria-label", alt);
  }

  /** @param {{address: string, alt: string} | null} picture */
  showThumbnail(picture) {
    this.thumbnail.hidden = picture === null;
    if (!picture || this.thumbnail.src === picture.address) return;
    this.thumbnail.src = picture.address;
    this.thumbnail.alt = picture.alt;
    this.thumbnail.title = picture.alt;
  }

  /** Paints RGBA bytes of the whole picture. @param {(out: Uint8ClampedArray) => void} fill */
  paint(fill) {
    const { canvas, size } = this;
    if (canvas.width !== size) canvas.width = canvas.height = size;
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const image = context.createImageData(size, size);
    fill(image.data);
    context.putImageData(image, 0, 0);
  }

  /** @param {Part} part */
  look(part) {
    this.canvas.style.transform = transformOf(part, this.size);
    this.frame.classList.toggle("bench-zoomed", !isWhole(part, this.size));
  }

  /** @param {Place | null} at @param {Part} part */
  cross(at, part) {
    const [left, top] = at ? standing(part, at) : [-1, -1];
    this.frame.classList.toggle(
      "bench-pointed",
      Math.min(left, top) >= 0 && Math.max(left, top) <= 1,
    );
    this.down.style.left = `${100 * left}%`;
    this.across.style.top = `${100 * top}%`;
  }
}
