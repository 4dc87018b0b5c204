// Where the parts of a network are, and how one view grows out of another. No document.

/** @typedef {import("./types.js").Box} Box */
/** @typedef {import("./types.js").PartPlan} PartPlan */

/** A band is what one layer wrote, from there to the end of its block; layer 0 is what entered. @typedef {Box & {layer: number}} Band */
/** @typedef {Box & {bands: Band[], shape: [number, number][]}} Column */
/** @typedef {{narrow: boolean, width: number, height: number, columns: Column[]}} Strip */

const NARROW = 640;
const TALL = 280;
const GAP = 8;
const SLIM = { stem: 56, transition: 40, classifier: 56, block: 44 };

/**
 * The parts side by side: channels are heights and pixels are widths. On a phone the parts are one
 * below the other: channels are widths and pixels are heights.
 * @param {PartPlan[]} parts @param {number} width in CSS pixels
 * @returns {Strip}
 */
export function stripFor(parts, width) {
  const narrow = width < NARROW;
  const along = narrow ? lengthsDown(parts) : lengthsAcross(parts, width);
  const most = Math.max(
    ...parts.filter(isMaps).map(({ reads, writes }) => Math.max(reads, writes)),
  );
  const across = narrow ? width - NAME : TALL;
  const unit = across / most;
  let start = 0;
  const columns = parts.map((part, place) => {
    const column = columnOf(part, start, along[place], unit, across, narrow);
    start += along[place] + GAP;
    return column;
  });
  const length = start - GAP;
  return narrow
    ? { narrow, width, height: length, columns }
    : { narrow, width: length, height: TALL, columns };
}

/** Room for a part's name beside its picture, on a phone. */
export const NAME = 128;

/** A classifier writes scores and no maps. @param {PartPlan} part */
function isMaps({ kind }) {
  return kind !== "classifier";
}

/** @param {PartPlan[]} parts @param {number} width */
function lengthsAcross(parts, width) {
  const fixed = parts.map(({ kind }) => SLIM[kind]);
  const spare = Math.max(
    0,
    width - fixed.reduce((sum, one) => sum + one, 0) - GAP * (parts.length - 1),
  );
  const pixels = parts.map(({ kind, pixels: side }) => (kind === "block" ? side : 0));
  const total = pixels.reduce((sum, one) => sum + one, 0);
  return fixed.map((one, place) => one + (spare * pixels[place]) / total);
}

/** @param {PartPlan[]} parts */
function lengthsDown(parts) {
  const widest = Math.max(...parts.map(({ kind, pixels }) => (kind === "block" ? pixels : 0)));
  return parts.map(({ kind, pixels }) =>
    kind === "block" ? 56 + Math.round((90 * pixels) / widest) : 62,
  );
}

/**
 * @param {PartPlan} part @param {number} start @param {number} length @param {number} unit pixels a channel
 * @param {number} across @param {boolean} narrow @returns {Column}
 */
function columnOf(part, start, length, unit, across, narrow) {
  const turn = (
    /** @type {number} */ from,
    /** @type {number} */ by,
    /** @type {number} */ low,
    /** @type {number} */ high,
  ) =>
    narrow
      ? { x: NAME + low, y: from, width: high - low, height: by }
      : { x: from, y: across - high, width: by, height: high - low };
  const point = (/** @type {number} */ at, /** @type {number} */ level) =>
    /** @type {[number, number]} */ (narrow ? [NAME + level, at] : [at, across - level]);
  const bands = part.kind === "block" ? bandsOf(part) : [];
  const box = turn(start, length, 0, across);
  if (narrow) Object.assign(box, { x: 0, width: NAME + across });
  const writes = part.kind === "classifier" ? Math.min(part.writes, part.reads) : part.writes;
  return {
    ...box,
    bands: bands.map(({ layer, from, low, high }) => ({
      layer,
      ...turn(start + from * length, (1 - from) * length, low * unit, high * unit),
    })),
    shape: bands.length
      ? []
      : [
          point(start, 0),
          point(start, Math.max(3, part.reads * unit)),
          point(start + length, Math.max(3, writes * unit)),
          point(start + length, 0),
        ],
  };
}

/** @param {PartPlan} part @returns {{layer: number, from: number, low: number, high: number}[]} */
function bandsOf({ reads, layers }) {
  const k = layers[0].channels;
  const own = layers.map(({ layer }, place) => ({
    layer,
    from: (place + 1) / (layers.length + 1),
    low: reads + place * k,
    high: reads + (place + 1) * k,
  }));
  return [{ layer: 0, from: 0, low: 0, high: reads }, ...own];
}

/** How a view is moved and scaled; its upper left corner stays the origin. @typedef {{x: number, y: number, scale: number}} Shift */

/** A view that is scaled more takes the browser too long to draw. */
const MOST_SCALE = 7;

/**
 * The two ends of a zoom. The inner view begins on `box`, a part of the outer view, and at
 * every moment both move so that it stays there.
 * @param {Box} box in the outer view @param {number} width @param {number} height of what is visible
 * @returns {{inner: Shift, outer: Shift}} the inner view at the start, the outer view at the end
 */
export function zoomFrom(box, width, height) {
  const wide = Math.min(
    width,
    Math.max(width / MOST_SCALE, box.width, (box.height * width) / height),
  );
  const tall = (wide * height) / width;
  const x = box.x + (box.width - wide) / 2;
  const y = box.y + (box.height - tall) / 2;
  const scale = width / wide;
  return { inner: { x, y, scale: 1 / scale }, outer: { x: -x * scale, y: -y * scale, scale } };
}

/** A shift as CSS. @param {Shift} shift */
export function transformOf({ x, y, scale }) {
  return `translate(${x.toFixed(2)}px, ${y.toFixed(2)}px) scale(${scale.toFixed(5)})`;
}

/** A connection from a row to a later one, as an SVG path that bulges to the left. @param {number} from @param {number} to @param {number} width @param {number} most the longest distance */
export function arcPath(from, to, width, most) {
  const bulge = 6 + (width - 12) * Math.sqrt((to - from) / most);
  const left = (width - bulge).toFixed(1);
  return `M${width} ${from.toFixed(1)}C${left} ${from.toFixed(1)} ${left} ${to.toFixed(1)} ${width} ${to.toFixed(1)}`;
}
