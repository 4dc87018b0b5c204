// The flows of a block as Python packs them, and their sums. No document.

import { bytesOf } from "../maps/maps.js";

/**
 * @typedef {object} PackedBlock
 * @property {number} block counted from 1
 * @property {string} entering what gives it its first maps
 * @property {string} next what reads its output
 * @property {number} side of its maps, in pixels
 * @property {number} layers L
 * @property {string[]} colours of the sources 0 to L
 * @property {number[]} sums of the connections, reader after reader
 * @property {boolean} complete whether every connection has its map
 * @property {number} most the value of 32767
 * @property {string} data maps of 16-bit whole numbers
 */

/** @typedef {{picture: string, size: number, label: string, baseline: string, score: number, rise: number, shares: boolean, blocks: PackedBlock[], start: number, exact: string, palette: string}} Scene */

/** All readers of a source together, in place of a reader. */
export const ALL = 0;
/** All sources of a reader together, in place of a source. */
export const SUM = -1;

/** A connection's index among those of its block. @param {number} source @param {number} reader 1 to L + 1 */
export function placeOf(source, reader) {
  return (reader * (reader - 1)) / 2 + source;
}

/** The flows of one block. Sources are 0 to L, readers 1 to L + 1. */
export class Flows {
  /** @param {PackedBlock} packed */
  constructor(packed) {
    this.packed = packed;
    this.layers = packed.layers;
    this.last = packed.layers + 1;
    /** @type {Float32Array | null} */
    this.values = null;
  }

  /** @param {number} source @param {number} reader */
  at(source, reader) {
    return source < reader ? this.packed.sums[placeOf(source, reader)] : 0;
  }

  /** What flows from a source to all its readers. @param {number} source */
  outOf(source) {
    let sum = 0;
    for (let reader = source + 1; reader <= this.last; reader++) sum += this.at(source, reader);
    return sum;
  }

  /** What flows into a reader. @param {number} reader */
  into(reader) {
    let sum = 0;
    for (let source = 0; source < reader; source++) sum += this.at(source, reader);
    return sum;
  }

  /** What flows from the block input straight to what follows. */
  get passed() {
    return this.at(0, this.last);
  }

  /** What flows from the block's own layers to what follows. */
  get added() {
    return this.into(this.last) - this.passed;
  }

  /** The sources of a reader. @param {number} reader */
  sourcesOf(reader) {
    return Array.from({ length: reader === ALL ? this.last : reader }, (_, source) => source);
  }

  /** A flow; either end may be ALL or SUM. @param {number} source @param {number} reader */
  flow(source, reader) {
    if (source === SUM) return this.into(reader === ALL ? this.last : reader);
    return reader === ALL ? this.outOf(source) : this.at(source, reader);
  }

  /** The maps, unpacked at first use. */
  unpacked() {
    if (this.values) return this.values;
    const bytes = bytesOf(this.packed.data);
    const view = new DataView(bytes.buffer);
    this.values = new Float32Array(bytes.length / 2);
    for (let i = 0; i < this.values.length; i++)
      this.values[i] = (view.getInt16(2 * i, true) / 32767) * this.packed.most;
    return this.values;
  }

  /**
   * The map of a flow, side x side values row by row; null if it was not sent.
   * @param {number} source @param {number} reader
   * @returns {Float32Array | null}
   */
  map(source, reader) {
    if (source === SUM) {
      const into = reader === ALL ? this.last : reader;
      return this.together(this.sourcesOf(into).map((one) => this.map(one, into)));
    }
    if (!this.packed.complete) {
      if (reader === this.last) return this.part(source);
      return reader === ALL ? this.part(this.last + source) : null;
    }
    if (reader !== ALL) return this.part(placeOf(source, reader));
    const readers = Array.from({ length: this.last - source }, (_, index) => source + 1 + index);
    return this.together(readers.map((one) => this.part(placeOf(source, one))));
  }

  /** @param {number} place */
  part(place) {
    const pixels = this.packed.side ** 2;
    return this.unpacked().subarray(place * pixels, (place + 1) * pixels);
  }

  /** @param {(Float32Array | null)[]} maps */
  together(maps) {
    const sum = new Float32Array(this.packed.side ** 2);
    for (const map of maps) {
      if (!map) return null;
      for (let i = 0; i < sum.length; i++) sum[i] += map[i];
    }
    return sum;
  }
}

/**
 * A map in the pixels of the picture: each of its pixels becomes a square.
 * @param {Float32Array} map @param {number} side @param {number} size
 */
export function enlarged(map, side, size) {
  const large = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    const row = Math.min(side - 1, Math.floor((y * side) / size)) * side;
    for (let x = 0; x < size; x++)
      large[y * size + x] = map[row + Math.min(side - 1, Math.floor((x * side) / size))];
  }
  return large;
}

/**
 * A limit for the colours that does not depend on a few strong values; above 0.
 * @param {ArrayLike<number>} values @param {number} percent 0 to 100
 */
export function limitOf(values, percent) {
  const sorted = Array.from(values, Math.abs).sort((a, b) => a - b);
  const place = Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100));
  return sorted[place] || sorted[sorted.length - 1] || 1;
}

/**
 * The next place after a key, or null if the key is not used here.
 * @param {{source: number, reader: number}} at @param {string} key @param {number} last L + 1
 */
export function stepped({ source, reader }, key, last) {
  const turns = /** @type {Record<string, [number, number]>} */ ({
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
  });
  if (key === "Home") return { source: 0, reader };
  if (key === "End") return { source: reader - 1, reader };
  if (!turns[key]) return null;
  const next = {
    source: Math.max(0, source + turns[key][0]),
    reader: Math.min(last, Math.max(1, reader + turns[key][1])),
  };
  return { source: Math.min(next.source, next.reader - 1), reader: next.reader };
}
