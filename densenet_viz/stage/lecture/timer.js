// The lecture's timer: the time since the start, and the planned time up to this place.

import { h, say } from "../shared/dom.js";
import { plannedAt } from "./place.js";

/** @typedef {import("./place.js").Place} Place */
/** @typedef {import("./place.js").Slide} Slide */

const SECOND = 1000;

/** Milliseconds as minutes and seconds, "7:05". @param {number} milliseconds */
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** The time compared with the plan, in words. @param {number} elapsed ms @param {number} planned minutes */
export function againstPlan(elapsed, planned) {
  const behind = Math.round((elapsed / SECOND - 60 * planned) / 60);
  if (behind === 0) return "on time";
  return `${Math.abs(behind)} min ${behind > 0 ? "behind" : "ahead of"} the plan`;
}

export class Timer {
  /** @param {Slide[]} slides @param {number} minutes of the whole lecture */
  constructor(slides, minutes) {
    this.slides = slides;
    this.minutes = minutes;
    /** @type {number | null} */
    this.since = null;
    this.node = h("p", { class: "lecture-timer", hidden: true });
    /** @type {((words: {elapsed: string, planned: string, plan: string}) => void)[]} */
    this.watchers = [];
    /** @type {Place} */
    this.at = { slide: 0, step: 0 };
    this.watchers.push(({ elapsed, planned }) => say(this.node, `${elapsed} of ${planned}`));
  }

  /** Starts the timer if it is not running. */
  start() {
    if (this.since !== null) return;
    this.since = Date.now();
    this.ticking = setInterval(() => this.tell(), SECOND);
    this.tell();
  }

  /** Starts again from zero. */
  restart() {
    this.stop();
    this.start();
  }

  /** @param {Place} at */
  move(at) {
    this.at = at;
    this.tell();
  }

  toggle() {
    this.node.hidden = !this.node.hidden;
  }

  tell() {
    const elapsed = this.since === null ? 0 : Date.now() - this.since;
    const planned = plannedAt(this.slides, this.at);
    const words = {
      elapsed: clock(elapsed),
      planned: `${this.minutes} min`,
      plan: againstPlan(elapsed, planned),
    };
    for (const watch of this.watchers) watch(words);
  }

  stop() {
    clearInterval(this.ticking);
    this.since = null;
  }
}
