// What the sanity check says of a stage. No document.

/** Two digits with a real minus. @param {number} value */
export function two(value) {
  return Math.abs(value) < 0.005 ? "0.00" : value.toFixed(2).replace("-", "−");
}

/** What is random at a stage. @param {string[]} stages @param {number} stage */
export function randomWords(stages, stage) {
  if (stage === 0) return "All weights as learned";
  if (stage === stages.length - 1) return `Random down to the ${stages[stage]}: nothing learned is left`;
  return stage === 1 ? `Random: ${stages[1]}` : `Random: ${stages[1]} to ${stages[stage]}`;
}

/**
 * A stage in one line.
 * @param {string[]} stages @param {number} stage @param {{title: string, values: number[]}[]} methods
 */
export function readout(stages, stage, methods) {
  const parts = methods.filter(({ values }) => stage < values.length).map(({ title, values }) => `${title} ${two(values[stage])}`);
  return `${randomWords(stages, stage)}. Like the trained network’s map: ${parts.join(", ")}, edge detector 1.00.`;
}

/** The verdict under a method's map. @param {boolean | null} unchanged @param {number | null} end the likeness at the end */
export function verdict(unchanged, end) {
  if (unchanged === null || end === null) return "still being checked";
  return `${unchanged ? "≈ does not change" : "✓ changes"}: ${two(end)} with nothing learned, a mean`;
}
