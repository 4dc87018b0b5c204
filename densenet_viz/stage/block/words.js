// What the dense-block stage says about each node. All numbers are measured connections.

/** @typedef {import("./geometry.js").Connection} Connection */

/**
 * The scene that `densenet_viz/stage/block/scene.py` makes.
 * @typedef {object} Scene
 * @property {number} block
 * @property {string} entering what gives the block its first maps
 * @property {string} next what reads the block's output
 * @property {[number, number]} size height and width of the maps, in pixels
 * @property {[number, number]} shownSize of the tiles as sent
 * @property {{layer: number, colour: string, channels: number, maps: import("../maps/maps.js").PackedMaps}[]} groups
 * @property {{layer: number, reads: {source: number, start: number, stop: number}[], channels: number, writes: number}[]} layers
 * @property {number} output channels that leave the block
 * @property {boolean} trained
 * @property {string[]} mismatches
 * @property {string} palette
 * @property {{base: import("../shared/arithmetic.js").Spec, controls: import("../shared/controls.js").ControlsScene, colours: string[]} | null} explore
 */

/**
 * What is drawn: a scene, or one that was computed here and whose maps are not there yet.
 * @typedef {Omit<Scene, "groups"> & {groups: {layer: number, colour: string, channels: number, maps: import("../maps/maps.js").PackedMaps | null}[]}} Shown
 */

/** What the badge says until the maps are there. */
export const COMPUTED = "computed · the maps are being computed";

/**
 * A line of the list: channels `start` to `stop - 1`, and who wrote them.
 * @typedef {{source: number, start: number, stop: number, words: string}} Entry
 */

