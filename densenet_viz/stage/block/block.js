// The dense-block stage: every connection, as arcs and as a matrix, and what each layer reads.

import { computedBlock } from "./computed.js";
import { paintBlock } from "./draw.js";
import { arcsFrame, matrixFrame, nodeAt } from "./geometry.js";
import { placeNodes, speak } from "./marks.js";
import { Morph } from "./morph.js";
import { Panel } from "./panel.js";
import { makeNode, makeParts } from "./parts.js";
import { COMPUTED, connectionsOf, outputOf, startOf } from "./words.js";
import { onWidth, pointIn, say, sized, spareOf, whenSeen } from "../shared/dom.js";
import { HELD } from "../maps/held.js";
import { mix } from "../shared/timing.js";
import { MARKS, badge } from "../shared/badge.js";
import { Controls } from "../shared/controls.js";
import { Player } from "../shared/player.js";

/** @typedef {import("./words.js").Scene} Scene */
/** @typedef {import("./words.js").Shown} Shown */
/** @typedef {import("../shared/controls.js").Tell} Tell */
/** @typedef {import("./parts.js").View} View */

const COUNT_MILLISECONDS = 3600;

export class Block {
  /** @param {HTMLElement} root @param {Scene} scene @param {Tell} tell */
  constructor(root, scene, tell) {
    this.root = root;
    this.sent = scene;
    /** @type {Shown} */
    this.scene = scene;
    /** The blocks of this network whose maps are here. @type {Map<number, Scene>} */
    this.known = new Map([[scene.block, scene]]);
    this.controls =
      scene.explore &&
      new Controls(scene.explore.controls, ({ block }) => this.chooseBlock(Number(block)), tell);
    /** @type {View} */
    this.view = "arcs";
    this.width = 0;
    this.time = scene.layers.length;
    this.chosen = startOf(scene);
    /** @type {number | null} */
    this.hovered = null;
    this.whole = false;
    this.morph = new Morph(() => this.draw(this.time));
    /** @type {import("./geometry.js").Connection[]} */
    this.connections = [];
    /** @type {import("./geometry.js").Connection[]} */
    this.handed = [];
    /** @type {HTMLButtonElement[]} */
    this.buttons = [];
    this.parts = makeParts({
      view: (view) => this.switchTo(view),
      whole: () => this.showWhole(!this.whole),
      choose: (node) => {
        this.hovered = null;
        this.choose(node);
      },
    });
    this.panel = new Panel(scene);
    this.player = new Player({
      steps: scene.layers.length,
      stepMilliseconds: COUNT_MILLISECONDS / scene.layers.length,
      noun: "layer",
      label: (time) => `layer ${Math.ceil(time)} of ${this.scene.layers.length}`,
      draw: (time) => this.draw(time),
    });
    this.player.seek(scene.layers.length);
    const { head, top, stage, controls } = this.parts;
    controls.append(this.player.node);
    root.append(
      ...(this.controls ? [this.controls.node] : []),
      ...[head, top, stage, controls, this.panel.root],
    );
    this.listen(stage);
    this.load();
    this.stop = onWidth(stage, (width) => this.resize(width));
    this.unsee = this.startWhenSeen(stage);
  }

  /** @param {HTMLElement} stage */
  listen(stage) {
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.root.addEventListener(
      "transitionend",
      (event) => event.target === this.root && this.repaint(),
    );
    stage.addEventListener("pointermove", (event) => this.point(event, false));
    stage.addEventListener("pointerdown", (event) => this.point(event, true));
    stage.addEventListener("pointerleave", () => this.hover(null));
  }

  /** Counts once when it is first visible, unless the visitor prefers reduced motion. @param {HTMLElement} stage */
  startWhenSeen(stage) {
    if (this.player.reduced) return null;
    return whenSeen(stage, () => this.hovered === null && this.player.play());
  }

  /** The visitor chose another block: shows its connections in this frame. @param {number} number */
  chooseBlock(number) {
    const { explore } = this.sent;
    if (!explore) return;
    this.take(this.known.get(number) ?? computedBlock(this.sent, explore, number));
  }

  /** Takes the server's scene, unless the visitor has chosen again since. @param {Scene} next */
  update(next) {
    // A scene that the visitor did not ask for is of another picture or model.
    const asked = next.explore?.controls.asked !== this.sent.explore?.controls.asked;
    if (next.explore && this.controls?.answered(next.explore.controls) === false) return;
    if (!HELD.hasAll(next.groups.map(({ maps }) => maps))) return this.controls?.askAgain();
    if (!asked) this.known.clear();
    this.known.set(next.block, next);
    this.sent = next;
    this.take(next);
  }

  /** @param {Shown} next */
  take(next) {
    const known = this.scene.groups;
    const sameMaps =
      next.groups.length === known.length &&
      next.groups.every(({ maps }, index) => maps?.name === known[index].maps?.name);
    const sameBlock = next.block === this.scene.block && next.groups.length === known.length;
    if (sameBlock && sameMaps) return;
    this.scene = next;
    this.panel.setScene(next);
    if (!sameBlock) this.restart();
    this.load();
    if (this.width) this.resize(this.width);
    if (!sameBlock && !this.player.reduced) this.player.play();
  }

  /** Another block: counting starts again. */
  restart() {
    const layers = this.scene.layers.length;
    this.player.pause();
    this.chosen = startOf(this.scene);
    this.hovered = null;
    this.time = this.player.time = layers;
    Object.assign(this.player.options, {
      steps: layers,
      stepMilliseconds: COUNT_MILLISECONDS / layers,
    });
  }

