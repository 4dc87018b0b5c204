// Beside the connections: what the chosen layer reads, who reads it, and the maps it wrote.

import {
  channelWords,
  ledgerOf,
  many,
  nodeName,
  outputOf,
  readersWords,
  writtenBy,
} from "./words.js";
import { h, onWidth, pointIn, say } from "../shared/dom.js";
import { bytesOf, paintMaps, unpack } from "../maps/maps.js";
import { Lens, drawTiles, gridFor, sheetColumns, tileAt } from "../maps/tiles.js";

/** @typedef {import("./words.js").Shown} Shown */
/** @typedef {import("../maps/tiles.js").Tile} Tile */

const LENS = 184;
const TALL = 300;

export class Panel {
  /** @param {Shown} scene */
  constructor(scene) {
    this.width = 0;
    this.chosen = 0;
    this.node = 0;
    this.ledger = h("section", { class: "block-ledger" });
    this.heading = h("h3", {});
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.grid = h(
      "div",
      {
        class: "block-maps",
        tabindex: 0,
        role: "slider",
        "aria-label": "Map to show large",
        "aria-valuemin": 1,
        onkeydown: /** @type {EventListener} */ (
          (event) => this.key(/** @type {KeyboardEvent} */ (event))
        ),
        onpointermove: /** @type {EventListener} */ (
          (event) => this.point(/** @type {PointerEvent} */ (event))
        ),
        onpointerdown: /** @type {EventListener} */ (
          (event) => this.point(/** @type {PointerEvent} */ (event))
        ),
      },
      this.canvas,
    );
    this.lens = new Lens(LENS);
    this.room = h("div", { class: "block-room" }, this.grid);
    this.large = h("div", { class: "block-show" }, this.room, this.lens.node);
    this.root = h(
      "div",
      { class: "block-panel" },
      h("section", { class: "block-written" }, this.heading, this.large),
      this.ledger,
    );
    /** @type {Tile[][]} */
    this.groups = [];
    /** @type {Tile[]} */
    this.tiles = [];
    this.setScene(scene);
    this.stop = onWidth(this.room, (width) => {
      this.width = width;
      this.paint();
    });
  }

  /** @param {Shown} scene */
  setScene(scene) {
    this.scene = scene;
    const palette = bytesOf(scene.palette);
    this.lens.colours(palette);
    this.groups = scene.groups.map(({ colour, maps: packed }) => {
      if (!packed) return [];
      const maps = unpack(packed);
      const columns = sheetColumns(maps.count);
      const sheet = paintMaps(maps, columns, palette, null);
      return Array.from({ length: maps.count }, (_, map) => ({
        maps,
        map,
        sheet,
        columns,
        colour,
      }));
    });
  }

  /** Shows a node: its maps, what it reads and what reads it. @param {number} node */
  show(node) {
    const { scene } = this;
    if (!scene) return;
    const all = node === outputOf(scene);
    this.node = node;
    const count = all ? scene.output : scene.groups[node].channels;
    this.tiles = all ? this.groups.flat() : this.groups[node];
    this.large.style.visibility = this.tiles.length ? "" : "hidden";
    this.chosen = Math.max(0, Math.min(this.chosen, this.tiles.length - 1));
    const name = nodeName(scene, node);
    say(
      this.heading,
      all
        ? `All ${many(count, "map")} of the output`
        : `The ${many(count, "map")} ${node ? `that ${name} wrote` : `that came from ${scene.entering}`}`,
    );
    this.ledger.replaceChildren(...this.ledgerParts(scene, node));
    this.paint();
  }

