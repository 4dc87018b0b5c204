// Colours as any program reads them: style sheets know more ways to say one than files may use.

import { h, s } from "./dom.js";

/** @type {Map<string, {code: string, opacity: number}>} */
const known = new Map();
/** @type {CanvasRenderingContext2D | null} */
let palette = null;

/** A colour as #rrggbb and an opacity from 0 to 1; the browser itself works out which it is. @param {string} colour */
export function hex(colour) {
  const found = known.get(colour);
  if (found) return found;
  palette ??= h("canvas", { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const context = /** @type {CanvasRenderingContext2D} */ (palette);
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = context.getImageData(0, 0, 1, 1).data;
  const code = `#${[red, green, blue].map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  const result = { code, opacity: Math.round((100 * alpha) / 255) / 100 };
  known.set(colour, result);
  return result;
}

/** Whether anything is seen of a colour. @param {string} colour */
export function opaque(colour) {
  return hex(colour).opacity > 0;
}

/**
 * The parts of a computed `linear-gradient(...)`: its angle in degrees and its stops, 0 to 1.
 * @param {string} image
 * @returns {{angle: number, stops: {colour: string, at: number}[]} | null}
 */
export function gradientParts(image) {
  const found = /^linear-gradient\((.*)\)$/.exec(image);
  if (!found) return null;
  const parts = found[1].split(/,(?![^(]*\))/).map((part) => part.trim());
  const turn = /^to (\w+)$|^(-?[\d.]+)deg$/.exec(parts[0]);
  const angle = turn ? Number(turn[2] ?? { top: 0, right: 90, bottom: 180, left: 270 }[turn[1]]) : 180;
  const colours = parts.slice(turn ? 1 : 0);
  const stops = colours.map((part, index) => {
    const place = /\s(-?[\d.]+)%$/.exec(part);
    return { colour: part.replace(/(\s-?[\d.]+%)+$/, ""), at: place ? Number(place[1]) / 100 : index / Math.max(1, colours.length - 1) };
  });
  return { angle, stops };
}

/** The same as an SVG's gradient; null where it is none, or a kind that stages do not use. @param {string} image */
export function gradientOf(image) {
  const parts = gradientParts(image);
  if (!parts) return null;
  const turn = (parts.angle * Math.PI) / 180;
  const [x, y] = [Math.sin(turn) / 2, -Math.cos(turn) / 2];
  const stops = parts.stops.map(({ colour, at }) => s("stop", { offset: at, "stop-color": hex(colour).code, "stop-opacity": hex(colour).opacity }));
  return s("linearGradient", { x1: 0.5 - x, y1: 0.5 - y, x2: 0.5 + x, y2: 0.5 + y }, ...stops);
}
