// The growth stage's layout: where every column, group, pill and curve is at a moment.

import { focusAt } from "./timing.js";
import { clamp, ease, mix } from "../shared/timing.js";

/**
 * A stage of a given size. A group has `perRow` tiles in a row.
 * @typedef {{width: number, height: number, phone: boolean, perRow: number, channels: number[], top: number, bottom: number}} Frame
 */

/** @typedef {{source: number, x: number, y: number, width: number, height: number, tile: number}} Box */

/**
 * One column: the tensor after `index` layers. `open` is 1 if its tiles are visible and 0 if it is
 * folded to bars; `shown` is 1 if it is written and 0 if it is not written yet.
 * @typedef {{index: number, x: number, width: number, open: number, shown: number, boxes: Box[]}} Column
 */

/**
 * @typedef {{columns: Column[], picture: {x: number, y: number, size: number, open: number}, tile: number, base: number}} Layout
 */

const BAR = 5;
const BAR_GAP = 5;
const PILL = { width: 96, height: 56 };
const PHONE_PILL = { width: 68, height: 40 };

/** @param {boolean} phone */
export function pillSize(phone) {
  return phone ? PHONE_PILL : PILL;
}

/**
 * Tiles in a row, so that the last column has at most `most` rows. If possible, the number fills
 * every group's last row.
 * @param {number[]} channels of each group @param {number} most
 */
export function tilesPerRow(channels, most) {
  const fitting = [8, 12, 16, 24, 32].filter((perRow) => rowsOf(channels, perRow) <= most);
  return (
    fitting.find((perRow) => channels.every((count) => count % perRow === 0)) ?? fitting[0] ?? 32
  );
}

/** Rows of tiles in a column of these groups. @param {number[]} channels @param {number} perRow */
export function rowsOf(channels, perRow) {
  return channels.reduce((sum, count) => sum + Math.ceil(count / perRow), 0);
}

/** Space between groups, in tiles. */
const GROUP_GAP = 0.3;

/**
 * The side of a tile while the camera is at `focus`: the column being written fills the height.
 * @param {Frame} frame @param {number} focus
 */
function tileSize(frame, focus) {
  const at = (/** @type {number} */ column) => {
    const groups = frame.channels.slice(0, column + 1);
    const rows = rowsOf(groups, frame.perRow) + GROUP_GAP * (groups.length - 1);
    return (frame.height - frame.top - frame.bottom) / rows;
  };
  const last = frame.channels.length - 1;
  const ahead = Math.min(last, Math.max(2, focus + 1));
  const low = Math.floor(ahead);
  const fit = mix(at(low), at(Math.min(last, low + 1)), ahead - low);
  return Math.max(2, Math.min(frame.phone ? 15 : 20, widest(frame), fit));
}

/** The largest tile with which two open columns, a pill and the folded columns fit. @param {Frame} frame */
function widest(frame) {
  const pill = pillSize(frame.phone).width;
  const bars = 2 * (BAR + BAR_GAP);
  const folded = Math.min(0.24 * frame.width, 18 * frame.channels.length);
  return (frame.width - folded - bars - pill - (frame.phone ? 34 : 70)) / (2 * frame.perRow);
}

/**
 * What fits side by side while the camera does not move.
 * @typedef {{firstOpen: number, picture: 0 | 1}} Rest
 */

const FOLDED_SHARE = 0.24;

/** @param {Frame} frame @param {number} tile */
function measures(frame, tile) {
  return {
    full: frame.perRow * tile + BAR + BAR_GAP,
    gap: pillSize(frame.phone).width + (frame.phone ? 30 : 40),
    image: frame.phone ? Math.min(84, 0.24 * frame.width) : 112,
    imageGap: frame.phone ? 14 : 52,
  };
}

/**
 * Columns before `firstOpen` are folded to bars. The picture stays while three open columns (the
 * outline of the next one is one of them) fit beside it.
 * @param {Frame} frame @param {number} focus a whole number @returns {Rest}
 */
function restAt(frame, focus) {
  const { full, gap, image, imageGap } = measures(frame, tileSize(frame, focus));
  const last = frame.channels.length - 1;
  const shown = Math.min(last, focus + 1) + 1;
  const open = (/** @type {number} */ room) => {
    for (let count = shown; count > 2; count--) {
      const bars = Math.min(FOLDED_SHARE * frame.width, 20 * (shown - count));
      if (bars + count * full + (count - 1) * gap <= room) return count;
    }
    return Math.min(2, shown);
  };
  const beside = open(frame.width - image - imageGap);
  if (focus === 0 || beside >= 3) return { firstOpen: shown - beside, picture: 1 };
  return { firstOpen: shown - open(frame.width), picture: 0 };
}

/**
 * Where everything is. When the time is a whole number, every column is either open or folded.
 * @param {Frame} frame
 * @param {number} time 0 to L
 * @returns {Layout}
 */
