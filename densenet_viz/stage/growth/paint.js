// Draws one moment of the growth stage: bars, tiles, curves and ghosts, on a canvas.

import { barOf, pillAt, readingCurve, tileAt } from "./geometry.js";
import { grown } from "../shared/curve.js";
import { flight, momentAt } from "./timing.js";
import { clamp, ease, mix } from "../shared/timing.js";

/** @typedef {import("./geometry.js").Layout} Layout */
/** @typedef {import("./geometry.js").Column} Column */
/** @typedef {import("./geometry.js").Box} Box */
/** @typedef {import("./sheets.js").Sheet} Sheet */

/** How opaque a group is whose maps are not there yet. */
const PALE = 0.35;

const GHOST = "#8c8f98";

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./geometry.js").Frame} frame
 * @param {Layout} layout
 * @param {Sheet[]} sheets
 * @param {number} time
 */
export function paint(context, frame, layout, sheets, time) {
  const moment = momentAt(time);
  const writing = moment.layer;
  context.clearRect(0, 0, frame.width, frame.height);
  for (const column of layout.columns) {
    const arriving = column.index === writing;
    if (column.index <= moment.done) drawColumn(context, column, sheets, column.index + 1, 1);
    else if (arriving) drawArriving(context, frame, layout, column, sheets, moment);
    else drawGhost(context, frame, layout, column);
    if (column.index > 0) {
      const shown = column.index <= moment.done ? 1 : arriving ? ease(moment.write / 0.4) : 0;
      drawKeeping(context, layout, column, sheets, shown);
      drawReading(
        context,
        frame,
        layout,
        column.index,
        sheets,
        readingShare(column.index, moment),
        column.index === writing,
      );
    }
  }
  drawEntry(context, layout);
}

/** How far the curves into a layer have grown. @param {number} layer @param {import("./timing.js").Moment} moment */
function readingShare(layer, moment) {
  if (layer <= moment.done) return 1;
  return layer === moment.layer ? ease(moment.read) : 0;
}

/** The line from the picture to the first column. @param {CanvasRenderingContext2D} context @param {Layout} layout */
function drawEntry(context, layout) {
  const { x, y, size, open } = layout.picture;
  const first = layout.columns[0];
  if (open < 0.6) return;
  line(
    context,
    [x + size + 6, y + size / 2, first.x - 8, y + size / 2],
    GHOST,
    3,
    clamp((open - 0.6) * 2.5),
  );
}

/**
 * @param {CanvasRenderingContext2D} context @param {number[]} points two or four pairs
 * @param {string} colour @param {number} width @param {number} alpha
 */
