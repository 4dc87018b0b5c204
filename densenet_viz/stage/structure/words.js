// The text about flows. No document.

import { signed } from "../maps/signed-scale.js";
import { ALL, Flows, SUM } from "./flows.js";

/** @typedef {import("./flows.js").Scene} Scene */

/** A part in percent with few digits, and with a minus sign if it is negative. @param {number} part */
export function percent(part) {
  const size = Math.abs(100 * part);
  const text = size >= 9.95 ? size.toFixed(0) : size.toFixed(1);
  return `${part < 0 && Number(text) > 0 ? "−" : ""}${text}%`;
}

/** A flow as a part of the rise, or in units of the score if shares would be meaningless. @param {Scene} scene @param {number} flow */
export function share(scene, flow) {
  return scene.shares ? percent(flow / scene.rise) : signed(flow);
}

/** "+0.83 (9.8%)" @param {Scene} scene @param {number} flow */
export function both(scene, flow) {
  return scene.shares ? `${signed(flow)} (${percent(flow / scene.rise)})` : signed(flow);
}

/** @param {Flows} flows @param {number} source */
export function sourceName(flows, source) {
  if (source === SUM) return "all sources";
  return source ? `layer ${source}` : `block input (${flows.packed.entering})`;
}

/** @param {Flows} flows @param {number} reader */
export function readerName(flows, reader) {
  if (reader === ALL) return "all its readers";
  return reader === flows.last ? flows.packed.next : `layer ${reader}`;
}

/** The whole that a share is a part of. @param {Scene} scene */
export function whole(scene) {
  return scene.rise < 0 ? `what lowers ${scene.label}` : `what raises ${scene.label}`;
}

/** The layer with the largest flow. @param {Scene} scene @param {Flows} flows */
export function strongest(scene, flows) {
  const sign = scene.rise < 0 ? -1 : 1;
  const layers = Array.from({ length: flows.layers }, (_, index) => index + 1);
  return layers.reduce(
    (best, layer) => (sign * flows.outOf(layer) > sign * flows.outOf(best) ? layer : best),
    1,
  );
}

/** @param {Scene} scene @param {Flows} flows */
export function titleWords(scene, flows) {
  const layer = strongest(scene, flows);
  const { block } = flows.packed;
  if (!scene.shares)
    return `The score of ${scene.label} hardly changes: block ${block} added ${signed(flows.added)}`;
  return `${share(scene, flows.added)} of ${whole(scene)} went through what block ${block} added; its layer ${layer} alone carried ${share(scene, flows.outOf(layer))}`;
}

/** @param {Scene} scene */
export function sentenceWords(scene) {
  const turned = scene.rise < 0 ? "lower" : "higher";
  return `The score of ${scene.label} is ${signed(scene.score)}, ${signed(Math.abs(scene.rise)).replace("+", "")} ${turned} than for ${scene.baseline}. To see which connections it went through, choose a block, then a reader, then a source. A layer’s flow is the sum over all its readers.${moreWords(scene)}`;
}

/** Why a part can have more than the whole, if one has. @param {Scene} scene */
function moreWords(scene) {
  const more = scene.blocks
    .map((block) => new Flows(block))
    .some(({ added, passed }) => Math.max(added / scene.rise, passed / scene.rise) > 1);
  if (!scene.shares || !more) return "";
  const [some, others] = scene.rise < 0 ? ["raise", "lower"] : ["lower", "raise"];
  return ` Some parts ${some} the score, so parts that ${others} it can have more than 100%.`;
}

/** What the bars add up to. @param {Scene} scene @param {Flows} flows @param {number} reader */
export function barsWords(scene, flows, reader) {
  if (reader === ALL) {
    return "Each bar is what went through a layer’s maps to all its readers. The bars overlap and add up to more than the whole: what layer 1 gives to layer 2 passes through both.";
  }
  if (reader === flows.last)
    return `Everything goes through ${flows.packed.next}, so these bars add up to the whole: ${both(scene, flows.into(reader))}.`;
  return `Layer ${reader} gets ${both(scene, flows.into(reader))} from ${reader === 1 ? "one source" : `${reader} sources`}; its own maps pass on ${both(scene, flows.outOf(reader))}.`;
}

/** A connection, and what flows into and out of its reader. @param {Scene} scene @param {Flows} flows @param {number} source @param {number} reader */
export function cellWords(scene, flows, source, reader) {
  const way = `${sourceName(flows, source)} → ${readerName(flows, reader)}: ${both(scene, flows.at(source, reader))}.`;
  if (reader === flows.last)
    return `${way} Into ${flows.packed.next}: ${both(scene, flows.into(reader))}, the whole.`;
  return `${way} Into layer ${reader}: ${both(scene, flows.into(reader))}; out of it: ${both(scene, flows.outOf(reader))}.`;
}

/** The map's caption. @param {Scene} scene @param {Flows} flows @param {number} source @param {number} reader */
export function mapWords(scene, flows, source, reader) {
  return `${sourceName(flows, source)} → ${readerName(flows, reader)}: ${both(scene, flows.flow(source, reader))}`;
}

/** @param {Flows} flows @param {number} limit */
export function scaleWords(flows, limit) {
  const { side } = flows.packed;
  return `${side} × ${side} px; colours end at ±${signed(limit).slice(1)}`;
}

export const WHY =
  "One map at the block’s end shows where, but not through which connection. Every later layer reads the same maps, and so does what follows the block. Only the gradient of a single reading separates these connections.";