export function layoutAt(frame, time) {
  const focus = focusAt(time);
  const tile = tileSize(frame, focus);
  const base = frame.height - frame.bottom;
  const { full, gap, image, imageGap } = measures(frame, tile);
  const count = frame.channels.length;

  const before = restAt(frame, Math.floor(focus));
  const after = restAt(frame, Math.min(count - 1, Math.ceil(focus)));
  const travelled = focus - Math.floor(focus);
  const firstOpen = mix(before.firstOpen, after.firstOpen, travelled);
  const pictureOpen = mix(before.picture, after.picture, travelled);
  const folded = Math.max(1, firstOpen);
  const pitch = Math.max(frame.phone ? 6 : 9, Math.min(20, (FOLDED_SHARE * frame.width) / folded));

  let x = (image + imageGap) * pictureOpen + 2;
  /** @type {Column[]} */
  const columns = [];
  for (let index = 0; index < count; index++) {
    const open = ease(clamp(index - firstOpen + 1));
    const width = mix(Math.min(10, pitch - 3), full, open);
    if (index > Math.ceil(focus) + 1) break;
    columns.push({
      index,
      x,
      width,
      open,
      shown: index <= focus + 1e-9 ? 1 : 0,
      boxes: boxesOf(frame, index, x, width, open, tile, base),
    });
    x +=
      width +
      mix(
        pitch - Math.min(10, pitch - 3),
        gap,
        Math.min(open, ease(clamp(index + 1 - firstOpen + 1))),
      );
  }
  const right = (/** @type {number} */ index) => {
    const column = columns[Math.min(columns.length - 1, index)];
    return column.x + column.width + 2;
  };
  const ahead = Math.floor(focus) + 1; // while the camera travels, the one after comes in
  const over = Math.max(0, mix(right(ahead), right(ahead + 1), travelled) - frame.width);
  if (over > 0) shift(columns, -over);
  return {
    columns,
    picture: { x: 2 - over, y: base - image - 40, size: image, open: pictureOpen },
    tile,
    base,
  };
}

/** @param {Column[]} columns @param {number} by */
function shift(columns, by) {
  for (const column of columns) {
    column.x += by;
    for (const box of column.boxes) box.x += by;
  }
}

/**
 * The groups of a column from the bottom up, in the order of the tensor's channels.
 * @param {Frame} frame @param {number} index @param {number} x @param {number} width
 * @param {number} open @param {number} tile @param {number} base
 * @returns {Box[]}
 */
function boxesOf(frame, index, x, width, open, tile, base) {
  let bottom = base;
  return frame.channels.slice(0, index + 1).map((channels, source) => {
    const height = Math.ceil(channels / frame.perRow) * tile;
    const box = {
      source,
      x: x + (BAR + BAR_GAP) * open,
      y: bottom - height,
      width: width - (BAR + BAR_GAP) * open,
      height,
      tile,
    };
    bottom -= height + GROUP_GAP * tile;
    return box;
  });
}

/** The coloured bar at a group's left. @param {Box} box */
export function barOf(box) {
  return { x: box.x - BAR - BAR_GAP, y: box.y, width: BAR, height: box.height };
}

/** Where tile `index` of a group is. @param {Box} box @param {number} index @param {number} perRow */
export function tileAt(box, index, perRow) {
  return {
    x: box.x + (index % perRow) * box.tile,
    y: box.y + Math.floor(index / perRow) * box.tile,
  };
}

/**
 * The pill of layer `layer`, between the column it reads and the one it writes, at the height of
 * what it writes. Null if that gap is folded or not there yet.
 * @param {Layout} layout @param {number} layer 1 to L @param {Frame} frame
 */
export function pillAt(layout, layer, frame) {
  const from = layout.columns[layer - 1];
  const to = layout.columns[layer];
  if (!from || !to || from.open < 0.5) return null;
  const { width, height } = pillSize(frame.phone);
  const written = to.boxes[to.boxes.length - 1];
  const middle = (from.x + from.width + to.x) / 2 + (frame.phone ? 2 : 6);
  const y = Math.max(
    frame.top - 20,
    Math.min(layout.base - height, written.y + written.height / 2 - height / 2),
  );
  return { x: middle - width / 2, y, width, height, open: ease((from.open - 0.5) * 2) };
}

/**
 * A curve from a group's right edge to a pill's left edge, as two ends and two handles.
 * @param {Box} box @param {{x: number, y: number, width: number, height: number}} pill
 * @param {number} place of this source among the pill's sources, 0 to 1
 */
export function readingCurve(box, pill, place) {
  const x0 = box.x + box.width + 4;
  const y0 = box.y + box.height / 2;
  const x1 = pill.x;
  const y1 = pill.y + pill.height * (0.75 - 0.5 * place);
  const bend = Math.max(12, (x1 - x0) * 0.55);
  return [x0, y0, x0 + bend, y0, x1 - bend, y1, x1, y1];
}

/**
 * The group under a point, or null.
 * @param {Layout} layout @param {number} x @param {number} y @param {number} time
 */
export function groupAt(layout, x, y, time) {
  for (const column of layout.columns) {
    if (column.index > time + 1e-9 || x < column.x || x > column.x + column.width) continue;
    const box = column.boxes.find((each) => y >= each.y && y <= each.y + each.height);
    if (box) return { column, box };
  }
  return null;
}
