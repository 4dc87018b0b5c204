// The tiles of each group, painted when they are first seen.

import { paintMaps } from "../maps/maps.js";

/** @typedef {import("../maps/maps.js").Maps} Maps */

/**
 * One group's colour and its tiles. They are painted side by side at their own resolution with
 * transparent gaps, so that one call draws a whole group.
 */
export class Sheet {
  /**
   * @param {string} colour @param {number} count @param {number} side of a tile @param {number} gap
   * between tiles @param {() => HTMLCanvasElement | null} paint called when the tiles are first seen
   */
  constructor(colour, count, side, gap, paint) {
    this.colour = colour;
    this.count = count;
    this.side = side;
    this.gap = gap;
    this.paint = paint;
    /** @type {HTMLCanvasElement | null | undefined} */
    this.painted = undefined;
  }

  /** The tiles; null while the maps are not there yet, and the group is a pale bar. */
  get canvas() {
    return (this.painted ??= this.paint());
  }
}

/** Clear pixels between the tiles of a sheet. @param {number} side of a tile, in pixels */
function gapOf(side) {
  return Math.max(1, Math.round(side / 14));
}

/**
 * @param {import("./words.js").Shown} scene @param {(Maps | null)[]} maps of each group, if they are there
 * @param {number} perRow tiles in a row @param {Uint8Array} palette
 * @param {[number, number] | null} range of a common scale
 */
export function sheetsOf({ groups, shownSize }, maps, perRow, palette, range) {
  const [, side] = shownSize;
  const gap = gapOf(side);
  return groups.map(({ colour, channels }, index) => {
    const own = maps[index];
    return new Sheet(colour, channels, side, gap, () =>
      own ? paintMaps(own, perRow, palette, range, gap) : null,
    );
  });
}
