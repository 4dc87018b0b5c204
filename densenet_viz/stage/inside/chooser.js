// The maps that a layer writes, as tiles: a click on one, or Enter, goes into its channel.

import { h, pointIn } from "../shared/dom.js";
import { drawTiles, gridFor, tileAt } from "../maps/tiles.js";
import { sheetOf } from "./paint.js";
import { linkTo } from "./parts.js";
import { placeAt } from "./places.js";

/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Place} Place */

const TALL = 190;

export class Chooser {
  /** @param {Room} room @param {string} at the layer @param {number} count of its maps @param {string} colour */
  constructor(room, at, count, colour) {
    this.room = room;
    this.at = at;
    this.count = count;
    this.colour = colour;
    this.chosen = 0;
    this.width = 0;
    /** @type {import("../maps/tiles.js").Tile[]} */
    this.tiles = [];
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.grid = h(
      "div",
      {
        class: "inside-tiles",
        tabindex: 0,
        role: "slider",
        "aria-label": "Channel to go into",
        "aria-valuemin": 0,
        "aria-valuemax": count - 1,
        onkeydown: /** @type {EventListener} */ (
          (event) => this.key(/** @type {KeyboardEvent} */ (event))
        ),
        onpointermove: /** @type {EventListener} */ (
          (event) => this.point(/** @type {PointerEvent} */ (event), false)
        ),
        onclick: /** @type {EventListener} */ (
          (event) => this.point(/** @type {PointerEvent} */ (event), true)
        ),
      },
      this.canvas,
    );
    this.open = h("p", { class: "inside-open" });
    this.node = h("div", { class: "inside-chooser" }, this.grid, this.open);
    this.show();
  }

  /** @param {import("./types.js").PackedMaps} packed */
  fill(packed) {
    const { maps, columns, sheet } = sheetOf(packed, this.room.palette);
    this.tiles = Array.from({ length: maps.count }, (_, map) => ({
      maps,
      map,
      sheet,
      columns,
      colour: this.colour,
    }));
    this.paint(this.width);
  }

  /** @param {number} width */
  paint(width) {
    this.width = width;
    if (!width) return;
    this.layout = gridFor(this.count, width - 4, TALL, 72);
    const mark = getComputedStyle(this.node).color;
    if (this.tiles.length)
      drawTiles(this.canvas, this.tiles, this.layout, this.chosen, mark, false);
  }

  show() {
    const place = placeAt(this.at, this.chosen);
    this.grid.setAttribute("aria-valuenow", String(this.chosen));
    this.grid.setAttribute("aria-valuetext", `channel ${this.chosen}`);
    const link = this.open.querySelector("a");
    if (link && link.textContent === `Open channel ${this.chosen}`) return;
    this.open.replaceChildren(linkTo(this.room, place, [`Open channel ${this.chosen}`]));
  }

  /** @param {number} channel */
  choose(channel) {
    const next = Math.max(0, Math.min(this.count - 1, channel));
    if (next === this.chosen) return;
    this.chosen = next;
    this.show();
    this.paint(this.width);
  }

  /** @param {PointerEvent} event @param {boolean} press */
  point(event, press) {
    if (!this.layout) return;
    const [x, y] = pointIn(event, this.canvas);
    const found = tileAt(this.layout, this.count, x - 3, y - 3);
    if (!found) return;
    this.choose(found.tile);
    if (press) this.room.go(placeAt(this.at, found.tile));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Enter") return this.room.go(placeAt(this.at, this.chosen));
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

  /** Where a channel's tile is, in pixels of the window. @param {Place} place @returns {import("./types.js").Box | null} */
  boxOf({ channel }) {
    if (!this.layout || channel === null) return null;
    const { columns, side, gap } = this.layout;
    const { left, top } = this.canvas.getBoundingClientRect();
    return {
      x: left + 3 + (channel % columns) * (side + gap),
      y: top + 3 + Math.floor(channel / columns) * (side + gap),
      width: side,
      height: side,
    };
  }
}
