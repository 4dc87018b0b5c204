// A transition's maps, unpacked and painted.

import { HELD } from "../maps/held.js";
import { bytesOf, paintMaps } from "../maps/maps.js";
import { sheetColumns } from "../maps/tiles.js";
import { bytesFor, poolAll, unpackValues } from "./values.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("./draw.js").Sheet} Sheet */
/** @typedef {import("../maps/maps.js").Maps} Maps */
/** @typedef {ReturnType<typeof dataOf>} Data */

/** How long the window takes over the whole map. */
const WALK_MILLISECONDS = 20000;

/** A scene's maps, unpacked and painted. @param {Scene} scene */
export function dataOf(scene) {
  const palette = bytesOf(scene.palette);
  const values = unpackValues(scene.mixed);
  const taken = (/** @type {import("../maps/maps.js").PackedMaps} */ packed) =>
    /** @type {Maps} */ (HELD.take(packed));
  const activated = taken(scene.activated);
  const windows = scene.half[0] * scene.half[1];
  const sheets = {
    given: sheetOf(taken(scene.given), palette),
    activated: sheetOf(activated, palette),
    mixed: sheetOf(bytesFor(values), palette),
    average: sheetOf(taken(scene.pooled), palette),
    max: sheetOf(poolAll(values, "max"), palette),
  };
  return {
    palette,
    values,
    activated,
    windows,
    sheets,
    stepMilliseconds: Math.max(25, Math.min(900, WALK_MILLISECONDS / windows)),
  };
}

/** What was painted: the given maps are the same for every θ. @type {WeakMap<Maps, Sheet>} */
const painted = new WeakMap();

/** @param {Maps} maps @param {Uint8Array} palette of all transitions @returns {Sheet} */
function sheetOf(maps, palette) {
  const before = painted.get(maps);
  if (before) return before;
  const columns = sheetColumns(maps.count);
  const canvas = paintMaps(maps, columns, palette, null);
  const sheet = { canvas, columns, width: maps.width, height: maps.height };
  painted.set(maps, sheet);
  return sheet;
}
