// The scenes of a deck's pictures; some may come later, because a network still makes them.

/** Milliseconds before a scene is asked for again after the connection failed. */
const AGAIN = 2000;

/** @typedef {(key: string) => Promise<any | null>} Load gives null if the picture is not made yet */

export class Scenes extends EventTarget {
  /** @param {Record<string, any>} there by key; those that come are added @param {Load} [load] */
  constructor(there, load = async () => null) {
    super();
    this.there = there;
    this.load = load;
    /** @type {Map<string, {promise: Promise<void>, done: () => void}>} */
    this.waited = new Map();
    /** @type {Set<string>} being loaded now */
    this.loading = new Set();
    /** @type {Set<string>} asked for, but not made when they were */
    this.late = new Set();
  }

  /** @param {string[]} keys */
  has(keys) {
    return keys.every((key) => key in this.there);
  }

  /** Waits until all are there. @param {string[]} keys */
  async wait(keys) {
    await Promise.all(keys.map((key) => key in this.there || this.promised(key)));
  }

  /** @param {string} key */
  promised(key) {
    let known = this.waited.get(key);
    if (!known) {
      let done = () => {};
      const promise = /** @type {Promise<void>} */ (new Promise((resolve) => (done = resolve)));
      this.waited.set(key, (known = { promise, done }));
    }
    return known.promise;
  }

  /** @param {string} key @param {any} scene */
  put(key, scene) {
    if (key in this.there) return;
    this.there[key] = scene;
    this.late.delete(key);
    this.waited.get(key)?.done();
    this.waited.delete(key);
    this.dispatchEvent(new Event("arrived"));
  }

  /** Loads those that are missing, in this order. @param {Iterable<string>} keys */
  async fetch(keys) {
    const missing = [...keys].filter((key) => !(key in this.there) && !this.loading.has(key));
    await Promise.all(missing.map((key) => this.fetchOne(key)));
  }

  /** @param {string} key */
  async fetchOne(key) {
    this.loading.add(key);
    try {
      const scene = await this.load(key);
      if (scene === null) this.late.add(key);
      else this.put(key, scene);
    } catch {
      this.late.add(key);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.again(), AGAIN);
    } finally {
      this.loading.delete(key);
    }
  }

  /** Loads those again that were not made before. */
  again() {
    return this.fetch(this.late);
  }

  stop() {
    clearTimeout(this.timer);
  }
}

/**
 * Loads a deck's scenes from the app's server.
 * @param {string} folder the address of the app @param {string} deck the published deck's key
 * @returns {Load}
 */
export function loader(folder, deck) {
  return async (key) => {
    const answer = await fetch(`${folder}/hall/decks/${deck}/${key}.json`);
    if (answer.status === 202) return null;
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return answer.json();
  };
}
