// Where the tensors of a transition are. Their sizes are to scale.

/** @typedef {{x: number, y: number, width: number, height: number, columns: number, rows: number, pitch: number, side: number, count: number}} Tensor */

/**
 * `given`, `mixed` and `result` share one scale: a map that is half as wide is drawn half as wide.
 * @typedef {{width: number, height: number, narrow: boolean, given: Tensor, mixed: Tensor, result: Tensor}} Layout
 */

const NARROW = 640;
const LABEL = 30;
const FOOT = 66;
const WORDS = 84;

/**
 * Columns of a grid that is full and about as wide as high; wider if it cannot be square.
 * @param {number} count
 */
export function columnsFor(count) {
  const root = Math.ceil(Math.sqrt(count));
  for (let columns = root; columns <= Math.min(count, root * 2); columns++)
    if (count % columns === 0) return columns;
  return root;
}

/**
 * @param {number} width room, in CSS pixels
 * @param {number} reads maps given @param {number} keeps maps kept
 * @param {number} ratio width of a result map to a given one (a half)
 * @param {number} most the largest height in CSS pixels, words included
 * @returns {Layout}
 */
export function layoutFor(width, reads, keeps, ratio, most = Infinity) {
  const narrow = width < NARROW;
  const columns = columnsFor(reads);
  const arrow = 72;
  const room = narrow
    ? Math.min(width - 138, 230)
    : Math.min(360, (width - 2 * arrow - 8) / (2 + ratio));
  const high = narrow ? Infinity : (most - LABEL - FOOT) / Math.ceil(reads / columns);
  const pitch = Math.max(2, 2 * Math.floor(Math.min(room / columns, high) / 2));
  const tensor = (
    /** @type {number} */ x,
    /** @type {number} */ y,
    /** @type {number} */ count,
    /** @type {number} */ scale,
  ) => {
    const rows = Math.ceil(count / columns);
    const step = pitch * scale;
    return {
      x,
      y,
      width: columns * step,
      height: rows * step,
      columns,
      rows,
      pitch: step,
      side: step - (pitch >= 12 ? 2 : 1) * scale,
      count,
    };
  };
  if (narrow) {
    const below = (/** @type {Tensor} */ above) => above.y + Math.max(above.height, WORDS) + 36;
    const given = tensor(4, 4, reads, 1);
    const mixed = tensor(4, below(given), keeps, 1);
    const result = tensor(4, below(mixed), keeps, ratio);
    return {
      width,
      height: result.y + Math.max(result.height, WORDS) + 4,
      narrow,
      given,
      mixed,
      result,
    };
  }
  const [wide, tall] = [columns * pitch, Math.ceil(reads / columns) * pitch];
  const spare = Math.max(0, width - 8 - wide * (2 + ratio) - 2 * arrow) / 2;
  const middle = (/** @type {number} */ count, /** @type {number} */ scale) =>
    LABEL + (tall - Math.ceil(count / columns) * pitch * scale) / 2;
  const given = tensor(4, LABEL, reads, 1);
  const mixed = tensor(4 + wide + arrow + spare, middle(keeps, 1), keeps, 1);
  const result = tensor(mixed.x + wide + arrow + spare, middle(keeps, ratio), keeps, ratio);
  return { width, height: LABEL + tall + FOOT, narrow, given, mixed, result };
}

/** The middle of one map's tile. @param {Tensor} tensor @param {number} map @returns {[number, number]} */
export function middleOf(tensor, map) {
  const [x, y] = cornerOf(tensor, map);
  return [x + tensor.side / 2, y + tensor.side / 2];
}

/** @param {Tensor} tensor @param {number} map @returns {[number, number]} */
export function cornerOf({ x, y, columns, pitch }, map) {
  return [x + (map % columns) * pitch, y + Math.floor(map / columns) * pitch];
}

/** The map under a point, or null. @param {Tensor} tensor @param {number} x @param {number} y */
export function mapAt(tensor, x, y) {
  const column = Math.floor((x - tensor.x) / tensor.pitch);
  const row = Math.floor((y - tensor.y) / tensor.pitch);
  if (column < 0 || column >= tensor.columns || row < 0) return null;
  const map = row * tensor.columns + column;
  return map < tensor.count ? map : null;
}

/**
 * The curve from one tile to another, horizontal at both ends.
 * @param {Layout} layout @param {Tensor} from @param {number} map @param {Tensor} to @param {number} goal
 * @returns {number[]} eight numbers
 */
export function way(layout, from, map, to, goal) {
  const [x0, y0] = middleOf(from, map);
  const [x1, y1] = middleOf(to, goal);
  if (layout.narrow) {
    const bend = (y1 - y0) / 2;
    return [x0, y0, x0, y0 + bend, x1, y1 - bend, x1, y1];
  }
  const bend = (x1 - x0) / 2;
  return [x0, y0, x0 + bend, y0, x1 - bend, y1, x1, y1];
}
