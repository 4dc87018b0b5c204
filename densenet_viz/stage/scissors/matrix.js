// The connections of one block as a grid: a row for each source, a column for each reader. Arrow keys
// move, Enter or Space cuts, and a pointer cuts what it is dragged over.

import { h } from "../shared/dom.js";
import { bytesOf } from "../maps/maps.js";
import { cellsOf, nameOf, placeOf } from "./cuts.js";
import { cellWords, readerWord, sourceWord } from "./words.js";

/** @typedef {import("./cuts.js").Block} Block */
/** @typedef {import("./cuts.js").Cell} Cell */

/** Cells of at least so many pixels are cut by one tap; smaller ones are chosen by it. */
const EASY = 22;

/** @type {Record<string, [number, number]>} */
const MOVES = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export class Matrix {
  /**
   * @param {(cell: Cell, cut: boolean) => void} cut called when the visitor cuts or joins
   * @param {(cell: Cell) => void} choose called when another cell is chosen
   * @param {string} palette of the weights
   */
  constructor(cut, choose, palette) {
    this.cut = cut;
    this.choose = choose;
    this.palette = bytesOf(palette);
    /** @type {Map<string, HTMLButtonElement>} by name */
    this.buttons = new Map();
    /** @type {Block | null} */
    this.block = null;
    /** @type {Cell} */
    this.chosen = { source: 0, reader: 1 };
    /** @type {boolean | null} what dragging does: cut, or join; null if nothing is dragged */
    this.drags = null;
    this.node = h("div", { class: "scissors-grid", role: "grid", "aria-multiselectable": "true" });
    this.node.addEventListener("keydown", (event) => this.key(event));
    this.node.addEventListener("pointerdown", (event) => this.press(event));
    this.node.addEventListener("pointerover", (event) => this.drag(event));
    this.node.addEventListener("click", (event) => event.detail === 0 && this.flip(this.chosen));
    this.release = () => (this.drags = null);
    globalThis.addEventListener("pointerup", this.release);
    globalThis.addEventListener("pointercancel", this.release);
  }

  destroy() {
    globalThis.removeEventListener("pointerup", this.release);
    globalThis.removeEventListener("pointercancel", this.release);
  }

  /** Draws another block. @param {Block} block */
  show(block) {
    this.block = block;
    const { layers } = block;
    this.chosen = { source: Math.min(this.chosen.source, layers), reader: this.chosen.reader };
    this.chosen.reader = Math.min(Math.max(this.chosen.reader, this.chosen.source + 1), layers + 1);
    const most = Math.max(...block.weights) || 1;
    this.node.style.setProperty("--readers", String(layers + 1));
    this.node.setAttribute("aria-label", `Connections of block ${block.block}`);
    this.buttons = new Map(
      cellsOf(block).map((cell) => [
        nameOf(block.block, cell),
        this.button(block, cell, block.weights[placeOf(cell)] / most),
      ]),
    );
    this.node.replaceChildren(this.head(block), ...this.rows(block));
  }

  /** @param {Block} block */
  head(block) {
    const names = Array.from({ length: block.layers + 1 }, (_, column) => {
      const last = column === block.layers;
      const text = last ? (block.next === "classifier" ? "C" : "T") : String(column + 1);
      const title = `read by ${readerWord(block, column + 1)}`;
      return h("span", { class: "scissors-reader", role: "columnheader", title }, text);
    });
    const corner = h(
      "span",
      { class: "scissors-corner", role: "columnheader" },
      "maps of ↓ read by →",
    );
    return h("div", { class: "scissors-row", role: "row" }, corner, ...names);
  }

  /** @param {Block} block */
  rows(block) {
    return block.colours.map((colour, source) => {
      const chip = h("i", { class: "scissors-chip" });
      chip.style.background = colour;
      const name = source ? `layer ${source}` : "input";
      const title = sourceWord(block, source);
      const head = h("span", { class: "scissors-source", role: "rowheader", title }, chip, name);
      const cells = Array.from({ length: block.layers + 1 }, (_, column) => {
        const button = this.buttons.get(nameOf(block.block, { source, reader: column + 1 }));
        return button ?? h("span", { class: "scissors-none", role: "gridcell" });
      });
      return h("div", { class: "scissors-row", role: "row" }, head, ...cells);
    });
  }

  /** @param {Block} block @param {Cell} cell @param {number} share of the largest weight */
  button(block, cell, share) {
    const button = h("button", {
      type: "button",
      class: "scissors-cell",
      role: "gridcell",
      tabindex: -1,
      "data-source": cell.source,
      "data-reader": cell.reader,
      "aria-label": cellWords(block, cell),
      title: cellWords(block, cell),
    });
    const at = 3 * Math.round(255 * share);
    button.style.setProperty("--weight", `rgb(${this.palette.slice(at, at + 3).join(" ")})`);
    return button;
  }

  /** Marks what is cut, and where the visitor is. @param {Set<string>} cuts */
  mark(cuts) {
    if (!this.block) return;
    const here = nameOf(this.block.block, this.chosen);
    for (const [name, button] of this.buttons) {
      button.setAttribute("aria-selected", String(cuts.has(name)));
      button.tabIndex = name === here ? 0 : -1;
    }
    this.cuts = cuts;
  }

  /** @param {Event} event @returns {Cell | null} */
  cellAt(event) {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const button = /** @type {HTMLElement | null} */ (target.closest(".scissors-cell"));
    if (!button) return null;
    return { source: Number(button.dataset.source), reader: Number(button.dataset.reader) };
  }

  /** @param {Cell} cell */
  isCut(cell) {
    return Boolean(this.block && this.cuts?.has(nameOf(this.block.block, cell)));
  }

  /** @param {Cell} cell */
  flip(cell) {
    this.cut(cell, !this.isCut(cell));
  }

  /** @param {PointerEvent} event */
  press(event) {
    const cell = this.cellAt(event);
    if (!cell || event.button !== 0) return;
    this.move(cell);
    const button = /** @type {HTMLElement} */ (event.composedPath()[0]);
    button.releasePointerCapture?.(event.pointerId);
    if (event.pointerType === "touch" && button.clientWidth < EASY) return;
    this.drags = event.pointerType === "touch" ? null : !this.isCut(cell);
    this.flip(cell);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const cell = this.drags === null ? null : this.cellAt(event);
    if (cell && this.drags !== null && this.isCut(cell) !== this.drags) this.cut(cell, this.drags);
  }

  /** @param {Cell} cell */
  move(cell) {
    this.chosen = cell;
    this.choose(cell);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const move = MOVES[event.key];
    if (!move || !this.block) return;
    event.preventDefault();
    event.stopPropagation();
    const source = this.chosen.source + move[0];
    const reader = this.chosen.reader + move[1];
    if (source < 0 || source >= reader || reader > this.block.layers + 1) return;
    this.move({ source, reader });
    this.buttons.get(nameOf(this.block.block, this.chosen))?.focus();
  }
}
