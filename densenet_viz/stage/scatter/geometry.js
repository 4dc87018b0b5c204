// Where everything in a scatter panel is: domains, ticks, pixels, the front's steps. No DOM.

/** @typedef {{title: string, unit: string, log: boolean, better: "lower" | "higher" | "", from_zero: boolean}} Axis */
/** @typedef {{id: string, x: number, y: number, label: string, short: string, group: string, detail: string, source: string, measured: boolean}} Point */
/** @typedef {{key: string, title: string, sentence: string, x: Axis, y: Axis, points: Point[], front: string[], lines: string[][]}} Panel */
/** @typedef {[number, number]} Pair */

const ROOM = 0.12;
const THREE_COLUMNS = 900;
const TWO_COLUMNS = 620;

/** How many panels are side by side. @param {number} width CSS pixels @param {number} panels */
export function columnsFor(width, panels) {
  if (panels === 3 && width >= THREE_COLUMNS) return 3;
  return width >= TWO_COLUMNS ? Math.min(panels, 2) : 1;
}

/**
 * The range of an axis: its values, with a little room on both sides.
 * @param {number[]} values @param {Axis} axis @returns {Pair}
 */
export function domain(values, axis) {
  const low = axis.from_zero && !axis.log ? Math.min(0, ...values) : Math.min(...values);
  const high = axis.from_zero && !axis.log ? Math.max(0, ...values) : Math.max(...values);
  if (axis.log) {
    const room = ROOM * Math.log(high / low) || Math.log(2);
    return [low * Math.exp(-room), high * Math.exp(room)];
  }
  const room = ROOM * (high - low) || Math.abs(high) * ROOM || 1;
  // No room below: counts cannot be negative, and the axis must start at zero.
  const start = low >= 0 ? Math.max(0, low - room) : low - room;
  return [axis.from_zero && low === 0 ? 0 : start, axis.from_zero && high === 0 ? 0 : high + room];
}

/** A value's place between 0 and 1. @param {number} value @param {Pair} span @param {boolean} log */
export function share(value, [low, high], log) {
  return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

/**
 * Round numbers inside a span, about `count` of them.
 * @param {Pair} span @param {boolean} log @param {number} count
 */
export function ticks([low, high], log, count) {
  if (log) {
    for (const digits of [[1, 2, 5], [1, 3], [1]]) {
      const marks = decades(low, high).flatMap((power) =>
        digits.map((digit) => Number((digit * power).toPrecision(6))),
      );
      const inside = marks.filter((mark) => mark >= low && mark <= high);
      if (inside.length >= 2 && inside.length <= count + 2) return inside;
    }
  }
  const rough = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    power * /** @type {number} */ ([1, 2, 5, 10].find((digit) => digit * power >= rough));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}

/** The powers of ten in and around a range. @param {number} low @param {number} high */
function decades(low, high) {
  const first = Math.floor(Math.log10(low));
  return Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, index) => 10 ** (first + index),
  );
}

/**
 * The corners of the stepped front, from the bad end of the y axis to the bad end of the x axis. For
 * every point behind it, some point on it is better.
 * @param {Pair[]} points pixels, in the order of x
 * @param {{left: number, right: number, top: number, bottom: number}} plot pixels
 * @param {"lower" | "higher"} x @param {"lower" | "higher"} y the better ends
 * @returns {Pair[]}
 */
export function steps(points, plot, x, y) {
  const ordered = [...points].sort((a, b) => (x === "lower" ? a[0] - b[0] : b[0] - a[0]));
  if (ordered.length === 0) return [];
  /** @type {Pair[]} */
  const corners = [[ordered[0][0], y === "higher" ? plot.bottom : plot.top], ordered[0]];
  for (const point of ordered.slice(1))
    corners.push([point[0], corners[corners.length - 1][1]], point);
  corners.push([x === "lower" ? plot.right : plot.left, corners[corners.length - 1][1]]);
  return corners;
}

/** The id of the nearest point within reach. @param {Map<string, Pair>} places @param {number} x @param {number} y @param {number} reach pixels */
export function nearest(places, x, y, reach) {
  let found = null;
  let best = reach;
  for (const [id, [across, down]] of places) {
    const away = Math.hypot(across - x, down - y);
    if (away <= best) [found, best] = [id, away];
  }
  return found;
}

/**
 * The next id when an arrow key is pressed: left and right move along x, up and down along y.
 * @param {Panel} panel @param {string} id @param {string} key @returns {string | null}
 */
export function walked(panel, id, key) {
  const points = leading(panel.points);
  const up = key === "ArrowUp" || key === "ArrowDown";
  const along = [...points].sort((a, b) => (up ? a.y - b.y || a.x - b.x : a.x - b.x || a.y - b.y));
  if (key === "Home") return along[0].id;
  if (key === "End") return along[along.length - 1].id;
  const move = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[key];
  if (move === undefined) return null;
  const at = along.findIndex((point) => point.id === id) + move;
  return along[Math.max(0, Math.min(along.length - 1, at))].id;
}

/** The first point of each id. @param {Point[]} points */
export function leading(points) {
  const seen = new Set();
  return points.filter((point) => !seen.has(point.id) && seen.add(point.id));
}

/** A mark's outline around (0, 0), all of about the same area. @param {string} shape @param {number} r */
export function outline(shape, r) {
  if (shape === "square") return box(r * 0.89);
  if (shape === "diamond") return `M0 ${-r * 1.25}L${r * 1.25} 0L0 ${r * 1.25}L${-r * 1.25} 0Z`;
  if (shape === "wedge") return `M0 ${r * 1.25}L${r * 1.2} ${-r * 0.85}L${-r * 1.2} ${-r * 0.85}Z`;
  if (shape === "cross") {
    const [far, near] = [r * 1.15, r * 0.4];
    return `M${-near} ${-far}H${near}V${-near}H${far}V${near}H${near}V${far}H${-near}V${near}H${-far}V${-near}H${-near}Z`;
  }
  if (shape === "triangle")
    return `M0 ${-r * 1.25}L${r * 1.2} ${r * 0.85}L${-r * 1.2} ${r * 0.85}Z`;
  return `M${-r} 0A${r} ${r} 0 1 1 ${r} 0A${r} ${r} 0 1 1 ${-r} 0Z`;
}

/** @param {number} r */
function box(r) {
  return `M${-r} ${-r}H${r}V${r}H${-r}Z`;
}

/** From a to b, slow at both ends. @param {number} part 0 to 1 */
export function eased(part) {
  return part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) * (1 - part);
}
