// The live picture of a slide: a stage in a shadow root of its own, kept as the visitor left it.

import { h } from "../shared/dom.js";
import { fit, outgrown } from "./fit.js";
import { changeAt, keyAt, valueAt } from "./place.js";
import { STYLE } from "./stages.js";

/** @typedef {import("./place.js").Control} Control */
/** @typedef {import("./place.js").Picture} PictureScene */
/** @typedef {import("./place.js").Scene} Scene */
/** @typedef {import("../shared/stage.js").Stage & {go?: (state: Record<string, unknown>) => void}} Stage */

/** How often a picture may be enlarged anew because it has outgrown its room. */
const REFITS = 3;

let lastQuestion = 0;
/** A number for a question that no question of this window had before, nor one before a reload. */
function newQuestion() {
  lastQuestion = Math.max(lastQuestion + 1, Date.now());
  return lastQuestion;
}

/** A stage's module is loaded once, however many slides show it. @param {string} address @returns {Promise<{mount: (root: HTMLElement, scene: any, tell: (name: string, value: unknown) => void) => Stage}>} */
function load(address) {
  return import(address);
}

export class Picture {
  /**
   * @param {Scene} deck @param {PictureScene} picture
   * @param {{controls: Control[], ask: (settings: Record<string, string>, question: number) => void}} live
   */
  constructor(deck, picture, live) {
    this.deck = deck;
    this.picture = picture;
    this.live = live;
    /** @type {Record<string, string>} what the controls were set to */
    this.settings = {};
    /** The question whose answer is waited for; 0 where none is. */
    this.question = 0;
    /** The step where the slide is. */
    this.at = 0;
    this.change = NaN;
    /** @type {Stage | null} */
    this.stage = null;
    /** @type {Promise<void> | null} */
    this.mounting = null;
    /** @type {object | null} the build that is on its way, or was the last */
    this.building = null;
    this.host = h("div", { class: "lecture-stage" });
    this.host.attachShadow({ mode: "open", clonable: true });
    this.room = h("div", { class: "lecture-room" }, this.host);
    this.state = h("span", { class: "lecture-asked", role: "status" });
    /** @type {((step: number) => void)[]} set each control as the deck has it at a step */
    this.resets = [];
    const tools = live.controls.length ? [h("div", { class: "lecture-tools" }, ...live.controls.map((control) => this.tool(control)), this.state)] : [];
    const caption = picture.sentence ? [h("figcaption", {}, picture.sentence)] : [];
    this.node = h("figure", { class: "lecture-picture", role: "group", "aria-label": picture.alt }, ...tools, this.room, ...caption);
    this.dirty = true;
    this.fitted = false;
  }

  /** A control of the live picture. @param {Control} control */
  tool(control) {
    const { name, label, value, range, options } = control;
    if (options) {
      const tool = h(
        "select",
        { "aria-label": label, onchange: () => this.ask(name, tool.value) },
        ...options.map(([key, title]) => h("option", { value: key, selected: key === value }, title)),
      );
      this.resets.push((step) => (tool.value = valueAt(control, step)));
      return h("label", { class: "lecture-tool" }, h("span", {}, label), tool);
    }
    const shown = h("output", {}, String(value));
    const { low, high, step } = range ?? { low: 0, high: 1, step: 1 };
    const tool = h("input", {
      ...{ type: "range", min: low, max: high, step, value, "aria-label": label },
      oninput: () => (shown.textContent = tool.value),
      onchange: () => this.ask(name, tool.value),
    });
    this.resets.push((step) => (tool.value = shown.textContent = valueAt(control, step)));
    return h("label", { class: "lecture-tool" }, h("span", {}, label), tool, shown);
  }

  /** @param {string} name @param {string} value */
  ask(name, value) {
    this.state.textContent = "computing …";
    this.settings[name] = value;
    this.question = newQuestion();
    this.live.ask(this.settings, this.question);
  }

  /**
   * The answer: another scene, or one sentence why there is none. It comes too late where another
   * question was asked since, or the slide has gone on to another picture.
   * @param {{id: number, scene?: any, error?: string}} answer
   */
  answer({ id, scene, error }) {
    if (id !== this.question) return;
    this.question = 0;
    this.state.textContent = error ?? "";
    if (!scene) return;
    this.stage?.update(scene);
    this.dirty = true;
    this.fit();
  }

