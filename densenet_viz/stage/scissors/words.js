// What the scissors say: titles, sentences and the names of connections. No document.

/** @typedef {import("./cuts.js").Block} Block */
/** @typedef {import("./cuts.js").Cell} Cell */

/** @typedef {{name: string, whole: number, now: number}} Bar */

/**
 * @typedef {object} Scene
 * @property {Block[]} blocks
 * @property {number} start the block that is shown first
 * @property {string} cuts what the answer belongs to
 * @property {string} answer of the whole network
 * @property {string} now the answer of the cut network
 * @property {number[]} logits of the whole network's answer, whole and cut
 * @property {Bar[]} bars
 * @property {{cuts: string, kept: number} | null} greedy
 * @property {string} palette
 * @property {boolean} served whether a server answers other cuts
 */

/** @param {number} count @param {string} one */
export function counted(count, one) {
  return `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;
}

/** @param {Scene} scene */
export function total(scene) {
  return scene.blocks.reduce((sum, { weights }) => sum + weights.length, 0);
}

/** A share in percent; small ones with a decimal. @param {number} share */
export function percent(share) {
  return `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;
}

/** @param {Block} block @param {number} source */
export function sourceWord(block, source) {
  return source ? `layer ${source}` : block.entering;
}

/** @param {Block} block @param {number} reader */
export function readerWord(block, reader) {
  return reader > block.layers ? `the ${block.next}` : `layer ${reader}`;
}

/** @param {Block} block @param {Cell} cell */
export function cellWords(block, { source, reader }) {
  return `from ${sourceWord(block, source)} to ${readerWord(block, reader)}`;
}

/** @param {Scene} scene @param {number} cuts how many @param {boolean} waiting for the network */
export function titleOf(scene, cuts, waiting) {
  if (!cuts)
    return scene.served
      ? "Cut a connection: what does the network answer then?"
      : `Every connection of the network; it says ${scene.answer}`;
  if (waiting) return `${counted(cuts, "connection")} cut: the network is running …`;
  return scene.now === scene.answer
    ? `${counted(cuts, "connection")} cut, and it still says ${scene.now}`
    : `${counted(cuts, "connection")} cut: now it says ${scene.now}`;
}

/** @param {Scene} scene @param {number} cuts how many @param {boolean} waiting */
export function sentenceOf(scene, cuts, waiting) {
  if (!cuts)
    return "Each cell is one connection: a column’s layer reads a row’s maps. A cut reader gets zeros instead; all others still read these maps.";
  if (waiting) return "The network answers in a moment.";
  const [whole, now] = scene.logits;
  const change = now - whole;
  return `The score (logit) of ${scene.answer} was ${whole.toFixed(2)} and is ${now.toFixed(2)}: ${change >= 0 ? "+" : "−"}${Math.abs(change).toFixed(2)}. ${counted(total(scene) - cuts, "connection")} of ${total(scene).toLocaleString("en")} are left.`;
}

/** @param {Scene} scene @param {number} left connections that the visitor left */
export function gameWords(scene, left) {
  if (!scene.greedy) return "";
  const { kept } = scene.greedy;
  const best = `A greedy search keeps ${scene.answer} with ${counted(kept, "connection")} of ${total(scene).toLocaleString("en")}.`;
  if (scene.now !== scene.answer) return best;
  if (left <= kept) return `${best} You need ${left}: as few as the search, or fewer.`;
  return `${best} You still have ${left}.`;
}
