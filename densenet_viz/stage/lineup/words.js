// Texts about two networks' answers and maps. Does not use the DOM.

import { signed } from "../maps/signed-scale.js";

/** @typedef {{name: string, share: number, percent: string}} Share */
/** @typedef {{heat: import("../maps/signed-scale.js").PackedHeat, limit: number, scale: string, shares: Share[], alt: string}} WitnessMap */
/** A network that has not answered has only a name. @typedef {{name: string, label: null, map: null}} Asked */
/**
 * @typedef {{name: string, label: string, share: number, percent: string, right: boolean,
 *   map: WitnessMap | null}} Answered
 */
/** @typedef {Asked | Answered} Witness */
/** @typedef {{name: string, path: string, bits: string}} Outline */
/** @typedef {{title: string, sentence: string, picture: string, size: number, caption: string, truth: string, tag: string, alt: string, witnesses: Witness[], outlines: Outline[], palette: string}} Scene */

/** A card in words. @param {Witness} witness */
export function answered(witness) {
  if (witness.label === null) return `${witness.name} has not answered yet`;
  return `${witness.name} says ${witness.label}, with ${witness.percent}`;
}

/** A sign and a word, so the meaning does not depend on colour. @param {boolean} right */
export function mark(right) {
  return right ? "✓ right" : "✗ wrong";
}

/**
 * The text for the crosshair's place, with the value in each map.
 * @param {[number, number]} at @param {{name: string, value: number}[]} values
 * @param {{name: string, inside: boolean}[]} masks all masks, and whether the place is inside each
 */
export function readout([x, y], values, masks) {
  const on = masks.filter(({ inside }) => inside);
  const where = (on.length ? on : masks).map(({ name }) => name).join(" and the ");
  const each = values.map(
    ({ name, value }) =>
      `${name} ${signed(value)}${value > 0 ? " (raises)" : value < 0 ? " (lowers)" : ""}`,
  );
  return `x ${x}, y ${y}${where && `, ${on.length ? "on" : "outside"} the ${where}`}: ${each.join(", ")}`;
}

/**
 * How opaque a map is after a part of its animation, 0 to 1.
 * @param {number} past milliseconds @param {number} whole milliseconds
 */
export function revealed(past, whole) {
  const part = Math.max(0, Math.min(1, whole > 0 ? past / whole : 1));
  return 1 - (1 - part) ** 3;
}