  /** Mounts the stage, once; the room has to be laid out by then. @param {number} step */
  mount(step) {
    this.at = step;
    this.mounting ??= this.build();
    return this.mounting;
  }

  /** Builds the stage; where it is built anew or given up meanwhile, what is late does nothing. */
  async build() {
    const { deck, picture } = this;
    const shadow = /** @type {ShadowRoot} */ (this.host.shadowRoot);
    const building = (this.building = {});
    const { mount } = await load(deck.modules[picture.stage]);
    if (this.building !== building) return;
    const step = this.at; // the slide may have gone on
    const root = h("div", { class: "stage", "data-stage": picture.stage });
    const sheets = [deck.styles.stage, deck.styles[picture.stage], STYLE];
    shadow.replaceChildren(...sheets.filter(Boolean).map((css) => h("style", {}, css)), root);
    this.change = changeAt(picture, step);
    for (const reset of this.resets) reset(step);
    // The last step shows most: what fits then fits at every step.
    this.stage = mount(root, deck.scenes[keyAt(picture, picture.states.length)], () => {});
    await this.fit();
    if (this.building !== building) return;
    this.stage?.update(deck.scenes[keyAt(picture, this.change)]);
    this.go();
    this.watch(root);
  }

  async fit() {
    const stage = this.host.shadowRoot?.querySelector("div");
    if (!stage || !this.dirty) return;
    this.dirty = false;
    this.host.classList.toggle("lecture-fitting", !this.fitted);
    this.fitted = true;
    await fit(this.room, this.host, stage);
    this.host.classList.remove("lecture-fitting");
  }

  /** Pictures that come late, or words that get longer, may need more room. @param {HTMLElement} root */
  watch(root) {
    let again = 0;
    let [width, height] = [this.room.clientWidth, this.room.clientHeight];
    this.watcher?.disconnect();
    this.watcher = new ResizeObserver(() => {
      // Answers that are told take of its room; a window of another width fits all pictures anew itself.
      const taken = this.room.clientWidth === width && this.room.clientHeight !== height;
      [width, height] = [this.room.clientWidth, this.room.clientHeight];
      if (taken && !this.dirty) {
        this.dirty = true;
        this.fit();
        return;
      }
      if (this.dirty || this.host.matches(".lecture-fitting") || !outgrown(this.room, this.host, root)) return;
      // Most stages have a part that can give way; only then everything is made smaller.
      this.host.shadowRoot?.dispatchEvent(new Event("stage-room"));
      if (again >= REFITS || !outgrown(this.room, this.host, root)) return;
      again++;
      this.dirty = true;
      this.fit();
    });
    for (const each of [root, this.room]) this.watcher.observe(each);
  }

  /** Goes with the slide to a step. Where that changes nothing, the picture stays as it was left. @param {number} step */
  step(step) {
    this.at = step;
    const change = changeAt(this.picture, step);
    if (!this.stage || change === this.change) return;
    const before = keyAt(this.picture, this.change);
    this.change = change;
    const key = keyAt(this.picture, change);
    if (key !== before) {
      this.stage.update(this.deck.scenes[key]);
      this.set(step);
    }
    this.go();
  }

  /** The controls stand at what is shown. @param {number} step */
  set(step) {
    for (const reset of this.resets) reset(step);
    this.settings = {};
    this.question = 0;
    this.state.textContent = "";
  }

  /** Hands the stage the state of the step. */
  go() {
    const state = this.picture.states[this.change]?.state;
    if (state && Object.keys(state).length) this.stage?.go?.(state);
  }

  /** Nothing moves on a slide that is not shown. */
  pause() {
    const play = this.host.shadowRoot?.querySelector('.stage-play[aria-label="Pause"]');
    /** @type {HTMLButtonElement | null | undefined} */ (play)?.click();
  }

  /** The picture as it was when the slide was first seen. @param {number} step */
  async reset(step) {
    if (!this.stage) return;
    this.stage.destroy();
    this.stage = null;
    this.at = step;
    this.set(step);
    this.dirty = true;
    this.mounting = this.build();
    await this.mounting;
  }

  destroy() {
    this.building = null;
    this.watcher?.disconnect();
    this.stage?.destroy();
    this.stage = null;
  }
}
