// Where a scoreboard's marks are, and the text of a row. Does not use the DOM.

/** @typedef {{id: string, mean: number, low: number, high: number, text: string, range: string, count: number, isWorse: boolean}} Row */
/** @typedef {{name: string, title: string, headline: string, explanation: string, verdict: string, higherIsBetter: boolean, chance: number | null, edges: number | null, rows: Row[]}} Measure */
/** @typedef {{id: string, title: string, treatment: string, isBaseline: boolean, cells: string[]}} Method */
/** @typedef {{measures: Measure[], methods: Method[], caption: string}} Scene */

/** If two lines are closer than this, there may be no room for two labels between them. */
const NEAR = 0.25;
/** From here on a label is on the left of its line. */
const LEFTWARD = 0.6;

/** A share as a place along the row. @param {number} share 0 to 1 */
export function place(share) {
  return `${(100 * Math.max(0, Math.min(1, share))).toFixed(2)}%`;
}

/**
 * The vertical lines through all rows, and on which side each has its label: if two lines are close
 * together, the first has its label on the left and the second on the right.
 * @param {Measure} measure
 * @returns {{kind: "edges" | "chance", at: number, label: string, leftward: boolean}[]}
 */
export function lines({ edges, chance }) {
  /** @type {ReturnType<typeof lines>} */
  const all = [];
  if (edges !== null)
    all.push({ kind: "edges", at: edges, label: "edge detector", leftward: edges > LEFTWARD });
  if (chance !== null)
    all.push({ kind: "chance", at: chance, label: "chance", leftward: chance > LEFTWARD });
  const [low, high] = [...all].sort((one, other) => one.at - other.at);
  if (high && high.at - low.at < NEAR) [low.leftward, high.leftward] = [true, false];
  return all;
}

/** What a screen reader says about a row. @param {Method} method @param {Row} row @param {number} rank from 1 */
export function rowWords(method, row, rank) {
  const kind = method.isBaseline ? "baseline, " : "";
  const worse = row.isWorse ? ", worse than an edge detector" : "";
  return `${rank}. ${method.title}, ${kind}${row.text}, 95% interval ${row.range}, over ${row.count.toLocaleString("en")} scenes${worse}`;
}

/** Which end of the axis is better. @param {boolean} higherIsBetter */
export function better(higherIsBetter) {
  return higherIsBetter ? "higher is better ▶" : "◀ lower is better";
}
