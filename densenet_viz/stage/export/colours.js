// Colours that any program can read: style sheets can write colours in more ways than saved files.

import { h, s } from "../shared/dom.js";

/** @type {Map<string, {code: string, opacity: number}>} */
const known = new Map();
/** @type {CanvasRenderingContext2D | null} */
let palette = null;

/** A colour as #rrggbb and an opacity from 0 to 1, as the browser computes them. @param {string} colour */
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

/** Whether a colour is visible. @param {string} colour */
export function opaque(colour) {
  return hex(colour).opacity > 0;
}

/** @typedef {{colour: string, at: number}} Stop */

/**
 * The angle in degrees, and the colours after it.
 * @param {string} inner the text between a gradient's brackets
 * @returns {{angle: number, colours: string[]}}
 */
function turned(inner) {
  const parts = inner.split(/,(?![^(]*\))/).map((part) => part.trim());
  const turn = /^to (\w+)$|^(-?[\d.]+)deg$/.exec(parts[0]);
  const angle = turn
    ? Number(turn[2] ?? { top: 0, right: 90, bottom: 180, left: 270 }[turn[1]])
    : 180;
  return { angle, colours: parts.slice(turn ? 1 : 0) };
}

/**
 * The parts of a computed `linear-gradient(...)`: its angle in degrees and its stops, 0 to 1.
 * @param {string} image
 * @returns {{angle: number, stops: Stop[]} | null}
 */
export function gradientParts(image) {
  const found = /^linear-gradient\((.*)\)$/.exec(image);
  if (!found) return null;
  const { angle, colours } = turned(found[1]);
  const stops = colours.map((part, index) => {
    const place = /\s(-?[\d.]+)%$/.exec(part);
    return {
      colour: part.replace(/(\s-?[\d.]+%)+$/, ""),
      at: place ? Number(place[1]) / 100 : index / Math.max(1, colours.length - 1),
    };
  });
  return { angle, stops };
}

/**
 * The parts of a hatching, `repeating-linear-gradient(...)`, whose stops are given in pixels: the
 * length of a stripe and its gap together, and the stops as shares of that length.
 * @param {string} image
 * @returns {{angle: number, length: number, stops: Stop[]} | null}
 */
export function hatchParts(image) {
  const found = /^repeating-linear-gradient\((.*)\)$/.exec(image);
  if (!found) return null;
  const { angle, colours } = turned(found[1]);
  const places = colours.flatMap((part) =>
    [...part.matchAll(/\s(-?[\d.]+)px(?=\s|$)/g)].map((place) => ({
      colour: part.slice(0, part.search(/\s-?[\d.]+px/)),
      at: Number(place[1]),
    })),
  );
  const length = places.at(-1)?.at;
  return length
    ? { angle, length, stops: places.map(({ colour, at }) => ({ colour, at: at / length })) }
    : null;
}

/**
 * Repeated dots, `radial-gradient(circle, COLOUR RADIUS, ...)`, with a size in pixels.
 * @param {string} image @param {string} size
 * @returns {{colour: string, radius: number, tile: number} | null}
 */
export function dotParts(image, size) {
  const found = /^radial-gradient\(circle(?: at center)?, (.+?\)) ([\d.]+)px, /.exec(image);
  const tile = parseFloat(size);
  return found && tile ? { colour: found[1], radius: Number(found[2]), tile } : null;
}

/** @param {Stop[]} stops */
function stopsOf(stops) {
  return stops.map(({ colour, at }) =>
    s("stop", { offset: at, "stop-color": hex(colour).code, "stop-opacity": hex(colour).opacity }),
  );
}

/** The direction of a gradient, as a step of length 1 (x to the right, y down). @param {number} angle */
function stepOf(angle) {
  const turn = (angle * Math.PI) / 180;
  return [Math.sin(turn), -Math.cos(turn)];
}

/** A gradient as an SVG element; null if it is not a gradient, or of a kind that stages do not use. @param {string} image */
export function gradientOf(image) {
  const parts = gradientParts(image);
  if (!parts) return null;
  const [x, y] = stepOf(parts.angle).map((part) => part / 2);
  return s(
    "linearGradient",
    { x1: 0.5 - x, y1: 0.5 - y, x2: 0.5 + x, y2: 0.5 + y },
    ...stopsOf(parts.stops),
  );
}

/** A hatching as an SVG element, or null. @param {string} image */
export function hatchOf(image) {
  const parts = hatchParts(image);
  if (!parts) return null;
  const [x, y] = stepOf(parts.angle).map((part) => part * parts.length);
  return s(
    "linearGradient",
    { gradientUnits: "userSpaceOnUse", spreadMethod: "repeat", x1: 0, y1: 0, x2: x, y2: y },
    ...stopsOf(parts.stops),
  );
}

/** Dots as an SVG element, or null. @param {string} image @param {string} size */
export function dotsOf(image, size) {
  const parts = dotParts(image, size);
  if (!parts) return null;
  const { colour, radius, tile } = parts;
  const dot = s("circle", { cx: tile / 2, cy: tile / 2, r: radius, fill: hex(colour).code });
  return s("pattern", { patternUnits: "userSpaceOnUse", width: tile, height: tile }, dot);
}
