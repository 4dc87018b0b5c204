// A drawing of cells, without a document.

/** How far from its middle the pen paints, in cells. */
export const RADIUS = 1.9;

/** An empty drawing. @param {number} size */
export function blank(size) {
  return new Uint8Array(size * size);
}

/**
 * Paints around a point, in cells; returns whether anything changed.
 * @param {Uint8Array} cells @param {number} size @param {number} x @param {number} y
 */
export function dab(cells, size, x, y) {
  let changed = false;
  for (let row = Math.floor(y - RADIUS); row <= Math.ceil(y + RADIUS); row++) {
    for (let column = Math.floor(x - RADIUS); column <= Math.ceil(x + RADIUS); column++) {
      if (row < 0 || column < 0 || row >= size || column >= size) continue;
      if (Math.hypot(row + 0.5 - y, column + 0.5 - x) > RADIUS) continue;
      const place = row * size + column;
      changed ||= cells[place] === 0;
      cells[place] = 1;
    }
  }
  return changed;
}

/**
 * Paints along a line, so that a quick pen leaves no gaps.
 * @param {Uint8Array} cells @param {number} size @param {[number, number]} from @param {[number, number]} to
 */
export function line(cells, size, from, to) {
  const steps = Math.max(1, Math.ceil(2 * Math.hypot(to[0] - from[0], to[1] - from[1])));
  let changed = false;
  for (let step = 0; step <= steps; step++) {
    const part = step / steps;
    const x = from[0] + part * (to[0] - from[0]);
    const y = from[1] + part * (to[1] - from[1]);
    changed = dab(cells, size, x, y) || changed;
  }
  return changed;
}

/** The drawing as a text of zeros and ones, row by row. @param {Uint8Array} cells */
export function told(cells) {
  return Array.from(cells, String).join("");
}

/**
 * Where the cursor is after a key; null if the key does not move it.
 * @param {[number, number]} at column and row @param {string} key @param {number} size
 * @returns {[number, number] | null}
 */
export function moved([column, row], key, size) {
  /** @type {Record<string, [number, number]>} */
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[key];
  if (!step) return null;
  const within = (/** @type {number} */ value) => Math.max(0, Math.min(size - 1, value));
  return [within(column + step[0]), within(row + step[1])];
}
