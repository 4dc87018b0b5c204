// One panel laid out for a width: plot, ticks, marks, labels, the front and its label. No DOM.

import { domain, leading, share, steps, ticks } from "./geometry.js";
import { crosses, overlap, placed } from "./labels.js";
import { written } from "./words.js";

/** @typedef {import("./geometry.js").Panel} Panel */
/** @typedef {import("./geometry.js").Point} Point */
/** @typedef {import("./labels.js").Box} Box */
/** @typedef {[number, number]} Pair */

/**
 * @typedef {object} Place
 * @property {Point} point
 * @property {Pair} at
 * @property {{point: Point, at: Pair}[]} others further values of the same system
 * @property {string} text
 * @property {Pair} label where its text begins, on the baseline
 * @property {[Pair, Pair] | null} leader
 * @property {boolean} loose whether no place was free: shown only when highlighted
 */

/**
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {number} font
 * @property {number} radius
 * @property {Box} plot
 * @property {{at: number, text: string}[]} across ticks of x
 * @property {{at: number, text: string}[]} up ticks of y
 * @property {Place[]} places
 * @property {{at: Pair, text: string} | null} word
 */

const FRONT_WORDS = ["Pareto front", "front"];
const COMPACT = 340;
const EASY = 14.5; // up to this mean cost, whole names are easy to read
const WIDE = 760;

/**
 * @param {Panel} panel
 * @param {number} width CSS pixels
 * @param {(text: string, size: number) => number} widthOf how wide a text is at a font size
 * @param {{letters: number, most: number}} [slide] CSS pixels of the smallest letters, and the largest height
 * @returns {Layout}
 */
export function layout(panel, width, widthOf, slide = { letters: 0, most: Infinity }) {
  const wide = width >= WIDE;
  const font = Math.max(slide.letters, wide ? 17 : 15);
  const radius = wide ? 10 : width < COMPACT ? 7.5 : 8.5;
  const tall = wide ? Math.min(520, width * 0.48) : Math.max(310, Math.min(420, width * 0.9));
  const height = Math.round(Math.min(tall, Math.max(180, slide.most)));
  const spans = {
    x: domain(
      panel.points.map(({ x }) => x),
      panel.x,
    ),
    y: domain(
      panel.points.map(({ y }) => y),
      panel.y,
    ),
  };
  const rows = ticks(spans.y, panel.y.log, Math.floor(height / 62)).map((value) => ({
    value,
    text: written(value),
  }));
  const margin = Math.max(...rows.map(({ text }) => widthOf(text, font))) + 12;
  const plot = { left: margin, right: width - 10, top: 8, bottom: height - font - 14 };
  const place = (/** @type {Point} */ { x, y }) =>
    /** @type {Pair} */ ([
      plot.left + share(x, spans.x, panel.x.log) * (plot.right - plot.left),
      plot.bottom - share(y, spans.y, panel.y.log) * (plot.bottom - plot.top),
    ]);
  const columns = ticks(spans.x, panel.x.log, Math.floor((plot.right - plot.left) / 52));
  const firsts = leading(panel.points);
  const at = new Map(firsts.map((point) => [point.id, place(point)]));
  const others = panel.points
    .filter((point) => !firsts.includes(point))
    .map((point) => ({ point, at: place(point) }));
  const joined = edges(panel, at, plot);
  const room = {
    plot: { ...plot, left: plot.left + 3, bottom: plot.bottom - 3 },
    radius,
    height: font * 1.2,
    marks: others.map((other) => other.at),
    lines: joined,
  };
  const { spots, texts } = labelled(
    firsts,
    at,
    room,
    (text) => widthOf(text, font),
    width < COMPACT,
  );
  const places = firsts.map((point) => {
    const middle = /** @type {Pair} */ (at.get(point.id));
    const spot = spots.get(point.id);
    const text = texts(point);
    return {
      point,
      at: middle,
      others: others.filter((other) => other.point.id === point.id),
      text,
      label: /** @type {Pair} */ (
        spot
          ? [spot.box.left, baseline(spot.box)]
          : loose(middle, widthOf(text, font), radius, plot, font)
      ),
      leader: spot?.leader ?? null,
      loose: !spot,
    };
  });
  const taken = [
    ...[...spots.values()].map(({ box }) => box),
    ...[...at.values(), ...others.map((other) => other.at)].map((one) => square(one, radius + 3)),
  ];
  return {
    width,
    height,
    font,
    radius,
    plot,
    across: columns.map((value) => ({
      at: place({ .../** @type {Point} */ (firsts[0]), x: value })[0],
      text: written(value),
    })),
    up: rows.map(({ value, text }) => ({
      at: place({ .../** @type {Point} */ (firsts[0]), y: value })[1],
      text,
    })),
    places,
    word:
      FRONT_WORDS.map((text) =>
        word(frontLine(panel, at, plot), taken, plot, { text, width: widthOf(text, font) }, font),
      ).find((found) => found) ?? null,
  };
}