  /** @param {Shown} scene @param {number} node @returns {Node[]} */
  ledgerParts(scene, node) {
    const entries = ledgerOf(scene, node);
    const colour = (/** @type {number} */ source) => scene.groups[source].colour;
    const [first, past] = writtenBy(scene, node);
    const all = node === outputOf(scene);
    const total = entries.reduce((sum, { start, stop }) => sum + stop - start, 0);
    const name = nodeName(scene, node);
    const bar = h("div", { class: "block-bar", "aria-hidden": "true" });
    for (const { source, start, stop } of entries)
      bar.append(piece(colour(source), stop - start, false));
    if (!all) bar.append(piece(colour(node), past - first, node > 0));
    const lines = entries.map(({ source, start, stop, words }) =>
      line(colour(source), channelWords(start, stop), words, stop - start),
    );
    const title =
      node === 0
        ? "It reads nothing in this block"
        : all
          ? `It holds all ${many(total, "map")}`
          : `${capital(name)} reads ${many(total, "map")}`;
    return [
      h("h3", {}, title),
      bar,
      ...(lines.length
        ? [
            h(
              "ul",
              { class: "block-lines", tabindex: lines.length > 8 ? 0 : -1, "aria-label": title },
              ...lines,
            ),
          ]
        : []),
      ...(all
        ? []
        : [
            h(
              "p",
              {},
              h("b", {}, node ? "Writes " : "Holds "),
              `${channelWords(first, past)} (${many(past - first, "map")})`,
            ),
          ]),
      h("p", {}, h("b", {}, all ? "Goes to " : "Read by "), readersWords(scene, node)),
    ];
  }

  paint() {
    const { scene, tiles } = this;
    if (!scene || !this.width || !tiles.length) return;
    const tall = this.width < 420 ? 200 : TALL;
    this.layout = gridFor(tiles.length, this.width - 4, tall - 4);
    this.grid.style.minHeight = `${tall}px`;
    const mark = getComputedStyle(this.root).getPropertyValue("color");
    drawTiles(this.canvas, tiles, this.layout, this.chosen, mark, this.node === outputOf(scene));
    this.showLens(null);
  }

  /** @param {[number, number] | null} pixel */
  showLens(pixel) {
    const { scene, tiles } = this;
    if (!scene) return;
    const channel = writtenBy(scene, this.node)[0] + this.chosen;
    const name = `map ${this.chosen + 1} of ${tiles.length} · channel ${channel}`;
    const factor = Math.floor(scene.size[0] / scene.shownSize[0]);
    this.lens.show(
      tiles[this.chosen],
      name,
      factor > 1 ? ` (mean of ${factor} × ${factor} px)` : "",
      pixel,
    );
    this.grid.setAttribute("aria-valuemax", String(tiles.length));
    this.grid.setAttribute("aria-valuenow", String(this.chosen + 1));
    this.grid.setAttribute(
      "aria-valuetext",
      `${name}, ${this.lens.low.textContent} to ${this.lens.high.textContent}`,
    );
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (!this.layout || !this.tiles.length) return;
    const [x, y] = pointIn(event, this.canvas);
    const found = tileAt(this.layout, this.tiles.length, x - 3, y - 3);
    if (!found) return;
    if (found.tile !== this.chosen) {
      this.chosen = found.tile;
      this.paint();
    }
    this.lens.at(found.u, found.v);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const columns = this.layout?.columns ?? 1;
    /** @type {Record<string, number>} */
    const moves = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      Home: -Infinity,
      End: Infinity,
    };
    const move = moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.chosen = Math.max(0, Math.min(this.tiles.length - 1, this.chosen + move));
    this.paint();
  }

  destroy() {
    this.stop();
  }
}

/** @param {string} text */
function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

/** @param {string} colour @param {number} channels @param {boolean} fresh whether the layer adds these maps */
function piece(colour, channels, fresh) {
  const node = h("i", fresh ? { class: "fresh" } : {});
  node.style.flexGrow = String(channels);
  node.style.setProperty("--own", colour);
  return node;
}

/** @param {string} colour @param {string} channels @param {string} words @param {number} count */
function line(colour, channels, words, count) {
  const swatch = h("i", { "aria-hidden": "true" });
  swatch.style.background = colour;
  return h(
    "li",
    {},
    swatch,
    h("span", {}, channels),
    h("span", {}, words),
    h("span", {}, count.toLocaleString("en")),
  );
}
