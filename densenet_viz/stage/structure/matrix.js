// Sources as rows, readers as columns: each cell is one connection's flow on the signed scale.

import { placeOf as colourPlace } from "../maps/signed-scale.js";

/** @typedef {import("./flows.js").Flows} Flows */
/** @typedef {{left: number, top: number, cell: number, row: number, width: number, height: number}} Frame */

/** @param {number} width in CSS pixels @param {number} layers L @param {number} most the largest height in CSS pixels @returns {Frame} */
export function matrixFrame(width, layers, most = Infinity) {
  const [left, top] = [width < 520 ? 34 : 62, 26];
  const cell = Math.min(44, (width - left - 2) / (layers + 1));
  const row = Math.max(
    7,
    Math.min(Math.max(8, Math.min(30, cell)), (most - top - 2) / (layers + 1)),
  );
  return { left, top, cell, row, width, height: top + (layers + 1) * row + 2 };
}

/**
 * The connection under a point, or null.
 * @param {Frame} frame @param {number} x @param {number} y @param {number} last L + 1
 */
export function cellAt(frame, x, y, last) {
  const source = Math.floor((y - frame.top) / frame.row);
  const reader = 1 + Math.floor((x - frame.left) / frame.cell);
  return source >= 0 && reader >= 1 && reader <= last && source < reader
    ? { source, reader }
    : null;
}

/**
 * Write a name at every how many rows or columns, so that names fit.
 * @param {number} pitch in pixels @param {number} room for a name
 */
export function every(pitch, room) {
  return [1, 2, 4, 8, 16, 32].find((step) => step * pitch >= room) ?? 64;
}

/**
 * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Flows} flows
 * @param {{source: number, reader: number}} chosen @param {number} limit @param {Uint8Array} palette
 * @param {{quiet: string, font: string, size: number}} look
 */
export function paintMatrix(context, frame, flows, chosen, limit, palette, look) {
  context.clearRect(0, 0, frame.width, frame.height);
  const gap = frame.cell > 12 ? 2 : frame.cell > 6 ? 1 : 0.5;
  for (let reader = 1; reader <= flows.last; reader++) {
    for (let source = 0; source < reader; source++) {
      const place = 3 * colourPlace(flows.at(source, reader), limit, palette.length / 3);
      context.fillStyle = `rgb(${palette[place]}, ${palette[place + 1]}, ${palette[place + 2]})`;
      context.fillRect(
        frame.left + (reader - 1) * frame.cell,
        frame.top + source * frame.row,
        frame.cell - gap,
        frame.row - gap,
      );
    }
  }
  paintNames(context, frame, flows, look);
  paintChosen(context, frame, flows, chosen);
}

/** @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Flows} flows @param {{quiet: string, font: string, size: number}} look */
function paintNames(context, frame, flows, look) {
  context.font = `${look.size}px ${look.font}`;
  context.fillStyle = look.quiet;
  context.textBaseline = "middle";
  context.textAlign = "right";
  const rows = every(frame.row, 16);
  for (let source = 0; source <= flows.layers; source += rows) {
    const y = frame.top + (source + 0.5) * frame.row;
    context.fillText(source ? String(source) : "in", frame.left - 14, y);
    context.save();
    context.fillStyle = flows.packed.colours[source];
    context.fillRect(
      frame.left - 9,
      y - Math.min(7, (frame.row * rows) / 2 - 1),
      5,
      Math.min(14, frame.row * rows - 2),
    );
    context.restore();
  }
  context.textAlign = "center";
  const columns = every(frame.cell, 24);
  for (let reader = 1; reader <= flows.last; reader++) {
    const end = reader === flows.last;
    // A number too close to the last name is left out.
    if (!end && ((reader - 1) % columns || (flows.last - reader) * frame.cell < 26)) continue;
    context.fillText(
      end ? "out" : String(reader),
      Math.min(frame.width - look.size, frame.left + (reader - 0.5) * frame.cell),
      frame.top - 12,
    );
  }
}

/**
 * The chosen connection, its reader's column, and the row of the same layer: their sums are equal.
 * @param {CanvasRenderingContext2D} context @param {Frame} frame @param {Flows} flows
 * @param {{source: number, reader: number}} chosen
 */
function paintChosen(context, frame, flows, { source, reader }) {
  const { left, top, cell, row } = frame;
  const column = [left + (reader - 1) * cell - 1, top - 1, cell, reader * row];
  const same = [
    left + reader * cell - 1,
    top + reader * row - 1,
    (flows.last - reader) * cell,
    row,
  ];
  for (const box of reader < flows.last ? [column, same] : [column])
    outline(context, box, 2, [4, 3]);
  outline(context, [left + (reader - 1) * cell - 1, top + source * row - 1, cell, row], 3, []);
}

/**
 * A dark line on a light one, so that it is visible on any cell and in both themes.
 * @param {CanvasRenderingContext2D} context @param {number[]} box @param {number} line @param {number[]} dashes
 */
function outline(context, [x, y, width, height], line, dashes) {
  context.setLineDash([]);
  context.strokeStyle = "#ffffff";
  context.lineWidth = line + 2;
  context.strokeRect(x, y, width, height);
  context.setLineDash(dashes);
  context.strokeStyle = "#14151b";
  context.lineWidth = line;
  context.strokeRect(x, y, width, height);
  context.setLineDash([]);
}
