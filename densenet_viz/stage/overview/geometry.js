// Where everything in the strip is: height is channels, width is pixels, both to scale.
// "Along" is the direction of the data (right on a wide screen, down on a phone); "across" is the
// other direction.

/**
 * What a strip needs of a part; `reads` and `leaves` are channels.
 * @typedef {object} Shape
 * @property {"picture" | "stem" | "block" | "transition" | "classifier"} kind
 * @property {number} number of the block or transition, from 1
 * @property {number} reads
 * @property {number} leaves
 * @property {number} pixels width of the maps it shows
 * @property {number} layers
 */

/**
 * A part with its words; `out` is the width of the maps it outputs.
 * @typedef {Shape & {id: string, name: string, out: number, title: string, sentence: string}} Part
 */

/**
 * Maps that one layer wrote: from that layer to the end of their block.
 * @typedef {{part: number, layer: number, start: number, end: number, low: number, high: number}} Band
 */

/**
 * @typedef {object} Strip
 * @property {Band[]} bands along: start to end, across: low to high, in CSS pixels
 * @property {{part: number, start: number, end: number, from: number, to: number}[]} funnels
 * @property {{start: number, end: number, high: number}[]} places of the parts
 * @property {number[]} stops where the playhead is after each step; the first is the picture
 * @property {number[]} heights the height of the column after each step
 * @property {number} length
 */

/**
 * @typedef {object} Measures
 * @property {number} perPixel CSS pixels along for one pixel of a map
 * @property {number} perChannel CSS pixels across for one channel
 * @property {number} gap CSS pixels before a part
 * @property {number} funnel CSS pixels along of a transition
 * @property {number} classifier CSS pixels along of the classifier, whose one pixel would be invisible
 */

/** A column for what enters a block, and one for each of its layers. @param {Shape} part */
function columns(part) {
  if (part.kind === "transition" || part.kind === "classifier") return 0;
  return part.kind === "block" ? part.layers + 1 : 1;
}

/**
 * CSS pixels for one pixel of a map, so that the strip is `length` long.
 * @param {Shape[]} parts @param {number} length @param {{gap: number, funnel: number, classifier: number}} fixed
 */
export function perPixelFor(parts, length, fixed) {
  let units = 0;
  let rest = 0;
  for (const [index, part] of parts.entries()) {
    units += columns(part) * part.pixels;
    if (index > 0) rest += fixed.gap;
    if (part.kind === "transition") rest += fixed.funnel;
    if (part.kind === "classifier") rest += fixed.classifier;
  }
  return Math.max(0, length - rest) / units;
}

/** @param {Shape[]} parts @param {Measures} measures @returns {Strip} */
export function strip(parts, measures) {
  const { perPixel, perChannel, gap, funnel, classifier } = measures;
  /** @type {Strip} */
  const result = { bands: [], funnels: [], places: [], stops: [], heights: [], length: 0 };
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (index > 0) at += gap;
    const start = at;
    const wide = part.pixels * perPixel;
    const tall = part.leaves * perChannel;
    const stop = (/** @type {number} */ height) => {
      result.stops.push(at);
      result.heights.push(height);
    };
    if (part.kind === "picture") {
      at += wide;
      result.bands.push({ part: index, layer: 0, start, end: at, low: 0, high: tall });
      stop(tall);
    } else if (part.kind === "stem") {
      at += wide;
      result.bands.push({ part: index, layer: 0, start, end: at, low: 0, high: tall });
      stop(tall);
    } else if (part.kind === "block") {
      const end = start + (part.layers + 1) * wide;
      const added = (part.leaves - part.reads) / part.layers;
      at += wide;
      // The block input belongs to the step before: the stem or the transition wrote it.
      result.stops[result.stops.length - 1] = at;
      result.bands.push({
        part: index,
        layer: 0,
        start,
        end,
        low: 0,
        high: part.reads * perChannel,
      });
      for (let layer = 1; layer <= part.layers; layer++) {
        const low = (part.reads + (layer - 1) * added) * perChannel;
        const high = (part.reads + layer * added) * perChannel;
        result.bands.push({ part: index, layer, start: start + layer * wide, end, low, high });
        at += wide;
        stop(high);
      }
    } else if (part.kind === "transition") {
      at += funnel;
      result.funnels.push({
        part: index,
        start: start - gap,
        end: at + gap,
        from: part.reads * perChannel,
        to: tall,
      });
      stop(tall);
    } else {
      at += classifier;
      result.bands.push({
        part: index,
        layer: 0,
        start,
        end: at,
        low: 0,
        high: part.reads * perChannel,
      });
      stop(part.reads * perChannel);
    }
    const high = Math.max(part.kind === "classifier" ? 0 : part.leaves, part.reads) * perChannel;
    result.places.push({ start, end: at, high });
  }
  result.length = at;
  result.stops.push(at); // the last step shows the whole
  result.heights.push(result.heights[result.heights.length - 1]);
  return result;
}

/**
 * A value between two steps. `time` runs from 0 to the last index.
 * @param {number[]} values @param {number} time
 */
export function between(values, time) {
  const before = Math.min(values.length - 1, Math.max(0, Math.floor(time)));
  const after = Math.min(values.length - 1, before + 1);
  return values[before] + (values[after] - values[before]) * (time - before);
}

/** The step of a time: 0 is the picture, and 0.2 already belongs to step 1. @param {number} time @param {number} steps */
export function stepAt(time, steps) {
  return Math.max(0, Math.min(steps - 1, Math.ceil(time - 1e-6)));
}
