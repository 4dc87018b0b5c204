// A place to draw a digit, and what one or two networks say of it.

import { h, pointIn, say, sized } from "../shared/dom.js";
import { bytesOf, paintMaps, unpack } from "../maps/maps.js";
import { blank, dab, line, moved, told } from "./pen.js";

/** @typedef {import("../maps/maps.js").PackedMaps} PackedMaps */
/** @typedef {{name: string, answer: number, chances: number[], heat: PackedMaps, method: string}} DigitAnswer */
/** @typedef {{size: number, labels: string[], picture: string, caption: string, answers: DigitAnswer[], palette: string}} Scene */

const SIDE = 288;
/** How long the keyboard rests before the drawing is sent, in ms. */
const REST = 400;

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 * @param {(name: string, value: unknown) => void} [tell]
 */
export function mount(root, scene, tell = () => {}) {
  return new Digit(root, scene, tell);
}

class Digit {
  /** @param {HTMLElement} root @param {Scene} scene @param {(name: string, value: unknown) => void} tell */
  constructor(root, scene, tell) {
    this.scene = scene;
    this.tell = tell;
    this.cells = blank(scene.size);
    /** @type {[number, number] | null} */
    this.last = null;
    /** @type {[number, number]} */
    this.cursor = [Math.floor(scene.size / 2), Math.floor(scene.size / 4)];
    this.typing = false;
    this.timer = 0;
    this.canvas = h("canvas", {
      class: "digit-canvas",
      tabindex: 0,
      role: "application",
      "aria-label": "Draw a digit. Arrow keys move the pen, space paints, Delete clears.",
      onpointerdown: (event) => this.press(/** @type {PointerEvent} */ (event)),
      onpointermove: (event) => this.drag(/** @type {PointerEvent} */ (event)),
      onpointerup: () => this.lift(),
      onpointercancel: () => this.lift(),
      onkeydown: (event) => this.key(/** @type {KeyboardEvent} */ (event)),
      onfocus: () => this.draw(),
      onblur: () => {
        this.typing = false;
        this.draw();
      },
    });
    this.place = h("p", { class: "stage-hidden", role: "status" });
    this.clearing = h(
      "button",
      { type: "button", class: "digit-clear", onclick: () => this.clear() },
      "Clear",
    );
    this.answers = h("div", { class: "digit-answers" });
    this.node = h(
      "section",
      { class: "digit", "aria-label": "Draw a digit" },
      h(
        "div",
        { class: "digit-side" },
        this.canvas,
        h(
          "div",
          { class: "digit-row" },
          this.clearing,
          h("span", { class: "digit-hint" }, "Mouse, finger or pen; or arrow keys and space."),
        ),
        this.place,
      ),
      this.answers,
    );
    root.append(this.node);
    this.update(scene);
    this.draw();
  }

  destroy() {
    clearTimeout(this.timer);
    this.node.remove();
  }

  /** @param {Scene} scene */
  update(scene) {
    this.scene = scene;
    const palette = bytesOf(scene.palette);
    const cards = scene.answers.map((answer) => this.card(answer, palette));
    if (!cards.length) {
      cards.push(h("p", { class: "digit-hint" }, "Draw a digit: the answer is shown here."));
    }
    this.answers.replaceChildren(...cards);
  }

  /** @param {DigitAnswer} answer @param {Uint8Array} palette */
  card({ name, answer, chances, heat, method }, palette) {
    const { labels, picture, caption } = this.scene;
    const maps = unpack(heat);
    const map = paintMaps(maps, 1, palette, null);
    map.className = "digit-map";
    map.setAttribute("role", "img");
    map.setAttribute("aria-label", `${name}: the ${method} of the answer, brighter is stronger`);
    const percent = (/** @type {number} */ share) => `${Math.round(100 * share)}%`;
    return h(
      "article",
      { class: "digit-card" },
      h("h3", { class: "digit-name" }, name),
      h(
        "p",
        { class: "digit-answer", role: "status" },
        h("b", {}, labels[answer]),
        ` with ${percent(chances[answer])}`,
      ),
      h(
        "div",
        { class: "digit-pair" },
        h(
          "figure",
          {},
          h("img", { class: "digit-map", src: picture, alt: caption }),
          h("figcaption", {}, "what it gets"),
        ),
        h("figure", {}, map, h("figcaption", {}, method)),
      ),
      h(
        "div",
        { class: "digit-bars" },
        ...labels.map((label, place) =>
          h(
            "div",
            { class: "digit-bar", "data-best": place === answer },
            h("span", {}, label),
            h(
              "span",
              { class: "digit-track", "aria-hidden": "true" },
              h("i", { style: `width:${100 * chances[place]}%` }),
            ),
            h("span", { class: "digit-percent" }, percent(chances[place])),
          ),
        ),
      ),
    );
  }

  // -- the drawing ----------------------------------------------------------------------------

  /** @param {PointerEvent} event @returns {[number, number]} */
  at(event) {
    const [x, y] = pointIn(event, this.canvas);
    const scale = this.scene.size / SIDE;
    return [x * scale, y * scale];
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.focus();
    this.canvas.setPointerCapture(event.pointerId);
    this.typing = false;
    this.last = this.at(event);
    dab(this.cells, this.scene.size, ...this.last);
    this.draw();
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.last) return;
    const here = this.at(event);
    if (line(this.cells, this.scene.size, this.last, here)) this.draw();
    this.last = here;
  }

  lift() {
    if (!this.last) return;
    this.last = null;
    this.send();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = moved(this.cursor, event.key, this.scene.size);
    if (next) this.cursor = next;
    else if (event.key === " ") this.paintHere();
    else if (event.key === "Delete" || event.key === "Backspace") this.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.typing = true;
    const [column, row] = this.cursor;
    const ink = this.cells[row * this.scene.size + column] ? "painted" : "empty";
    say(this.place, `row ${row + 1}, column ${column + 1}, ${ink}`);
    this.draw();
  }

  paintHere() {
    const [column, row] = this.cursor;
    dab(this.cells, this.scene.size, column + 0.5, row + 0.5);
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.send(), REST);
  }

  clear() {
    this.cells = blank(this.scene.size);
    this.draw();
    this.send();
  }

  send() {
    clearTimeout(this.timer);
    this.tell("drawn", { cells: told(this.cells) });
  }

  draw() {
    const { size } = this.scene;
    const context = sized(this.canvas, SIDE, SIDE);
    const side = SIDE / size;
    context.fillStyle = "#000000";
    context.fillRect(0, 0, SIDE, SIDE);
    context.fillStyle = "#ffffff";
    this.cells.forEach((ink, place) => {
      if (!ink) return;
      context.fillRect((place % size) * side, Math.floor(place / size) * side, side, side);
    });
    if (!this.typing) return;
    const [column, row] = this.cursor;
    context.lineWidth = 3;
    context.strokeStyle = "#e69f00";
    context.strokeRect(column * side - 4, row * side - 4, side + 8, side + 8);
  }
}
