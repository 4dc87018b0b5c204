// The chart of accuracies: places without a document.

/** @typedef {{width: number, height: number, left: number, right: number, top: number, bottom: number}} Frame */

/** The chart's frame for a width. @param {number} width @returns {Frame} */
export function frameOf(width) {
  const height = Math.round(Math.max(190, Math.min(260, 0.3 * width)));
  return { width, height, left: 48, right: 26, top: 30, bottom: 46 };
}

/** x of a kept step: all have equal distances, because the steps are on a logarithmic scale. @param {Frame} frame @param {number} place @param {number} count */
export function across({ width, left, right }, place, count) {
  return left + ((width - left - right) * place) / Math.max(1, count - 1);
}

/** y of a share. @param {Frame} frame @param {number} share 0 to 1 */
export function up({ height, top, bottom }, share) {
  return top + (height - top - bottom) * (1 - share);
}

/** @param {Frame} frame @param {number[]} shares */
export function linePath(frame, shares) {
  const points = shares.map(
    (share, place) =>
      `${across(frame, place, shares.length).toFixed(1)} ${up(frame, share).toFixed(1)}`,
  );
  return `M${points.join("L")}`;
}

/** The kept step that is nearest to an x. @param {Frame} frame @param {number} x @param {number} count */
export function placeAt({ width, left, right }, x, count) {
  const part = (x - left) / (width - left - right);
  return Math.max(0, Math.min(count - 1, Math.round(part * (count - 1))));
}

/** Places whose steps are written: the last one, and as many others as fit. @param {Frame} frame @param {number} count */
export function writtenPlaces({ width, left, right }, count) {
  const every = Math.max(1, Math.ceil((52 * (count - 1)) / (width - left - right)));
  return Array.from({ length: count }, (_, place) => place).filter(
    (place) => (count - 1 - place) % every === 0,
  );
}

/** A map's values at `size` pixels a side, from `side`. @param {Float32Array} values @param {number} side @param {number} size */
export function enlarged(values, side, size) {
  return Float32Array.from({ length: size * size }, (_, at) => {
    const y = Math.floor((Math.floor(at / size) * side) / size);
    const x = Math.floor(((at % size) * side) / size);
    return values[y * side + x];
  });
}
