// What the scatter stage says and how it writes numbers. No DOM.

/** @typedef {import("./geometry.js").Axis} Axis */
/** @typedef {import("./geometry.js").Panel} Panel */
/** @typedef {import("./geometry.js").Point} Point */

const STUCK = ["%", "×"];

/** A picture's label as part of a file's name: a few plain words. @param {string} label */
export function fileName(label) {
  const words = label
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  return words.slice(0, 4).join("-");
}

/** Three significant digits, and at most two decimals. @param {number} value */
export function written(value) {
  const size = Math.abs(value);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.995 ? 2 : size >= 0.0995 ? 2 : 3;
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

/** A value with its axis' unit. @param {number} value @param {Axis} axis */
export function valued(value, axis) {
  if (axis.unit === "%") return `${value.toLocaleString("en", { maximumFractionDigits: 2 })}%`;
  if (!axis.unit) return written(value);
  return STUCK.includes(axis.unit)
    ? `${written(value)}${axis.unit}`
    : `${written(value)} ${axis.unit}`;
}

/** An axis in words: its title, its unit, and which end is better. @param {Axis} axis @param {"x" | "y"} way */
export function axisWords(axis, way) {
  const unit =
    axis.unit && !axis.title.includes(axis.unit) ? `${axis.title}, ${axis.unit}` : axis.title;
  const arrow = {
    x: { lower: "← better", higher: "better →" },
    y: { lower: "better ↓", higher: "better ↑" },
  };
  return {
    title: axis.log ? `${unit} (log scale)` : unit,
    better: axis.better ? arrow[way][axis.better] : "",
  };
}

/** An axis' title without the word that says where its values are from. @param {Axis} axis */
function named(axis) {
  return axis.title.replace(/, cited$/, "");
}

/**
 * One system in all panels: its values and their sources, each once.
 * @param {Panel[]} panels @param {string} id @returns {{name: string, values: string[], notes: string[]}}
 */
export function summary(panels, id) {
  const values = new Map();
  const notes = new Set();
  let name = "";
  for (const panel of panels) {
    const point = panel.points.find((one) => one.id === id);
    if (!point) continue;
    name ||= point.label;
    for (const [axis, value] of /** @type {[Axis, number][]} */ ([
      [panel.x, point.x],
      [panel.y, point.y],
    ])) {
      if (!values.has(axis.title)) values.set(axis.title, `${named(axis)} ${valued(value, axis)}`);
    }
    for (const note of [point.detail, point.source]) if (note) notes.add(note);
  }
  return { name: name || id, values: [...values.values()], notes: [...notes] };
}

/** The same as one sentence. @param {Panel[]} panels @param {string} id */
export function sentence(panels, id) {
  const { name, values, notes } = summary(panels, id);
  const said = [values.join(", "), notes.join("; ")].filter(Boolean);
  return said.length ? `${name}: ${said.join(". ")}.` : name;
}

/**
 * Two systems compared: how many times as much, or how many percentage points more.
 * @param {Panel[]} panels @param {string} first @param {string} second @returns {string[]} empty if they share no panel
 */
export function compared(panels, first, second) {
  const parts = new Map();
  for (const panel of panels) {
    const [a, b] = [first, second].map((id) => panel.points.find((point) => point.id === id));
    if (!a || !b) continue;
    for (const [axis, one, two] of /** @type {[Axis, number, number][]} */ ([
      [panel.x, a.x, b.x],
      [panel.y, a.y, b.y],
    ])) {
      if (!parts.has(axis.title)) parts.set(axis.title, against(axis, one, two));
    }
  }
  return [...parts.values()];
}

/** @param {Axis} axis @param {number} one @param {number} two */
function against(axis, one, two) {
  const title = named(axis);
  if (axis.unit === "%") {
    const away = Number((one - two).toFixed(2));
    if (away === 0) return `${title} equal`;
    const points = Math.abs(away) === 1 ? "point" : "points";
    return `${title} ${written(Math.abs(away))} ${points} ${away > 0 ? "higher" : "lower"}`;
  }
  if (two === 0) return `${title} ${valued(one, axis)} against 0`;
  const times = one / two;
  // "parameters", but "CPU time"
  const name = /^[A-Z][a-z]/.test(title) ? title[0].toLowerCase() + title.slice(1) : title;
  return `${times < 10 ? times.toFixed(2) : written(times)}× ${name}`;
}

/** The sort key of a cell: its number, if it starts with one. @param {string} cell @returns {number | string} */
export function sortKey(cell) {
  const found = /^[≈<>+ ]{0,2}([−-]?[\d,]*\.?\d+)/.exec(cell);
  return found ? Number(found[1].replaceAll(",", "").replace("−", "-")) : cell.toLowerCase();
}

/**
 * The order of the rows by one column. Cells without a number come last; equal ones keep their order.
 * @param {string[]} cells @param {"ascending" | "descending"} way @returns {number[]}
 */
export function sorted(cells, way) {
  const keys = cells.map(sortKey);
  const numbers = keys.filter((key) => typeof key === "number").length > 0;
  const sign = way === "ascending" ? 1 : -1;
  return cells
    .map((_, index) => index)
    .sort((a, b) => {
      const [one, two] = [keys[a], keys[b]];
      if (typeof one === "number" && typeof two === "number") return sign * (one - two) || a - b;
      if (numbers && typeof one !== typeof two) return typeof one === "number" ? -1 : 1;
      return sign * String(one).localeCompare(String(two)) || a - b;
    });
}

/** Whether a column has numbers and is aligned to the right. @param {string[]} cells */
export function isNumeric(cells) {
  return cells.some((cell) => typeof sortKey(cell) === "number");
}
