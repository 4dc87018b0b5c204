// The visitor's own network by arithmetic: its strip, its column of table 1, and the walk through it.
// `tests/test_own_variant_in_js.py` compares all of it with what Python says of such a network.

import { grouped } from "../shared/amounts.js";
import { blockSizes, keepsNothing, networkOf } from "../shared/arithmetic.js";
import { wanted } from "../shared/wanted.js";

/** @typedef {import("../shared/arithmetic.js").Spec} Spec */
/** @typedef {import("../shared/arithmetic.js").Cost} Cost */
/** @typedef {import("./variants.js").Variant} Variant */
/** @typedef {import("./variants.js").Explore} Explore */
/** @typedef {import("./table.js").Line} Line */
/** @typedef {import("./walk.js").Stop} Stop */
/** @typedef {import("./walk.js").Counted} Counted */

/** The id of the visitor's network. */
const OWN = "own";
export const NAME = "Yours";
const IMPOSSIBLE =
  "No network can have these numbers: a transition would keep no map. Choose a larger compression θ, or more maps before the transition. Only the named networks are shown.";

/**
 * The network of the controls' values; without one, a sentence says why.
 * @param {Explore} explore @param {import("../shared/controls.js").Values} values
 * @returns {{spec: Spec | null, why: string}}
 */
export function ownSpec({ base, named, refused }, values) {
  if (refused) return { spec: null, why: refused };
  const spec = wanted(base, values);
  if (keepsNothing(spec)) return { spec: null, why: IMPOSSIBLE };
  const same = (/** @type {Spec} */ other) => JSON.stringify(other) === JSON.stringify(spec);
  const known = named.find((one) => same(one.spec));
  if (known) return { spec: null, why: same(base) ? "" : `These are ${known.name}’s numbers.` };
  return { spec, why: "" };
}

/** Parameters in millions, as in scene.py. @param {number} count */
function millions(count) {
  return `${(count / 1e6).toFixed(count >= 9.995e6 ? 1 : 2)} M`;
}

/** Multiply-adds in billions. @param {number} count */
function billions(count) {
  return `${(count / 1e9).toFixed(2)} G`;
}

/** The last of some things that are never empty. @template T @param {T[]} things @returns {T} */
function last(things) {
  return things[things.length - 1];
}

/**
 * Its strip.
 * @param {Spec} spec @param {Spec} base the network that it is compared with, DenseNet-121
 * @returns {Variant}
 */
export function ownStrip(spec, base) {
  const { blocks, transitions, connections, parameters, multiplyAdds } = networkOf(spec);
  const small = networkOf(base);
  const times = (/** @type {number} */ one, /** @type {number} */ other) =>
    `${(one / other).toFixed(1)} times`;
  const rule = spec.bottleneck ? "" : ", without bottleneck";
  const layers = spec.blockConfig.reduce((sum, count) => sum + count, 0);
  const direct = connections.reduce((sum, count) => sum + count, 0);
  const output = last(blocks).output;
  return {
    id: OWN,
    name: NAME,
    own: true,
    k: spec.growthRate,
    parameters: millions(parameters),
    multiplyAdds: billions(multiplyAdds),
    title: `${NAME}: ${millions(parameters)} parameters, ${billions(multiplyAdds)} multiply-adds`,
    sentence: `k = ${spec.growthRate}${rule}; ${layers} layers in blocks of ${spec.blockConfig.join(", ")}; ${spec.initialChannels} → ${grouped(output)} maps; ${grouped(direct)} direct connections. ${times(parameters, small.parameters)} the parameters of DenseNet-121, ${times(multiplyAdds, small.multiplyAdds)} its multiply-adds.`,
    parts: shapes(spec, blocks, transitions),
    blocks: blocks.map((block, index) => blockWords(spec, block, index, parameters, multiplyAdds)),
  };
}

/**
 * @param {Spec} spec @param {import("../shared/arithmetic.js").Block[]} blocks
 * @param {import("../shared/arithmetic.js").Transition[]} transitions
 * @returns {import("../overview/geometry.js").Shape[]}
 */
function shapes(spec, blocks, transitions) {
  const output = last(blocks).output;
  const stem = { reads: spec.inputChannels, leaves: spec.initialChannels };
  const end = { reads: output, leaves: spec.classes };
  return [
    { kind: "stem", number: 0, ...stem, pixels: stemSize(spec), layers: 0 },
    ...blocks.flatMap(({ entering, output: leaves, size: pixels, layers }, index) => {
      const number = index + 1;
      const block = { number, reads: entering, leaves, pixels, layers: layers.length };
      const step = transitions[index];
      /** @type {import("../overview/geometry.js").Shape[]} */
      const found = [{ kind: "block", ...block }];
      if (step) {
        const { reads, keeps } = step;
        found.push({ kind: "transition", number, reads, leaves: keeps, pixels, layers: 0 });
      }
      return found;
    }),
    { kind: "classifier", number: 0, ...end, pixels: 1, layers: 0 },
  ];
}

