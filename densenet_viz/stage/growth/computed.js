// Another network in the same frame: what the growth stage shows before the server has run it.

import { blockOf, keepsNothing, transitionOf } from "../shared/arithmetic.js";
import { defaultsOf, sameValues, valuesOf } from "../shared/controls.js";
import { wanted } from "../shared/wanted.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("./words.js").Shown} Shown */
/** @typedef {import("./words.js").Explore} Explore */
/** @typedef {import("../shared/arithmetic.js").Spec} Spec */
/** @typedef {import("../shared/controls.js").Values} Values */

/** Whether the values are the model's own; its compression may have more decimals than the control. @param {Explore} explore @param {Values} values */
function isOwn(explore, values) {
  return sameValues(values, defaultsOf(explore.controls));
}

/** Whether no network can have these values, although each one is allowed. @param {Explore} explore @param {Values} values */
export function isImpossible(explore, values) {
  return !isOwn(explore, values) && keepsNothing(wanted(explore.base, values));
}

/** The network that is shown: the chosen one, or the model's own. @param {Explore} explore @param {Values} values */
export function specOf(explore, values) {
  const own = isOwn(explore, values) || isImpossible(explore, values);
  return own ? explore.base : wanted(explore.base, values);
}

/** Whose weights run: those of the model, or random ones. @param {Explore} explore @param {Values} values @returns {"own" | "random"} */
export function weightsOf(explore, values) {
  return specOf(explore, values) === explore.base ? "own" : "random";
}

/**
 * How many of the first groups will have the maps that they have now. Random weights are drawn from
 * the stem on with one seed, so a change of a later part changes no earlier map.
 * `test_a_change_changes_no_earlier_map` in `tests/test_stage_growth.py` holds it against networks.
 * @param {Explore} explore of the scene that is shown @param {Values} values
 */
function alikeGroups(explore, values) {
  const now = valuesOf(explore.controls);
  const random = [now, values].every((each) => weightsOf(explore, each) === "random");
  const same = (/** @type {string[]} */ names) => names.every((name) => values[name] === now[name]);
  if (!random || !same(["initial"])) return 0;
  if (!same(["k", "bottleneck"])) return 1;
  return 1 + Math.min(Number(now.layers), Number(values.layers));
}

/**
 * The first block of the chosen network, by arithmetic and without the maps that are not there yet.
 * @param {Scene} sent the server's last scene @param {Explore} explore @param {Values} values
 * @returns {Shown}
 */
export function computedScene(sent, explore, values) {
  const spec = specOf(explore, values);
  const { entering, size, layers, cost } = blockOf(spec, 1);
  const channels = [entering, ...layers.map(({ writes }) => writes)];
  const last = spec.blockConfig.length === 1;
  const alike = alikeGroups(explore, values);
  return {
    ...sent,
    waiting: true,
    size: [size, size],
    groups: channels.map((count, layer) => ({
      layer,
      colour: explore.colours[layer],
      channels: count,
      maps: layer < alike ? sent.groups[layer].maps : null,
    })),
    layers: layers.map(({ reads, writes, total }) => ({ reads, writes, total })),
    kernel: spec.bottleneck ? "1×1 → 3×3" : "3×3",
    trained: weightsOf(explore, values) === "own" && explore.trained,
    mismatches: [],
    numbers: { ...cost, keeps: last ? null : transitionOf(spec, 1).keeps },
  };
}
