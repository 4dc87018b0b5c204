// Which layers a decision went through. Every number and map is in the scene: each choice is
// answered here, within a frame and without the server.

import { h, lettersOf, onWidth, pointIn, roomOf, say, sized } from "../shared/dom.js";
import { bytesOf } from "../maps/maps.js";
import { drawBars, drawStrip } from "./bars.js";
import { Radios } from "../shared/radios.js";
import { ALL, Flows, SUM, limitOf, stepped } from "./flows.js";
import { MapPanel } from "./maps.js";
import { cellAt, matrixFrame, paintMatrix } from "./matrix.js";
import { matrixTable, stripTable } from "./table.js";
import {
  WHY,
  barsWords,
  cellWords,
  mapWords,
  readerName,
  scaleWords,
  sentenceWords,
  strongest,
  titleWords,
} from "./words.js";

/** @typedef {import("./flows.js").Scene} Scene */

const OPACITY = 0.62;

class Structure {
  /** @param {HTMLElement} root @param {Scene} scene */
  constructor(root, scene) {
    this.root = root;
    this.scene = scene;
    this.place = 0;
    this.source = 0;
    this.reader = 1;
    this.width = 0;
    this.under = true;
    /** @type {Uint8ClampedArray | null} */
    this.pixels = null;
    this.palette = new Uint8Array(0);
    /** @type {Flows[]} */
    this.all = [];

    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    const badge = h("span", { class: "stage-badge" }, "● live: computed on this network");
    /** @type {Radios<number>} */
    this.strip = new Radios("Blocks: what each added", (place) => this.chooseBlock(place), {
      look: "structure-strip",
      stops: true,
      again: true,
    });
    /** @type {Radios<number>} */
    this.bars = new Radios("Sources", (source) => this.chooseSource(source), {
      look: "structure-bars",
      stops: true,
    });
    this.readers = h("select", {
      class: "stage-choice",
      onchange: () => this.read(Number(this.readers.value)),
    });
    this.barsNote = h("p", { class: "structure-note", "aria-live": "polite" });
    this.one = new MapPanel("the chosen map");
    this.whole = new MapPanel("the whole map");
    this.toggle = h(
      "button",
      {
        type: "button",
        class: "structure-button",
        "aria-pressed": "true",
        onclick: () => this.switchUnder(),
      },
      "Picture under the map",
    );
    this.canvas = h("canvas", { role: "img", tabindex: 0, class: "structure-canvas" });
    this.room = h("div", { class: "structure-room" }, this.canvas);
    this.readout = h("p", { class: "structure-readout", role: "status" });
    this.scale = h("p", { class: "structure-note" });
    this.tables = h("div", {
      class: "structure-tables",
      tabindex: 0,
      role: "region",
      "aria-label": "The numbers as tables",
    });
    this.details = h(
      "details",
      { class: "structure-details", ontoggle: () => this.tabulate() },
      h("summary", {}, "The numbers as tables"),
      this.tables,
    );
    this.exact = h("p", { class: "structure-note" });

    const barsHead = h("div", { class: "structure-head" }, h("h3", {}, "Read by"), this.readers);
    const left = h("section", { class: "structure-part" }, barsHead, this.bars.node, this.barsNote);
    const maps = h("div", { class: "structure-maps" }, this.one.node, this.whole.node);
    const words = h(
      "p",
      { class: "structure-note" },
      "◀ blue lowers the score, white is zero, orange raises it ▶",
    );
    const right = h("section", { class: "structure-part" }, maps, words, this.toggle);
    const matrix = h(
      "section",
      { class: "structure-part" },
      h("h3", {}, "Every connection: rows are sources, columns are readers"),
      this.readout,
      this.room,
      this.scale,
    );
    const notes = h(
      "section",
      { class: "structure-part" },
      h("h3", {}, "What to believe"),
      this.exact,
      h("p", { class: "structure-note" }, WHY),
    );
    const head = h("div", { class: "stage-head" }, this.title, badge, this.sentence);
    root.append(
      head,
      this.strip.node,
      h("div", { class: "structure-grid" }, left, right, matrix, notes),
      this.details,
    );
    root.classList.add("structure");
    this.listen();
    this.load();
    this.stop = onWidth(this.room, (width) => this.resize(width));
  }

  listen() {
    this.canvas.addEventListener("keydown", (event) => this.keyInMatrix(event));
    this.canvas.addEventListener("pointermove", (event) => this.point(event, false));
    this.canvas.addEventListener("pointerdown", (event) => this.point(event, true));
    this.canvas.addEventListener("pointerleave", () => this.speak(this.cell));
    this.root.addEventListener(
      "transitionend",
      (event) => event.target === this.root && this.paint(),
    );
  }

  /** @param {Scene} next */
  update(next) {
    if (
      next.picture === this.scene.picture &&
      next.rise === this.scene.rise &&
      next.label === this.scene.label
    )
      return;
    this.scene = next;
    this.load();
  }

  /** Sets up a scene. */
  load() {
    const { scene } = this;
    this.all = scene.blocks.map((packed) => new Flows(packed));
    this.palette = bytesOf(scene.palette);
    say(this.sentence, sentenceWords(scene));
    say(this.exact, scene.exact);
    this.readPicture();
    this.chooseBlock(scene.start - 1);
  }

  get flows() {
    return this.all[this.place];
  }

