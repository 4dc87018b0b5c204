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
import { h, onWidth, say } from "../shared/dom.js";
import { HELD } from "../maps/held.js";
import { bytesOf } from "../maps/maps.js";
import { TileGrid } from "../maps/tile-grid.js";
import { Lens, tilesOf } from "../maps/tiles.js";

/** @typedef {import("./words.js").Shown} Shown */
/** @typedef {import("../maps/tiles.js").Tile} Tile */

const LENS = 184;
const TALL = 300;

export class Panel {
  /** @param {Shown} scene */
  constructor(scene) {
    this.width = 0;
    this.node = 0;
    this.ledger = h("section", { class: "block-ledger" });
    this.heading = h("h3", {});
    this.grid = new TileGrid("block-maps", "Map to show large", 1, {
      mark: () => this.paint(),
      point: (u, v) => this.lens.at(u, v),
    });
    this.lens = new Lens(LENS);
    this.room = h("div", { class: "block-room" }, this.grid.node);
    this.large = h("div", { class: "block-show" }, this.room, this.lens.node);
    this.root = h(
      "div",
      { class: "block-panel" },
      h("section", { class: "block-written" }, this.heading, this.large),
      this.ledger,
    );
    /** Each group's tiles, when they were shown. @type {(Tile[] | undefined)[]} */
    this.groups = [];
    this.palette = bytesOf(scene.palette);
    this.setScene(scene);
    this.stop = onWidth(this.room, (width) => {
      this.width = width;
      this.paint();
    });
  }

  /** @param {Shown} scene */
  setScene(scene) {
    this.scene = scene;
    this.palette = bytesOf(scene.palette);
    this.lens.colours(this.palette);
    this.groups = [];
  }

  /** The tiles of a group; none while its maps are not there. @param {import("./words.js").Shown["groups"][number]} group @param {number} node @returns {Tile[]} */
  tilesOf({ colour, maps: packed }, node) {
    const maps = packed && HELD.take(packed);
    return (this.groups[node] ??= maps ? tilesOf(maps, this.palette, colour) : []);
  }

  /** Shows a node: its maps, what it reads and what reads it. @param {number} node */
  show(node) {
    const { scene } = this;
    if (!scene) return;
    const all = node === outputOf(scene);
    this.node = node;
    const count = all ? scene.output : scene.groups[node].channels;
    const tiles = all
      ? scene.groups.flatMap((group, index) => this.tilesOf(group, index))
      : this.tilesOf(scene.groups[node], node);
    this.large.style.visibility = tiles.length ? "" : "hidden";
    this.grid.fill(tiles.length, tiles);
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
    const { scene, grid } = this;
    if (!scene || !this.width || !grid.count) return;
    const tall = this.width < 420 ? 200 : TALL;
    grid.lay(this.width, tall - 4);
    grid.node.style.minHeight = `${tall}px`;
    grid.paint(this.node === outputOf(scene));
    const { chosen, count } = grid;
    const channel = writtenBy(scene, this.node)[0] + chosen;
    const name = `map ${chosen + 1} of ${count} · channel ${channel}`;
    const factor = Math.floor(scene.size[0] / scene.shownSize[0]);
    const unit = factor > 1 ? ` (mean of ${factor} × ${factor} px)` : "";
    this.lens.show(grid.tiles[chosen], name, unit, null);
    grid.name(`${name}, ${this.lens.low.textContent} to ${this.lens.high.textContent}`);
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
