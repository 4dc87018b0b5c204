// The bench's text, and its number of columns. No document.

import { signed } from "./signed-scale.js";

/** @typedef {"shared" | "share" | "own"} ScaleKey */
/** @typedef {{key: ScaleKey, title: string, sentence: string, end: number | null, legend: string}} Scale */
/** @typedef {{heat: import("./signed-scale.js").PackedHeat, strength: number, ends: Record<ScaleKey, number>, unit: string, alt: string}} BenchMap */
/** @typedef {{name: string, note: string, maker: string, thumbnail: {address: string, alt: string} | null, sharpening: boolean, map: BenchMap | null}} PanelScene */
/** @typedef {{picture: string, size: number, caption: string, palette: string, meaning: string[], waiting: string, begin: ScaleKey, scales: Scale[], panels: PanelScene[]}} Scene */

const MOST_CONTRAST = 100;

/** Columns on a wide screen: few rows, readable maps, and no nearly empty row. @param {number} count */
export function columns(count) {
  if (count <= 4) return count;
  return count <= 6 ? 3 : count <= 8 ? 4 : 5;
}

/** A value as text on its scale. @param {number} value @param {ScaleKey} scale @param {number} strength the sum that shares are parts of */
export function valueWords(value, scale, strength) {
  if (scale !== "share") return signed(value);
  const part = strength > 0 ? (100 * value) / strength : 0;
  return part === 0 ? "0%" : `${signed(part)}%`;
}

/** A strength as text on its scale, without a sign. @param {number} value 0 or more @param {ScaleKey} scale */
function strengthWords(value, scale) {
  if (scale !== "share" && value >= 1000) return Math.round(value).toLocaleString("en");
  return valueWords(value, scale, 1).replace("+", "");
}

/**
 * The numbers at the scale's ends and middle, and their meaning.
 * @param {Scale} scale @param {number} contrast 1 or more: colours are full at a value this much smaller
 */
export function legendWords({ key, end, legend }, contrast) {
  if (end === null) return { limits: ["− its limit", "0", "+ its limit"], words: `${legend}.` };
  const most = strengthWords(end / contrast, key);
  return { limits: [`−${most}`, "0", `+${most}`], words: `${legend}: full colour is ±${most}.` };
}

/** The unit of a map's values, or the end of its own scale. @param {BenchMap} map @param {ScaleKey} scale @param {number} contrast */
export function underWords({ unit, ends, strength }, scale, contrast) {
  if (scale === "share") return `its total strength: ${strengthWords(strength, "shared")}`;
  return scale === "shared"
    ? unit
    : `full colour: ±${strengthWords(ends.own / contrast, scale)}, ${unit}`;
}

/**
 * The contrast, from 1 at the slider's start to `MOST_CONTRAST` at its end, in equal ratios.
 * @param {number} percent 0 to 100
 */
export function contrastOf(percent) {
  return MOST_CONTRAST ** (percent / 100);
}

/** @param {number} contrast */
export function contrastWords(contrast) {
  return `${contrast < 10 ? contrast.toFixed(1).replace(".0", "") : Math.round(contrast)}×`;
}

/**
 * The value under the crosshair in each map.
 * @param {[number, number]} at @param {{name: string, text: string}[]} values
 */
export function readout([x, y], values) {
  const each = values.map(({ name, text }) => `${name} ${text}`).join(", ");
  return `x ${x}, y ${y}: ${each || "no map yet"}`;
}

/** What a panel says about its map's state; empty if it is finished. @param {PanelScene} panel @param {string} waiting */
export function stateWords(panel, waiting) {
  if (!panel.map) return waiting;
  return panel.sharpening ? "still sharpening" : "";
}

/** @param {PanelScene} panel @param {string} waiting */
export function altOf(panel, waiting) {
  if (!panel.map) return `${panel.name}: ${waiting || "no map"}.`;
  const state = panel.sharpening ? " Still sharpening." : "";
  return `${panel.map.alt}${state} Arrow keys read single values, plus and minus zoom.`;
}

/** How many maps are finished, for screen readers. @param {PanelScene[]} panels */
export function progressWords(panels) {
  const done = panels.filter(({ map, sharpening }) => map && !sharpening).length;
  return done === panels.length ? "" : `${done} of ${panels.length} maps are finished.`;
}

/** The place of the strongest value. @param {Float32Array} values */
export function peakOf(values) {
  let peak = 0;
  for (let i = 1; i < values.length; i++)
    if (Math.abs(values[i]) > Math.abs(values[peak])) peak = i;
  return peak;
}
