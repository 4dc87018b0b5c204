// Places on the curves of the sanity check, and values between two stages. Does not use the DOM.

export const TOP = 14;
export const BOTTOM = 30;

/**
 * The middle of a stage's column.
 * @param {number} stage whole or between two @param {number} count of stages @param {number} width
 */
export function xOf(stage, count, width) {
  return (width * (stage + 0.5)) / count;
}

/** The stage whose column contains an x. @param {number} x @param {number} count @param {number} width */
export function stageAt(x, count, width) {
  return Math.max(0, Math.min(count - 1, Math.floor((x / width) * count)));
}

/** Where the axis may end at the bottom; a mark just below 0 is still drawn at the 0 line. */
const ENDS = [0, -0.25, -0.5, -1];

/** The value at the bottom of the axis. @param {number[]} values */
export function lowest(values) {
  const least = Math.min(0, ...values);
  return ENDS.find((end) => least >= end - 0.01) ?? -1;
}

/** @param {number} value @param {number} low of the axis @param {number} height */
export function yOf(value, low, height) {
  return TOP + ((1 - value) / (1 - low)) * (height - TOP - BOTTOM);
}

/** Values as a path through their columns. @param {number[]} values @param {number} count @param {number} low @param {number} width @param {number} height */
export function lineOf(values, count, low, width, height) {
  return values
    .map(
      (value, stage) =>
        `${stage ? "L" : "M"}${xOf(stage, count, width).toFixed(1)} ${yOf(value, low, height).toFixed(1)}`,
    )
    .join("");
}

/** The value between two stages, linearly interpolated. @param {number[]} values @param {number} time */
export function between(values, time) {
  const before = Math.max(0, Math.min(values.length - 1, Math.floor(time)));
  const after = Math.min(values.length - 1, before + 1);
  return values[before] + (time - before) * (values[after] - values[before]);
}
