// Feature maps: unpacking the bytes that Python sent, and painting them as tiles.

import { h } from "../shared/dom.js";

/**
 * Maps as Python packs them: each quantised to a byte between its own lowest and highest value.
 * Equal maps have equal names. `data` is null if the server knows that the page holds them
 * (`held.js`).
 * @typedef {{name: string, count: number, height: number, width: number, low: number[], high: number[], data: string | null}} PackedMaps
 */

/**
 * @typedef {{count: number, height: number, width: number, low: number[], high: number[], bytes: Uint8Array}} Maps
 */

/** @typedef {"map" | "all"} Scale  "map": each on its own scale; "all": one scale for all */

/** @param {string} base64 @returns {Uint8Array<ArrayBuffer>} */
export function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length); // a loop: Uint8Array.from takes twenty times as long
  for (let place = 0; place < text.length; place++) bytes[place] = text.charCodeAt(place);
  return bytes;
}

/** Maps that were sent with their bytes. @param {PackedMaps} packed @returns {Maps} */
export function unpack(packed) {
  const { count, height, width, low, high, data } = packed;
  if (data === null) throw new Error("The maps were not sent.");
  return { count, height, width, low, high, bytes: bytesOf(data) };
}

/**
 * The value at a pixel, as the network computed it (to within a 255th of the map's range).
 * @param {Maps} maps @param {number} map @param {number} y @param {number} x
 */
export function valueAt(maps, map, y, x) {
  const byte = maps.bytes[(map * maps.height + y) * maps.width + x];
  return maps.low[map] + (byte / 255) * (maps.high[map] - maps.low[map]);
}

/**
 * Lowest and highest value over several sets of maps.
 * @param {Maps[]} sets @returns {[number, number]}
 */
export function rangeOf(sets) {
  let low = Infinity;
  let high = -Infinity;
  for (const maps of sets) {
    for (const value of maps.low) low = Math.min(low, value);
    for (const value of maps.high) high = Math.max(high, value);
  }
  return [low, high];
}

/**
 * For each byte of one map, the place in the colour table (0 to 255).
 * @param {number} low of the map @param {number} high of the map
 * @param {[number, number] | null} range of the common scale, or null for the map's own
 * @returns {Uint8Array} 256 places
 */
export function places(low, high, range) {
  const table = new Uint8Array(256);
  for (let byte = 0; byte < 256; byte++) {
    if (range === null || range[1] <= range[0]) table[byte] = byte;
    else {
      const value = low + (byte / 255) * (high - low);
      table[byte] = Math.round((255 * (value - range[0])) / (range[1] - range[0]));
    }
  }
  return table;
}

/**
 * Paints maps side by side, `columns` a row, at their own resolution.
 * @param {Maps} maps
 * @param {number} columns
 * @param {Uint8Array} palette 256 RGB triples
 * @param {[number, number] | null} range a common scale, or null for each map's own
 * @param {number} [gap] clear pixels at the right and the foot of each map
 * @returns {HTMLCanvasElement}
 */
export function paintMaps(maps, columns, palette, range, gap = 0) {
  const rows = Math.ceil(maps.count / columns);
  const canvas = h("canvas", {
    width: columns * (maps.width + gap),
    height: rows * (maps.height + gap),
  });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const colours = new Uint32Array(256);
  for (let place = 0; place < 256; place++) {
    const [r, g, b] = palette.subarray(3 * place, 3 * place + 3);
    colours[place] = ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  }
  for (let map = 0; map < maps.count; map++) {
    const table = places(maps.low[map], maps.high[map], range);
    const left = (map % columns) * (maps.width + gap);
    const top = Math.floor(map / columns) * (maps.height + gap);
    for (let y = 0; y < maps.height; y++) {
      const source = (map * maps.height + y) * maps.width;
      const target = (top + y) * canvas.width + left;
      for (let x = 0; x < maps.width; x++) {
        pixels[target + x] = colours[table[maps.bytes[source + x]]];
      }
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
