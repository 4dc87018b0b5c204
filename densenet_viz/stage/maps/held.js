// Maps that the server has sent: the page keeps them, so that the server sends only what is new.

import { bytesOf } from "./maps.js";

/** @typedef {import("./maps.js").PackedMaps} PackedMaps */
/** @typedef {import("./maps.js").Maps} Maps */

/** Maps whose bytes are decoded when they are first read. @implements {Maps} */
class Sent {
  /** @param {PackedMaps} packed @param {string} data */
  constructor({ count, height, width, low, high }, data) {
    this.count = count;
    this.height = height;
    this.width = width;
    this.low = low;
    this.high = high;
    this.data = data;
    /** @type {Uint8Array | null} */
    this.decoded = null;
  }

  get bytes() {
    if (this.decoded) return this.decoded;
    this.decoded = bytesOf(this.data);
    this.data = "";
    return this.decoded;
  }
}

/** Sets of maps by name, the last used ones up to a number of bytes. */
export class Held {
  /** @param {number} most bytes of pixels */
  constructor(most) {
    this.most = most;
    /** @type {Map<string, Maps>} the last used is the last */
    this.sets = new Map();
  }

  /** The maps, from what was sent now or before; null if they are not here. @param {PackedMaps} packed @returns {Maps | null} */
  take(packed) {
    const { name, data } = packed;
    const before = this.sets.get(name);
    const maps = before ?? (data === null ? null : new Sent(packed, data));
    if (!maps) return null;
    this.sets.delete(name);
    this.sets.set(name, maps);
    if (!before) this.forget();
    return maps;
  }

  /** Whether all these maps are here, or were just sent. @param {PackedMaps[]} sets */
  hasAll(sets) {
    return sets.every((packed) => this.take(packed) !== null);
  }

  clear() {
    this.sets.clear();
  }

  forget() {
    let bytes = 0;
    for (const [name, maps] of [...this.sets].reverse()) {
      bytes += size(maps);
      if (bytes > this.most) this.sets.delete(name);
    }
  }

  /** What the server does not have to send: half of what fits, so that it is still here when its answer comes. @returns {string[]} */
  names() {
    let bytes = 0;
    return [...this.sets]
      .reverse()
      .filter(([, maps]) => (bytes += size(maps)) <= this.most / 2)
      .map(([name]) => name);
  }
}

/** @param {Maps} maps */
function size({ count, height, width }) {
  return count * height * width;
}

/** The page's own. */
export const HELD = new Held(8_000_000);
