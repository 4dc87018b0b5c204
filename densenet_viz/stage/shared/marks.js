// Marks of lines in a chart, so that colour is never the only difference.

/** A mark in a line: a disc, a square, a triangle or a diamond. @param {number} kind @param {number} x @param {number} y @param {number} r */
export function markOf(kind, x, y, r) {
  const at = (/** @type {number} */ dx, /** @type {number} */ dy) =>
    `${(x + dx * r).toFixed(1)} ${(y + dy * r).toFixed(1)}`;
  if (kind === 1) return `M${at(-0.9, -0.9)}L${at(0.9, -0.9)}L${at(0.9, 0.9)}L${at(-0.9, 0.9)}Z`;
  if (kind === 2) return `M${at(0, -1.15)}L${at(1.1, 0.85)}L${at(-1.1, 0.85)}Z`;
  if (kind === 3) return `M${at(0, -1.25)}L${at(1.25, 0)}L${at(0, 1.25)}L${at(-1.25, 0)}Z`;
  return `M${at(-1, 0)}A${r} ${r} 0 1 1 ${at(1, 0)}A${r} ${r} 0 1 1 ${at(-1, 0)}Z`;
}
