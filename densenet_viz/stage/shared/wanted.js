// The network that a visitor chose with the controls in a stage.

/** @typedef {import("./arithmetic.js").Spec} Spec */

/**
 * `base` with the values of the controls `k`, `layers`, `initial`, `compression`, `bottleneck`, and
 * `block2` and so on if there are any. Whether such a network can exist is not checked.
 * @param {Spec} base @param {import("./controls.js").Values} values @returns {Spec}
 */
export function wanted(base, values) {
  return {
    ...base,
    growthRate: Number(values.k),
    blockConfig: base.blockConfig.map((layers, index) =>
      Number(values[index ? `block${index + 1}` : "layers"] ?? layers),
    ),
    initialChannels: Number(values.initial),
    compression: Number(values.compression),
    bottleneck: Boolean(values.bottleneck),
  };
}
