// What the growth stage says at each moment, from the measured numbers alone.

import { momentAt } from "./timing.js";

/** @typedef {import("../maps/maps.js").PackedMaps} PackedMaps */
/** @typedef {import("../shared/arithmetic.js").Spec} Spec */

/**
 * What the controls in the stage need; see `Explore` in scene.py.
 * @typedef {{base: Spec, trained: boolean, controls: import("../shared/controls.js").ControlsScene, colours: string[], weights: Record<string, string>}} Explore
 */

/**
 * The scene that `densenet_viz/stage/growth/scene.py` makes.
 * @typedef {object} Scene
 * @property {string} picture data address of the input
 * @property {string} caption
 * @property {number} block
 * @property {[number, number]} size height and width of the maps, in pixels
 * @property {[number, number]} shownSize of the tiles as sent
 * @property {string} entering
 * @property {{layer: number, colour: string, channels: number, maps: PackedMaps}[]} groups
 * @property {{reads: number, writes: number, total: number}[]} layers
 * @property {string} kernel
 * @property {boolean} trained
 * @property {string[]} mismatches
 * @property {{parameters: number, multiplyAdds: number, activationBytes: number, keeps: number | null}} numbers
 * @property {string} palette
 * @property {Explore | null} explore
 */

/**
 * What is drawn: a scene, or one that was computed here and waits for the server's maps.
 * @typedef {Omit<Scene, "groups"> & {groups: {layer: number, colour: string, channels: number, maps: PackedMaps | null}[], waiting?: boolean}} Shown
 */

/** @param {number} count @param {string} noun */
function many(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** @param {Shown} scene @param {number} time */
export function titleAt(scene, time) {
  const growth = scene.layers[0].writes;
  const { layer, done } = momentAt(time);
  if (layer === 0 && done === 0)
    return `It starts with ${scene.groups[0].channels} maps of the picture`;
  if (layer === 0 && done === scene.layers.length) {
    return `${scene.layers[done - 1].total.toLocaleString("en")} maps, and none was overwritten`;
  }
  return `Each layer keeps all earlier maps and adds ${growth}`;
}

/** @param {Shown} scene @param {number} time */
export function sentenceAt(scene, time) {
  const { layer, done } = momentAt(time);
  const [height, width] = scene.size;
  const start = scene.groups[0].channels;
  if (layer === 0 && done === 0) {
    return `${many(start, "map")} of ${height} × ${width} px come ${scene.entering}. Press play, or step layer by layer.`;
  }
  const { reads, writes, total } = scene.layers[(layer || done) - 1];
  if (layer === 0 && done === scene.layers.length) {
    return `${start} ${scene.entering} + ${done} × ${writes} new = ${total.toLocaleString("en")}. The last layer read ${many(reads, "map")} from ${many(done, "source")}.`;
  }
  return layer === 0
    ? `${equation(scene, done)}. Nothing was overwritten: the ${many(reads, "map")} it read ${reads === 1 ? "is" : "are"} still there, beside the ${writes} it wrote.`
    : `Layer ${layer} reads all ${many(reads, "map")} before it and writes ${writes} new. Nothing is overwritten: ${reads} + ${writes} = ${total}.`;
}

/**
 * The lecture's own line, "Layer 1: 64 in + 32 new = 96".
 * @param {Shown} scene @param {number} layer counted from 1
 */
export function equation(scene, layer) {
  const { reads, writes, total } = scene.layers[layer - 1];
  return `Layer ${layer}: ${reads} in + ${writes} new = ${total}`;
}

/** @param {Shown} scene @param {number} time */
export function placeAt(scene, time) {
  const { layer, done } = momentAt(time);
  const count = scene.layers.length;
  return layer === 0 && done === 0
    ? `start, ${many(count, "layer")}`
    : `layer ${layer || done} of ${count}`;
}

/** What a group is: the text of its tooltip. @param {Shown} scene @param {number} source */
export function groupWords(scene, source) {
  let start = 0;
  for (let layer = 0; layer < source; layer++) start += scene.groups[layer].channels;
  const stop = start + scene.groups[source].channels - 1;
  const writer = source === 0 ? scene.entering : `written by layer ${source}`;
  return `channels ${start}–${stop}: ${writer}`;
}

/** What the badge says while the network computes. */
export const COMPUTED = "computed · the maps are being computed";

/** What the stage says if no network can have the chosen numbers. */
export const IMPOSSIBLE =
  "No network can have these numbers: a transition would keep no map. The picture shows the model’s own numbers. Choose a larger compression θ, or more maps before the transition.";
