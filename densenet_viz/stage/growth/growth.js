// The growth stage: real feature maps in groups. Each layer reads all of them and adds k.

import { h, onWidth, pointIn, say, sharper, sized, spareOf, whenSeen } from "../shared/dom.js";
import { computedScene, isImpossible } from "./computed.js";
import { groupAt, layoutAt, tilesPerRow } from "./geometry.js";
import { Labels } from "./labels.js";
import { paint } from "./paint.js";
import { Panel } from "./panel.js";
import { sheetsOf } from "./sheets.js";
import { STEP_MILLISECONDS, momentAt } from "./timing.js";
import { COMPUTED, IMPOSSIBLE, placeAt, sentenceAt, titleAt } from "./words.js";
import { MARKS, badge } from "../shared/badge.js";
import { Controls, sameValues, valuesOf } from "../shared/controls.js";
import { HELD } from "../maps/held.js";
import { bytesOf, rangeOf } from "../maps/maps.js";
import { Player } from "../shared/player.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("./words.js").Shown} Shown */
/** @typedef {import("../shared/controls.js").Tell} Tell */
/** @typedef {import("../shared/controls.js").Values} Values */
/** @typedef {import("./geometry.js").Frame} Frame */

const FIRST_PLAY_MILLISECONDS = 900;
class Growth {
  /** @param {HTMLElement} root @param {Scene} scene @param {Tell} tell */
  constructor(root, scene, tell) {
    this.root = root;
    this.time = 0;
    this.onSlide = false;
    this.sent = scene;
    /** @type {Shown} */
    this.scene = scene;
    /** @type {(import("../maps/maps.js").Maps | null)[]} */
    this.maps = scene.groups.map(({ maps }) => HELD.take(maps));
    this.palette = bytesOf(scene.palette);
    this.labels = new Labels(scene);
    /** @type {import("./sheets.js").Sheet[]} */
    this.sheets = [];
    /** @type {Frame | undefined} */
    this.frame = undefined;
    /** @type {import("./geometry.js").Layout | undefined} */
    this.layout = undefined;
    this.controls =
      scene.explore && new Controls(scene.explore.controls, (values) => this.choose(values), tell);
    this.note = h("p", { class: "stage-note", role: "status" });
    this.panel = scene.explore && new Panel(root);
    this.badge = h("span", { class: "stage-badge", "aria-live": "polite" });
    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence", "aria-live": "polite" });
    this.canvas = h("canvas", { role: "img" });
    this.context = sized(this.canvas, 1, 1);
    this.over = h("div", { class: "growth-over" });
    this.view = h(
      "div",
      {
        class: "stage-view",
        tabindex: 0,
        role: "group",
        "aria-label": "Growth stage. Space plays and pauses, arrow keys step.",
      },
      this.canvas,
      this.over,
    );
    this.scale = h(
      "select",
      {
        class: "stage-choice",
        "aria-label": "Colour scale of the maps",
        onchange: () => this.rescale(),
      },
      h("option", { value: "map" }, "each map on its own scale"),
      h("option", { value: "all" }, "one scale for all maps"),
    );
    this.legend = h("span", { class: "growth-legend" });
    this.player = new Player({
      steps: scene.layers.length,
      stepMilliseconds: STEP_MILLISECONDS,
      noun: "layer",
      label: (time) => placeAt(this.scene, time),
      draw: (time) => this.draw(time),
    });
    /** @type {boolean | undefined} whether the controls are below the picture */
    this.below = undefined;
    root.append(
      ...(this.controls ? [this.controls.node, this.note] : []),
      h("div", { class: "stage-head" }, this.badge, this.title, this.sentence),
      this.view,
      h(
        "div",
        { class: "growth-controls" },
        this.player.node,
        h("div", { class: "growth-scale" }, this.scale, this.legend),
      ),
      ...(this.panel ? [this.panel.node] : []),
    );
    this.listen();
    this.announce();
    this.stop = onWidth(this.view, (width) => this.resize(width));
    this.startWhenSeen();
  }

  listen() {
    this.root.addEventListener("keydown", (event) => {
      const target = /** @type {Node} */ (event.composedPath()[0]);
      const other = [this.controls?.node, this.panel?.node].some((node) => node?.contains(target));
      if (!other) this.player.key(event);
    });
    this.view.addEventListener("pointermove", (event) => this.point(event));
    this.view.addEventListener("pointerleave", () => this.labels.unpoint());
    let start = NaN; // a swipe to the left goes one layer forward, to the right one back
    this.view.addEventListener("touchstart", (event) => (start = event.touches[0].clientX), {
      passive: true,
    });
    this.view.addEventListener("touchend", (event) => {
      const moved = event.changedTouches[0].clientX - start;
      if (Math.abs(moved) > 40) this.player.step(moved < 0 ? 1 : -1);
    });
  }

  /** Plays once when it is first visible, unless the visitor prefers reduced motion. */
  startWhenSeen() {
    if (this.player.reduced) return;
    const play = () => this.player.time === 0 && this.player.play();
    this.unsee = whenSeen(this.view, () => {
      this.timer = setTimeout(play, FIRST_PLAY_MILLISECONDS);
    });
  }

  /** Shows the scene's badge, labels and numbers. */
  announce() {
    const { kind, text } = this.scene.waiting
      ? { kind: "computed", text: COMPUTED }
      : badge(this.scene);
    this.badge.dataset.kind = kind;
    say(this.badge, `${MARKS[kind]} ${text}`);
    this.over.replaceChildren(...this.labels.nodes);
    if (!this.controls || !this.scene.explore) return;
    say(this.note, isImpossible(this.scene.explore, this.controls.values) ? IMPOSSIBLE : "");
    this.panel?.show(this.scene, this.controls.values);
  }

