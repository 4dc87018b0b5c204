// Controls in a stage: sliders and switches that the picture answers at once. The server is told only
// the last choice of a drag, and each answer says which choice it belongs to.

import { h, say } from "./dom.js";
import { HELD } from "../maps/held.js";
import { Radios } from "./radios.js";

/** @typedef {{name: string, label: string, hint: string, low: number, high: number, step: number, default: number, value: number}} NumberControl */
/** @typedef {{name: string, label: string, hint: string, default: boolean, value: boolean}} SwitchControl */
/** @typedef {{name: string, label: string, hint: string, options: number[], default: number, value: number}} ChoiceControl */
/** @typedef {{asked: number, numbers: NumberControl[], switches: SwitchControl[], choices: ChoiceControl[]}} ControlsScene */
/** @typedef {Record<string, number | boolean>} Values */
/** @typedef {(name: string, value: unknown) => void} Tell */

/** The server is told this long after the last key, so that a held key asks only once. */
export const REST_MILLISECONDS = 40;

/** @param {ControlsScene} scene */
function all({ choices, numbers, switches }) {
  return [choices, numbers, switches].flat();
}

/** The values of a scene's controls, by name. @param {ControlsScene} scene @returns {Values} */
export function valuesOf(scene) {
  return Object.fromEntries(all(scene).map(({ name, value }) => [name, value]));
}

/** Their defaults. @param {ControlsScene} scene @returns {Values} */
export function defaultsOf(scene) {
  return Object.fromEntries(all(scene).map((control) => [control.name, control.default]));
}

/** @param {Values} one @param {Values} other */
export function sameValues(one, other) {
  return Object.keys(one).every((name) => one[name] === other[name]);
}

/**
 * An address with the values that are not their defaults, and no others of these names.
 * @param {string} search of the page, as "?k=24" @param {Values} values @param {Values} defaults
 */
export function searchWith(search, values, defaults) {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(values)) {
    if (value === defaults[name]) parameters.delete(name);
    else parameters.set(name, String(value));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

export class Controls {
  /**
   * @param {ControlsScene} scene
   * @param {(values: Values) => void} changed called at once, in the same frame
   * @param {Tell} tell sends the visitor's choice to the server
   */
  constructor(scene, changed, tell) {
    this.changed = changed;
    this.tell = tell;
    this.asked = scene.asked;
    this.held = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.node = h("div", {
      class: "stage-controls stage-aside",
      role: "group",
      "aria-label": "Numbers of the network",
    });
    this.node.addEventListener("pointerdown", () => this.hold());
    this.shape = "";
    /** @type {Map<string, (value: number | boolean) => void>} */
    this.rows = new Map();
    this.scene = scene;
    this.values = valuesOf(scene);
    this.show(scene);
  }

  /** Shows other controls, or the same ones with other limits and values. @param {ControlsScene} scene */
  show(scene) {
    this.scene = scene;
    this.values = valuesOf(scene);
    const { choices, numbers, switches } = scene;
    const shape = JSON.stringify(all(scene).map(({ value, ...rest }) => rest));
    if (shape !== this.shape) {
      this.shape = shape;
      this.rows.clear();
      this.node.replaceChildren(
        ...choices.map((control) => this.choice(control)),
        ...numbers.map((control) => this.slider(control)),
        ...switches.map((control) => this.toggle(control)),
      );
    }
    for (const [name, put] of this.rows) put(this.values[name]);
  }

  /** @param {ChoiceControl} control */
  choice({ name, label, hint, options, value }) {
    const radios = /** @type {Radios<number>} */ (
      new Radios(label, (chosen) => this.take(name, chosen))
    );
    radios.node.title = hint;
    radios.showWords(
      options.map((option) => [option, String(option)]),
      value,
    );
    this.rows.set(name, (chosen) => radios.mark(Number(chosen)));
    return h("div", { class: "stage-control stage-choices" }, h("span", {}, label), radios.node);
  }

  /** @param {NumberControl} control */
  slider({ name, label, hint, low, high, step }) {
    const output = h("output", { "aria-hidden": "true" });
    const input = h("input", {
      type: "range",
      class: "stage-slider",
      min: low,
      max: high,
      step,
      name,
      title: hint,
      "aria-label": label,
      oninput: () => this.take(name, Number(input.value)),
    });
    const put = (/** @type {number | boolean} */ value) => {
      input.value = String(value);
      input.setAttribute("aria-valuetext", `${label} ${value}`);
      input.style.setProperty(
        "--done",
        `${(100 * (Number(value) - low)) / Math.max(step, high - low)}%`,
      );
      say(output, String(value));
    };
    this.rows.set(name, put);
    return h("label", { class: "stage-control" }, h("span", {}, label, " ", output), input);
  }

  /** @param {SwitchControl} control */
  toggle({ name, label, hint }) {
    const input = h("input", {
      type: "checkbox",
      role: "switch",
      name,
      title: hint,
      oninput: () => this.take(name, input.checked),
    });
    const put = (/** @type {number | boolean} */ value) => (input.checked = Boolean(value));
    this.rows.set(name, put);
    return h("label", { class: "stage-control stage-toggle" }, input, h("span", {}, label));
  }

  /** A choice of the visitor. @param {string} name @param {number | boolean} value */
  take(name, value) {
    this.choose({ ...this.values, [name]: value });
  }

  /** Sets every control to its default. */
  reset() {
    this.choose(defaultsOf(this.scene));
  }

  /** @param {Values} values */
  choose(values) {
    for (const [name, put] of this.rows) if (values[name] !== this.values[name]) put(values[name]);
    this.values = values;
    this.asked += 1;
    this.changed(this.values);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.held || this.send(), REST_MILLISECONDS);
  }

  /** A drag begins; its end may be anywhere in the window. */
  hold() {
    this.held = true;
    const release = () => {
      for (const end of ["pointerup", "pointercancel"]) removeEventListener(end, release, true);
      this.release();
    };
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, release, true);
  }

  release() {
    this.held = false;
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), 0); // a browser gives the last value after the release
  }

  send() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { values, asked } = this;
    this.address();
    this.tell("chosen", { asked, values, held: HELD.names() });
  }

  /** Writes the values into the address. */
  address() {
    const search = searchWith(location.search, this.values, defaultsOf(this.scene));
    if (search !== location.search)
      history.replaceState(history.state, "", location.pathname + search + location.hash);
  }

  /** The answer lacks maps that are not held any more: asks for all of them. */
  askAgain() {
    HELD.clear();
    this.asked += 1;
    this.send();
  }

  /**
   * Takes the controls of a new scene, if it answers the visitor's last choice.
   * @param {ControlsScene} scene @returns {boolean} whether it does
   */
  answered(scene) {
    if (scene.asked < this.asked) return false;
    this.asked = scene.asked;
    this.show(scene);
    if (scene.asked) this.address(); // an answer to an earlier choice may have changed it since
    return true;
  }

  destroy() {
    clearTimeout(this.timer);
  }
}
