// The part of a picture that all panels show, as numbers. Does not use the DOM.

/** A square part of a picture, in its pixels: the upper left corner and the side. @typedef {{x: number, y: number, side: number}} Part */
/** @typedef {[number, number]} Place  x, y in pixels */

/** The fewest pixels a side that a panel shows. */
export const CLOSEST = 8;
/** How much a key or a button zooms. */
export const STEP = 1.5;

/** @param {number} size @returns {Part} */
export function whole(size) {
  return { x: 0, y: 0, side: size };
}

/** @param {Part} part @param {number} size */
export function isWhole(part, size) {
  return part.side >= size;
}

/** Moved back inside the picture. @param {Part} part @param {number} size @returns {Part} */
function inside({ x, y, side }, size) {
  const keep = (/** @type {number} */ value) => Math.max(0, Math.min(size - side, value));
  return { x: keep(x), y: keep(y), side };
}

/**
 * Zooms in (factor above 1) or out; one point of the picture stays where it is.
 * @param {Part} part @param {number} factor @param {Place} point @param {number} size @returns {Part}
 */
export function zoomed(part, factor, [px, py], size) {
  const side = Math.max(Math.min(CLOSEST, size), Math.min(size, part.side / factor));
  const grown = side / part.side;
  return inside({ x: px - (px - part.x) * grown, y: py - (py - part.y) * grown, side }, size);
}

/** @param {Part} part @param {number} dx pixels to the right @param {number} dy pixels down @param {number} size @returns {Part} */
export function panned({ x, y, side }, dx, dy, size) {
  return inside({ x: x + dx, y: y + dy, side }, size);
}

/** The nearest part that shows a pixel. @param {Part} part @param {Place} at @param {number} size @returns {Part} */
export function showing({ x, y, side }, [ax, ay], size) {
  const reach = (/** @type {number} */ start, /** @type {number} */ pixel) =>
    Math.max(pixel + 1 - side, Math.min(start, pixel));
  return inside({ x: reach(x, ax), y: reach(y, ay), side }, size);
}

/** Where the middle of a pixel is in a panel, 0 to 1 if it is visible. @param {Part} part @param {Place} at @returns {Place} */
export function standing({ x, y, side }, [ax, ay]) {
  return [(ax + 0.5 - x) / side, (ay + 0.5 - y) / side];
}

/** A style that makes a picture's canvas show only the part. @param {Part} part @param {number} size */
export function transformOf({ x, y, side }, size) {
  return `scale(${size / side}) translate(${(-100 * x) / size}%, ${(-100 * y) / size}%)`;
}

/** How much the wheel zooms: one long turn zooms as much as many short ones. @param {number} delta pixels */
export function wheelFactor(delta) {
  return 2 ** (-Math.max(-240, Math.min(240, delta)) / 240);
}

/** In words. @param {Part} part @param {number} size */
export function zoomWords({ x, y, side }, size) {
  if (side >= size) return "the whole picture";
  const [left, top, wide] = [x, y, side].map(Math.round);
  return `${(size / side).toFixed(1)}×: x ${left}–${left + wide - 1}, y ${top}–${top + wide - 1}`;
}
