// Moves from one view to another: a part grows to the whole, the whole shrinks to a part, or the
// next view of the same level comes from the side.

import { reducedMotion } from "../shared/dom.js";
import { transformOf, zoomFrom } from "./geometry.js";

/** @typedef {import("./types.js").Box} Box */

const MILLISECONDS = 440;
const EASING = "cubic-bezier(0.45, 0, 0.2, 1)";
const STILL = { x: 0, y: 0, scale: 1 };
const MOST_HEIGHT = 720;

/** @param {HTMLElement} node @param {Keyframe[]} frames @param {number} milliseconds */
function play(node, frames, milliseconds = MILLISECONDS) {
  node.style.transformOrigin = "0 0";
  return node.animate(frames, { duration: milliseconds, easing: EASING, fill: "both" });
}

/**
 * A zoom between an outer view and an inner one.
 * @param {HTMLElement} outer @param {HTMLElement} inner
 * @param {Box} box what the inner view is in the outer one, in pixels of the outer one
 * @param {{inwards: boolean, width: number, dropped: number}} how `dropped`: how far the page was scrolled at the start
 * @returns {Animation[]}
 */
function zoom(outer, inner, box, { inwards, width, dropped }) {
  const height = Math.min(MOST_HEIGHT, Math.max(120, inner.offsetHeight));
  const ends = zoomFrom(box, width, height);
  const start = { ...ends.inner, y: ends.inner.y + dropped };
  const small = { transform: transformOf(start), opacity: 0 };
  const whole = { transform: transformOf(STILL), opacity: 1 };
  const far = { transform: transformOf(ends.outer), opacity: 0 };
  const near = { transform: transformOf({ ...STILL, y: dropped }), opacity: 1 };
  const innerWay = [small, { opacity: 1, offset: 0.5 }, whole];
  const outerWay = [near, { opacity: 0.75, offset: 0.5 }, far];
  if (inwards) return [play(inner, innerWay), play(outer, outerWay)];
  return [
    play(inner, [whole, { opacity: 1, offset: 0.5 }, small]),
    play(outer, [far, { opacity: 0.75, offset: 0.5 }, near]),
  ];
}

/** @param {HTMLElement} old @param {HTMLElement} next @param {number} side −1 from the left, 1 from the right, 0 from nowhere @returns {Animation[]} */
function pass(old, next, side) {
  const away = (/** @type {number} */ by) => ({ transform: transformOf({ ...STILL, x: by }) });
  return [
    play(
      next,
      [
        { ...away(72 * side), opacity: 0 },
        { ...away(0), opacity: 1 },
      ],
      300,
    ),
    play(
      old,
      [
        { ...away(0), opacity: 1 },
        { ...away(-72 * side), opacity: 0 },
      ],
      300,
    ),
  ];
}

/**
 * Plays the move from `old` to `next`, and then removes `old`. Without motion it only removes it.
 * @param {HTMLElement} old @param {HTMLElement} next
 * @param {{box: Box | null, inwards: boolean, side: number, width: number, dropped: number}} how
 * @returns {() => void} ends the move at once
 */
export function move(old, next, { box, inwards, side, width, dropped }) {
  if (reducedMotion()) {
    old.remove();
    return () => {};
  }
  old.inert = true;
  const [outer, inner] = inwards ? [old, next] : [next, old];
  const moves = box ? zoom(outer, inner, box, { inwards, width, dropped }) : pass(old, next, side);
  const end = () => {
    for (const one of moves) one.cancel();
    old.remove();
    delete next.dataset.moving;
  };
  next.dataset.moving = "true";
  moves[0].finished.then(end, () => {});
  return end;
}
