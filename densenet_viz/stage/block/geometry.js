// Where a block's nodes and connections are, as arcs and as cells, and how one becomes the other.

import { clamp, ease, mix } from "../shared/timing.js";

/** @typedef {{x: number, y: number, width: number, height: number}} Box */
/** @typedef {{source: number, reader: number, channels: number}} Connection */

/**
 * One view of the block. Node 0 is the block input, 1 to L are the layers, L + 1 is the output.
 * `nodes` are the boxes of the buttons; x and y are their centres.
 * @typedef {object} Arcs
 * @property {number} width
 * @property {number} height
 * @property {boolean} vertical the nodes are one below the other (on a phone)
 * @property {number} base where the nodes' line runs: y, or x where vertical
 * @property {number} reach how far the longest arc bulges from the nodes
 * @property {number} below how far the arcs to the output bulge on the other side
 * @property {number} half half a node's thickness across the line
 * @property {Box[]} nodes
 *
 * @typedef {object} Matrix
 * @property {number} width
 * @property {number} height
 * @property {number} left where the first column starts
 * @property {number} top where the first row starts
 * @property {number} cell width of a column
 * @property {number} row height of a row
 * @property {number} gap before the output's column
 * @property {Box[]} nodes
 */

const NARROW = 640;

/**
 * Nodes on one line, arcs above it (to the right of it on a phone).
 * @param {number} width @param {number} layers L @param {number} most the largest height in CSS pixels
 * @returns {Arcs}
 */
export function arcsFrame(width, layers, most = Infinity) {
  return width < NARROW ? standing(width, layers) : lying(width, layers, most);
}

/** @param {number} width @param {number} layers @param {number} most @returns {Arcs} */
function lying(width, layers, most) {
  const ends = 96;
  const pitch = (width - 2 * ends) / layers;
  const thick = pitch >= 100 ? 52 : pitch >= 44 ? 44 : 30;
  const wide = Math.min(112, pitch - (pitch >= 44 ? 14 : pitch >= 24 ? 4 : 1));
  const below = 54;
  const reach = Math.round(
    Math.min(300, Math.max(170, width * 0.25), Math.max(80, most - 10 - thick - below - 34)),
  );
  const base = reach + 10 + thick / 2;
  const nodes = Array.from({ length: layers + 2 }, (_, node) => ({
    x: node === 0 ? 44 : node > layers ? width - 44 : ends + (node - 0.5) * pitch,
    y: base,
    width: node === 0 || node > layers ? 76 : wide,
    height: node === 0 || node > layers ? Math.max(thick, 44) : thick,
  }));
  return {
    width,
    height: base + thick / 2 + below + 34,
    vertical: false,
    base,
    reach,
    below,
    half: thick / 2,
    nodes,
  };
}

/** @param {number} width @param {number} layers @returns {Arcs} */
function standing(width, layers) {
  const pitch = layers <= 6 ? 54 : layers <= 12 ? 42 : layers <= 24 ? 30 : 24;
  const [left, wide] = [26, 84];
  const base = left + wide / 2;
  const nodes = Array.from({ length: layers + 2 }, (_, node) => ({
    x: base,
    y: 26 + node * pitch + (node > layers ? 10 : node > 0 ? 4 : 0),
    width: wide,
    height: node === 0 || node > layers ? Math.max(30, pitch - 6) : Math.max(20, pitch - 8),
  }));
  const height = nodes[layers + 1].y + nodes[layers + 1].height / 2 + 52;
  return {
    width,
    height,
    vertical: true,
    base,
    reach: width - left - wide - 14,
    below: left - 6,
    half: wide / 2,
    nodes,
  };
}

/**
 * A connection as a cubic curve: the longer it is, the further its middle bulges. Connections to the
 * output bulge to the other side, because no layer reads them and they are not counted.
 * @param {Arcs} frame @param {number} source @param {number} reader
 * @returns {number[]} eight numbers
 */
export function arc(frame, source, reader) {
  const layers = frame.nodes.length - 2;
  const handed = reader > layers;
  const [from, to] = [frame.nodes[source], frame.nodes[reader]];
  const span = (reader - source) / (handed ? layers + 1 : layers);
  const bulge =
    (4 / 3) * (handed ? frame.below : frame.reach) * (handed ? 0.35 + 0.65 * span : span ** 0.85);
  if (frame.vertical) {
    const edge = (/** @type {Box} */ node) => node.x + (handed ? -1 : 1) * (node.width / 2 + 2);
    const away = handed ? -bulge : bulge;
    return [edge(from), from.y, edge(from) + away, from.y, edge(to) + away, to.y, edge(to), to.y];
  }
  const edge = (/** @type {Box} */ node) => node.y + (handed ? 1 : -1) * (node.height / 2 + 2);
  const away = handed ? bulge : -bulge;
  return [from.x, edge(from), from.x, edge(from) + away, to.x, edge(to) + away, to.x, edge(to)];
}