  /** The chosen connection; if all are chosen, one of them. */
  get cell() {
    const reader = this.reader === ALL ? this.flows.last : this.reader;
    return { source: Math.min(reader - 1, Math.max(0, this.source)), reader };
  }

  /** @param {number} place */
  chooseBlock(place) {
    this.place = place;
    const { flows, scene } = this;
    this.source = strongest(scene, flows);
    this.reader = flows.last;
    const readers = [
      flows.last,
      ALL,
      ...Array.from({ length: flows.layers }, (_, index) => index + 1),
    ];
    this.readers.replaceChildren(
      ...readers.map((reader) => h("option", { value: reader }, readerName(flows, reader))),
    );
    this.readers.setAttribute("aria-label", `Read by, in block ${flows.packed.block}`);
    say(this.title, titleWords(scene, flows));
    drawStrip(this.strip, scene, this.all, place);
    if (this.width) this.resize(this.width);
    else this.paint();
    this.tabulate();
  }

  /** @param {number} reader */
  read(reader) {
    this.reader = reader;
    if (reader !== ALL && this.source >= reader) this.source = reader - 1;
    if (reader === ALL && this.source === SUM) this.source = 0;
    this.paint();
  }

  /** @param {number} source */
  chooseSource(source) {
    this.source = source;
    this.paint();
  }

  switchUnder() {
    this.under = !this.under;
    this.toggle.setAttribute("aria-pressed", String(this.under));
    this.paintMaps();
  }

  /** @param {number} width */
  resize(width) {
    this.width = width;
    this.frame = matrixFrame(width, this.flows.layers, this.most());
    this.context = sized(this.canvas, width, this.frame.height);
    this.paint();
  }

  /** The largest height of the matrix on a slide, where it is last in its column. */
  most() {
    const room = roomOf(this.room);
    return room ? room - this.room.offsetTop - 4 : Infinity;
  }

  /** Decodes the picture; its pixels are needed under the maps. */
  async readPicture() {
    const { picture, size } = this.scene;
    const image = new Image();
    image.src = picture;
    await image.decode();
    if (this.scene.picture !== picture) return;
    const context = /** @type {CanvasRenderingContext2D} */ (
      h("canvas", { width: size, height: size }).getContext("2d")
    );
    context.drawImage(image, 0, 0);
    this.pixels = context.getImageData(0, 0, size, size).data;
    this.paintMaps();
  }

  paint() {
    const { scene, flows, source, reader } = this;
    this.readers.value = String(reader);
    drawBars(this.bars, scene, flows, { source, reader });
    say(this.barsNote, barsWords(scene, flows, reader));
    this.speak(this.cell);
    this.paintMaps();
    this.root.dataset.block = String(flows.packed.block);
  }

  paintMaps() {
    const { scene, flows, source, reader, pixels, palette } = this;
    const under = { pixels, size: scene.size, palette, opacity: this.under ? OPACITY : 1 };
    this.one.paint(under, flows, flows.map(source, reader), mapWords(scene, flows, source, reader));
    const whole = reader === ALL ? flows.last : reader;
    this.whole.paint(under, flows, flows.map(SUM, whole), mapWords(scene, flows, SUM, whole));
  }

  /** Draws the matrix with a connection marked, and says its number. @param {{source: number, reader: number}} cell */
  speak(cell) {
    const { scene, flows, context, frame, palette } = this;
    const words = cellWords(scene, flows, cell.source, cell.reader);
    say(this.readout, words);
    this.canvas.setAttribute(
      "aria-label",
      `Matrix of ${flows.packed.sums.length} connections of block ${flows.packed.block}. ${words} Arrow keys go from cell to cell.`,
    );
    if (!context || !frame) return;
    const limit = limitOf(flows.packed.sums, 97);
    const { color: quiet, fontFamily: font } = getComputedStyle(this.barsNote);
    paintMatrix(context, frame, flows, cell, limit, palette, {
      quiet,
      font,
      size: Math.max(14, lettersOf(this.canvas)),
    });
    say(
      this.scale,
      `Colours end at ±${scaleWords(flows, limit).split("±")[1]}. Dashed: the reader’s column and the same layer’s row. What flows in flows out, so their sums are equal.`,
    );
  }

  /** @param {PointerEvent} event @param {boolean} press */
  point(event, press) {
    if (!this.frame) return;
    const cell = cellAt(this.frame, ...pointIn(event, this.canvas), this.flows.last);
    if (press && cell) this.chooseCell(cell);
    else this.speak(cell ?? this.cell);
  }

  /** @param {{source: number, reader: number}} cell */
  chooseCell({ source, reader }) {
    [this.source, this.reader] = [source, reader];
    this.paint();
  }

  /** @param {KeyboardEvent} event */
  keyInMatrix(event) {
    const next = stepped(this.cell, event.key, this.flows.last);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    this.chooseCell(next);
  }

  tabulate() {
    if (this.details.open)
      this.tables.replaceChildren(stripTable(this.all), matrixTable(this.flows));
  }

  destroy() {
    this.stop();
  }
}

/**
 * @param {HTMLElement} root @param {Scene} scene
 * @returns {import("../shared/stage.js").Stage}
 */
export function mount(root, scene) {
  const stage = new Structure(root, scene);
  return {
    update: (next) => stage.update(next),
    destroy: () => stage.destroy(),
    save: () => ({ name: "structure" }),
  };
}
