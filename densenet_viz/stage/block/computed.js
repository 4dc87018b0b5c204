// Another block in the same frame: its connections by arithmetic, before its maps are there.

import { blockOf } from "../shared/arithmetic.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("./words.js").Shown} Shown */

/**
 * @param {Scene} sent the server's last scene @param {NonNullable<Scene["explore"]>} explore
 * @param {number} number of the block, from 1 @returns {Shown}
 */
export function computedBlock(sent, { base, colours }, number) {
  const { entering, output, size, layers } = blockOf(base, number);
  const channels = [entering, ...layers.map(({ writes }) => writes)];
  const starts = [0, entering, ...layers.map(({ total }) => total)];
  const last = number === base.blockConfig.length;
  return {
    ...sent,
    block: number,
    entering: number === 1 ? "the stem" : `transition ${number - 1}`,
    next: last ? "the final norm and the classifier" : `transition ${number}`,
    size: [size, size],
    shownSize: [size, size],
    groups: channels.map((count, layer) => ({
      layer,
      colour: colours[layer],
      channels: count,
      maps: null,
    })),
    layers: layers.map(({ reads, writes }, index) => ({
      layer: index + 1,
      reads: channels.slice(0, index + 1).map((_, source) => ({
        source,
        start: starts[source],
        stop: starts[source + 1],
      })),
      channels: reads,
      writes,
    })),
    output,
    mismatches: [],
  };
}
