// The sanity check's texts about a stage. Does not use the DOM.

/** Two decimals, with a real minus sign. @param {number} value */
export function two(value) {
  return Math.abs(value) < 0.005 ? "0.00" : value.toFixed(2).replace("-", "−");
}

/** Which weights are random at a stage. @param {string[]} stages @param {number} stage */
export function randomWords(stages, stage) {
  if (stage === 0) return "All weights are trained";
  if (stage === stages.length - 1)
    return `Random down to the ${stages[stage]}: all weights are random`;
  return stage === 1 ? `Random: ${stages[1]}` : `Random: ${stages[1]} to ${stages[stage]}`;
}

/**
 * A stage in one line.
 * @param {string[]} stages @param {number} stage @param {{title: string, values: number[]}[]} methods
 */
export function readout(stages, stage, methods) {
  const parts = methods
    .filter(({ values }) => stage < values.length)
    .map(({ title, values }) => `${title} ${two(values[stage])}`);
  return `${randomWords(stages, stage)}. Similarity to the trained network’s map: ${parts.join(", ")}, edge detector 1.00.`;
}

/** The verdict under a method's map. @param {boolean | null} unchanged @param {number | null} end the similarity at the end */
export function verdict(unchanged, end) {
  if (unchanged === null || end === null) return "still being checked";
  return `${unchanged ? "≈ does not change" : "✓ changes"}: mean ${two(end)} with random weights`;
}
