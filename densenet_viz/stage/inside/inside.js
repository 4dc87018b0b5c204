// The inside stage: from the whole network down to one number. It shows one place, with a trail of
// links to the places around it, and tells the server where it is; the server sends the details.

import { h, onWidth, say } from "../shared/dom.js";
import { badge } from "../shared/badge.js";
import { bytesOf } from "../maps/maps.js";
import { blockView } from "./levels/block.js";
import { channelView } from "./levels/channel.js";
import { classifierView } from "./levels/classifier.js";
import { layerView } from "./levels/layer.js";
import { move } from "./move.js";
import { networkView } from "./levels/network.js";
import { numberView } from "./levels/number.js";
import { linkTo, notHere } from "./parts.js";
import {
  besides,
  isPlace,
  keyOf,
  layerOf,
  levelOf,
  parentOf,
  partOf,
  trailOf,
  wayTo,
} from "./places.js";
import { nameOf, wordsOf } from "./words.js";

/** @typedef {import("./types.js").Scene} Scene */
/** @typedef {import("./types.js").Place} Place */
/** @typedef {import("./types.js").Detail} Detail */
/** @typedef {import("./types.js").View} View */

const MOST_KEPT = 12;
const TELL_MILLISECONDS = 200;

const VIEWS = {
  network: networkView,
  block: blockView,
  layer: layerView,
  channel: channelView,
  number: numberView,
  classifier: classifierView,
};

class Inside {
  /** @param {HTMLElement} root @param {Scene} scene @param {(name: string, value: unknown) => void} tell */
  constructor(root, scene, tell) {
    this.root = root;
    this.tell = tell;
    this.width = 0;
    this.timer = 0;
    this.turn = 0;
    this.endMove = () => {};
    /** @type {Map<string, Detail>} */
    this.kept = new Map();
    /** @type {Set<string>} places that were told, and not answered yet */
    this.asked = new Set();
    this.badge = h("span", { class: "stage-badge" });
    this.title = h("h2", { class: "stage-title", tabindex: -1 });
    this.sentence = h("p", { class: "stage-sentence", "aria-live": "polite" });
    this.trail = h("nav", { class: "inside-trail stage-aside", "aria-label": "Where you are" });
    this.stageView = h("div", { class: "stage-view inside-view" });
    const head = h("div", { class: "stage-head" }, this.badge, this.title, this.sentence);
    root.append(this.trail, head, this.stageView);
    root.addEventListener("keydown", (event) => this.key(event));
    this.load(scene);
    this.stop = onWidth(this.stageView, (width) => {
      this.width = width;
      this.view?.resize?.(width);
    });
  }

  /** Begins with a scene: its place, and what is known of it. @param {Scene} scene */
  load(scene) {
    this.kept.clear();
    this.asked.clear();
    this.endMove();
    this.scene = scene;
    this.room = {
      scene,
      palette: bytesOf(scene.palette),
      signed: bytesOf(scene.signed),
      go: (/** @type {Place} */ place) => this.go(place),
    };
    this.place = scene.place;
    this.root.dataset.served = String(scene.served);
    if (scene.detail) this.keep(scene.place, scene.detail);
    this.stageView.replaceChildren();
    this.open();
    if (!scene.detail && scene.place.at) this.ask();
  }

  /** @param {Scene} next */
  update(next) {
    if (next.key !== this.scene?.key) return this.load(next);
    this.scene = next;
    const key = keyOf(next.place);
    if (next.detail) this.keep(next.place, next.detail);
    if (key === keyOf(this.current)) {
      this.asked.clear();
      if (next.detail) this.fill(next.detail);
    } else if (!this.asked.has(key)) this.show(next.place, next.served);
  }

  get current() {
    return /** @type {Place} */ (this.place);
  }

  /** @param {Place} place @param {Detail} detail */
  keep(place, detail) {
    this.kept.delete(keyOf(place));
    this.kept.set(keyOf(place), detail);
    if (this.kept.size > MOST_KEPT) this.kept.delete([...this.kept.keys()][0]);
  }

  /** Goes to a place because the visitor wants it. @param {Place} place */
  go(place) {
    if (!this.scene || !isPlace(this.scene, place) || keyOf(place) === keyOf(this.current)) return;
    this.show(place);
    this.ask();
  }

  /**
   * Tells the server the place, which it writes into the address. What is still here is not sent
   * again. `turn` makes each message new: Streamlit passes on only what has changed.
   */
  ask() {
    if (!this.scene?.served) return;
    const { at, channel, y, x } = this.current;
    this.asked.add(keyOf(this.current));
    clearTimeout(this.timer);
    const kept =
      this.kept.has(keyOf(this.current)) || this.view?.node.dataset.held === keyOf(this.current);
    const tell = () =>
      this.tell("place", { at, channel, y, x, key: this.scene?.key, kept, turn: ++this.turn });
    if (kept) this.timer = setTimeout(tell, TELL_MILLISECONDS);
    else tell();
  }

