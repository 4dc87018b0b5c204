// The maps that a layer writes, as tiles: a click on one, or Enter, goes into its channel.

import { h } from "../shared/dom.js";
import { unpack } from "../maps/maps.js";
import { TileGrid } from "../maps/tile-grid.js";
import { tilesOf } from "../maps/tiles.js";
import { linkTo } from "./parts.js";
import { placeAt } from "./places.js";

/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Place} Place */

const TALL = 190;
const LARGEST = 72;

export class Chooser {
  /** @param {Room} room @param {string} at the layer @param {number} count of its maps @param {string} colour */
  constructor(room, at, count, colour) {
    this.room = room;
    this.at = at;
    this.colour = colour;
    this.width = 0;
    this.grid = new TileGrid("inside-tiles", "Channel to go into", 0, {
      mark: () => this.show(),
      press: (channel) => room.go(placeAt(at, channel)),
    });
    this.grid.fill(count, []);
    this.open = h("p", { class: "inside-open" });
    this.node = h("div", { class: "inside-chooser" }, this.grid.node, this.open);
    this.show();
  }

  /** @param {import("./types.js").PackedMaps} packed */
  fill(packed) {
    this.grid.fill(packed.count, tilesOf(unpack(packed), this.room.palette, this.colour));
    this.paint(this.width);
  }

  /** @param {number} width */
  paint(width) {
    this.width = width;
    if (!width) return;
    this.grid.lay(width, TALL, LARGEST);
    this.grid.paint(false);
  }

  show() {
    const { chosen } = this.grid;
    this.grid.name(`channel ${chosen}`);
    const words = `Open channel ${chosen}`;
    this.open.replaceChildren(linkTo(this.room, placeAt(this.at, chosen), [words]));
    this.paint(this.width);
  }

  /** Where a channel's tile is, in pixels of the window. @param {Place} place @returns {import("./types.js").Box | null} */
  boxOf({ channel }) {
    return channel === null ? null : this.grid.boxOf(channel);
  }
}
