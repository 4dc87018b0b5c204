// A grid of maps, one of them marked: by pointer, arrow keys, Home and End. For screen readers it is a
// slider.

import { h, pointIn } from "../shared/dom.js";
import { drawTiles, gridFor, tileAt } from "./tiles.js";

/** @typedef {import("./tiles.js").Tile} Tile */

/**
 * `mark` is called with a newly marked map, `point` with the place under the pointer as parts of the
 * marked map's side, and `press` when a map is clicked or Enter is pressed.
 * @typedef {{mark: (tile: number) => void, point?: (u: number, v: number) => void, press?: (tile: number) => void}} Answers
 */

/** CSS pixels left of the tiles and above them, for the marked one's frame. */
const EDGE = 3;

export class TileGrid {
  /** @param {string} look its class @param {string} label @param {number} first the number of the first map in words @param {Answers} answers */
  constructor(look, label, first, answers) {
    this.answers = answers;
    this.first = first;
    this.count = 0;
    this.chosen = 0;
    /** @type {Tile[]} */
    this.tiles = [];
    /** @type {import("./tiles.js").Grid | undefined} */
    this.layout = undefined;
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.node = h(
      "div",
      { class: look, tabindex: 0, role: "slider", "aria-label": label, "aria-valuemin": first },
      this.canvas,
    );
    const point = (/** @type {PointerEvent} */ event) => this.point(event);
    this.node.addEventListener("pointermove", point);
    this.node.addEventListener("pointerdown", point);
    this.node.addEventListener("click", (event) => {
      const found = this.find(event);
      if (found) this.answers.press?.(found.tile);
    });
    this.node.addEventListener("keydown", (event) => this.key(event));
  }

  /** How many maps there are; their tiles may come later. @param {number} count @param {Tile[]} tiles */
  fill(count, tiles) {
    this.count = count;
    this.tiles = tiles;
    this.chosen = Math.max(0, Math.min(count - 1, this.chosen));
    this.node.setAttribute("aria-valuemax", String(this.first + count - 1));
  }

  /** What the marked map is called. @param {string} words */
  name(words) {
    this.node.setAttribute("aria-valuenow", String(this.first + this.chosen));
    this.node.setAttribute("aria-valuetext", words);
  }

  /** @param {number} width @param {number} height room, in CSS pixels @param {number} [most] largest side of a tile */
  lay(width, height, most) {
    this.layout = gridFor(this.count, width - EDGE - 1, height, most);
  }

  /** @param {boolean} strips whether each tile shows which layer wrote it */
  paint(strips) {
    if (!this.layout || !this.tiles.length) return;
    const mark = getComputedStyle(this.node).color;
    drawTiles(this.canvas, this.tiles, this.layout, this.chosen, mark, strips);
  }

  /** @param {{clientX: number, clientY: number}} event */
  find(event) {
    if (!this.layout) return null;
    const [x, y] = pointIn(event, this.canvas);
    return tileAt(this.layout, this.count, x - EDGE, y - EDGE);
  }

  /** @param {PointerEvent} event */
  point(event) {
    const found = this.find(event);
    if (!found) return;
    this.choose(found.tile);
    this.answers.point?.(found.u, found.v);
  }

  /** @param {number} tile */
  choose(tile) {
    const next = Math.max(0, Math.min(this.count - 1, tile));
    if (next === this.chosen) return;
    this.chosen = next;
    this.answers.mark(next);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Enter") return this.answers.press?.(this.chosen);
    const columns = this.layout?.columns ?? 1;
    const moves = /** @type {Record<string, number>} */ ({
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      Home: -Infinity,
      End: Infinity,
    });
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.choose(this.chosen + move);
  }

  /** Where a tile is, in pixels of the window. @param {number} tile */
  boxOf(tile) {
    if (!this.layout) return null;
    const { columns, side, gap } = this.layout;
    const { left, top } = this.canvas.getBoundingClientRect();
    return {
      x: left + EDGE + (tile % columns) * (side + gap),
      y: top + EDGE + Math.floor(tile / columns) * (side + gap),
      width: side,
      height: side,
    };
  }
}
