// The picture with the pixels that a threshold keeps, in patterns and colours, on plain arrays.

import { greyOf } from "../maps/signed-scale.js";

/** @typedef {[number, number, number]} Colour */

/** One pixel of the picture is drawn with this many fine pixels a side, so a pattern has room. */
export const FINE = 4;
const STRIPE = 8;

/** "#rrggbb" as three numbers. @param {string} hex @returns {Colour} */
export function colourOf(hex) {
  const part = (/** @type {number} */ at) => parseInt(hex.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

/** Whether a fine pixel is on a diagonal stripe. @param {number} x @param {number} y */
export function striped(x, y) {
  return (x + y) % STRIPE < STRIPE / 2;
}

/** Whether a fine pixel is in one of the dots. @param {number} x @param {number} y */
export function dotted(x, y) {
  const across = (x % STRIPE) - STRIPE / 2 + 0.5;
  const down = (y % STRIPE) - STRIPE / 2 + 0.5;
  return across * across + down * down < 5;
}

/**
 * The kind of a pixel: kept and on the object ("hit"), kept but not on the object ("extra"), on the
 * object but not kept ("missed"), or none of these ("rest").
 * @param {number} kept @param {number} inside @returns {"hit" | "extra" | "missed" | "rest"}
 */
export function kindOf(kept, inside) {
  if (kept) return inside ? "hit" : "extra";
  return inside ? "missed" : "rest";
}

/**
 * Paints RGBA bytes; the side is FINE times the picture's side.
 * @param {Uint8ClampedArray} out
 * @param {Uint8ClampedArray} picture RGBA
 * @param {number} size pixels a side of the picture
 * @param {Uint8Array} kept @param {Uint8Array} mask
 * @param {{hit: Colour, extra: Colour, paper: Colour, ink: Colour}} colours
 */
export function paintKept(out, picture, size, kept, mask, colours) {
  const side = size * FINE;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const place = ((y / FINE) | 0) * size + ((x / FINE) | 0);
      const kind = kindOf(kept[place], mask[place]);
      const [cover, colour] = coverOf(kind, x, y, colours);
      const from = 4 * place;
      const to = 4 * (y * side + x);
      const grey = greyOf(picture, from);
      // The picture is grey, so the only colours are those of the legend.
      const strong = kind === "hit" || kind === "extra" ? 0.85 : 0.3;
      for (let channel = 0; channel < 3; channel++) {
        const below = strong * grey + (1 - strong) * colours.paper[channel];
        out[to + channel] = below + cover * (colour[channel] - below);
      }
      out[to + 3] = 255;
    }
  }
}

/**
 * @param {"hit" | "extra" | "missed" | "rest"} kind @param {number} x @param {number} y
 * @param {{hit: Colour, extra: Colour, paper: Colour, ink: Colour}} colours
 * @returns {[number, Colour]} the opacity over the pixel, and the colour
 */
function coverOf(kind, x, y, colours) {
  if (kind === "hit") return [0.78, colours.hit];
  if (kind === "extra") return striped(x, y) ? [0.92, colours.extra] : [0.25, colours.ink];
  if (kind === "missed") return [dotted(x, y) ? 0.75 : 0, colours.ink];
  return [0, colours.paper];
}
