// Draws a transition: three tensors with the lines between them, and the moving window.

import { cornerOf, way } from "./geometry.js";

/** @typedef {import("./geometry.js").Tensor} Tensor */

/**
 * A set of maps painted side by side at their own resolution.
 * @typedef {{canvas: HTMLCanvasElement, columns: number, width: number, height: number}} Sheet
 */

/**
 * @typedef {object} Colours
 * @property {string} ink
 * @property {string} quiet
 * @property {string} paper
 * @property {string} plus
 * @property {string} minus
 */

/** Draws one map of a sheet. @param {CanvasRenderingContext2D} context @param {Sheet} sheet @param {number} map @param {number} x @param {number} y @param {number} side */
export function drawMap(context, sheet, map, x, y, side) {
  const left = (map % sheet.columns) * sheet.width;
  const top = Math.floor(map / sheet.columns) * sheet.height;
  context.imageSmoothingEnabled = side < sheet.width;
  context.drawImage(sheet.canvas, left, top, sheet.width, sheet.height, x, y, side, side);
}

/** @param {CanvasRenderingContext2D} context @param {Tensor} tensor @param {Sheet} sheet */
function drawTensor(context, tensor, sheet) {
  for (let map = 0; map < tensor.count; map++) {
    const [x, y] = cornerOf(tensor, map);
    drawMap(context, sheet, map, x, y, tensor.side);
  }
}

/**
 * The three tensors while their maps are computed: pale tiles, and those maps that are there.
 * @param {CanvasRenderingContext2D} context @param {import("./geometry.js").Layout} layout
 * @param {Sheet | null} given @param {Colours} colours
 */
