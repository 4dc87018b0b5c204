// Channels, shapes and costs of a DenseNet: the arithmetic of `densenet_viz/facts`, written again in
// JavaScript, so that a picture answers a moved control before the server does.
// `tests/test_arithmetic_in_js.py` compares the two on 500 random networks.

/**
 * The settings of a network, as `stage/shared/spec.py` sends them. Meanings and limits are those of
 * `Configuration` in `facts/configuration.py`.
 * @typedef {object} Spec
 * @property {number} growthRate
 * @property {number[]} blockConfig
 * @property {number} initialChannels
 * @property {boolean} bottleneck
 * @property {number} compression
 * @property {number} classes
 * @property {number} inputSize
 * @property {number} bottleneckFactor
 * @property {string} stem "7×7" or "3×3"
 * @property {number} inputChannels
 * @property {number[]} hidden
 */

/**
 * What a part costs for one picture, in numbers that are exact up to 2^53.
 * @typedef {{parameters: number, multiplyAdds: number, activationBytes: number}} Cost
 */

/** A dense layer: the maps it reads and writes, and all maps after it. @typedef {{reads: number, writes: number, total: number} & Cost} Layer */

/**
 * A dense block; `size` is the height and width of its maps in pixels. `plain` is the same block
 * without concatenation, as `plain_block_cost` in `facts/spec.py`.
 * @typedef {{entering: number, output: number, size: number, layers: Layer[], cost: Cost, plain: Cost}} Block
 */

/** A transition; `size` and `half` are the height and width before and after it, in pixels. @typedef {{reads: number, keeps: number, size: number, half: number} & Cost} Transition */

const FLOAT_BYTES = 4;

/** A size after a stride of 2 with 'same' padding: 224 -> 112, 7 -> 4. @param {number} size */
function halved(size) {
  return Math.floor((size + 1) / 2);
}

/**
 * floor(theta * channels), exact in decimal: 0.29 * 100 is 29, not 28.
 * @param {number} compression @param {number} channels
 */
export function compressed(compression, channels) {
  const [digits, exponent = "0"] = String(compression).split("e");
  const [whole, fraction = ""] = digits.split(".");
  const scale = fraction.length - Number(exponent);
  return Number((BigInt(whole + fraction) * BigInt(channels)) / 10n ** BigInt(scale));
}

/** @param {Cost[]} costs @returns {Cost} */
export function summed(costs) {
  const sum = (/** @type {keyof Cost} */ name) =>
    costs.reduce((total, cost) => total + cost[name], 0);
  return {
    parameters: sum("parameters"),
    multiplyAdds: sum("multiplyAdds"),
    activationBytes: sum("activationBytes"),
  };
}

/**
 * A convolution with the batch norm before it. @param {number} reads @param {number} writes
 * @param {number} kernel @param {number} size in pixels @param {number} maps all that are written
 * @returns {Cost}
 */
function step(reads, writes, kernel, size, maps) {
  const weights = reads * writes * kernel * kernel;
  return {
    parameters: weights + 2 * reads,
    multiplyAdds: weights * size * size,
    activationBytes: maps * size * size * FLOAT_BYTES,
  };
}

/**
 * One dense layer that writes `writes` maps and copies none.
 * @param {Spec} spec @param {number} reads @param {number} writes @param {number} size in pixels
 */
function layerCost({ bottleneck, bottleneckFactor, growthRate }, reads, writes, size) {
  if (!bottleneck) return step(reads, writes, 3, size, 2 * reads + writes);
  const middle = bottleneckFactor * growthRate;
  return summed([
    step(reads, middle, 1, size, 2 * reads + middle),
    step(middle, writes, 3, size, 2 * middle + writes),
  ]);
}

/** The height and width inside each dense block, in pixels. @param {Spec} spec */
export function blockSizes({ stem, inputSize, blockConfig }) {
  const size = stem === "7×7" ? halved(halved(inputSize)) : inputSize;
  return blockConfig.map((_, index) => Math.floor(size / 2 ** index));
}

/** The maps that leave each dense block, and those that enter it. @param {Spec} spec */
function blockChannels({ initialChannels, blockConfig, growthRate, compression }) {
  let entering = initialChannels;
  return blockConfig.map((layers) => {
    const output = entering + layers * growthRate;
    const found = { entering, output };
    entering = compressed(compression, output);
    return found;
  });
}