  /** Sets up a scene: its connections, and a button for each node. */
  load() {
    const { scene, parts } = this;
    const output = outputOf(scene);
    this.connections = connectionsOf(scene);
    this.handed = scene.groups.map(({ layer, channels }) => ({
      source: layer,
      reader: output,
      channels,
    }));
    const computed = scene.groups.some(({ maps }) => !maps);
    const { kind, text } = computed ? { kind: "computed", text: COMPUTED } : badge(scene);
    parts.badge.dataset.kind = kind;
    say(parts.badge, `${MARKS[kind]} ${text}`);
    parts.nodes.node.setAttribute("aria-label", `Layers of block ${scene.block}`);
    const make = (/** @type {number} */ node) =>
      makeNode(
        parts.nodes,
        scene,
        node,
        (which) => this.choose(which),
        (which) => this.hover(which),
      );
    this.buttons = Array.from({ length: output + 1 }, (_, node) => make(node));
    parts.nodes.show(this.buttons, this.chosen);
  }

  /** @param {number} width */
  resize(width) {
    this.width = width;
    const [layers, most] = [
      this.scene.layers.length,
      spareOf(this.root, this.parts.stage) ?? Infinity,
    ];
    this.arcs = arcsFrame(width, layers, most);
    this.matrix = matrixFrame(width, layers, most);
    this.context = sized(this.parts.canvas, width, Math.max(this.arcs.height, this.matrix.height));
    this.player.setSteps(layers);
    this.panel.show(this.shown);
  }

  /** Draws the canvases again, because the theme's colours have changed. */
  repaint() {
    this.draw(this.time);
    this.panel.paint();
  }

  /** From 0, the arcs, to 1, the matrix. */
  get share() {
    return this.morph.share;
  }

  get counting() {
    return this.time < this.scene.layers.length;
  }

  /** The node that the text and the maps describe. */
  get shown() {
    return this.hovered ?? this.chosen;
  }

  /** The node whose connections are highlighted, or null for all. */
  get active() {
    return this.counting || (this.whole && this.hovered === null) ? null : this.shown;
  }

  /** @param {number} time of the count */
  draw(time) {
    this.time = time;
    const { arcs, matrix, context, scene, active, share, connections, handed } = this;
    if (!arcs || !matrix || !context) return;
    const style = getComputedStyle(this.root);
    const [ink, font] = [style.color, style.fontFamily];
    const colours = scene.groups.map(({ colour }) => colour);
    paintBlock(context, {
      arcs,
      matrix,
      share,
      connections,
      handed,
      colours,
      active,
      time,
      ink,
      font,
    });
    placeNodes(this, arcs, matrix);
    speak(this);
    this.parts.stage.style.height = `${mix(arcs.height, matrix.height, share)}px`;
    this.root.dataset.active = active === null ? "all" : String(active);
    this.root.dataset.view = share === 0 ? "arcs" : share === 1 ? "matrix" : "between";
  }

  /** Chooses a node until another one is chosen. @param {number} node */
  choose(node) {
    this.finish();
    this.whole = false;
    this.chosen = node;
    this.draw(this.time);
    this.panel.show(this.shown);
  }

  /** Chooses a node while the pointer is on it. @param {number | null} node */
  hover(node) {
    if (node === this.hovered) return;
    if (node !== null) this.finish();
    const before = this.shown;
    this.hovered = node;
    this.draw(this.time);
    if (this.shown !== before) this.panel.show(this.shown);
  }

  /** Ends a running count when the visitor does something else. */
  finish() {
    if (this.player.time < this.scene.layers.length) this.player.jump(this.scene.layers.length);
  }

  /** @param {boolean} whole */
  showWhole(whole) {
    this.finish();
    this.whole = whole;
    this.draw(this.time);
  }

  /** In the matrix, each cell belongs to the layer of its column. @param {PointerEvent} event @param {boolean} press */
  point(event, press) {
    if (this.share < 1 || !this.matrix || /** @type {Element} */ (event.target).closest("button"))
      return;
    const node = nodeAt(this.matrix, ...pointIn(event, this.parts.stage));
    if (press && node !== null) this.choose(node);
    else if (event.pointerType === "mouse") this.hover(node);
  }

  /** @param {View} view */
  switchTo(view) {
    this.view = view;
    this.morph.to(view === "matrix" ? 1 : 0);
  }

  /** Escape highlights all; the player handles the other keys, but not those of the layers. @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (this.controls?.node.contains(target)) return;
    if (event.key === "Escape" && !this.whole) this.showWhole(true);
    else if (!target.closest(".block-nodes")) this.player.key(event);
  }

  destroy() {
    this.player.pause();
    this.controls?.destroy();
    this.morph.stop();
    this.unsee?.();
    this.panel.destroy();
    this.stop();
  }
}

/**
 * @param {HTMLElement} root @param {Scene} scene @param {Tell} [tell]
 * @returns {import("../shared/stage.js").Stage & {go: (state: {layer?: number}) => void}}
 */
export function mount(root, scene, tell = () => {}) {
  const stage = new Block(root, scene, tell);
  const go = (/** @type {{layer?: number}} */ { layer = startOf(stage.scene) }) =>
    stage.choose(layer);
  return {
    update: (next) => stage.update(next),
    destroy: () => stage.destroy(),
    go,
    save: () => ({ name: "dense-block", redraw: () => stage.resize(stage.width) }),
  };
}