export function drawWaiting(context, layout, given, colours) {
  context.clearRect(0, 0, layout.width, layout.height);
  if (given) drawTensor(context, layout.given, given);
  context.globalAlpha = 0.4;
  context.fillStyle = colours.quiet;
  for (const tensor of [...(given ? [] : [layout.given]), layout.mixed, layout.result]) {
    for (let map = 0; map < tensor.count; map++)
      context.fillRect(...cornerOf(tensor, map), tensor.side, tensor.side);
  }
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {Tensor} tensor @param {number} map @param {string} colour @param {number} width @param {string} paper */
function ring(context, tensor, map, colour, width, paper) {
  const [x, y] = cornerOf(tensor, map);
  const out = width / 2 + 1;
  for (const [line, style] of /** @type {[number, string][]} */ ([
    [width + 2, paper],
    [width, colour],
  ])) {
    context.lineWidth = line;
    context.strokeStyle = style;
    context.strokeRect(x - out, y - out, tensor.side + 2 * out, tensor.side + 2 * out);
  }
}

/** @param {CanvasRenderingContext2D} context @param {number[]} curve @param {string} colour @param {number} width @param {string} paper */
function ribbon(context, curve, colour, width, paper) {
  context.beginPath();
  context.moveTo(curve[0], curve[1]);
  context.bezierCurveTo(curve[2], curve[3], curve[4], curve[5], curve[6], curve[7]);
  for (const [line, style] of /** @type {[number, string][]} */ ([
    [width + 2, paper],
    [width, colour],
  ])) {
    context.lineWidth = line;
    context.strokeStyle = style;
    context.stroke();
  }
}

/**
 * The three tensors, and lines from the strongest inputs to the chosen output map and its result.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./geometry.js").Layout} layout
 * @param {{given: Sheet, mixed: Sheet, result: Sheet}} sheets
 * @param {number} output
 * @param {{parts: import("./values.js").Part[], largest: number}} mixing
 * @param {Colours} colours
 */
export function drawTensors(context, layout, sheets, output, { parts, largest }, colours) {
  const { given, mixed, result } = layout;
  context.clearRect(0, 0, layout.width, layout.height);
  context.lineCap = "round";
  drawTensor(context, given, sheets.given);
  drawTensor(context, mixed, sheets.mixed);
  drawTensor(context, result, sheets.result);
  for (const { input, contribution } of [...parts].reverse()) {
    const colour = contribution < 0 ? colours.minus : colours.plus;
    context.globalAlpha = 0.92;
    ribbon(
      context,
      way(layout, given, input, mixed, output),
      colour,
      1.5 + (4 * Math.abs(contribution)) / largest,
      colours.paper,
    );
    context.globalAlpha = 1;
    ring(context, given, input, colour, 2, colours.paper);
  }
  ribbon(context, way(layout, mixed, output, result, output), colours.ink, 3, colours.paper);
  for (const tensor of [mixed, result]) {
    ring(context, tensor, output, colours.ink, 3, colours.paper);
    drawMap(
      context,
      tensor === mixed ? sheets.mixed : sheets.result,
      output,
      ...cornerOf(tensor, output),
      tensor.side,
    );
  }
}

/**
 * Where the two maps of the moving window are: the pooled one is half as wide as the mixed one.
 * @typedef {{side: number, half: number, x: number, y: number, height: number}} Walk
 */

/**
 * @param {number} room in CSS pixels @param {number} size of the mixed map @param {number} small of the pooled one, in pixels
 * @returns {Walk}
 */
export function walkFor(room, size, small) {
  const gap = 56;
  const unit = Math.max(2, Math.floor(Math.min(room - gap - 6, 420) / (size + small)));
  const [side, half] = [unit * size, unit * small];
  return { side, half, x: side + gap, y: Math.round((side - half) / 2), height: side + 4 };
}

/**
 * The mixed map under its window, and as much of the pooled map as has been computed.
 * @param {CanvasRenderingContext2D} context @param {Walk} walk
 * @param {Sheet} mixed @param {Sheet} result @param {number} output
 * @param {{index: number, row: number, column: number}} window @param {boolean} done @param {Colours} colours
 */
export function drawWalk(context, walk, mixed, result, output, window, done, colours) {
  const [unit, columns] = [walk.side / mixed.width, result.width];
  context.clearRect(0, 0, walk.x + walk.half + 6, walk.height);
  drawMap(context, mixed, output, 2, 2, walk.side);
  context.save();
  context.beginPath();
  const [x, y] = [walk.x + 2, walk.y + 2];
  if (done) context.rect(x, y, walk.half, walk.half);
  else {
    context.rect(x, y, walk.half, window.row * unit);
    context.rect(x, y + window.row * unit, (window.column + 1) * unit, unit);
  }
  context.clip();
  drawMap(context, result, output, x, y, walk.half);
  context.restore();
  context.strokeStyle = colours.quiet;
  context.lineWidth = 1.5;
  context.setLineDash([4, 4]);
  context.strokeRect(x - 1, y - 1, columns * unit + 2, walk.half + 2);
  context.setLineDash([]);
  const [left, top] = [2 + 2 * window.column * unit, 2 + 2 * window.row * unit];
  const [goalX, goalY] = [x + window.column * unit, y + window.row * unit];
  beam(
    context,
    [left + 2 * unit, top, left + 2 * unit, top + 2 * unit],
    [goalX, goalY, goalX, goalY + unit],
    colours,
  );
  frame(context, left, top, 2 * unit, colours);
  frame(context, goalX, goalY, unit, colours);
}

/** @param {CanvasRenderingContext2D} context @param {number[]} from @param {number[]} to two points each @param {Colours} colours */
function beam(context, from, to, colours) {
  context.beginPath();
  context.moveTo(from[0], from[1]);
  context.lineTo(to[0], to[1]);
  context.lineTo(to[2], to[3]);
  context.lineTo(from[2], from[3]);
  context.closePath();
  context.globalAlpha = 0.35;
  context.fillStyle = colours.quiet;
  context.fill();
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} side @param {Colours} colours */
function frame(context, x, y, side, colours) {
  for (const [line, style] of /** @type {[number, string][]} */ ([
    [5, colours.paper],
    [2.5, colours.ink],
  ])) {
    context.lineWidth = line;
    context.strokeStyle = style;
    context.strokeRect(x - 1, y - 1, side + 2, side + 2);
  }
}

/**
 * What one input adds, pixel by pixel, on the zero-centred scale: white is zero.
 * @param {HTMLCanvasElement} canvas @param {import("../maps/maps.js").Maps} maps @param {number} map @param {number} weight @param {number} limit of the colours
 */
export function paintSigned(canvas, maps, map, weight, limit) {
  canvas.width = maps.width;
  canvas.height = maps.height;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(maps.width, maps.height);
  const size = maps.width * maps.height;
  for (let place = 0; place < size; place++) {
    const value =
      maps.low[map] + (maps.bytes[map * size + place] / 255) * (maps.high[map] - maps.low[map]);
    image.data.set([...signedColour((weight * value) / limit), 255], 4 * place);
  }
  context.putImageData(image, 0, 0);
}

/** @type {[number, number[]][]} the signed scale of `densenet_viz/figures/colours.py` */
const SIGNED = [
  [-1, [0x1b, 0x6f, 0xbc]],
  [-0.5, [0x8e, 0xbb, 0xe3]],
  [-0.25, [0xcb, 0xdf, 0xf2]],
  [0, [0xff, 0xff, 0xff]],
  [0.25, [0xfa, 0xd7, 0xb2]],
  [0.5, [0xf3, 0xa5, 0x51]],
  [1, [0xb0, 0x52, 0x00]],
];

/** Blue below zero, white at it, orange above. @param {number} part −1 to 1 @returns {number[]} red, green, blue */
export function signedColour(part) {
  const x = Math.max(-1, Math.min(1, part));
  const next = Math.max(
    1,
    SIGNED.findIndex(([place]) => place >= x),
  );
  const [[from, a], [to, b]] = [SIGNED[next - 1], SIGNED[next]];
  const share = (x - from) / (to - from);
  return a.map((value, index) => Math.round(value + (b[index] - value) * share));
}

/** The theme's colours, for the canvas. @param {HTMLElement} root @returns {Colours} */
export function coloursOf(root) {
  const { color, backgroundColor } = getComputedStyle(root);
  const [r, g, b] = (backgroundColor.match(/[\d.]+/g) ?? ["255", "255", "255"]).map(Number);
  const dark = r + g + b < 384;
  return {
    ink: color,
    paper: backgroundColor,
    quiet: "#8c8f98",
    plus: dark ? "#f3a551" : "#b05200",
    minus: dark ? "#6fb1ea" : "#1b6fbc",
  };
}
