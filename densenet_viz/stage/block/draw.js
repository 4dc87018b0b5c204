// Draws a block's connections on a canvas: arcs, cells, and everything between the two.

import { arc, between, cellOf, drawnAt } from "./geometry.js";
import { grown } from "../shared/curve.js";

/**
 * One frame of the picture.
 * @typedef {object} Frame
 * @property {import("./geometry.js").Arcs} arcs
 * @property {import("./geometry.js").Matrix} matrix
 * @property {number} share 0: arcs, 1: matrix
 * @property {import("./geometry.js").Connection[]} connections those that a layer reads, which are counted
 * @property {import("./geometry.js").Connection[]} handed those into the output
 * @property {string[]} colours of the sources
 * @property {number | null} active the node whose connections are highlighted, or null for all
 * @property {number} time of the count, 0 to L
 * @property {string} ink
 * @property {string} font
 */

const DIM = 0.15;

/** Whether a connection is highlighted. @param {Frame} frame @param {{source: number, reader: number}} connection */
function lit(frame, { source, reader }) {
  return frame.active === null || frame.active === source || frame.active === reader;
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame */
export function paintBlock(context, frame) {
  const layers = frame.arcs.nodes.length - 2;
  context.clearRect(0, 0, frame.arcs.width, Math.max(frame.arcs.height, frame.matrix.height));
  const complete = frame.time >= layers;
  if (complete) for (const connection of frame.handed) drawHanded(context, frame, connection);
  const bright = frame.connections.filter((connection) => lit(frame, connection));
  if (bright.length < frame.connections.length) {
    for (const connection of frame.connections)
      if (!lit(frame, connection)) drawConnection(context, frame, connection, DIM);
  }
  for (const connection of bright) drawConnection(context, frame, connection, 1);
  if (frame.share > 0) drawLabels(context, frame);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context @param {Frame} frame
 * @param {import("./geometry.js").Connection} connection @param {number} light
 */
function drawConnection(context, frame, connection, light) {
  const { source, reader } = connection;
  const layers = frame.arcs.nodes.length - 2;
  const drawn = drawnAt(frame.time, source, reader);
  if (drawn <= 0) return;
  const curve = arc(frame.arcs, source, reader);
  const cell = cellOf(frame.matrix, source, reader);
  const chosen = frame.active !== null && light === 1;
  const crowd = layers <= 12 ? 0.92 : layers <= 24 ? 0.75 : 0.55;
  const state = between(curve, cell, frame.share);
  context.strokeStyle = context.fillStyle = frame.colours[source];
  if (state.arc > 0) {
    context.globalAlpha =
      (chosen ? 1 : light === 1 ? crowd : DIM) * (frame.share > 0 ? state.arc : 1);
    context.lineWidth = (layers <= 6 ? 4 : layers <= 12 ? 3 : 2) + (chosen ? 1 : 0);
    stroke(context, drawn < 1 ? grown(curve, drawn) : curve);
    if (chosen && drawn >= 1) drawArrow(context, curve, frame.arcs.vertical);
  }
  if (frame.share > 0) {
    context.globalAlpha = light;
    fillBox(context, state.box, drawn);
    if (frame.share === 1)
      drawNumber(
        context,
        frame,
        cell,
        connection.channels,
        light === 1 ? inkOn(frame.colours[source]) : frame.ink,
      );
  }
}

/** @param {CanvasRenderingContext2D} context @param {number[]} curve */
function stroke(context, curve) {
  context.beginPath();
  context.moveTo(curve[0], curve[1]);
  context.bezierCurveTo(curve[2], curve[3], curve[4], curve[5], curve[6], curve[7]);
  context.stroke();
}

/** A small arrow head where the curve ends. @param {CanvasRenderingContext2D} context @param {number[]} curve @param {boolean} vertical */
function drawArrow(context, curve, vertical) {
  const [x, y] = [curve[6], curve[7]];
  const toward = vertical ? [Math.sign(x - curve[4]), 0] : [0, Math.sign(y - curve[5])];
  const [long, wide] = [9, 6];
  context.beginPath();
  context.moveTo(x + toward[0] * 2, y + toward[1] * 2);
  context.lineTo(x - toward[0] * long - toward[1] * wide, y - toward[1] * long - toward[0] * wide);
  context.lineTo(x - toward[0] * long + toward[1] * wide, y - toward[1] * long + toward[0] * wide);
  context.fill();
}

/** @param {CanvasRenderingContext2D} context @param {import("./geometry.js").Box} box @param {number} grownShare */
function fillBox(context, box, grownShare) {
  const shrink = (1 - grownShare) / 2;
  context.beginPath();
  context.roundRect(
    box.x + box.width * shrink,
    box.y + box.height * shrink,
    box.width * grownShare,
    box.height * grownShare,
    Math.min(4, box.height / 4, box.width / 4),
  );
  context.fill();
}

/**
 * Dashed, because no layer of the block reads it: the output is all groups side by side.
 * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {import("./geometry.js").Connection} connection
 */
function drawHanded(context, frame, connection) {
  const { source, reader, channels } = connection;
  const bright = frame.active === source || frame.active === reader;
  const light = bright ? 1 : frame.active === null ? 0.6 : DIM;
  const curve = arc(frame.arcs, source, reader);
  const cell = cellOf(frame.matrix, source, reader);
  const state = between(curve, cell, frame.share);
  context.strokeStyle = frame.colours[source];
  context.lineWidth = 2;
  context.setLineDash([5, 4]);
  if (state.arc > 0) {
    context.globalAlpha = light * state.arc;
    stroke(context, curve);
  }
  if (frame.share > 0) {
    context.globalAlpha = light * Math.min(1, frame.share * 2);
    const { x, y, width, height } = state.box;
    if (frame.share === 1 && height < 20) context.setLineDash([]);
    context.strokeRect(x + 1, y + 1, Math.max(0, width - 2), Math.max(0, height - 2));
    if (frame.share === 1) drawNumber(context, frame, cell, channels, frame.ink);
  }
  context.setLineDash([]);
}

/**
 * How many maps a cell stands for, if there is room for the number.
 * @param {CanvasRenderingContext2D} context @param {Frame} frame
 * @param {import("./geometry.js").Box} cell @param {number} channels @param {string} colour
 */
function drawNumber(context, frame, cell, channels, colour) {
  const size = cell.height >= 30 && cell.width >= 44 ? 16 : 14;
  context.font = `${cell.width >= 36 ? 600 : 500} ${size}px ${frame.font}`;
  const text = String(channels);
  if (context.measureText(text).width > cell.width + 1 || cell.height < size) return;
  context.fillStyle = colour;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, cell.x + cell.width / 2, cell.y + cell.height / 2 + 1);
}

/** The rows' names, left of the cells. @param {CanvasRenderingContext2D} context @param {Frame} frame */
function drawLabels(context, frame) {
  const { matrix, colours, active } = frame;
  const wide = matrix.left > 120;
  for (let source = 1; source < colours.length; source++) {
    const y = matrix.top + (source + 0.5) * matrix.row - 1;
    const near =
      active === null || active === source || (active > source && active < matrix.nodes.length);
    context.globalAlpha = frame.share * (near ? 1 : 0.45);
    context.fillStyle = colours[source];
    context.fillRect(
      matrix.left - 14,
      y - Math.min(9, matrix.row / 2 - 2),
      6,
      Math.min(18, matrix.row - 4),
    );
    context.fillStyle = frame.ink;
    context.font = `${active === source ? 700 : 400} ${wide && matrix.row >= 30 ? 16 : 14}px ${frame.font}`;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(`layer ${source}`, matrix.left - 20, y + 1);
  }
}

/** Black or white, whichever is easier to read on a colour. @param {string} colour "#rrggbb" */
export function inkOn(colour) {
  const linear = [1, 3, 5].map((place) => {
    const part = parseInt(colour.slice(place, place + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return light > 0.179 ? "#000000" : "#ffffff";
}