/** @param {Spec} spec @param {number} number of the block, from 1 @returns {Block} */
export function blockOf(spec, number) {
  const { entering, output } = blockChannels(spec)[number - 1];
  const size = blockSizes(spec)[number - 1];
  const count = spec.blockConfig[number - 1];
  const writes = spec.growthRate;
  const layers = Array.from({ length: count }, (_, index) => {
    const reads = entering + index * writes;
    const total = reads + writes;
    // A layer copies what it reads; after the last layer the whole block is copied.
    const copies = reads + (index === count - 1 ? total : 0);
    const cost = layerCost(spec, reads, writes, size);
    cost.activationBytes += copies * size * size * FLOAT_BYTES;
    return { reads, writes, total, ...cost };
  });
  const plain = summed(layers.map(({ reads, total }) => layerCost(spec, reads, total, size)));
  return { entering, output, size, layers, cost: summed(layers), plain };
}

/**
 * The transition after a block, if it keeps a share `theta` of the maps.
 * @param {Spec} spec @param {number} number of the block, from 1 @param {number} [theta]
 * @returns {Transition}
 */
export function transitionOf(spec, number, theta = spec.compression) {
  const reads = blockChannels(spec)[number - 1].output;
  const size = blockSizes(spec)[number - 1];
  const [keeps, half] = [compressed(theta, reads), Math.floor(size / 2)];
  const cost = step(reads, keeps, 1, size, 2 * reads + keeps);
  cost.activationBytes += keeps * half * half * FLOAT_BYTES;
  return { reads, keeps, size, half, ...cost };
}

/** @param {Spec} spec @returns {Cost} */
function stemOf({ stem, inputChannels: reads, initialChannels: writes, inputSize }) {
  const pooled = stem === "7×7";
  const wide = pooled ? halved(inputSize) : inputSize;
  const size = pooled ? halved(wide) : wide;
  const weights = reads * writes * (pooled ? 49 : 9);
  return {
    parameters: weights + (pooled ? 2 * writes : 0),
    multiplyAdds: weights * wide * wide,
    activationBytes: writes * ((pooled ? 3 : 0) * wide * wide + size * size) * FLOAT_BYTES,
  };
}

/** What follows the last block: the final norm and the classifier. @param {Spec} spec @returns {Cost} */
function headOf(spec) {
  const channels = /** @type {{output: number}} */ (blockChannels(spec).at(-1)).output;
  const size = /** @type {number} */ (blockSizes(spec).at(-1));
  const widths = [channels, ...spec.hidden, spec.classes];
  const layers = widths.slice(1).map((writes, index) => [widths[index] * writes, writes]);
  const hidden = spec.hidden.reduce((sum, width) => sum + width, 0);
  return {
    parameters: 2 * channels + layers.reduce((sum, [weights, biases]) => sum + weights + biases, 0),
    multiplyAdds: layers.reduce((sum, [weights]) => sum + weights, 0),
    activationBytes:
      (2 * channels * size * size + channels + 2 * hidden + spec.classes) * FLOAT_BYTES,
  };
}

/**
 * The whole network: its name, its blocks and transitions in their order, and what it costs.
 * @param {Spec} spec
 */
export function networkOf(spec) {
  const blocks = spec.blockConfig.map((_, index) => blockOf(spec, index + 1));
  const transitions = blocks.slice(0, -1).map((_, index) => transitionOf(spec, index + 1));
  const layers = spec.blockConfig.reduce((sum, count) => sum + count, 0);
  const depth = 2 + (spec.bottleneck ? 2 : 1) * layers + transitions.length;
  return {
    name: `DenseNet-${depth}`,
    blocks,
    transitions,
    connections: spec.blockConfig.map((count) => (count * (count + 1)) / 2),
    ...summed([stemOf(spec), ...blocks.map(({ cost }) => cost), ...transitions, headOf(spec)]),
  };
}

/** Whether a transition would keep no map, so that no network can have these numbers. @param {Spec} spec */
export function keepsNothing(spec) {
  return blockChannels(spec)
    .slice(0, -1)
    .some(({ output }) => compressed(spec.compression, output) < 1);
}
