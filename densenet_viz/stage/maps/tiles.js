// A grid of real feature maps that reacts to the pointer, and one map large, with its values.

import { h, say, sized } from "../shared/dom.js";
import { paintMaps, valueAt } from "./maps.js";

/** @typedef {import("./maps.js").Maps} Maps */

/**
 * One tile: a map of a set, already painted on a sheet `columns` tiles wide.
 * @typedef {{maps: Maps, map: number, sheet: HTMLCanvasElement, columns: number, colour: string}} Tile
 */

/** @typedef {{columns: number, rows: number, side: number, gap: number}} Grid */

/**
 * The grid with the largest tiles; a full grid may have tiles up to a fifth smaller.
 * @param {number} count @param {number} width @param {number} height room, in CSS pixels
 * @param {number} [most] largest side of a tile
 * @returns {Grid}
 */
export function gridFor(count, width, height, most = 96) {
  /** @type {Grid} */
  let best = { columns: 1, rows: count, side: 1, gap: 0 };
  let merit = 0;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const pitch = Math.min(width / columns, height / rows);
    const gap = pitch >= 40 ? 6 : pitch >= 16 ? 3 : 1;
    const side = Math.min(most, Math.floor(pitch - gap));
    const worth = side * (columns * rows === count ? 1.2 : 1);
    if (side >= 1 && worth > merit) [best, merit] = [{ columns, rows, side, gap }, worth];
  }
  return best;
}

/**
 * The tile under a point, and the place in it, as parts of its side.
 * @param {Grid} grid @param {number} count @param {number} x @param {number} y
 * @returns {{tile: number, u: number, v: number} | null}
 */
export function tileAt(grid, count, x, y) {
  const pitch = grid.side + grid.gap;
  const [column, row] = [Math.floor(x / pitch), Math.floor(y / pitch)];
  const tile = row * grid.columns + column;
  if (x < 0 || y < 0 || column >= grid.columns || tile >= count) return null;
  const part = (/** @type {number} */ offset) => Math.min(0.999, offset / grid.side);
  return { tile, u: part(x - column * pitch), v: part(y - row * pitch) };
}

/** A number with three significant digits and a real minus sign. @param {number} value */
export function figure(value) {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  return value
    .toFixed(digits)
    .replace(/^-(?=0\.?0*$)/, "")
    .replace("-", "−");
}

/** Draws one map of a sheet into a square. @param {CanvasRenderingContext2D} context @param {Tile} tile @param {number} x @param {number} y @param {number} side */
export function drawTile(context, { maps, map, sheet, columns }, x, y, side) {
  const left = (map % columns) * maps.width;
  const top = Math.floor(map / columns) * maps.height;
  context.drawImage(sheet, left, top, maps.width, maps.height, x, y, side, side);
}

/** How many tiles wide a sheet of `count` maps is, so that no canvas is too tall. @param {number} count */
export function sheetColumns(count) {
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}

/** A set's maps as tiles, painted on one sheet. @param {Maps} maps @param {Uint8Array} palette @param {string} colour of who wrote them @returns {Tile[]} */
export function tilesOf(maps, palette, colour) {
  const columns = sheetColumns(maps.count);
  const sheet = paintMaps(maps, columns, palette, null);
  return Array.from({ length: maps.count }, (_, map) => ({ maps, map, sheet, columns, colour }));
}

/** @param {HTMLCanvasElement} canvas @param {Tile[]} tiles @param {Grid} grid @param {number} marked @param {string} mark @param {boolean} strips whether each tile shows which layer wrote it */
export function drawTiles(canvas, tiles, grid, marked, mark, strips) {
  const pitch = grid.side + grid.gap;
  const context = sized(canvas, grid.columns * pitch + 3, grid.rows * pitch + 3);
  context.translate(3, 3);
  tiles.forEach((tile, index) => {
    const [x, y] = [(index % grid.columns) * pitch, Math.floor(index / grid.columns) * pitch];
    context.imageSmoothingEnabled = grid.side < tile.maps.width;
    drawTile(context, tile, x, y, grid.side);
    if (strips) {
      context.fillStyle = tile.colour;
      context.fillRect(
        x,
        y + grid.side - Math.max(2, grid.side / 10),
        grid.side,
        Math.max(2, grid.side / 10),
      );
    }
    if (index === marked) {
      context.strokeStyle = mark;
      context.lineWidth = 3;
      context.strokeRect(x - 1.5, y - 1.5, grid.side + 3, grid.side + 3);
    }
  });
}

