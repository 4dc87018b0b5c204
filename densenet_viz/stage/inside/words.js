// What the inside stage says.

import { layerOf, levelOf, partOf } from "./places.js";

/** @typedef {import("./types.js").Scene} Scene */
/** @typedef {import("./types.js").Place} Place */
/** @typedef {import("./types.js").PartPlan} PartPlan */

/** @param {number} count */
export function grouped(count) {
  return count.toLocaleString("en");
}

/** "1 map", "32 maps" @param {number} count @param {string} noun */
export function many(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** "7.0 M" @param {number} count */
export function short(count) {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} G`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(count >= 1e8 ? 0 : 1)} M`;
  return count >= 1e4 ? `${Math.round(count / 1e3)} k` : grouped(count);
}

/** @param {number} side */
export function square(side) {
  return `${side} × ${side} px`;
}

/** The channels from `start` to before `stop`. @param {number} start @param {number} stop */
export function channelWords(start, stop) {
  return stop - start === 1 ? `${start}` : `${start}–${stop - 1}`;
}

/** What a place is called in the trail. @param {Scene} scene @param {Place} place */
export function nameOf(scene, place) {
  const level = levelOf(place);
  if (level === "network") return scene.name;
  if (level === "channel") return `Channel ${place.channel}`;
  if (level === "number") return `Row ${place.y}, column ${place.x}`;
  const part = partOf(scene, place.at);
  if (!part) return place.at;
  return part.at === place.at ? part.name : `Layer ${layerOf(scene, place.at)?.layer}`;
}

/** Who a source of a block is. @param {Scene} scene @param {number} block @param {number} source */
export function sourceName(scene, block, source) {
  if (source) return `layer ${source}`;
  return block === 1 ? "the stem" : `transition ${block - 1}`;
}

/** Where a source of a block can be opened. @param {number} block @param {number} source */
export function sourceAt(block, source) {
  if (source) return `denseblock${block}.denselayer${source}`;
  return block === 1 ? "stem" : `transition${block - 1}`;
}

/** Who wrote what a layer or a transition reads, by arithmetic. @param {PartPlan} block @param {number} layer L + 1 for what follows the block */
export function ledgerOf(block, layer) {
  const k = block.layers[0].channels;
  return Array.from({ length: layer }, (_, source) => {
    const start = source ? block.reads + (source - 1) * k : 0;
    return { source, start, stop: block.reads + source * k };
  });
}

/** @param {Scene} scene @param {Place} place @returns {{title: string, sentence: string}} */
export function wordsOf(scene, place) {
  const [part, layer] = [partOf(scene, place.at), layerOf(scene, place.at)];
  const level = levelOf(place);
  if (level === "network" || !part) return networkWords(scene);
  if (level === "classifier")
    return {
      title: `Classifier: ${grouped(part.reads)} numbers become ${grouped(part.writes)} scores`,
      sentence:
        "Each map of the last block is normed, activated and averaged to one number. A class's score is the sum of these numbers times its weights, plus its bias.",
    };
  if (level === "block" || !layer) return blockWords(part);
  if (level === "layer") return layerWords(part, layer);
  const where = part.kind === "block" ? `${part.name}, layer ${layer.layer}` : part.name;
  if (level === "channel")
    return {
      title: `Channel ${place.channel} of ${grouped(layer.channels)}`,
      sentence: `${where}: one map of ${square(layer.size)}, made by the layer's last convolution. Click a pixel, or move with the arrow keys and press Enter, to see how its number was made.`,
    };
  return {
    title: "One number is a sum of products",
    sentence: `${where}, channel ${place.channel}, row ${place.y}, column ${place.x}. The arrow keys slide the kernel.`,
  };
}

/** @param {Scene} scene */
function networkWords({ name, parts }) {
  const blocks = parts.filter(({ kind }) => kind === "block");
  const total = parts.reduce((sum, { parameters }) => sum + parameters, 0);
  return {
    title: `${name}: ${many(blocks.length, "block")}, ${many(total, "parameter")}`,
    sentence:
      "Each coloured band is what one layer wrote: it stays until the end of its block. Go into a part with a click or Enter.",
  };
}

/** @param {PartPlan} part */
function blockWords(part) {
  const layers = part.layers.length;
  const k = part.layers[0].channels;
  return {
    title: `${part.name}: ${many(layers, "layer")} of ${square(part.pixels)}`,
    sentence: `Each row is a layer. Its bar shows what it reads, coloured by who wrote it, and the ${k} maps that it adds. ${part.reads} + ${layers} × ${k} = ${grouped(part.writes)}.`,
  };
}

/** @param {PartPlan} part @param {import("./types.js").LayerPlan} layer */
function layerWords(part, layer) {
  const steps = layer.steps.map(({ title }) => title).join(" – ");
  const name =
    part.kind === "block" ? `Layer ${layer.layer} of ${part.name.toLowerCase()}` : part.name;
  return {
    title: `${name}: ${grouped(layer.reads)} maps in, ${grouped(layer.channels)} out`,
    sentence: `${steps}: ${many(layer.parameters, "parameter")}, ${short(layer.multiplyAdds)} multiply-adds.`,
  };
}

/** What one step of a layer does. @param {string} name */
export function stepWords(name) {
  if (name === "entering") return "What the layer reads, side by side.";
  if (name.startsWith("norm")) return "Each map is shifted and scaled, by numbers of its own.";
  if (name.startsWith("relu")) return "Values below zero become zero.";
  if (name.startsWith("pool")) return "A window moves over each map, and one number is left of it.";
  return "Each new map is a sum over all maps that are read, times weights.";
}

/** A number with so many digits that a sum can be checked. @param {number} value @param {number} [digits] */
export function exact(value, digits = 6) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1e-4 && size < 1e6
      ? value.toPrecision(digits)
      : value.toExponential(Math.min(3, digits - 1));
  return text.replaceAll("-", "−");
}

/** A number in a narrow cell: with few places after the point. @param {number} value @param {boolean} dense */
export function celled(value, dense) {
  const size = Math.abs(value);
  const places = Math.max(0, (dense ? 2 : 3) - Math.max(0, Math.floor(Math.log10(size || 1))));
  return value
    .toFixed(places)
    .replace(/^-(?=0\.?0*$)/, "")
    .replace("-", "−");
}

const COLOURS = ["red", "green", "blue"];

/** What an input of a layer's last convolution is called: in the stem of a coloured picture, its colour. @param {string} at @param {number} inputs @param {number} input */
export function inputName(at, inputs, input) {
  return at === "stem" && inputs === COLOURS.length ? COLOURS[input] : `map ${input}`;
}

/** A share in percent. @param {number} share */
export function percent(share) {
  const value = 100 * share;
  return `${value >= 9.95 || value === 0 ? value.toFixed(0) : value >= 0.095 ? value.toFixed(1) : value.toPrecision(1)}%`;
}
