// The transition stage: fewer maps by a weighted sum, smaller maps by a 2 × 2 window.

import { MARKS } from "../shared/badge.js";
import { h, onWidth, pointIn, say, sized, spareOf, whenSeen } from "../shared/dom.js";
import { HELD } from "../maps/held.js";
import { Player } from "../shared/player.js";
import { Controls, sameValues, valuesOf } from "../shared/controls.js";
import { dataOf } from "./data.js";
import { coloursOf, drawTensors, drawWaiting, walkFor } from "./draw.js";
import { Costs, chosenTransition, countsOf } from "./explore.js";
import { layoutFor, mapAt } from "./geometry.js";
import { fillList, makeParts, placeLabels } from "./parts.js";
import { clearest, partsOf, windowAt } from "./values.js";
import { drawWindow, windowUnder } from "./window.js";
import { COMPUTED, IMPOSSIBLE, badgeOf, grouped, sentenceOf, titleOf } from "./words.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("./values.js").Pooling} Pooling */
/** @typedef {import("../shared/controls.js").Tell} Tell */
/** @typedef {import("../shared/controls.js").Values} Values */

class Transition {
  /** @param {HTMLElement} root @param {Scene} scene @param {Tell} tell */
  constructor(root, scene, tell) {
    this.root = root;
    /** What the visitor chose and the server has not run yet. @type {import("./words.js").Counts | null} */
    this.waiting = null;
    this.controls =
      scene.explore &&
      new Controls(scene.explore.controls, (values) => this.chooseNumbers(values), tell);
    this.impossible = h("p", { class: "stage-note", role: "status" });
    this.costs = scene.explore && new Costs();
    this.chosen = clearest(scene.mixing);
    /** @type {number | null} */
    this.hovered = null;
    /** @type {Pooling} */
    this.pooling = "average";
    this.width = 0;
    this.scene = scene;
    this.data = dataOf(scene);
    this.ink = coloursOf(root);
    this.parts = makeParts({
      step: (move) => this.choose(this.chosen + move),
      pool: (pooling) => this.pool(pooling),
    });
    this.speak();
    this.player = new Player({
      steps: this.data.windows,
      stepMilliseconds: this.data.stepMilliseconds,
      noun: "window",
      label: (time) =>
        `window ${grouped(this.windowAt(time).index + 1)} of ${grouped(this.data.windows)}`,
      draw: (time) => this.draw(time),
    });
    const { parts } = this;
    parts.pooling.append(h("div", { class: "transition-controls" }, this.player.node));
    root.append(
      ...(this.controls ? [this.controls.node, this.impossible] : []),
      parts.head,
      parts.view,
      ...(this.costs ? [this.costs.node] : []),
      parts.details,
    );
    this.listen();
    this.stop = onWidth(parts.view, (width) => this.resize(width));
    this.stopWalk = onWidth(parts.pooling, () => this.resize(this.width));
    this.unsee = this.startWhenSeen();
  }

  listen() {
    const { parts } = this;
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener(
      "transitionend",
      (event) => event.target === this.root && this.show(),
    );
    parts.grid.addEventListener(
      "pointermove",
      (event) => event.pointerType === "mouse" && this.point(event, false),
    );
    parts.grid.addEventListener("pointerdown", (event) => this.point(event, true));
    parts.grid.addEventListener("pointerleave", () => this.hover(null));
    parts.walk.addEventListener("pointerdown", (event) => this.jump(event));
    parts.walk.addEventListener(
      "pointermove",
      (event) =>
        (event.pointerType === "mouse" || event.buttons) &&
        !this.player.playing &&
        this.jump(event),
    );
  }

  /** The window moves over the map once when first visible, unless reduced motion is preferred. */
  startWhenSeen() {
    if (this.player.reduced) {
      this.player.seek(this.data.windows);
      return null;
    }
    return whenSeen(this.parts.walk, () => this.player.play());
  }

  /** Writes the text about the whole transition. */
  speak() {
    const { scene, parts, controls, waiting } = this;
    const { kind, text } = waiting ? { kind: "computed", text: COMPUTED } : badgeOf(scene);
    parts.badge.dataset.kind = kind;
    say(parts.badge, `${MARKS[kind]} ${text}`);
    say(parts.title, titleOf(waiting ?? scene));
    say(parts.sentence, sentenceOf(waiting ?? scene));
    parts.details.classList.toggle("transition-waiting", waiting !== null);
    if (!controls || !scene.explore) return;
    const { impossible } = chosenTransition(scene.explore, controls.values);
    say(this.impossible, impossible ? IMPOSSIBLE : "");
    this.costs?.show(scene.explore, controls.values);
  }

  /** The visitor chose another transition: shows its counts in this frame. @param {Values} values */
  chooseNumbers(values) {
    const { explore } = this.scene;
    if (!explore) return;
    const known = sameValues(values, valuesOf(explore.controls));
    this.waiting = known ? null : countsOf(explore, values);
    this.hovered = null;
    this.speak();
    this.resize(this.width);
  }

  /** Takes the server's scene, unless the visitor has chosen again since. @param {Scene} next */
  update(next) {
    if (next.explore && this.controls?.answered(next.explore.controls) === false) return;
    if (!HELD.hasAll([next.given, next.activated, next.pooled])) return this.controls?.askAgain();
    const now = this.scene;
    const waited = this.waiting !== null;
    this.waiting = null;
    if (
      next.mixed.name === now.mixed.name &&
      next.given.name === now.given.name &&
      next.own === now.own
    ) {
      this.scene = next;
      if (waited) {
        this.speak();
        this.resize(this.width);
      }
      return;
    }
    this.hovered = null;
    this.scene = next;
    this.data = dataOf(next);
    if (next.mixed.count !== now.mixed.count || next.block !== now.block)
      this.chosen = clearest(next.mixing);
    this.speak();
    this.player.options.stepMilliseconds = this.data.stepMilliseconds;
    if (!this.player.playing) this.player.time = this.data.windows;
    this.player.setSteps(this.data.windows);
    if (this.width) this.resize(this.width);
  }