  /** The visitor chose other numbers: shows them in this frame. @param {Values} values */
  choose(values) {
    const { explore } = this.sent;
    if (!explore) return;
    const known = sameValues(values, valuesOf(explore.controls));
    this.load(known ? this.sent : computedScene(this.sent, explore, values));
  }

  /** Takes the server's scene, unless the visitor has chosen again since. @param {Scene} scene */
  update(scene) {
    if (scene.explore && this.controls?.answered(scene.explore.controls) === false) return;
    if (!HELD.hasAll(scene.groups.map(({ maps }) => maps))) return this.controls?.askAgain();
    this.sent = scene;
    this.load(scene);
  }

  /** Shows another scene and keeps the current time. @param {Shown} scene */
  load(scene) {
    this.scene = scene;
    this.maps = scene.groups.map(({ maps }) => maps && HELD.take(maps));
    this.palette = bytesOf(scene.palette);
    this.labels = new Labels(scene);
    this.announce();
    // Measuring the view takes longer than drawing it, and only on a slide does its height change.
    if (this.frame && this.onSlide) this.resize(this.frame.width);
    else if (this.frame) this.lay(this.frame.width, this.frame.height, this.frame.phone);
    this.player.setSteps(scene.layers.length);
  }

  rescale() {
    if (!this.frame) return;
    this.paintSheets(this.frame.perRow);
    this.draw(this.time);
  }

  /** @param {number} perRow */
  paintSheets(perRow) {
    const there = this.maps.filter((maps) => maps !== null);
    const range = this.scale.value === "all" && there.length ? rangeOf(there) : null;
    this.sheets = sheetsOf(this.scene, this.maps, perRow, this.palette, range);
    const words = range
      ? `dark ${range[0].toFixed(1)}, bright ${range[1].toFixed(1)}`
      : "dark: a map's lowest value, bright: its highest";
    say(this.legend, words);
  }

  /** @param {number} width */
  resize(width) {
    const phone = width < 640;
    const spare = spareOf(this.root, this.view);
    this.onSlide = spare !== null;
    // On a page, the height is what title, controls and player leave free in the window.
    const free = phone ? 430 : Math.max(420, Math.min(640, globalThis.innerHeight - 450));
    const height = spare ? Math.max(220, spare) : free;
    this.root.classList.toggle("growth-phone", phone);
    this.placeControls(phone);
    this.context = sized(this.canvas, width, height);
    this.lay(width, height, phone);
    this.draw(Math.min(this.time, this.scene.layers.length));
  }

  /** On a phone the picture comes first, so that it is in the first screen. @param {boolean} phone */
  placeControls(phone) {
    if (!this.controls || this.below === phone) return;
    this.below = phone;
    if (phone && this.panel) this.panel.node.before(this.controls.node, this.note);
    else this.root.prepend(this.controls.node, this.note);
  }

  /** Lays the scene's groups out in a view of a given size. @param {number} width @param {number} height @param {boolean} phone */
  lay(width, height, phone) {
    const channels = this.scene.groups.map((group) => group.channels);
    const perRow = tilesPerRow(channels, phone ? 110 : 60);
    this.frame = { width, height, phone, perRow, channels, top: 44, bottom: phone ? 62 : 78 };
    this.paintSheets(perRow);
  }

  /** @param {number} time */
  draw(time) {
    this.time = time;
    if (!this.frame) return;
    this.layout = layoutAt(this.frame, time);
    paint(this.context, this.frame, this.layout, this.sheets, time);
    this.labels.place(this.frame, this.layout, time);
    say(this.title, titleAt(this.scene, time));
    const words = sentenceAt(this.scene, time);
    if (this.sentence.textContent === words) return;
    this.sentence.textContent = words;
    this.canvas.setAttribute("aria-label", words);
    this.root.dataset.done = String(momentAt(time).done);
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (!this.layout) return;
    const [x, y] = pointIn(event, this.canvas);
    const found = groupAt(this.layout, x, y, momentAt(this.time).done);
    if (found) this.labels.point(found.column, found.box.source, x, y, this.canvas.clientWidth);
    else this.labels.unpoint();
  }

  /** Plays up to a layer, or jumps back to an earlier one. @param {{layer?: number}} state */
  go({ layer = this.scene.layers.length }) {
    this.unsee?.();
    clearTimeout(this.timer);
    this.player.playTo(Math.max(0, Math.min(this.scene.layers.length, layer)));
  }

  /** How the picture and its animation are saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    const { canvas, view: until, scene, player } = this;
    const redraw = () => this.frame && this.resize(this.frame.width);
    const prepare = () => (player.pause(), sharper(2, redraw));
    const restore = () => (redraw(), player.seek(player.time));
    const draw = (/** @type {number} */ time) => this.draw(time);
    return {
      name: "growth",
      redraw,
      film: {
        canvas,
        until,
        steps: scene.layers.length,
        stepMilliseconds: STEP_MILLISECONDS,
        prepare,
        draw,
        restore,
      },
    };
  }

  destroy() {
    this.player.pause();
    this.controls?.destroy();
    this.panel?.destroy();
    clearTimeout(this.timer);
    this.unsee?.();
    this.stop();
  }
}

/**
 * @param {HTMLElement} root @param {Scene} scene @param {Tell} [tell]
 * @returns {import("../shared/stage.js").Stage & {go: (state: {layer?: number}) => void}}
 */
export function mount(root, scene, tell = () => {}) {
  const stage = new Growth(root, scene, tell);
  return {
    update: (next) => stage.update(next),
    destroy: () => stage.destroy(),
    go: (state) => stage.go(state),
    save: () => stage.save(),
  };
}