/** The height and width after the stem's convolution, in pixels. @param {Spec} spec */
export function stemSize({ inputSize }) {
  return Math.floor((inputSize + 1) / 2);
}

/**
 * @param {Spec} spec @param {import("../shared/arithmetic.js").Block} block @param {number} index
 * @param {number} parameters @param {number} multiplyAdds of the whole network
 * @returns {import("./variants.js").Block}
 */
function blockWords(
  spec,
  { entering, output, size, layers, cost },
  index,
  parameters,
  multiplyAdds,
) {
  const channels = `${grouped(entering)} → ${grouped(output)} maps`;
  const share = (/** @type {number} */ part, /** @type {number} */ whole) =>
    `${((100 * part) / whole).toFixed(0)}%`;
  const noun = layers.length === 1 ? "layer" : "layers";
  return {
    number: index + 1,
    layers: layers.length,
    pixels: size,
    channels,
    parameters: millions(cost.parameters),
    multiplyAdds: billions(cost.multiplyAdds),
    title: `${NAME}, block ${index + 1}: ${layers.length} ${noun}`,
    sentence: `${channels} of ${size} × ${size} px: each layer adds ${spec.growthRate}. The block holds ${share(cost.parameters, parameters)} of the parameters (${millions(cost.parameters)} of ${millions(parameters)}) and does ${share(cost.multiplyAdds, multiplyAdds)} of the multiply-adds.`,
  };
}

/** Its column of table 1. @param {Spec} spec @returns {import("./table.js").Column} */
export function ownColumn(spec) {
  const { blocks, transitions } = networkOf(spec);
  const sizes = blockSizes(spec);
  const layer = spec.bottleneck ? "[1×1 conv, 3×3 conv]" : "[3×3 conv]";
  const line = (
    /** @type {string} */ name,
    /** @type {number} */ pixels,
    /** @type {string} */ layers,
    /** @type {[number, number] | null} */ maps = null,
  ) => ({
    name,
    output: `${pixels} × ${pixels}`,
    layers,
    maps: maps ? maps.map(grouped).join(" → ") : "",
  });
  /** @type {Line[]} */
  const lines = [
    line("Convolution", stemSize(spec), "7×7 conv, stride 2", [3, spec.initialChannels]),
    line("Pooling", sizes[0], "3×3 max pool, stride 2"),
  ];
  for (const [index, { entering, output, size, layers }] of blocks.entries()) {
    const number = index + 1;
    const words = `${layer} × ${layers.length}`;
    lines.push(line(`Dense block ${number}`, size, words, [entering, output]));
    const step = transitions[index];
    if (!step) continue;
    lines.push(
      line(`Transition ${number}`, size, "1×1 conv", [step.reads, step.keeps]),
      line("… its pooling", step.half, "2×2 average pool, stride 2"),
    );
  }
  const side = last(sizes);
  const words = `${side}×${side} average pool, linear`;
  lines.push(line("Classification", 1, words, [last(blocks).output, spec.classes]));
  return { title: NAME, lines };
}

/** The walk that counts its layers. @param {Spec} spec @returns {Counted} */
export function ownWalk(spec) {
  const { blockConfig, bottleneck } = spec;
  /** @type {Stop[]} */
  const stops = [{ kind: "stem", block: 0, layer: 0, items: ["7×7", "batch norm", "pooling"] }];
  for (const [index, count] of blockConfig.entries()) {
    const block = index + 1;
    for (let layer = 1; layer <= count; layer++)
      stops.push({
        kind: "layer",
        block,
        layer,
        items: [
          ...(bottleneck ? /** @type {const} */ (["batch norm", "1×1"]) : []),
          "batch norm",
          "3×3",
        ],
      });
    if (block < blockConfig.length)
      stops.push({
        kind: "transition",
        block,
        layer: 0,
        items: ["batch norm", "transition", "pooling"],
      });
  }
  stops.push({
    kind: "classifier",
    block: 0,
    layer: 0,
    items: ["batch norm", "pooling", "classifier"],
  });
  return {
    id: OWN,
    name: NAME,
    short: "yours",
    called: Number(networkOf(spec).name.replace("DenseNet-", "")),
    own: true,
    stops,
    badge: "computed from the architecture",
  };
}