  /** @param {number} width */
  resize(width) {
    if (!width) return;
    const { scene, parts } = this;
    const { given, mixed, half, size } = this.waiting ?? scene;
    const ratio = half[1] / size[1];
    this.width = width;
    this.layout = layoutFor(
      width,
      given.count,
      mixed.count,
      ratio,
      spareOf(this.root, parts.view) ?? Infinity,
    );
    this.context = sized(parts.canvas, width, this.layout.height);
    this.walk = walkFor(Math.max(200, parts.pooling.clientWidth), scene.size[1], scene.half[1]);
    this.walkContext = sized(parts.walk, this.walk.x + this.walk.half + 6, this.walk.height);
    this.show();
  }

  get shown() {
    return this.hovered ?? this.chosen;
  }

  /** Everything that depends on the output map, not on the window. */
  show() {
    const { scene, parts, layout, context } = this;
    const { sheets, activated } = this.data;
    if (!layout || !context) return;
    const output = this.shown;
    this.ink = coloursOf(this.root);
    if (this.waiting) {
      const given = this.waiting.block === scene.block ? sheets.given : null;
      drawWaiting(context, layout, given, this.ink);
      placeLabels(parts.labels, this.waiting, layout, this.pooling === "max");
      return;
    }
    const mixing = partsOf(scene.mixing, output);
    const result = sheets[this.pooling];
    drawTensors(
      context,
      layout,
      { given: sheets.given, mixed: sheets.mixed, result },
      output,
      mixing,
      this.ink,
    );
    placeLabels(parts.labels, scene, layout, this.pooling === "max");
    fillList(parts.list, scene, sheets.activated, activated, mixing);
    const count = grouped(scene.mixed.count);
    say(parts.mixTitle, `Output map ${output + 1} of ${count} is a sum`);
    say(
      parts.sum,
      `Each row: a map after norm and ReLU, its weight, and their product, pixel by pixel (orange adds, blue subtracts, white is zero). Bars: the mean of the products.`,
    );
    parts.grid.setAttribute("aria-valuemax", String(scene.mixed.count));
    parts.grid.setAttribute("aria-valuenow", String(output + 1));
    parts.grid.setAttribute(
      "aria-valuetext",
      `output map ${output + 1} of ${count}, strongest input ${mixing.parts[0].input}`,
    );
    this.root.dataset.output = String(output);
    this.player.seek(this.player.time);
  }

  /** @param {number} time */
  windowAt(time) {
    return windowAt(time, this.scene.half[0], this.scene.half[1]);
  }

  /** Everything that depends on the window. @param {number} time */
  draw(time) {
    const { walk, walkContext } = this;
    if (!walk || !walkContext) return;
    const window = this.windowAt(time);
    const { pooling, ink, shown: output } = this;
    const done = time >= this.data.windows;
    drawWindow(this.parts, walkContext, walk, this.data, { window, output, pooling, done, ink });
    this.root.dataset.window = String(window.index);
  }

  /** @param {number} output */
  choose(output) {
    this.hovered = null;
    this.chosen = Math.max(0, Math.min(this.scene.mixed.count - 1, output));
    this.show();
  }

  /** @param {number | null} output */
  hover(output) {
    if (output === this.hovered) return;
    this.hovered = output;
    this.show();
  }

  /** @param {Pooling} pooling */
  pool(pooling) {
    this.pooling = pooling;
    this.show();
  }

  /** The output map under the pointer, in the mixed tensor or in the result. @param {PointerEvent} event @param {boolean} press */
  point(event, press) {
    if (!this.layout) return;
    if (this.waiting) return;
    const [x, y] = pointIn(event, this.parts.canvas);
    const output = mapAt(this.layout.mixed, x, y) ?? mapAt(this.layout.result, x, y);
    if (!press) this.hover(output);
    else if (output !== null) this.choose(output);
  }

  /** Puts the window where the pointer is. @param {PointerEvent} event */
  jump(event) {
    const place = this.walk && windowUnder(event, this.parts.walk, this.walk, this.scene.half);
    if (place !== null && place !== undefined) this.player.jump(place);
  }

  /** Arrow keys choose an output map; elsewhere the player handles them. @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (this.controls?.node.contains(target)) return undefined;
    const columns = this.layout?.mixed.columns ?? 1;
    const move = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: columns,
      ArrowUp: -columns,
      Home: -Infinity,
      End: Infinity,
    }[event.key];
    if (move === undefined || target !== this.parts.grid) return this.player.key(event);
    event.preventDefault();
    event.stopPropagation();
    return this.choose(this.chosen + move);
  }

  destroy() {
    this.player.pause();
    this.controls?.destroy();
    this.unsee?.();
    this.stop();
    this.stopWalk();
  }
}

/**
 * @param {HTMLElement} root @param {Scene} scene @param {Tell} [tell]
 * @returns {import("../shared/stage.js").Stage}
 */
export function mount(root, scene, tell = () => {}) {
  const stage = new Transition(root, scene, tell);
  const save = () => ({ name: "transition", redraw: () => stage.resize(stage.width) });
  return { update: (next) => stage.update(next), destroy: () => stage.destroy(), save };
}
