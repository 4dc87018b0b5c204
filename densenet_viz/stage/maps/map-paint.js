// Many maps over one picture: the part that is the same for all of them is computed once.

import { faded, greyOf } from "./signed-scale.js";

/** @typedef {{under: Float32Array, colours: Float32Array, steps: number}} Ground */

/**
 * What all maps of one opacity have in common: the picture's part of each pixel, and the palette's.
 * @param {Uint8ClampedArray} picture RGBA @param {Uint8Array} palette RGB triples, an odd number of them @param {number} opacity 0 to 1
 * @returns {Ground}
 */
export function ground(picture, palette, opacity) {
  const under = new Float32Array((picture.length / 4) * 3);
  for (let i = 0, at = 0; at < picture.length; at += 4) {
    const grey = greyOf(picture, at);
    for (let channel = 0; channel < 3; channel++)
      under[i++] = (1 - opacity) * faded(picture[at + channel], grey, opacity);
  }
  return {
    under,
    colours: Float32Array.from(palette, (value) => opacity * value),
    steps: palette.length / 3,
  };
}

/**
 * Paints one map over the ground into RGBA bytes: nine maps of 224 px within a frame.
 * @param {Uint8ClampedArray} out @param {Float32Array} values @param {number} limit above 0 @param {Ground} ground
 */
export function paintOver(out, values, limit, { under, colours, steps }) {
  const pixels = new Uint32Array(out.buffer, out.byteOffset, values.length);
  const middle = (steps - 1) / 2;
  const slope = middle / limit;
  for (let i = 0, from = 0; i < values.length; i++, from += 3) {
    const wanted = values[i] * slope + middle + 0.5;
    const place = 3 * (wanted <= 0 ? 0 : wanted >= steps ? steps - 1 : wanted | 0);
    const red = (under[from] + colours[place] + 0.5) | 0;
    const green = (under[from + 1] + colours[place + 1] + 0.5) | 0;
    const blue = (under[from + 2] + colours[place + 2] + 0.5) | 0;
    pixels[i] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  }
}