/**
 * The corners of a panel's front, for the points' present places.
 * @param {Panel} panel @param {Map<string, Pair>} at @param {Box} plot @returns {Pair[]}
 */
export function frontLine(panel, at, plot) {
  if (panel.front.length === 0 || !panel.x.better || !panel.y.better) return [];
  const points = panel.front.flatMap((id) =>
    at.has(id) ? [/** @type {Pair} */ (at.get(id))] : [],
  );
  return steps(points, plot, panel.x.better, panel.y.better);
}

/** Lines that a label should not cross. @param {Panel} panel @param {Map<string, Pair>} at @param {Box} plot @returns {[Pair, Pair][]} */
function edges(panel, at, plot) {
  const chains = [
    frontLine(panel, at, plot),
    ...panel.lines.map((line) => line.map((id) => /** @type {Pair} */ (at.get(id)))),
  ];
  return chains.flatMap((chain) =>
    chain.slice(1).map((end, index) => /** @type {[Pair, Pair]} */ ([chain[index], end])),
  );
}

/** Whole names if there is a place for all of them, otherwise short ones. @param {Point[]} points @param {Map<string, Pair>} at @param {Parameters<typeof placed>[1]} room @param {(text: string) => number} widthOf @param {boolean} compact */
function labelled(points, at, room, widthOf, compact) {
  const whole = (/** @type {Point} */ point) => point.label;
  const short = (/** @type {Point} */ point) => point.short || point.label;
  const attempts = (compact ? [short, whole] : [whole, short]).map((texts) => {
    const wanted = points.map((point) => {
      const [x, y] = /** @type {Pair} */ (at.get(point.id));
      return { id: point.id, x, y, width: widthOf(texts(point)) + 4 };
    });
    return { texts, spots: placed(wanted, room) };
  });
  const [first, second] = attempts;
  if (first.spots.size !== second.spots.size)
    return first.spots.size > second.spots.size ? first : second;
  return effort(first.spots) <= EASY ? first : second;
}

/** What the labels' places cost on average. @param {Map<string, {cost: number}>} spots */
function effort(spots) {
  return [...spots.values()].reduce((sum, { cost }) => sum + cost, 0) / Math.max(1, spots.size);
}

/** @param {Box} box */
function baseline(box) {
  return box.top + (box.bottom - box.top) * 0.76;
}

/** The place of a label that is shown only when highlighted. @param {Pair} at @param {number} width @param {number} radius @param {Box} plot @param {number} font @returns {Pair} */
function loose([x, y], width, radius, plot, font) {
  const right = x + radius + 5;
  return [
    right + width <= plot.right ? right : x - radius - 5 - width,
    Math.max(plot.top + font, y + font * 0.35),
  ];
}

/** @param {Pair} middle @param {number} r @returns {Box} */
function square([x, y], r) {
  return { left: x - r, right: x + r, top: y - r, bottom: y + r };
}

/** A free place along the front's horizontal steps, the longest first. @param {Pair[]} corners @param {Box[]} taken @param {Box} plot @param {{text: string, width: number}} words @param {number} font */
function word(corners, taken, plot, { text, width }, font) {
  const levels = corners.slice(1).flatMap((end, index) => {
    const start = corners[index];
    return Math.abs(start[1] - end[1]) < 0.5
      ? [{ left: Math.min(start[0], end[0]), right: Math.max(start[0], end[0]), y: end[1] }]
      : [];
  });
  levels.sort((a, b) => b.right - b.left - (a.right - a.left));
  for (const { left, right, y } of levels) {
    for (const x of [right - width - 4, left + 14, (left + right - width) / 2]) {
      for (const top of [y - font * 1.2 - 3, y + 4]) {
        const box = { left: x, right: x + width, top, bottom: top + font * 1.2 };
        const free =
          box.left >= plot.left &&
          box.right <= plot.right &&
          box.top >= plot.top &&
          box.bottom <= plot.bottom;
        const crossed = corners
          .slice(1)
          .some(
            (end, index) =>
              Math.abs(corners[index][1] - end[1]) >= 0.5 && crosses([corners[index], end], box),
          );
        if (free && !crossed && !taken.some((other) => overlap(box, other)))
          return { at: /** @type {Pair} */ ([x, baseline(box)]), text };
      }
    }
  }
  return null;
}
