// A panel of the bench with a map, and the map's caption.

import { unpackHeat } from "../maps/signed-scale.js";
import { Panel } from "./panel.js";
import { altOf, peakOf, stateWords, underWords, valueWords } from "../maps/map-words.js";
import { say } from "../shared/dom.js";

/** @typedef {import("../maps/map-words.js").ScaleKey} ScaleKey */
/** @typedef {import("../maps/map-words.js").PanelScene} PanelScene */

/** A panel with the map that it shows. */
export class MapPanel extends Panel {
  /** @type {PanelScene | null} */
  scene = null;
  /** @type {Float32Array | null} */
  values = null;
  data = "";
  peak = 0;

  /** @param {PanelScene} scene @param {string} waiting @param {number} size */
  update(scene, waiting, size) {
    this.scene = scene;
    const note = [scene.note, scene.maker].filter(Boolean).join(" · ");
    this.describe(size, scene.name, note, altOf(scene, waiting));
    this.showThumbnail(scene.thumbnail);
    say(this.state, stateWords(scene, waiting));
    this.frame.classList.toggle("bench-empty", !scene.map);
    const data = scene.map?.heat.data ?? "";
    if (data !== this.data || !scene.map) this.values = scene.map && unpackHeat(scene.map.heat);
    this.peak = peakOf(this.values ?? new Float32Array(0));
    this.data = data;
  }

  /** @param {ScaleKey} scale @param {number} contrast */
  sayUnder(scale, contrast) {
    const map = this.scene?.map;
    say(this.under, map ? underWords(map, scale, contrast) : "");
  }

  /** The caption's text while nothing is pointed at. @param {ScaleKey} scale */
  strongest(scale) {
    return this.values ? `strongest ${this.valueAt(this.peak, scale)}` : "";
  }

  /** The value at a pixel in words; empty if there is no map. @param {number} index @param {ScaleKey} scale */
  valueAt(index, scale) {
    const { values, scene } = this;
    return values && scene?.map ? valueWords(values[index], scale, scene.map.strength) : "";
  }
}
