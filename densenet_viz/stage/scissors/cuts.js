// Which connections are cut: sets, presets, undo and redo. No document.

/**
 * @typedef {object} Block
 * @property {number} block counted from 1
 * @property {number} layers L: sources are 0 to L, readers 1 to L + 1
 * @property {string} entering what gives it its first maps
 * @property {string} next what reads its output
 * @property {string[]} colours of the sources
 * @property {number[]} weights of the connections, reader after reader
 */

/** @typedef {{source: number, reader: number}} Cell */

/** @param {Block} block @returns {Cell[]} reader after reader, sources in order */
export function cellsOf({ layers }) {
  return Array.from({ length: layers + 1 }, (_, column) => column + 1).flatMap((reader) =>
    Array.from({ length: reader }, (_, source) => ({ source, reader })),
  );
}

/** A connection's index in its block. @param {Cell} cell */
export function placeOf({ source, reader }) {
  return (reader * (reader - 1)) / 2 + source;
}

/** A connection's name in a text of cuts. @param {number} block @param {Cell} cell */
export function nameOf(block, { source, reader }) {
  return `${block}.${source}-${reader}`;
}

/** @param {string} text @returns {Set<string>} */
export function unpacked(text) {
  return new Set(text ? text.split("~") : []);
}

/** The text of some cuts, in the order that Python writes. @param {Iterable<string>} cuts */
export function packed(cuts) {
  const numbers = (/** @type {string} */ name) => name.split(/[.-]/).map(Number);
  return [...cuts]
    .map((name) => ({ name, at: numbers(name) }))
    .sort((a, b) => a.at[0] - b.at[0] || a.at[1] - b.at[1] || a.at[2] - b.at[2])
    .map(({ name }) => name)
    .join("~");
}

/** @typedef {{name: string, hint: string, of: (block: Block) => Cell[]}} Preset */

/** The cells of a block by weight, the smallest first. @param {Block} block */
function byWeight(block) {
  return cellsOf(block).sort((a, b) => block.weights[placeOf(a)] - block.weights[placeOf(b)]);
}

/** What each preset cuts in one block. @type {Preset[]} */
export const PRESETS = [
  {
    name: "only the nearest",
    hint: "each reader keeps only the maps of the layer just before it, as in a plain network",
    of: (block) => cellsOf(block).filter(({ source, reader }) => source < reader - 1),
  },
  {
    name: "none from the input",
    hint: "no reader but layer 1 gets what entered the block",
    of: (block) => cellsOf(block).filter(({ source, reader }) => source === 0 && reader > 1),
  },
  {
    name: "every second",
    hint: "each reader loses the second, fourth, … source before it",
    of: (block) => cellsOf(block).filter(({ source, reader }) => (reader - source) % 2 === 0),
  },
  {
    name: "ten most read",
    hint: "the ten connections with the largest weights",
    of: (block) => byWeight(block).slice(-10),
  },
  {
    name: "ten least read",
    hint: "the ten connections with the smallest weights",
    of: (block) => byWeight(block).slice(0, 10),
  },
];

/** The most steps that undo remembers. */
const MOST_STEPS = 200;

/** The visitor's cuts, and the way back. */
export class Cuts {
  /** @param {string} text */
  constructor(text) {
    /** @type {string[]} */
    this.before = [];
    /** @type {string[]} */
    this.after = [];
    this.text = text;
  }

  get set() {
    return unpacked(this.text);
  }

  /** @param {string} name */
  has(name) {
    return this.set.has(name);
  }

  /** Takes another state; undo leads back. @param {Iterable<string>} cuts @returns {boolean} whether it differs */
  take(cuts) {
    const text = packed(cuts);
    if (text === this.text) return false;
    this.before = [...this.before, this.text].slice(-MOST_STEPS);
    this.after = [];
    this.text = text;
    return true;
  }

  /** Cuts one connection, or joins it again. @param {string} name @param {boolean} [wanted] whether it is cut then */
  toggle(name, wanted = !this.has(name)) {
    const next = this.set;
    if (wanted) next.add(name);
    else next.delete(name);
    return this.take(next);
  }

  /** Cuts a preset in one block, and joins the block's other connections. @param {Block} block @param {Preset} preset */
  preset(block, preset) {
    const others = [...this.set].filter((name) => !name.startsWith(`${block.block}.`));
    return this.take([...others, ...preset.of(block).map((cell) => nameOf(block.block, cell))]);
  }

  undo() {
    return this.step(this.before, this.after);
  }

  redo() {
    return this.step(this.after, this.before);
  }

  /** @param {string[]} from @param {string[]} to */
  step(from, to) {
    const text = from.pop();
    if (text === undefined) return false;
    to.push(this.text);
    this.text = text;
    return true;
  }
}
