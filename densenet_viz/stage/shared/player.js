// Play, pause, step, scrub and speed: one clock over a number of steps.

import { h, reducedMotion, say } from "./dom.js";

/**
 * @typedef {object} PlayerOptions
 * @property {number} steps how many steps there are; time runs from 0 to `steps`
 * @property {number} stepMilliseconds how long one step takes at speed 1
 * @property {(time: number) => void} draw called on each change of time
 * @property {(time: number) => string} label the text beside the slider
 * @property {string} noun the name of a step ("layer", "window")
 */

/** Time after `elapsed` ms of playing. @param {number} time @param {number} elapsed @param {number} stepMilliseconds @param {number} speed @param {number} steps */
export function advance(time, elapsed, stepMilliseconds, speed, steps) {
  return Math.min(steps, time + (elapsed * speed) / stepMilliseconds);
}

/** The whole step after (+1) or before (-1) a time. @param {number} time @param {1 | -1} direction @param {number} steps */
export function neighbour(time, direction, steps) {
  const next = direction > 0 ? Math.floor(time + 1e-6) + 1 : Math.ceil(time - 1e-6) - 1;
  return Math.max(0, Math.min(steps, next));
}

/** With reduced motion, only whole steps are shown. @param {number} time @param {boolean} reduced */
export function shown(time, reduced) {
  return reduced ? Math.floor(time + 1e-6) : time;
}

const SPEEDS = [0.25, 0.5, 1, 2, 4];
const ICONS = {
  first: "M6 5v14M19 5 9 12l10 7z",
  back: "M16 5 6 12l10 7z",
  play: "M8 5l11 7-11 7z",
  pause: "M8 5v14M16 5v14",
  next: "M8 5l10 7-10 7z",
};

export class Player {
  /** @param {PlayerOptions} options */
  constructor(options) {
    this.options = options;
    this.time = 0;
    this.speed = 1;
    this.playing = false;
    this.goal = Infinity;
    this.frame = 0;
    this.last = 0;
    this.reduced = reducedMotion();
    const button = (
      /** @type {string} */ name,
      /** @type {keyof ICONS} */ icon,
      /** @type {() => void} */ act,
    ) => {
      const node = h("button", {
        type: "button",
        class: "stage-button",
        "aria-label": name,
        title: name,
        onclick: act,
      });
      node.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true"><path d="${ICONS[icon]}"/></svg>`;
      return node;
    };
    this.playButton = button("Play", "play", () => this.toggle());
    this.playButton.classList.add("stage-play");
    this.slider = h("input", {
      type: "range",
      class: "stage-slider",
      min: 0,
      step: "any",
      "aria-label": `Scrub by ${options.noun}`,
      oninput: () => {
        this.pause();
        this.seek(Number(this.slider.value));
      },
    });
    this.text = h("span", { class: "stage-place" });
    this.speeds = h(
      "select",
      {
        class: "stage-speed",
        "aria-label": "Speed",
        onchange: () => (this.speed = Number(this.speeds.value)),
      },
      ...SPEEDS.map((value) => h("option", { value, selected: value === 1 }, `${value}×`)),
    );
    this.node = h(
      "div",
      { class: "stage-player", role: "group", "aria-label": "Playback" },
      button("To the start", "first", () => this.jump(0)),
      button(`One ${options.noun} back`, "back", () => this.step(-1)),
      this.playButton,
      button(`One ${options.noun} forward`, "next", () => this.step(1)),
      this.slider,
      this.text,
      this.speeds,
    );
    this.setSteps(options.steps);
  }

  /** @param {number} steps */
  setSteps(steps) {
    this.options.steps = steps;
    this.slider.max = String(steps);
    this.seek(Math.min(this.time, steps));
  }

  /** Shows a time; playing continues or stays paused. @param {number} time */
  seek(time) {
    this.time = time;
    const visible = shown(time, this.reduced);
    this.slider.value = String(visible);
    this.slider.style.setProperty(
      "--done",
      `${(100 * visible) / Math.max(1, this.options.steps)}%`,
    );
    const label = this.options.label(visible);
    say(this.text, label);
    this.slider.setAttribute("aria-valuetext", label);
    this.options.draw(visible);
  }

  /** @param {number} time */
  jump(time) {
    this.pause();
    this.seek(time);
  }

  /** @param {1 | -1} direction */
  step(direction) {
    this.jump(neighbour(this.time, direction, this.options.steps));
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.playing) return;
    if (this.time >= this.options.steps) this.time = 0;
    this.playing = true;
    this.showState();
    this.last = performance.now();
    const tick = (/** @type {number} */ now) => {
      const elapsed = Math.min(100, Math.max(0, now - this.last));
      this.last = now;
      const end = Math.min(this.goal, this.options.steps);
      this.seek(advance(this.time, elapsed, this.options.stepMilliseconds, this.speed, end));
      if (this.time >= end) this.pause();
      else if (this.playing) this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  /** Plays the last step up to a time; to an earlier time it jumps. @param {number} time */
  playTo(time) {
    this.pause();
    if (this.reduced || time <= this.time) return this.seek(time);
    this.seek(Math.max(this.time, time - 1));
    this.goal = time;
    return this.play();
  }

  pause() {
    cancelAnimationFrame(this.frame);
    this.goal = Infinity;
    if (!this.playing) return;
    this.playing = false;
    this.showState();
  }

  showState() {
    const name = this.playing ? "Pause" : "Play";
    this.playButton.setAttribute("aria-label", name);
    this.playButton.title = name;
    /** @type {SVGPathElement} */ (this.playButton.querySelector("path")).setAttribute(
      "d",
      this.playing ? ICONS.pause : ICONS.play,
    );
  }

  /**
   * Space plays and pauses, arrow keys step, Home and End go to the ends. Keys that a button, a
   * select or the slider needs are left to them.
   * @param {KeyboardEvent} event
   */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (target.tagName === "SELECT" || (target.tagName === "BUTTON" && event.key === " ")) return;
    /** @type {Record<string, () => void>} */
    const keys = {
      " ": () => this.toggle(),
      ArrowRight: () => this.step(1),
      ArrowLeft: () => this.step(-1),
      Home: () => this.jump(0),
      End: () => this.jump(this.options.steps),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
}