/** @param {number} count @param {string} noun */
export function many(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Every measured connection; the concatenation at the output is not one. @param {Shown} scene @returns {Connection[]} */
export function connectionsOf(scene) {
  return scene.layers.flatMap(({ layer, reads }) =>
    reads.map(({ source, start, stop }) => ({ source, reader: layer, channels: stop - start })),
  );
}

/** The node that stands for the block's output. @param {Shown} scene */
export function outputOf(scene) {
  return scene.layers.length + 1;
}

/** The layer that is highlighted at first: one with sources and readers. @param {Shown} scene */
export function startOf(scene) {
  return Math.max(1, Math.ceil((scene.layers.length * 2) / 3));
}

/** @param {Shown} scene @param {number} node */
export function nodeName(scene, node) {
  if (node === 0) return "the block input";
  return node === outputOf(scene) ? "the output" : `layer ${node}`;
}

/** The layers that read a node's maps, as measured. @param {Shown} scene @param {number} node @returns {number[]} */
export function readersOf(scene, node) {
  return scene.layers
    .filter(({ reads }) => reads.some(({ source }) => source === node))
    .map(({ layer }) => layer);
}

/** "layers 3, 4 and 5", "layers 5 to 24", "layer 6". @param {number[]} layers ascending */
export function layerList(layers) {
  if (layers.length === 1) return `layer ${layers[0]}`;
  const last = layers[layers.length - 1];
  const gapless = last - layers[0] === layers.length - 1;
  if (gapless && layers.length > 5) return `layers ${layers[0]} to ${last}`;
  return `layers ${layers.slice(0, -1).join(", ")} and ${last}`;
}

/** Who reads a node, as a phrase. @param {Shown} scene @param {number} node */
export function readersWords(scene, node) {
  if (node === outputOf(scene)) return scene.next;
  const readers = readersOf(scene, node);
  if (!readers.length) return "no later layer; it goes to the output";
  return `${layerList(readers)}${readers.length > 1 ? "," : ""} and the output`;
}

/**
 * The channels a node reads, by writer; the output's are all of the block's.
 * @param {Shown} scene @param {number} node @returns {Entry[]}
 */
export function ledgerOf(scene, node) {
  const words = (/** @type {number} */ source) => (source ? `layer ${source}` : "block input");
  if (node === 0) return [];
  if (node < outputOf(scene)) {
    return scene.layers[node - 1].reads.map((part) => ({ ...part, words: words(part.source) }));
  }
  let start = 0;
  return scene.groups.map(({ layer, channels }) => ({
    source: layer,
    start,
    stop: (start += channels),
    words: words(layer),
  }));
}

/** The channels that a node wrote, in the order of concatenation. @param {Shown} scene @param {number} node @returns {[number, number]} first, and one past the last */
export function writtenBy(scene, node) {
  if (node === 0) return [0, scene.groups[0].channels];
  if (node === outputOf(scene)) return [0, scene.output];
  const { channels, writes } = scene.layers[node - 1];
  return [channels, channels + writes];
}

/** "channels 64–95" @param {number} start @param {number} stop */
export function channelWords(start, stop) {
  return stop - start === 1 ? `channel ${start}` : `channels ${start}–${stop - 1}`;
}

/** The lesson that a node shows. @param {Shown} scene @param {number} node */
export function titleOf(scene, node) {
  if (node === 0)
    return `The block input is read by all ${many(readersOf(scene, 0).length, "layer")}`;
  if (node === outputOf(scene))
    return `The output is all ${scene.output.toLocaleString("en")} maps of the block`;
  const readers = readersOf(scene, node).length;
  if (node === 1 && readers) return "Each layer is read by all later layers";
  return readers
    ? "Each layer reads all maps before it"
    : "The last layer reads all maps before it";
}

/** @param {Shown} scene @param {number} node */
export function sentenceOf(scene, node) {
  const [height, width] = scene.size;
  if (node === 0) {
    const { channels } = scene.groups[0];
    return `${many(channels, "map")} of ${height} × ${width} px come from ${scene.entering}. They are never overwritten: ${many(readersOf(scene, 0).length, "layer")} read them, and the output still holds them.`;
  }
  if (node === outputOf(scene)) {
    const { writes } = scene.layers[0];
    return `${scene.groups[0].channels} from the input + ${scene.layers.length} × ${writes} new = ${scene.output.toLocaleString("en")} maps side by side, for ${scene.next}. No layer of the block reads them, so these lines are not counted.`;
  }
  const { channels, reads, writes } = scene.layers[node - 1];
  const readers = readersOf(scene, node).length;
  const read = readers ? `is read by ${many(readers, "later layer")}` : "goes only to the output";
  return `Layer ${node} reads ${many(channels, "map")} from ${many(reads.length, "source")}, writes ${writes} new ones, and ${read}.`;
}

/** What the whole block shows, at a moment of the count. @param {Shown} scene @param {number} time 0 to L @param {number} count */
export function wholeWords(scene, time, count) {
  const layers = scene.layers.length;
  if (time >= layers) {
    return {
      title: `${many(layers, "layer")}, ${many(count, "direct connection")}`,
      sentence: `A chain of ${layers} layers would have ${layers}. Here layer 1 has 1 source, layer ${layers} has ${layers}. Point at a layer, or use the arrow keys.`,
    };
  }
  const layer = Math.min(layers, Math.floor(time + 1e-9) + 1);
  const { reads } = scene.layers[layer - 1];
  return {
    title: "Count them: each layer reads all maps before it",
    sentence: `Layer ${layer} has ${many(reads.length, "source")}: ${layer === 1 ? "the block input" : `the block input and ${layerList(Array.from({ length: layer - 1 }, (_, i) => i + 1))}`}.`,
  };
}

/** The sum that the count makes: "1 + 2 + 3 + 4 + 5 + 6 = 6 × 7 / 2". @param {number} layers L @param {number} time 0 to L @param {number} count of the connections that are drawn */
export function sumWords(layers, time, count) {
  const done = Math.floor(time + 1e-9);
  const part = count - (done * (done + 1)) / 2;
  const terms = Array.from({ length: Math.max(1, done) }, (_, index) => index + 1);
  const sum = terms.length > 6 ? `1 + 2 + 3 + … + ${terms[terms.length - 1]}` : terms.join(" + ");
  if (done >= layers) return `${sum} = ${layers} × ${layers + 1} / 2`;
  if (!done) return part ? `${part}` : "none yet";
  return part ? `${sum} + ${part}` : sum;
}
