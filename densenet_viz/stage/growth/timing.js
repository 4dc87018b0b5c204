// The growth stage's time: one unit a layer, each in four phases.

import { clamp, ease } from "../shared/timing.js";

/** Milliseconds of each phase of a layer at speed 1. */
export const PHASES = { read: 450, compute: 250, write: 550, settle: 350 };

export const STEP_MILLISECONDS = PHASES.read + PHASES.compute + PHASES.write + PHASES.settle;

/**
 * What happens at a moment.
 *
 * `layer` is the layer that is working (1 to L), or 0 if none is. When the time is a whole number,
 * nothing moves and `done` layers are complete. `read`, `compute`, `write` and `settle` go from 0
 * to 1, one after the other.
 * @typedef {{layer: number, done: number, read: number, compute: number, write: number, settle: number}} Moment
 */

/** @param {number} time 0 to L @returns {Moment} */
export function momentAt(time) {
  const done = Math.floor(time + 1e-9);
  const within = time - done;
  if (within <= 1e-9) return { layer: 0, done, read: 0, compute: 0, write: 0, settle: 0 };
  let elapsed = within * STEP_MILLISECONDS;
  const part = (/** @type {number} */ length) => {
    const share = clamp(elapsed / length);
    elapsed -= length;
    return share;
  };
  const [read, compute, write, settle] = [
    part(PHASES.read),
    part(PHASES.compute),
    part(PHASES.write),
    part(PHASES.settle),
  ];
  return { layer: done + 1, done, read, compute, write, settle };
}

/** How far the camera has moved: it moves only while a layer settles. @param {number} time */
export function focusAt(time) {
  const moment = momentAt(time);
  return moment.done + ease(moment.settle);
}

/**
 * The number of maps at a moment. It counts up while a layer writes.
 * @param {number} time @param {number} initial @param {number} growth
 */
export function channelsAt(time, initial, growth) {
  const { done, write } = momentAt(time);
  return initial + done * growth + Math.round(growth * ease(write));
}

/**
 * How far tile `index` of `count` has flown, 0 to 1; tiles leave one after the other.
 * @param {number} write @param {number} index @param {number} count
 */
export function flight(write, index, count) {
  const lead = count > 1 ? (0.45 * index) / (count - 1) : 0;
  return ease((write - lead) / 0.55);
}
