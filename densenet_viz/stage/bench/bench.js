// A picture and up to nine maps of it on one scale. Scale, opacity, zoom and crosshair are handled
// here, within one frame and without the server. All panels always show the same part of the picture.

import { moved } from "../maps/signed-scale.js";
import { ground, paintOver } from "../maps/map-paint.js";
import { MapPanel } from "./map.js";
import { Panel } from "./panel.js";
import { choice, Legend, slider, ZoomButtons } from "../maps/map-tools.js";
import {
  columns,
  contrastOf,
  contrastWords,
  legendWords,
  progressWords,
  readout,
} from "../maps/map-words.js";
import {
  CLOSEST,
  isWhole,
  panned,
  showing,
  STEP,
  wheelFactor,
  whole,
  zoomed,
  zoomWords,
} from "./zoom.js";
import { h, say } from "../shared/dom.js";
import { pixelsOf } from "../shared/frame.js";
import { bytesOf } from "../maps/maps.js";

/** @typedef {import("../maps/map-words.js").Scene} Scene */
/** @typedef {import("../maps/map-words.js").ScaleKey} ScaleKey */
/** @typedef {import("./zoom.js").Place} Place */
/** @typedef {"over" | "map"} View */

const HINT =
  "Point at a panel, or use the arrow keys in it, to read the same pixel in all. Click one, then zoom all with the wheel or + and −. Drag to move, double-click to go back.";
/** @type {[ScaleKey, string][]} */
const SCALES = [
  ["share", "share of each map"],
  ["shared", "values, one scale"],
  ["own", "each map on its own scale"],
];
/** @type {[View, string][]} */
const VIEWS = [
  ["over", "over the picture"],
  ["map", "map alone"],
];

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const drawn = new Bench(root);
  drawn.update(scene);
  return drawn;
}

