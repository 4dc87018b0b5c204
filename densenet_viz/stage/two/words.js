// The texts at the crosshairs of two sides, and where a place of one side is in the other. Does not use the DOM.

import { valueWords } from "../maps/map-words.js";

/** @typedef {[number, number]} Place  x, y in pixels */
/** @typedef {import("../maps/map-words.js").BenchMap} BenchMap */
/** @typedef {import("../maps/map-words.js").Scale} Scale */
/** @typedef {import("../maps/map-words.js").ScaleKey} ScaleKey */
/** @typedef {{name: string, share: number, percent: string, explained: boolean, right: boolean}} Bar */
/** @typedef {{name: string, caption: string, picture: string, size: number, says: string, bars: Bar[], note: string, where: string, sharpening: boolean, map: BenchMap | null}} SideScene */
/** @typedef {{name: string, sentence: string, picture: string, size: number, meaning: string[], map: {heat: import("../maps/signed-scale.js").PackedHeat, end: number, alt: string} | null}} ApartScene */
/** @typedef {{label: string, live: string, linked: boolean, palette: string, meaning: string[], waiting: string, begin: ScaleKey, scales: Scale[], sides: SideScene[], apart: ApartScene | null}} Scene */
/** A map under the crosshair: its name, the pixel, and the value there. @typedef {{name: string, at: Place, value: string}} Reading */

/** The pixel at the same relative place in a square of `to` pixels as in one of `from` pixels. @param {Place} at @param {number} from @param {number} to @returns {Place} */
export function placeIn([x, y], from, to) {
  const moved = (/** @type {number} */ value) => Math.floor(((value + 0.5) * to) / from);
  return [moved(x), moved(y)];
}

/**
 * All values at one place. The pixel is named once if it is the same in all maps, otherwise for each.
 * @param {Reading[]} readings
 */
export function readout(readings) {
  if (!readings.length) return "";
  const pixel = (/** @type {Place} */ [x, y]) => `x ${x}, y ${y}`;
  const first = pixel(readings[0].at);
  if (readings.every(({ at }) => pixel(at) === first))
    return `${first}: ${readings.map(({ name, value }) => `${name} ${value}`).join(", ")}`;
  return readings.map(({ name, at, value }) => `${name} ${value} at ${pixel(at)}`).join(", ");
}

/** A value of the difference, as a share. @param {number} value */
export function pointsWords(value) {
  return valueWords(value, "share", 1);
}

/** The words beside a bar. @param {Bar} bar */
export function barNote({ explained, right }) {
  return [right ? "✓ true" : "", explained ? "explained" : ""].filter(Boolean).join(", ");
}

/** The text on a map that is not finished. @param {SideScene} side @param {string} waiting */
export function stateWords({ map, sharpening }, waiting) {
  if (!map) return waiting;
  return sharpening ? "still sharpening" : "";
}

/** How many maps are finished, for screen readers. @param {SideScene[]} sides */
export function progressWords(sides) {
  const done = sides.filter(({ map, sharpening }) => map && !sharpening).length;
  return done === sides.length ? "" : `${done} of ${sides.length} maps are finished.`;
}
