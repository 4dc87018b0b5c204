// A picture and the map of what a network looked at in it. Opacity, threshold, view and crosshair
// are handled here, within one frame and without the server.

import {
  ends,
  moved,
  paintHeat,
  signed,
  strengths,
  threshold,
  unpackHeat,
} from "../maps/signed-scale.js";
import { h, say } from "../shared/dom.js";
import { bytesOf } from "../maps/maps.js";
import { Radios } from "../shared/radios.js";

/** @typedef {import("../maps/signed-scale.js").PackedHeat} PackedHeat */
/** @typedef {import("../maps/signed-scale.js").View} View */
/** @typedef {{heat: PackedHeat, limit: number, limits: string[], meaning: string[], scale: string, alt: string}} HeatMap */
/** @typedef {{title: string, sentence: string, picture: string, size: number, caption: string, label: string, method: string, maker: string, map: HeatMap | null, waiting: string, palette: string}} Scene */

/** @type {[View, string][]} */
const VIEWS = [
  ["over", "over the picture"],
  ["map", "map alone"],
  ["picture", "picture alone"],
];
const HINT = "To read a value, point at the picture, or focus it and use the arrow keys.";

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const drawn = new AttributionStage(root);
  drawn.update(scene);
  return drawn;
}

class AttributionStage {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Float32Array} */
    this.values = new Float32Array(0);
    this.sorted = this.values;
    /** @type {Uint8Array} */
    this.palette = new Uint8Array(0);
    /** @type {Uint8ClampedArray | null} */
    this.pixels = null;
    /** @type {[number, number] | null} */
    this.at = null;
    /** @type {View} */
    this.view = "over";
    this.opacity = 0.6;
    this.hide = 0;
    this.frame = 0;

    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    const badge = h("span", { class: "stage-badge" }, "● live: computed on this network");
    this.maker = h("p", { class: "attribution-maker" });
    const made = h("div", { class: "attribution-made" }, badge, this.maker);
    const head = h("div", { class: "stage-head" }, this.title, made, this.sentence);

    this.left = this.panel("the picture");
    this.right = this.panel("the map");
    this.ghost = h("div", { class: "attribution-ghost" });
    this.right.frame.append(this.ghost);
    const pictures = h("div", { class: "attribution-pictures" }, this.left.node, this.right.node);

    this.readout = h("p", { class: "attribution-readout stage-aside", role: "status" }, HINT);
    this.legend = h("canvas", { class: "attribution-scale", width: 257, height: 1, role: "img" });
    this.limits = [0, 1, 2].map(() => h("span", {}));
    this.meaning = [0, 1].map(() => h("span", {}));
    this.scaleWords = h("p", { class: "attribution-words" });
    this.tools = h(
      "div",
      { class: "attribution-tools stage-aside" },
      this.viewChoice(),
      this.opacitySlider(),
      this.hideSlider(),
    );
    this.ends = h(
      "div",
      { class: "attribution-limits" },
      this.limits[0],
      this.limits[1],
      this.limits[2],
    );
    this.sides = h("div", { class: "attribution-meaning" }, this.meaning[0], this.meaning[1]);
    const legend = h(
      "div",
      { class: "attribution-legend" },
      this.sides,
      this.legend,
      this.ends,
      this.scaleWords,
    );
    this.below = h("div", { class: "attribution-below" }, this.readout, this.tools, legend);
    this.node = h(
      "section",
      { class: "attribution", "aria-label": "What the network looked at" },
      head,
      pictures,
      this.below,
    );
    root.append(this.node);
  }

  /** How to save the picture. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "attribution" };
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    this.node.remove();
  }

  /** A square picture with a crosshair. @param {string} name */
  panel(name) {
    const canvas = h("canvas", { class: "attribution-canvas", role: "img", "aria-label": name });
    const across = h("i", { class: "attribution-line attribution-across" });
    const down = h("i", { class: "attribution-line attribution-down" });
    const frame = h("div", { class: "attribution-frame" }, canvas, across, down);
    const caption = h("figcaption", {});
    const node = h("figure", { class: "attribution-panel" }, frame, caption);
    const point = (/** @type {Event} */ event) =>
      this.pointAt(canvas, /** @type {PointerEvent} */ (event));
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("pointerleave", () => this.cross(null));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener(
      "focus",
      () => this.map && canvas.matches(":focus-visible") && this.cross(this.at ?? this.middle()),
    );
    canvas.addEventListener("blur", () => this.cross(null));
    return { node, frame, canvas, across, down, caption };
  }

  get map() {
    return this.scene?.map ?? null;
  }

  /** @returns {[number, number]} */
  middle() {
    const half = Math.floor((this.scene?.size ?? 1) / 2);
    return [half, half];
  }

  viewChoice() {
    const look = (/** @type {View} */ view) => {
      this.view = view;
      this.paintSoon();
    };
    const views = new Radios("What to show", look, { look: "attribution-views" });
    return views.showPills(VIEWS, this.view, "attribution-option").node;
  }

  /** @param {string} name @param {number} start @param {number} most @param {(percent: number) => void} set */
  slider(name, start, most, set) {
    const output = h("output", {}, `${start}%`);
    const input = h("input", {
      type: "range",
      class: "stage-slider",
      min: 0,
      max: most,
      step: 1,
      value: start,
      "aria-label": name,
    });
    const show = () => {
      const percent = Number(input.value);
      input.style.setProperty("--done", `${(100 * percent) / most}%`);
      input.setAttribute("aria-valuetext", `${percent}%`);
      say(output, `${percent}%`);
      set(percent);
    };
    input.addEventListener("input", () => {
      show();
      this.paintSoon();
    });
    show();
    return h("label", { class: "attribution-slider" }, h("span", {}, name), input, output);
  }

  opacitySlider() {
    return this.slider("Opacity", 60, 100, (percent) => (this.opacity = percent / 100));
  }

  hideSlider() {
    return this.slider("Hide the weakest", 0, 99, (percent) => (this.hide = percent));
  }

  /** @param {Scene} scene */
  update(scene) {
    const before = this.scene;
    this.scene = scene;
    say(this.title, scene.title);
    say(this.sentence, scene.sentence);
    say(this.left.caption, scene.caption);
    say(this.right.caption, scene.map ? `${scene.method} for ${scene.label}` : "");
    say(this.maker, scene.maker && `Computed by ${scene.maker}.`);
    this.left.canvas.setAttribute("aria-label", `The picture: ${scene.caption}.`);
    this.right.canvas.setAttribute(
      "aria-label",
      scene.map ? `${scene.map.alt} Arrow keys read single values.` : "No map yet.",
    );
    // A canvas takes the focus only while it has a map: otherwise there is nothing to read.
    for (const { canvas } of [this.left, this.right]) canvas.tabIndex = scene.map ? 0 : -1;
    this.node.classList.toggle("attribution-empty", !scene.map);
    say(this.ghost, scene.map ? "" : scene.waiting);
    this.below.hidden = !scene.map;
    this.cross(null);
    if (scene.palette !== before?.palette) this.palette = bytesOf(scene.palette);
    if (scene.map) this.readMap(scene.map);
    if (scene.picture !== before?.picture) this.readPicture(scene);
    else this.paintSoon();
  }

  /** @param {HeatMap} map */
  readMap(map) {
    this.values = unpackHeat(map.heat);
    this.sorted = strengths(this.values);
    // A map of zeros has no scale: its words say so.
    for (const part of [this.sides, this.legend, this.ends]) part.hidden = !map.limits.length;
    for (const [index, node] of this.limits.entries()) say(node, map.limits[index] ?? "");
    for (const [index, node] of this.meaning.entries()) say(node, ends(map.meaning)[index]);
    say(this.scaleWords, map.scale);
    this.legend.setAttribute(
      "aria-label",
      `Scale from ${map.limits[0]}, ${map.meaning[0]}, to ${map.limits[2]}, ${map.meaning[1]}.`,
    );
    const context = /** @type {CanvasRenderingContext2D} */ (this.legend.getContext("2d"));
    const row = context.createImageData(this.palette.length / 3, 1);
    for (let i = 0; i < row.width; i++)
      row.data.set([...this.palette.subarray(3 * i, 3 * i + 3), 255], 4 * i);
    context.putImageData(row, 0, 0);
  }

  /** Decodes the picture, because its pixels are drawn under the map. @param {Scene} scene */
  async readPicture(scene) {
    const image = new Image();
    image.src = scene.picture;
    await image.decode();
    if (this.scene?.picture !== scene.picture) return;
    const context = this.context(this.left.canvas, scene.size);
    context.drawImage(image, 0, 0);
    this.pixels = context.getImageData(0, 0, scene.size, scene.size).data;
    this.paint();
  }

  /** @param {HTMLCanvasElement} canvas @param {number} size */
  context(canvas, size) {
    if (canvas.width !== size) canvas.width = canvas.height = size;
    return /** @type {CanvasRenderingContext2D} */ (
      canvas.getContext("2d", { willReadFrequently: true })
    );
  }

  paintSoon() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  paint() {
    const { scene, pixels } = this;
    if (!scene || !pixels || pixels.length !== 4 * scene.size ** 2) return;
    const context = this.context(this.right.canvas, scene.size);
    const image = context.createImageData(scene.size, scene.size);
    if (scene.map && this.values.length === scene.size ** 2) {
      const how = {
        limit: scene.map.limit,
        opacity: this.opacity,
        hideBelow: threshold(this.sorted, this.hide),
        view: this.view,
      };
      paintHeat(image.data, pixels, this.values, this.palette, how);
    }
    context.putImageData(image, 0, 0);
  }

  /** @param {HTMLCanvasElement} canvas @param {PointerEvent} event */
  pointAt(canvas, event) {
    const size = this.scene?.size ?? 0;
    const box = canvas.getBoundingClientRect();
    const place = (/** @type {number} */ part) =>
      Math.max(0, Math.min(size - 1, Math.floor(part * size)));
    this.cross([
      place((event.clientX - box.left) / box.width),
      place((event.clientY - box.top) / box.height),
    ]);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.scene || !this.map) return;
    const next = moved(this.at ?? this.middle(), event.key, this.scene.size, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    this.cross(next);
  }

  /** @param {[number, number] | null} at */
  cross(at) {
    const { scene } = this;
    this.at = at;
    const shown = at !== null && scene !== null && scene.map !== null;
    for (const { frame, across, down } of [this.left, this.right]) {
      frame.classList.toggle("attribution-pointed", shown);
      if (!shown) continue;
      across.style.top = `${(100 * (at[1] + 0.5)) / scene.size}%`;
      down.style.left = `${(100 * (at[0] + 0.5)) / scene.size}%`;
    }
    if (!shown) return say(this.readout, HINT);
    const value = this.values[at[1] * scene.size + at[0]];
    const meaning =
      value === 0 ? "no effect" : /** @type {HeatMap} */ (scene.map).meaning[value > 0 ? 1 : 0];
    say(this.readout, `x ${at[0]}, y ${at[1]}: ${signed(value)} (${meaning})`);
  }
}