  /** Shows another place, by the move that fits; a slide's keys stay with the slide. @param {Place} place @param {boolean} [takes] whether it takes the focus */
  show(place, takes = true) {
    const old = this.view;
    const from = this.current;
    this.place = place;
    if (old?.slide?.(place)) return this.speak();
    const outer = wayTo(from, place);
    const inner = wayTo(place, from);
    this.endMove();
    const before = this.stageView.getBoundingClientRect();
    const box = (outer && old?.boxOf?.(outer)) ?? null;
    old?.node.classList.add("leaving"); // from now on it takes no room
    this.open();
    const next = /** @type {View} */ (this.view);
    if (this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView({ block: "start" });
    const after = this.stageView.getBoundingClientRect();
    const found = box ?? (inner && next.boxOf?.(inner)) ?? null;
    const base = box ? before : after;
    if (old)
      this.endMove = move(old.node, next.node, {
        box: found && {
          x: found.x - base.x,
          y: found.y - base.y,
          width: found.width,
          height: found.height,
        },
        inwards: !!box,
        side: this.sideOf(from, place),
        width: this.width,
        dropped: box ? before.y - after.y : 0,
      });
    if (takes) this.focus(inner, next);
  }

  /** Whether a place comes before or after one of the same level. @param {Place} from @param {Place} to */
  sideOf(from, to) {
    const order = (/** @type {Place} */ { at, channel }) => {
      const places =
        this.scene?.parts.flatMap((part) => [part.at, ...part.layers.map((one) => one.at)]) ?? [];
      return places.indexOf(at) + (channel ?? 0) / 1e6;
    };
    return Math.sign(order(to) - order(from));
  }

  /** Makes the view of the place, with what is known of it. */
  open() {
    if (!this.room || !this.scene) return;
    const room = { ...this.room, scene: this.scene };
    const view = VIEWS[levelOf(this.current)](room, this.current);
    view.node.classList.add("inside-level");
    view.node.style.setProperty("--own", this.colour());
    this.view = view;
    this.stageView.append(view.node);
    if (this.width) view.resize?.(this.width);
    this.tellBadge(null);
    this.speak();
    const detail = this.kept.get(keyOf(this.current));
    if (detail) this.fill(detail);
    else if (!this.scene.served && this.current.at) notHere(view.node);
  }

  /** @param {Detail} detail */
  fill(detail) {
    this.view?.fill?.(detail);
    if (this.width) this.view?.resize?.(this.width);
    this.root.dataset.filled = keyOf(this.current);
    this.tellBadge(detail);
  }

  /** The colour of the layer that the place lies in. */
  colour() {
    const layer = this.scene && layerOf(this.scene, this.current.at)?.layer;
    return this.scene?.colours[layer ?? 0] ?? "currentColor";
  }

  /** What the numbers are: computed, until the place's maps are here. @param {Detail | null} detail */
  tellBadge(detail) {
    if (!detail) {
      this.badge.dataset.kind = "live";
      return say(this.badge, "○ computed from the architecture");
    }
    const mismatches = detail.kind === "block" ? detail.mismatches : [];
    const { kind, text } = badge({ mismatches, trained: this.scene?.trained ?? false });
    this.badge.dataset.kind = kind;
    return say(this.badge, `${kind === "live" ? "● " : "▲ "}${text}`);
  }

  speak() {
    const { scene } = this;
    if (!scene) return;
    const { title, sentence } = wordsOf(scene, this.current);
    say(this.title, title);
    say(this.sentence, sentence);
    this.root.dataset.place = keyOf(this.current);
    this.root.dataset.level = levelOf(this.current);
    this.tellTrail(scene);
  }

  /** @param {Scene} scene */
  tellTrail(scene) {
    if (!this.room) return;
    const room = this.room;
    const places = trailOf(this.current);
    const steps = places.map((place, index) => {
      const last = index === places.length - 1;
      const name = nameOf(scene, place);
      return h("li", {}, linkTo(room, place, [name], last ? { "aria-current": "page" } : {}));
    });
    const [before, after] = besides(scene, this.current);
    const beside = [
      ...(before ? [linkTo(room, before, [`‹ ${nameOf(scene, before)}`], { rel: "prev" })] : []),
      ...(after ? [linkTo(room, after, [`${nameOf(scene, after)} ›`], { rel: "next" })] : []),
    ];
    this.trail.replaceChildren(
      h("ol", {}, ...steps),
      h("span", { class: "inside-beside" }, ...beside),
    );
  }

  /** After a move by key or pointer: what was left, or the new title. @param {Place | null} inner @param {View} next */
  focus(inner, next) {
    const scope = /** @type {ShadowRoot | Document} */ (this.root.getRootNode());
    const active = scope.activeElement;
    if (active && active !== document.body && !this.root.contains(active)) return;
    const key = inner && keyOf(inner);
    const links = /** @type {HTMLElement[]} */ ([...next.node.querySelectorAll("[data-to]")]);
    const link = key ? links.find((one) => one.dataset.to === key) : undefined;
    const first = /** @type {HTMLElement | null} */ (next.node.querySelector(".inside-window"));
    (link ?? first ?? this.title).focus({ preventScroll: true });
  }

  /** Escape goes one level up. @param {KeyboardEvent} event */
  key(event) {
    const parent = event.key === "Escape" && parentOf(this.current);
    if (!parent) return;
    event.preventDefault();
    this.go(parent);
  }

  destroy() {
    clearTimeout(this.timer);
    this.endMove();
    this.stop();
  }
}

/**
 * @param {HTMLElement} root @param {Scene} scene @param {(name: string, value: unknown) => void} [tell]
 * @returns {import("../shared/stage.js").Stage}
 */
export function mount(root, scene, tell = () => {}) {
  const stage = new Inside(root, scene, tell);
  const part = () => stage.scene && partOf(stage.scene, stage.current.at);
  return {
    update: (next) => stage.update(next),
    destroy: () => stage.destroy(),
    save: () => ({
      name: `inside-${part()?.at || "network"}`,
      redraw: () => stage.view?.resize?.(stage.width),
    }),
  };
}
