// Paints maps, kernels and windows of the inside stage on canvases.

import { h } from "../shared/dom.js";
import { paintMaps, unpack } from "../maps/maps.js";
import { placeOf } from "../maps/signed-scale.js";
import { sheetColumns } from "../maps/tiles.js";
import { rangeOf } from "./values.js";

/** @typedef {import("./values.js").Floats} Floats */

/** The place of a value in cividis. @param {number} value @param {[number, number]} range */
export function brightness(value, [low, high]) {
  return high > low
    ? Math.max(0, Math.min(255, Math.round((255 * (value - low)) / (high - low))))
    : 0;
}

/** Bytes of one map into RGBA. @param {Uint8ClampedArray} out @param {ArrayLike<number>} values @param {Uint8Array} palette @param {[number, number]} range */
export function fillMap(out, values, palette, range) {
  for (let place = 0; place < values.length; place++) {
    const colour = 3 * brightness(values[place], range);
    out[4 * place] = palette[colour];
    out[4 * place + 1] = palette[colour + 1];
    out[4 * place + 2] = palette[colour + 2];
    out[4 * place + 3] = 255;
  }
}

/**
 * One map at its own resolution; the style sheet makes it large.
 * @param {Floats} map @param {Uint8Array} palette @param {string} label what it shows, "" if it needs no words
 */
export function mapCanvas({ height, width, values }, palette, label) {
  const canvas = pictureCanvas(width, height, label);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(width, height);
  fillMap(image.data, values.subarray(0, width * height), palette, rangeOf(values));
  context.putImageData(image, 0, 0);
  return canvas;
}

/** @param {number} width @param {number} height @param {string} label */
function pictureCanvas(width, height, label) {
  return h("canvas", {
    class: "inside-map",
    width,
    height,
    ...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" }),
  });
}

/** Signed values of a square on the zero-centred scale. @param {number[]} values @param {number} limit @param {Uint8Array} signed the palette @param {string} label */
export function signedCanvas(values, limit, signed, label) {
  const side = Math.round(Math.sqrt(values.length));
  const canvas = pictureCanvas(side, side, label);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(side, side);
  values.forEach((value, place) =>
    image.data.set([...signedColour(value, limit, signed), 255], 4 * place),
  );
  context.putImageData(image, 0, 0);
  return canvas;
}

/** @param {number} value @param {number} limit @param {Uint8Array} signed the palette */
export function signedColour(value, limit, signed) {
  const colour = 3 * placeOf(value, limit || 1, signed.length / 3);
  return signed.subarray(colour, colour + 3);
}

/** Black or white, whichever has the higher contrast on a colour (WCAG 2.2). @param {ArrayLike<number>} colour */
export function inkOn(colour) {
  const linear = (/** @type {number} */ value) =>
    value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  const [red, green, blue] = [colour[0], colour[1], colour[2]].map(linear);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

/** Maps side by side on one sheet. @param {import("./types.js").PackedMaps} packed @param {Uint8Array} palette */
export function sheetOf(packed, palette) {
  const maps = unpack(packed);
  return paintMaps(maps, sheetColumns(maps.count), palette, null);
}