class Bench {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Uint8ClampedArray | null} */
    this.pixels = null;
    this.palette = new Uint8Array(0);
    /** @type {MapPanel[]} */
    this.maps = [];
    /** @type {ScaleKey} */
    this.scale = "shared";
    this.chosen = false;
    /** @type {View} */
    this.view = "over";
    this.opacity = 0.7;
    this.contrast = 1;
    this.part = whole(1);
    /** @type {Place | null} */
    this.at = null;
    /** @type {Place | null} the last place of the crosshair, where it appears again */
    this.last = null;
    this.frame = 0;

    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    const badge = h("span", { class: "stage-badge" }, "● live: computed on this network");
    const head = h("div", { class: "stage-head bench-head" }, this.title, badge, this.sentence);
    this.legend = new Legend();
    this.zoomButtons = new ZoomButtons((step) => this.stepped(step));
    this.scales = choice("Scale", SCALES, this.scale, (value) => {
      this.scale = value;
      this.chosen = true;
      this.sayScale();
      this.paintSoon();
    });
    const above = h("div", { class: "bench-above" }, this.scales.node, this.legend.node);
    const tools = h(
      "div",
      { class: "bench-tools stage-aside" },
      ...this.tools(),
      this.zoomButtons.node,
    );
    this.first = this.panel(new Panel(this.hands()));
    this.grid = h("div", { class: "bench-grid" }, this.first.node);
    this.readout = h("p", { class: "bench-readout stage-aside", role: "status" }, HINT);
    this.progress = h("p", { class: "stage-hidden", role: "status" });
    this.node = h(
      "section",
      { class: "bench", "aria-label": "Maps side by side" },
      head,
      above,
      this.grid,
      this.readout,
      tools,
      this.progress,
    );
    root.append(this.node);
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "maps-side-by-side" };
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.node.remove();
  }

  tools() {
    const view = choice("What to show", VIEWS, this.view, (value) => {
      this.view = value;
      this.paintSoon();
    });
    const opacity = slider("Opacity", 100 * this.opacity, (percent) => {
      this.opacity = percent / 100;
      this.paintSoon();
    });
    const contrast = slider(
      "Contrast",
      0,
      (percent) => {
        this.contrast = contrastOf(percent);
        this.sayScale();
        this.paintSoon();
      },
      (percent) => contrastWords(contrastOf(percent)),
    );
    return [view.node, opacity, contrast];
  }

  /** @returns {import("./panel.js").Hands} */
  hands() {
    return {
      point: (at) => this.cross(at),
      drag: (dx, dy) => this.look(panned(this.part, dx, dy, this.size)),
      zoom: (factor, about) => this.look(zoomed(this.part, factor, about, this.size)),
      reset: () => this.look(whole(this.size)),
      key: (event) => this.key(event),
      wheel: (event, about) => this.wheel(event, about),
    };
  }

  /** @template {Panel} P @param {P} panel @returns {P} */
  panel(panel) {
    panel.canvas.addEventListener(
      "focus",
      () => panel.canvas.matches(":focus-visible") && this.cross(this.last ?? this.middle()),
    );
    return panel;
  }

  get size() {
    return this.scene?.size ?? 1;
  }

  get panels() {
    return [this.first, ...this.maps];
  }

  /** @param {Scene} scene */
  update(scene) {
    const before = this.scene;
    this.scene = scene;
    if (scene.size !== before?.size) this.part = whole(scene.size);
    if (scene.size !== before?.size) this.last = null;
    while (this.maps.length > scene.panels.length) this.maps.pop()?.node.remove();
    while (this.maps.length < scene.panels.length) {
      const made = this.panel(new MapPanel(this.hands()));
      this.maps.push(made);
      this.grid.append(made.node);
    }
    const count = scene.panels.length + 1;
    this.grid.style.setProperty("--wide", String(columns(count)));
    this.grid.style.setProperty("--narrow", String(count === 4 ? 2 : 3));
    this.first.describe(scene.size, "The picture", scene.caption, `The picture: ${scene.caption}.`);
    for (const [index, panel] of this.maps.entries())
      panel.update(scene.panels[index], scene.waiting, scene.size);
    if (scene.palette !== before?.palette)
      this.legend.paint((this.palette = bytesOf(scene.palette)));
    say(this.progress, progressWords(scene.panels));
    this.node.classList.toggle(
      "bench-done",
      scene.panels.every(({ map, sharpening }) => map && !sharpening),
    );
    if (!this.chosen) this.scale = scene.begin;
    this.scales.mark(this.scale);
    this.sayScale();
    this.look(this.part);
    if (scene.picture !== before?.picture) this.read(scene);
    else this.paintSoon();
  }

  sayScale() {
    const { scene } = this;
    const scale = scene?.scales.find(({ key }) => key === this.scale);
    if (!scene || !scale) return;
    say(this.title, scale.title);
    say(this.sentence, scale.sentence);
    this.legend.show(legendWords(scale, this.contrast), scene.meaning);
    for (const panel of this.maps) panel.sayUnder(this.scale, this.contrast);
    this.cross(this.at);
  }

  /** @param {Scene} scene */
  async read(scene) {
    const pixels = await pixelsOf(scene.picture, scene.size);
    if (this.scene?.picture !== scene.picture) return;
    this.pixels = pixels;
    this.first.paint((out) => out.set(pixels));
    this.paint();
    this.cross(this.at);
  }

  paintSoon() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  paint() {
    const { pixels, palette } = this;
    if (!pixels || pixels.length !== 4 * this.size ** 2) return;
    const shared = ground(pixels, palette, this.view === "map" ? 1 : this.opacity);
    for (const panel of this.maps) {
      const { values, scene } = panel;
      panel.paint((out) => {
        if (!values || !scene?.map || 4 * values.length !== out.length) return out.set(pixels);
        paintOver(out, values, scene.map.ends[this.scale] / this.contrast, shared);
      });
    }
  }

  // -- where all panels look ---------------------------------------------------------------

  /** @param {import("./zoom.js").Part} part */
  look(part) {
    this.part = part;
    for (const panel of this.panels) panel.look(part);
    this.zoomButtons.show(
      isWhole(part, this.size),
      part.side <= CLOSEST,
      zoomWords(part, this.size),
    );
    this.cross(this.at);
  }

  /** @param {-1 | 0 | 1} step */
  stepped(step) {
    if (step === 0) return this.look(whole(this.size));
    const [x, y] = this.at ?? this.last ?? this.middle();
    this.look(zoomed(this.part, STEP ** step, [x + 0.5, y + 0.5], this.size));
  }

  /** Zooms if a panel was clicked or Ctrl is held (a pinch sets it); otherwise the page scrolls. @param {WheelEvent} event @param {Place} about */
  wheel(event, about) {
    const meant = event.ctrlKey || this.panels.some((panel) => panel.focused);
    const lines = event.deltaMode === 1 ? 16 : 1;
    const next = zoomed(
      this.part,
      wheelFactor(event.deltaY * lines * (event.ctrlKey ? 4 : 1)),
      about,
      this.size,
    );
    if (!meant || (next.side === this.part.side && !event.ctrlKey)) return;
    event.preventDefault();
    this.look(next);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = moved(this.at ?? this.last ?? this.middle(), event.key, this.size, event.shiftKey);
    if (next) {
      this.part = showing(this.part, next, this.size);
      this.at = next;
      this.look(this.part);
    } else if (event.key === "+" || event.key === "=") this.stepped(1);
    else if (event.key === "-" || event.key === "_") this.stepped(-1);
    else if (event.key === "0") this.stepped(0);
    else if (event.key === "Escape") this.cross(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @returns {Place} */
  middle() {
    const { x, y, side } = this.part;
    return [Math.floor(x + side / 2), Math.floor(y + side / 2)];
  }

  /** @param {Place | null} at */
  cross(at) {
    this.at = at;
    this.last = at ?? this.last;
    const index = at ? at[1] * this.size + at[0] : 0;
    for (const panel of this.panels) panel.cross(at, this.part);
    const colour =
      this.pixels && at
        ? `RGB ${[...this.pixels.subarray(4 * index, 4 * index + 3)].join(", ")}`
        : "";
    say(this.first.value, colour);
    for (const panel of this.maps)
      say(panel.value, at ? panel.valueAt(index, this.scale) : panel.strongest(this.scale));
    if (!at) return say(this.readout, HINT);
    const values = this.maps.flatMap((panel) =>
      panel.values
        ? [{ name: panel.scene?.name ?? "", text: panel.valueAt(index, this.scale) }]
        : [],
    );
    say(this.readout, readout(at, values));
  }
}