/** The middle of an arc. @param {number[]} curve @returns {[number, number]} */
export function apex(curve) {
  const at = (/** @type {number} */ i) =>
    (curve[i] + 3 * curve[i + 2] + 3 * curve[i + 4] + curve[i + 6]) / 8;
  return [at(0), at(1)];
}

/**
 * Sources as rows, readers as columns; the output's column is separate.
 * @param {number} width @param {number} layers L @param {number} most the largest height in CSS pixels
 * @returns {Matrix}
 */
export function matrixFrame(width, layers, most = Infinity) {
  const narrow = width < NARROW;
  const left = narrow ? 80 : 150;
  const gap = narrow ? 6 : 14;
  const last = narrow ? 40 : 64;
  const cell = Math.min(132, (width - left - gap - last - 4) / layers);
  const head = layers <= 12 ? 48 : 30;
  const top = head + 11;
  const tall = layers <= 6 ? 44 : layers <= 12 ? 32 : layers <= 24 ? 24 : 18;
  const row = Math.min(tall, Math.max(12, Math.floor((most - top - 6) / (layers + 1))));
  const nodes = Array.from({ length: layers + 2 }, (_, node) => {
    const middle =
      node > layers ? left + layers * cell + gap + last / 2 : left + (node - 0.5) * cell;
    return node === 0
      ? {
          x: left / 2 - 4,
          y: top + row / 2,
          width: left - 8,
          height: Math.max(22, Math.min(row - 2, 34)),
        }
      : {
          x: middle,
          y: head / 2 + 3,
          width: node > layers ? last : Math.max(5, cell - (cell > 30 ? 6 : 1)),
          height: head - 4,
        };
  });
  return { width, height: top + (layers + 1) * row + 6, left, top, cell, row, gap, nodes };
}

/** A connection as a cell. @param {Matrix} frame @param {number} source @param {number} reader @returns {Box} */
export function cellOf(frame, source, reader) {
  const layers = frame.nodes.length - 2;
  const space = frame.cell > 14 ? 2 : 1;
  const handed = reader > layers;
  const column = frame.nodes[layers + 1];
  return {
    x: handed ? column.x - column.width / 2 : frame.left + (reader - 1) * frame.cell,
    y: frame.top + source * frame.row,
    width: (handed ? column.width : frame.cell) - space,
    height: frame.row - space,
  };
}

/**
 * What is under a point of the matrix: a column's layer, or, beside the cells, a row's source.
 * @param {Matrix} frame @param {number} x @param {number} y @returns {number | null} a node
 */
export function nodeAt(frame, x, y) {
  const layers = frame.nodes.length - 2;
  const source = Math.floor((y - frame.top) / frame.row);
  if (source < 0 || source > layers) return null;
  if (x < frame.left) return source;
  const reader = 1 + Math.floor((x - frame.left) / frame.cell);
  if (reader <= layers) return reader > source ? reader : source;
  const column = frame.nodes[layers + 1];
  return Math.abs(x - column.x) <= column.width / 2 ? layers + 1 : null;
}

/**
 * A connection between arc and cell: the arc shrinks to its middle, the middle moves, and the cell
 * grows there. The middles of all arcs already form the matrix, rotated by 45 degrees.
 * @param {number[]} curve @param {Box} cell @param {number} share 0 (arc) to 1 (cell)
 * @returns {{arc: number, box: Box}} how much of the arc is left around its middle, and the box
 */
export function between(curve, cell, share) {
  const left = 1 - clamp(share / 0.35);
  const travel = ease((share - 0.25) / 0.55);
  const open = ease((share - 0.65) / 0.35);
  const [x, y] = apex(curve);
  const [goalX, goalY] = [cell.x + cell.width / 2, cell.y + cell.height / 2];
  const dot = 6 * clamp(share / 0.2);
  const [width, height] = [mix(dot, cell.width, open), mix(dot, cell.height, open)];
  return {
    arc: left,
    box: {
      x: mix(x, goalX, travel) - width / 2,
      y: mix(y, goalY, travel) - height / 2,
      width,
      height,
    },
  };
}

/** A place between two. @param {Box} from @param {Box} to @param {number} share @returns {Box} */
export function boxBetween(from, to, share) {
  return {
    x: mix(from.x, to.x, share),
    y: mix(from.y, to.y, share),
    width: mix(from.width, to.width, share),
    height: mix(from.height, to.height, share),
  };
}

/**
 * How far a connection is drawn at a moment of the count: layer l's sources grow one after the
 * other between time l - 1 and l.
 * @param {number} time 0 to L @param {number} source @param {number} reader @returns {number} 0 to 1
 */
export function drawnAt(time, source, reader) {
  const within = (time - (reader - 1)) * reader;
  return clamp(within - source);
}

/**
 * The number of connections that are complete at a moment of the count.
 * @param {number} time 0 to L @param {Connection[]} connections
 */
export function countAt(time, connections) {
  return connections.filter(
    ({ source, reader }) => drawnAt(time + 1e-9, source, reader) >= 1 - 1e-6,
  ).length;
}
