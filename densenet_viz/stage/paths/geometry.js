// Where layers, paths and bars are. A path leads from the reader after the block back to layer 1.

/**
 * @typedef {{length: number, count: number, share: number, name: string, paths: string, percent: string, sentence: string}} Length
 * @typedef {{block: number, layers: number, after: string, title: string, sentence: string, colours: string[],
 *   lengths: Length[], whole: number[], chain: number[], bars: string, alt: string}} Scene
 * @typedef {{width: number, height: number, row: number, radius: number, step: number, floor: number, tallest: number}} Frame
 */

const SIDE = 14;
const BARS = 92;
const GAP = 34;
const EDGE = 6;

/**
 * The layout for a block with this many layers.
 * @param {number} width @param {number} layers @param {number} most the largest height in CSS pixels
 * @returns {Frame}
 */
export function frameOf(width, layers, most = Infinity) {
  const step = (width - 2 * SIDE) / (layers + 1);
  const radius = Math.max(4, Math.min(15, step * 0.36));
  const row =
    Math.max(
      60,
      Math.min(Math.max(90, Math.min(190, width * 0.19)), most - 2 * radius - GAP - BARS - 26),
    ) + radius;
  const floor = row + radius + GAP + BARS;
  return { width, height: floor + 26, row, radius, step, floor, tallest: BARS };
}

/** The middle of a layer, counted from 1; the reader after the block is one more. @param {Frame} frame @param {number} layer */
export function across(frame, layer) {
  return SIDE + frame.step * (layer - 0.5);
}

/**
 * Every step that a path of this length to layer 1 can take: from a later place to an earlier one.
 * Places are layers from 1; the reader after the block is `layers + 1`.
 * @param {number} layers @param {number} length layers that the path passes through
 * @returns {[number, number][]}
 */
export function stepsOf(layers, length) {
  const end = layers + 1;
  if (length === 0) return [[end, 1]];
  /** @type {[number, number][]} */
  const steps = [];
  for (let from = 2; from <= end; from += 1) {
    for (let to = 1; to < from; to += 1) {
      // The least and the largest number of the path's layers at the left and at the right.
      const after = from === end ? 0 : 1;
      const before = to === 1 ? 0 : 1;
      const rest = length - after - before;
      const room = (from === end ? 0 : layers - from) + (to === 1 ? 0 : to - 2);
      if (rest >= 0 && rest <= room) steps.push([from, to]);
    }
  }
  return steps;
}

/** An arc over the row. @param {Frame} frame @param {[number, number]} step */
export function arc(frame, [from, to]) {
  const [start, end] = [across(frame, from), across(frame, to)];
  const top = frame.row - frame.radius;
  const rise = Math.max(6, ((start - end) / (frame.width - 2 * SIDE)) * (top - EDGE));
  const high = top - 2 * rise; // a curve rises half as far as its control point
  const middle = (start + end) / 2;
  return `M${start.toFixed(1)} ${top.toFixed(1)}Q${middle.toFixed(1)} ${high.toFixed(1)} ${end.toFixed(1)} ${top.toFixed(1)}`;
}

/** The opacity of each of this many arcs: many arcs are drawn more faintly. @param {number} count */
export function opacity(count) {
  return Math.max(0.12, Math.min(1, 2.4 / Math.sqrt(count)));
}

/**
 * The bars under the layers: the gradient that reaches each, and the part that the chain brings.
 * @param {Frame} frame @param {Scene} scene
 */
export function bars(frame, { whole, chain }) {
  const most = Math.max(...whole, ...chain) || 1;
  const wide = Math.max(3, frame.step * 0.34);
  return whole.map((value, index) => {
    const middle = across(frame, index + 1);
    const tall = (value / most) * frame.tallest;
    const alone = (chain[index] / most) * frame.tallest;
    return {
      whole: { x: middle - wide - 0.5, y: frame.floor - tall, width: wide, height: tall },
      chain: { x: middle + 0.5, y: frame.floor - alone, width: wide, height: alone },
    };
  });
}

/** Which layers show their number, so that the numbers and "loss" do not overlap. @param {Frame} frame @param {number} layer @param {number} layers */
export function numbered(frame, layer, layers) {
  return (
    frame.step >= 24 || layer === 1 || (layer % 6 === 0 && (layers + 1 - layer) * frame.step > 60)
  );
}
