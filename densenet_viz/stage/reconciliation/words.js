// The sums in words. No DOM.

/** @typedef {{key: string, count: number, name: string, note: string, how: string}} Part */
/** @typedef {{id: string, title: string, how: string, parts: Part[], total: number, keras: number, equal: boolean, depthParts: {name: string, count: number}[], depth: number, citedDepth: number, note: string}} System */

/** @param {number} value */
export function grouped(value) {
  return value.toLocaleString("en");
}

/** Whether two numbers are the same, in a word and a sign. @param {number} ours @param {number} theirs */
export function verdict(ours, theirs) {
  if (ours === theirs) return "✓ equal";
  return `✗ ${grouped(Math.abs(ours - theirs))} ${ours > theirs ? "more" : "fewer"}`;
}

/** The sum as one line, without the parts that are zero. @param {System} system */
export function sum(system) {
  const counts = system.parts.filter(({ count }) => count > 0).map(({ count }) => grouped(count));
  return `${counts.join(" + ")} = ${grouped(system.total)}`;
}

/** The depth as one line. @param {System} system */
export function depthSum(system) {
  return `${system.depthParts.map(({ name, count }) => `${grouped(count)} ${name}`).join(" + ")} = ${grouped(system.depth)}`;
}

/** The magnified part: the share of the bar where it starts, and how much it is magnified. @param {System} system */
export function lens(system) {
  const [first] = system.parts;
  const rest = system.total - first.count;
  return { start: first.count / system.total, times: rest > 0 ? system.total / rest : 0 };
}

/** A share of the total in per cent, with enough digits. @param {number} count @param {number} total */
export function percent(count, total) {
  const share = (100 * count) / total;
  return `${share.toFixed(share >= 10 ? 1 : 2)}%`;
}

/** The picture in words, for screen readers. @param {System} system */
export function described(system) {
  const parts = system.parts
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${grouped(count)} ${name} (${percent(count, system.total)})`);
  const said = system.equal
    ? "equal to Keras's total"
    : `Keras's total is ${grouped(system.keras)}`;
  return `${system.title}: ${parts.join(", ")}; together ${grouped(system.total)}, ${said}.`;
}
