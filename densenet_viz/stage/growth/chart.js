// The growth of a block as stacked bars: maps after each layer, in the colours of who wrote them.

import { s } from "../shared/dom.js";

/** @typedef {import("./words.js").Shown} Shown */

const HEIGHT = 320;
const MARGIN = { left: 64, right: 8, top: 26, bottom: 46 };
const BAR = 0.75;
const MOST_LABELS = 13;

/** A round distance of about `count` lines up to `most`. @param {number} most @param {number} count */
export function roundStep(most, count) {
  const rough = most / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  return /** @type {number} */ ([1, 2, 5, 10].find((part) => part * power >= rough) ?? 10) * power;
}

/**
 * The bars of each group: one path, because a group has a bar in every later column.
 * @param {Shown} scene @param {(maps: number) => number} y @param {(column: number) => number} x @param {number} wide
 * @returns {string[]}
 */
export function barPaths({ groups }, y, x, wide) {
  let base = 0;
  return groups.map(({ channels }, layer) => {
    const [top, bottom] = [y(base + channels), y(base)];
    base += channels;
    let path = "";
    for (let column = layer; column < groups.length; column++)
      path += `M${(x(column) - wide / 2).toFixed(1)} ${top.toFixed(1)}h${wide.toFixed(1)}V${bottom.toFixed(1)}h${(-wide).toFixed(1)}z`;
    return path;
  });
}

/** @param {SVGSVGElement} svg @param {Shown} scene @param {number} width in CSS pixels */
export function drawChart(svg, scene, width) {
  const totals = [scene.groups[0].channels, ...scene.layers.map(({ total }) => total)];
  const most = totals[totals.length - 1];
  const pitch = (width - MARGIN.left - MARGIN.right) / totals.length;
  const x = (/** @type {number} */ column) => MARGIN.left + (column + 0.5) * pitch;
  const y = (/** @type {number} */ maps) =>
    HEIGHT - MARGIN.bottom - (maps / most) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const every = Math.ceil(totals.length / Math.min(MOST_LABELS, Math.max(3, (width - 72) / 52)));
  const step = roundStep(most, 4);
  const lines = Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
  const shown = totals.map((_, column) => column).filter((column) => column % every === 0);
  const text = (
    /** @type {number} */ left,
    /** @type {number} */ top,
    /** @type {string} */ words,
    /** @type {string} */ anchor,
    /** @type {string} */ look = "",
  ) => s("text", { x: left, y: top, "text-anchor": anchor, class: look }, words);
  svg.setAttribute("width", String(width));
  svg.setAttribute("height", String(HEIGHT));
  svg.replaceChildren(
    ...lines.flatMap((maps) => [
      s("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y(maps), y2: y(maps) }),
      text(MARGIN.left - 8, y(maps) + 5, maps.toLocaleString("en"), "end"),
    ]),
    ...barPaths(scene, y, x, Math.max(2, pitch * BAR)).map((path, layer) =>
      s("path", { d: path, fill: scene.groups[layer].colour }),
    ),
    ...shown.flatMap((column) => [
      text(
        x(column),
        y(totals[column]) - 7,
        totals[column].toLocaleString("en"),
        "middle",
        "total",
      ),
      text(x(column), HEIGHT - MARGIN.bottom + 18, String(column), "middle"),
    ]),
    text((MARGIN.left + width) / 2, HEIGHT - 8, "after layer", "middle"),
    s(
      "text",
      {
        transform: `translate(16 ${(MARGIN.top + HEIGHT - MARGIN.bottom) / 2}) rotate(-90)`,
        "text-anchor": "middle",
      },
      "maps",
    ),
  );
}
