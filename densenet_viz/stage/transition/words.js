// What the transition stage says. All numbers are measured.

/**
 * The scene that `densenet_viz/stage/transition/scene.py` makes.
 * @typedef {object} Scene
 * @property {number} block
 * @property {[number, number]} size of the given maps, in pixels
 * @property {[number, number]} half of the result's
 * @property {number} compression theta
 * @property {boolean} trained
 * @property {boolean} own whether it is the network's own transition
 * @property {string[]} mismatches
 * @property {import("../maps/maps.js").PackedMaps} given
 * @property {import("../maps/maps.js").PackedMaps} activated
 * @property {import("./values.js").PackedValues} mixed
 * @property {import("../maps/maps.js").PackedMaps} pooled
 * @property {{inputs: number[][], weights: number[][], contributions: number[][], rest: number[], mean: number[]}} mixing
 * @property {{layer: number, colour: string, start: number, stop: number}[]} writers
 * @property {string} palette
 * @property {{base: import("../shared/arithmetic.js").Spec, controls: import("../shared/controls.js").ControlsScene} | null} explore
 */

/**
 * The counts of a transition, known before its maps are there.
 * @typedef {{block: number, size: [number, number], half: [number, number], given: {count: number}, mixed: {count: number}}} Counts
 */

/** What the badge says while the transition computes. */
export const COMPUTED = "computed · the maps are being computed";

/** @param {number} count */
export function grouped(count) {
  return count.toLocaleString("en");
}

/** @param {[number, number]} size */
export function pixels([height, width]) {
  return `${height}\u00a0×\u00a0${width}`;
}

/** @param {Counts} scene */
export function titleOf(scene) {
  const [reads, keeps] = [scene.given.count, scene.mixed.count];
  if (2 * keeps === reads) return "Half as many maps, each half as wide";
  if (keeps === reads) return "All maps kept, each half as wide";
  return `${grouped(keeps)} of ${grouped(reads)} maps, each half as wide`;
}

/** @param {Counts} scene */
export function sentenceOf(scene) {
  const before = scene.given.count * scene.size[0] * scene.size[1];
  const after = scene.mixed.count * scene.half[0] * scene.half[1];
  const share = before / after;
  const left =
    Math.abs(share - Math.round(share)) < 0.01
      ? `One number is left for every ${Math.round(share)} of the ${grouped(before)}.`
      : `${Math.round((100 * after) / before)}% as many numbers are left as the ${grouped(before)} before.`;
  return `${grouped(scene.given.count)} maps of ${pixels(scene.size)} px become ${grouped(scene.mixed.count)} of ${pixels(scene.half)}. ${left}`;
}

/** @param {Scene} scene @returns {{kind: "live" | "mismatch", text: string}} */
export function badgeOf(scene) {
  if (scene.mismatches.length)
    return { kind: "mismatch", text: `measured and computed differ: ${scene.mismatches[0]}` };
  const before = scene.trained ? "trained" : "random";
  if (scene.own)
    return { kind: "live", text: `live · measured on this network · ${before} weights` };
  return {
    kind: "live",
    text: `live · ${before} weights up to the norm, then a random 1 × 1 convolution, θ = ${scene.compression}`,
  };
}

/** Who wrote an input. @param {Scene} scene @param {number} input */
export function writerOf(scene, input) {
  const found = scene.writers.find(({ start, stop }) => input >= start && input < stop);
  return found ?? scene.writers[0];
}

/** @param {{layer: number}} writer */
export function writerName({ layer }) {
  return layer ? `layer ${layer}` : "block input";
}

/** A number, always with its sign. @param {number} value @param {number} [digits] */
export function signed(value, digits = 3) {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return `0.${"0".repeat(digits)}`;
  return `${value < 0 ? "−" : "+"}${text}`;
}

/** How many decimals fit in a column whose largest number this is. @param {number} largest */
export function decimals(largest) {
  return [10, 100, 1000].filter((limit) => Math.abs(largest) < limit).length;
}

/** A number with a real minus sign. @param {number} value @param {number} digits */
export function plain(value, digits) {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text.replace("-", "−");
}

/** How many decimals of a map's values are exact. @param {number} span of the map @param {number} top steps in the span */
export function digitsFor(span, top) {
  return Math.max(1, Math.min(3, Math.floor(-Math.log10(span / top + 1e-12))));
}

/** The pooling in words: "(0.42 + 0.31 + 0.28 + 0.40) / 4 = 0.353". @param {number[]} four @param {number} result @param {"average" | "max"} pooling @param {number} digits */
export function poolingWords(four, result, pooling, digits) {
  const texts = four.map((value) => plain(value, digits));
  if (pooling === "max") return `the largest of ${texts.join(", ")} is ${plain(result, digits)}`;
  const sum = texts.reduce((line, text) =>
    text.startsWith("−") ? `${line} − ${text.slice(1)}` : `${line} + ${text}`,
  );
  return `(${sum}) / 4 = ${plain(result, digits)}`;
}

/** What the stage says if the chosen share leaves no map. */
export const IMPOSSIBLE =
  "With this θ the transition would keep no map. The picture shows the network’s own transition. Choose a larger share.";
