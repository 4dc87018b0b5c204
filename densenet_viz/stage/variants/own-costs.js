// What the visitor's own network costs, by place and by kind of layer.

import { networkOf } from "../shared/arithmetic.js";
import { NAME, stemSize } from "./own.js";

/** @typedef {import("../shared/arithmetic.js").Spec} Spec */
/** @typedef {import("./costs-values.js").Place} Place */

/**
 * A place whose convolutions have their weights used once for each of `pixels` pixels.
 * @param {string} name @param {Record<string, number>} weights by kind, in the order of the kinds
 * @param {number} pixels @param {number} norm parameters of its batch norms
 * @param {number} [biases] of the classifier @returns {Place}
 */
function place(name, weights, pixels, norm, biases = 0) {
  const all = Object.keys(weights);
  const of = (/** @type {string[]} */ kinds, /** @type {(kind: string) => number} */ count) =>
    kinds.map((kind) => [kind, count(kind)]);
  const [before, after] = [
    all.filter((kind) => kind !== "classifier"),
    all.filter((kind) => kind === "classifier"),
  ];
  return {
    name,
    parameters: Object.fromEntries([
      ...of(before, (kind) => weights[kind]),
      ["batch norm", norm],
      ...of(after, (kind) => weights[kind] + biases),
    ]),
    multiplyAdds: Object.fromEntries([
      ...of(before, (kind) => weights[kind] * pixels),
      ["batch norm", 0],
      ...of(after, (kind) => weights[kind] * pixels),
    ]),
  };
}

/** @param {Spec} spec @returns {import("./costs-values.js").Network} */
export function ownCosts(spec) {
  const { initialChannels, inputChannels, bottleneck, bottleneckFactor, growthRate, classes } =
    spec;
  const { blocks, transitions } = networkOf(spec);
  const stem = { "7×7": inputChannels * 49 * initialChannels };
  const places = [place("Stem", stem, stemSize(spec) ** 2, 2 * initialChannels)];
  for (const [index, { size, layers }] of blocks.entries()) {
    const reads = layers.reduce((sum, layer) => sum + layer.reads, 0);
    const middle = bottleneckFactor * growthRate;
    const inner = bottleneck ? layers.length * middle : 0;
    /** @type {Record<string, number>} */
    const weights = bottleneck
      ? { "1×1": reads * middle, "3×3": inner * growthRate * 9 }
      : { "3×3": reads * growthRate * 9 };
    places.push(place(`Block ${index + 1}`, weights, size * size, 2 * (reads + inner)));
    const step = transitions[index];
    if (!step) continue;
    const mixing = { transition: step.reads * step.keeps };
    places.push(place(`Transition ${index + 1}`, mixing, step.size ** 2, 2 * step.reads));
  }
  const maps = blocks[blocks.length - 1].output;
  places.push(place("Classifier", { classifier: maps * classes }, 1, 2 * maps, classes));
  return { title: NAME, places };
}
