// The live picture of a slide: a stage in its own shadow root, kept as the visitor left it.

import { h, say } from "../shared/dom.js";
import { fit, outgrown } from "./fit.js";
import { changeAt, keyAt, keysOf, valueAt } from "./place.js";
import { Scenes } from "./scenes.js";
import { STYLE } from "./stages.js";

/** @typedef {import("./place.js").Control} Control */
/** @typedef {import("./place.js").Picture} PictureScene */
/** @typedef {import("./place.js").Scene} Scene */
/** @typedef {import("../shared/stage.js").Stage & {go?: (state: Record<string, unknown>) => void}} Stage */

/** How often a picture may be fitted again because it has become larger than its room. */
const REFITS = 3;

/** Stands where a picture will be, by the state of the work. @type {Record<string, string>} */
const WAITING = {
  working: "The network is making this picture …",
  cancelled: "This picture is not made: the work was cancelled on the lecture’s page.",
  failed: "This picture could not be made. The lecture’s page says why.",
};

let lastQuestion = 0;
/** A new number for a question; no earlier question of this window had it, not even before a reload. */
function newQuestion() {
  lastQuestion = Math.max(lastQuestion + 1, Date.now());
  return lastQuestion;
}

/** Loads a stage's module; only once, even if many slides show it. @param {string} address @returns {Promise<{mount: (root: HTMLElement, scene: any, tell: (name: string, value: unknown) => void) => Stage}>} */
function load(address) {
  return import(address);
}

export class Picture {
  /**
   * @param {Scene} deck @param {PictureScene} picture
   * @param {{controls: Control[], ask: (settings: Record<string, string>, question: number) => void}} live
   * @param {Scenes} [scenes] of the deck
   */
  constructor(deck, picture, live, scenes = new Scenes(deck.scenes)) {
    this.deck = deck;
    this.scenes = scenes;
    this.keys = keysOf(picture);
    this.picture = picture;
    this.live = live;
    /** @type {Record<string, string>} the values that the visitor chose in the controls */
    this.settings = {};
    /** The question that waits for an answer; 0 if none does. */
    this.question = 0;
    /** The slide's current step. */
    this.at = 0;
    this.change = NaN;
    /** @type {Stage | null} */
    this.stage = null;
    /** @type {Promise<void> | null} */
    this.mounting = null;
    /** @type {object | null} the current build, or the last one */
    this.building = null;
    this.host = h("div", { class: "lecture-stage" });
    this.host.attachShadow({ mode: "open", clonable: true });
    this.room = h("div", { class: "lecture-room" }, this.host);
    this.waiting = h("p", { class: "lecture-waiting" }, WAITING.working);
    this.state = h("span", { class: "lecture-asked", role: "status" });
    /** @type {((step: number) => void)[]} each sets a control to the deck's value at a step */
    this.resets = [];
    const tools = live.controls.length
      ? [
          h(
            "div",
            { class: "lecture-tools" },
            ...live.controls.map((control) => this.tool(control)),
            this.state,
          ),
        ]
      : [];
    const caption = picture.sentence ? [h("figcaption", {}, picture.sentence)] : [];
    this.node = h(
      "figure",
      { class: "lecture-picture", role: "group", "aria-label": picture.alt },
      ...tools,
      this.room,
      ...caption,
    );
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
        ...options.map(([key, title]) =>
          h("option", { value: key, selected: key === value }, title),
        ),
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
   * Takes an answer: another scene, or one sentence why there is none. The answer comes too late if
   * there is a newer question, or if the slide shows another picture now.
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

  /** Whether all its scenes are there. */
  get ready() {
    return this.scenes.has(this.keys);
  }

  /** Says what a visitor may expect while it is not there. @param {string} state of the work */
  expect(state) {
    say(this.waiting, WAITING[state] ?? WAITING.working);
  }

  /** Waits for its scenes; until then a sentence stands in its room. */
  async arrive() {
    if (this.ready) return;
    this.room.prepend(this.waiting);
    this.node.setAttribute("aria-busy", "true");
    await this.scenes.wait(this.keys);
    this.waiting.remove();
    this.node.removeAttribute("aria-busy");
  }

  /** Mounts the stage, once; the room must already have its layout. @param {number} step */
  mount(step) {
    this.at = step;
    this.mounting ??= this.build();
    return this.mounting;
  }

  /** Builds the stage; a build that is no longer the newest one does nothing more. */
  async build() {
    const { deck, picture } = this;
    const shadow = /** @type {ShadowRoot} */ (this.host.shadowRoot);
    const building = (this.building = {});
    const [{ mount }] = await Promise.all([load(deck.modules[picture.stage]), this.arrive()]);
    if (this.building !== building) return;
    // Keys and fingers reach it when it stands at its step: an earlier action would be undone.
    this.room.inert = true;
    const step = this.at; // the step may have changed
    const root = h("div", { class: "stage", "data-stage": picture.stage });
    const sheets = [deck.styles.stage, deck.styles[picture.stage], STYLE];
    shadow.replaceChildren(...sheets.filter(Boolean).map((css) => h("style", {}, css)), root);
    this.change = changeAt(picture, step);
    for (const reset of this.resets) reset(step);
    // The last step shows the most: if that fits, every step fits.
    this.stage = mount(root, deck.scenes[keyAt(picture, picture.states.length)], () => {});
    await this.fit();
    if (this.building !== building) return;
    this.stage?.update(deck.scenes[keyAt(picture, this.change)]);
    this.go();
    this.room.inert = false;
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

  /** Fits again when images load late or words get longer and need more room. @param {HTMLElement} root */
  watch(root) {
    let again = 0;
    let [width, height] = [this.room.clientWidth, this.room.clientHeight];
    this.watcher?.disconnect();
    this.watcher = new ResizeObserver(() => {
      // Shown answers take some of its room; after a change of the window's width all pictures are fitted anyway.
      const taken = this.room.clientWidth === width && this.room.clientHeight !== height;
      [width, height] = [this.room.clientWidth, this.room.clientHeight];
      if (taken && !this.dirty) {
        this.dirty = true;
        this.fit();
        return;
      }
      if (
        this.dirty ||
        this.host.matches(".lecture-fitting") ||
        !outgrown(this.room, this.host, root)
      )
        return;
      // Most stages have a part that can become smaller; only if that is not enough, all becomes smaller.
      this.host.shadowRoot?.dispatchEvent(new Event("stage-room"));
      if (again >= REFITS || !outgrown(this.room, this.host, root)) return;
      again++;
      this.dirty = true;
      this.fit();
    });
    for (const each of [root, this.room]) this.watcher.observe(each);
  }

  /** Goes to a step. If that changes nothing in the picture, it stays as it was left. @param {number} step */
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

  /** Sets the controls to what is shown. @param {number} step */
  set(step) {
    for (const reset of this.resets) reset(step);
    this.settings = {};
    this.question = 0;
    this.state.textContent = "";
  }

  /** Gives the stage the state of the step. */
  go() {
    const state = this.picture.states[this.change]?.state;
    if (state && Object.keys(state).length) this.stage?.go?.(state);
  }

  /** Stops the animation on a slide that is not shown. */
  pause() {
    const play = this.host.shadowRoot?.querySelector('.stage-play[aria-label="Pause"]');
    /** @type {HTMLButtonElement | null | undefined} */ (play)?.click();
  }

  /** Shows the picture as it was at the beginning. @param {number} step */
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