function line(context, points, colour, width, alpha) {
  if (alpha <= 0) return;
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(points[0], points[1]);
  if (points.length === 8)
    context.bezierCurveTo(points[2], points[3], points[4], points[5], points[6], points[7]);
  else context.lineTo(points[2], points[3]);
  context.stroke();
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context @param {Column} column @param {Sheet[]} sheets
 * @param {number} groups how many from the bottom @param {number} alpha
 */
function drawColumn(context, column, sheets, groups, alpha) {
  for (const box of column.boxes.slice(0, groups))
    drawGroup(context, column, box, sheets[box.source], alpha);
}

/**
 * One group: its bar and, as far as the column is open, its tiles.
 * @param {CanvasRenderingContext2D} context @param {Column} column @param {Box} box
 * @param {Sheet} sheet @param {number} alpha
 */
function drawGroup(context, column, box, sheet, alpha) {
  const { open } = column;
  context.globalAlpha = alpha;
  context.fillStyle = sheet.colour;
  if (open < 1) {
    context.globalAlpha = alpha * (1 - open);
    context.fillRect(column.x, box.y, column.width, box.height);
    context.globalAlpha = alpha * open;
  }
  if (open > 0) {
    const bar = barOf(box);
    context.fillRect(bar.x, bar.y, bar.width, bar.height);
    if (sheet.canvas) context.drawImage(sheet.canvas, box.x, box.y, box.width, box.height);
    else {
      context.globalAlpha = alpha * open * PALE;
      context.fillRect(box.x, box.y, box.width, box.height);
    }
  }
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context @param {Sheet} sheet @param {number} index @param {number} perRow
 * @param {number} x @param {number} y @param {number} width @param {number} height
 */
function drawTile(context, sheet, index, perRow, x, y, width, height) {
  if (width <= 0 || height <= 0) return;
  const { side, gap, canvas } = sheet;
  if (!canvas) {
    context.globalAlpha *= PALE;
    context.fillStyle = sheet.colour;
    context.fillRect(x, y, width, height);
    return;
  }
  const pitch = side + gap;
  context.drawImage(
    canvas,
    (index % perRow) * pitch,
    Math.floor(index / perRow) * pitch,
    side,
    side,
    x,
    y,
    width,
    height,
  );
}

/**
 * The column that a layer is writing: kept maps appear along their lines, new maps fly in.
 * @param {CanvasRenderingContext2D} context @param {import("./geometry.js").Frame} frame
 * @param {Layout} layout @param {Column} column @param {Sheet[]} sheets @param {import("./timing.js").Moment} moment
 */
function drawArriving(context, frame, layout, column, sheets, moment) {
  const { write } = moment;
  if (write < 1) drawGhost(context, frame, layout, column);
  if (write <= 0) return;
  drawColumn(context, column, sheets, column.index, ease((write - 0.15) / 0.45));
  const box = column.boxes[column.index];
  const sheet = sheets[column.index];
  const pill = pillAt(layout, column.index, frame);
  const startX = pill ? pill.x + pill.width / 2 : box.x;
  const startY = pill ? pill.y + pill.height / 2 : box.y + box.height / 2;
  const bar = barOf(box);
  context.globalAlpha = clamp(write * 2);
  context.fillStyle = sheet.colour;
  context.fillRect(
    bar.x,
    bar.y + bar.height * (1 - ease(write)),
    bar.width,
    bar.height * ease(write),
  );
  for (let index = 0; index < sheet.count; index++) {
    const share = flight(write, index, sheet.count);
    if (share <= 0) continue;
    const goal = tileAt(box, index, frame.perRow);
    const size = box.tile * mix(0.3, 1, share) * (sheet.side / (sheet.side + sheet.gap));
    const rise = Math.sin(Math.PI * share) * 14;
    context.globalAlpha = clamp(share * 3);
    drawTile(
      context,
      sheet,
      index,
      frame.perRow,
      mix(startX, goal.x, share),
      mix(startY, goal.y, share) - rise,
      size,
      size,
    );
  }
  context.globalAlpha = 1;
}

/**
 * A column that is not written yet: a dashed outline.
 * @param {CanvasRenderingContext2D} context @param {import("./geometry.js").Frame} frame
 * @param {Layout} layout @param {Column} column
 */
function drawGhost(context, frame, layout, column) {
  const top = Math.max(frame.top - 8, column.boxes[column.boxes.length - 1].y);
  context.save();
  context.globalAlpha = 0.55 * column.open;
  context.setLineDash([6, 6]);
  context.lineWidth = 2;
  context.strokeStyle = GHOST;
  context.beginPath();
  context.roundRect(column.x, top, column.width, layout.base - top, 6);
  context.stroke();
  context.restore();
}

/**
 * Thin lines from every group to itself in the next column.
 * @param {CanvasRenderingContext2D} context @param {Layout} layout @param {Column} column
 * @param {Sheet[]} sheets @param {number} share
 */
function drawKeeping(context, layout, column, sheets, share) {
  const before = layout.columns[column.index - 1];
  if (share <= 0 || before.open <= 0) return;
  for (const box of before.boxes) {
    const x0 = before.x + before.width + 4;
    const x1 = column.x - 3;
    const y = box.y + box.height / 2;
    line(
      context,
      [x0, y, mix(x0, x1, share), y],
      sheets[box.source].colour,
      1.5,
      0.5 * before.open,
    );
  }
}

/**
 * Thick curves from every group to the layer that reads it.
 * @param {CanvasRenderingContext2D} context @param {import("./geometry.js").Frame} frame
 * @param {Layout} layout @param {number} layer @param {Sheet[]} sheets @param {number} share @param {boolean} active
 */
function drawReading(context, frame, layout, layer, sheets, share, active) {
  const pill = pillAt(layout, layer, frame);
  if (!pill || share <= 0) return;
  const before = layout.columns[layer - 1];
  const count = before.boxes.length;
  const width = Math.max(1.5, Math.min(5, 34 / count));
  before.boxes.forEach((box, place) => {
    const curve = readingCurve(box, pill, count > 1 ? place / (count - 1) : 0.5);
    line(
      context,
      share < 1 ? grown(curve, share) : curve,
      sheets[box.source].colour,
      width,
      (active ? 0.95 : 0.6) * pill.open,
    );
  });
  const written = layout.columns[layer].boxes[layer];
  const y = pill.y + pill.height / 2;
  const end = layout.columns[layer].x - 3;
  if (!active)
    line(
      context,
      [pill.x + pill.width, y, end, written.y + written.height / 2],
      sheets[layer].colour,
      3.5,
      pill.open,
    );
}
