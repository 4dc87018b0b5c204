// Where layers and sizes are in the chart. Sizes are powers of ten; layers count from 1.

/**
 * @typedef {{family: string, title: string, parameters: string, colour: string, dash: string, mark: number, middle: number[], low: number[], high: number[], words: string[]}} Line
 * @typedef {{first: number, last: number, name: string}} Block
 * @typedef {{title: string, sentence: string, badge: string, waiting: boolean, layers: string[], blocks: Block[], lines: Line[], low: number, high: number, alt: string}} Scene
 * @typedef {{width: number, height: number, left: number, right: number, top: number, bottom: number}} Frame
 */

/** @param {number} width @param {number} [most] the largest height, in CSS pixels @returns {Frame} */
export function frameOf(width, most = Infinity) {
  const height = Math.round(
    Math.max(220, Math.min(most, Math.min(430, Math.max(300, width * 0.42)))),
  );
  return { width, height, left: width < 560 ? 48 : 60, right: 12, top: 28, bottom: 48 };
}

/** @param {Frame} frame @param {number} layer from 1 @param {number} layers */
export function across(frame, layer, layers) {
  return frame.left + ((layer - 0.5) / layers) * (frame.width - frame.left - frame.right);
}

/** @param {Frame} frame @param {number} power @param {{low: number, high: number}} limits */
export function up(frame, power, { low, high }) {
  const part = Math.max(0, Math.min(1, (power - low) / (high - low)));
  return frame.height - frame.bottom - part * (frame.height - frame.top - frame.bottom);
}

/** A line through powers of ten, one for each layer. @param {Frame} frame @param {number[]} powers @param {{low: number, high: number}} limits */
export function linePath(frame, powers, limits) {
  return powers
    .map((power, index) => `${index ? "L" : "M"}${placeOf(frame, index, powers, power, limits)}`)
    .join("");
}

/** The area between the smallest and the largest of each layer. @param {Frame} frame @param {Line} line @param {{low: number, high: number}} limits */
export function bandPath(frame, { low, high }, limits) {
  const back = low
    .map((power, index) => `L${placeOf(frame, index, low, power, limits)}`)
    .reverse()
    .join("");
  return high.length ? `${linePath(frame, high, limits)}${back}Z` : "";
}

/** @param {Frame} frame @param {number} index @param {number[]} powers @param {number} power @param {{low: number, high: number}} limits */
function placeOf(frame, index, powers, power, limits) {
  const x = across(frame, index + 1, powers.length);
  return `${x.toFixed(1)} ${up(frame, power, limits).toFixed(1)}`;
}

/** The powers of ten that have a line in the chart, at most about `most`. @param {{low: number, high: number}} limits */
export function ticksOf({ low, high }, most = 8) {
  const step = Math.max(1, Math.ceil((high - low) / most));
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, n) => first + n * step);
}

/** The layer that the gradient has reached: it starts at the loss, behind the last layer. @param {number} time @param {number} layers */
export function layerAt(time, layers) {
  return Math.max(1, layers + 1 - Math.max(1, Math.floor(time + 1e-6)));
}

/** The layers that carry a mark, evenly, not at the same ones for each line. @param {number} layers @param {number} place of the line */
export function markedLayers(layers, place, count = 6) {
  const step = Math.max(1, Math.floor(layers / count));
  const start = 1 + Math.round((place * step) / 4);
  return Array.from({ length: Math.ceil((layers - start + 1) / step) }, (_, n) => start + n * step);
}