/** One map, large, with the pixel under the pointer marked and its value in words. */
export class Lens {
  /** @param {number} side in CSS pixels */
  constructor(side) {
    this.side = side;
    /** @type {Tile | null} */
    this.tile = null;
    /** @type {[number, number] | null} */
    this.pixel = null;
    this.unit = "";
    this.name = "";
    this.canvas = h("canvas", { role: "img" });
    this.title = h("b", {});
    this.value = h("p", { class: "tiles-value", "aria-live": "polite" });
    this.low = h("span", {});
    this.high = h("span", {});
    this.bar = h("canvas", { class: "tiles-bar", width: 256, height: 1, "aria-hidden": "true" });
    this.node = h(
      "figure",
      { class: "tiles-lens" },
      this.canvas,
      h(
        "figcaption",
        {},
        this.title,
        h("div", { class: "tiles-scale" }, this.low, this.bar, this.high),
        this.value,
      ),
    );
    const point = (/** @type {PointerEvent} */ event) => {
      const area = this.canvas.getBoundingClientRect();
      this.at((event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height);
    };
    this.canvas.addEventListener("pointermove", point);
    this.canvas.addEventListener("pointerdown", point);
    this.canvas.addEventListener("pointerleave", () =>
      this.show(this.tile, this.name, this.unit, null),
    );
  }

  /** @param {Uint8Array} palette */
  colours(palette) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.bar.getContext("2d"));
    const image = context.createImageData(256, 1);
    for (let place = 0; place < 256; place++)
      image.data.set([...palette.subarray(3 * place, 3 * place + 3), 255], 4 * place);
    context.putImageData(image, 0, 0);
  }

  /** @param {number} u @param {number} v parts of the side, 0 to 1 */
  at(u, v) {
    if (!this.tile) return;
    const { height, width } = this.tile.maps;
    const inside = (/** @type {number} */ part, /** @type {number} */ size) =>
      Math.max(0, Math.min(size - 1, Math.floor(part * size)));
    this.show(this.tile, this.name, this.unit, [inside(v, height), inside(u, width)]);
  }

  /**
   * @param {Tile | null} tile @param {string} name @param {string} unit what a shown pixel is, if it is not one pixel of the map
   * @param {[number, number] | null} pixel row and column
   */
  show(tile, name, unit, pixel) {
    Object.assign(this, { tile, name, unit, pixel });
    if (!tile) return;
    const { maps, map } = tile;
    const context = sized(this.canvas, this.side, this.side);
    context.imageSmoothingEnabled = false;
    drawTile(context, tile, 0, 0, this.side);
    say(this.title, name);
    say(this.low, figure(maps.low[map]));
    say(this.high, figure(maps.high[map]));
    this.canvas.setAttribute(
      "aria-label",
      `${name}: values from ${figure(maps.low[map])} to ${figure(maps.high[map])}`,
    );
    if (!pixel)
      return this.value.replaceChildren(h("span", {}, "Point at a map to read its values."));
    const [row, column] = pixel;
    const [tall, wide] = [this.side / maps.height, this.side / maps.width];
    const byte = maps.bytes[(map * maps.height + row) * maps.width + column];
    context.lineWidth = 2;
    context.strokeStyle = byte > 128 ? "#000000" : "#ffffff";
    context.strokeRect(column * wide + 1, row * tall + 1, wide - 2, tall - 2);
    const value = figure(valueAt(maps, map, row, column));
    return this.value.replaceChildren(
      h("b", {}, value),
      h("span", {}, `row ${row + 1}, column ${column + 1}${unit}`),
    );
  }
}
