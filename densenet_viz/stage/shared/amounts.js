// Costs as numbers and words that are easy to read; `densenet_viz/ui/numbers.py` writes them alike.

/** Many times as quick as a number's own `toLocaleString`. */
const GROUPED = new Intl.NumberFormat("en");

/** @param {number} count */
export function grouped(count) {
  return GROUPED.format(count);
}

/** A count of multiply-adds: "340 M", "5.25 G". @param {number} count */
export function inMillions(count) {
  return count >= 1e9 ? `${(count / 1e9).toFixed(2)} G` : `${(count / 1e6).toFixed(0)} M`;
}

/** A number of bytes, in MB of 1,000,000. @param {number} count */
export function inMegabytes(count) {
  return `${(count / 1e6).toFixed(1)} MB`;
}

/** How many times less or more than another cost: "4.0× less". @param {number} dense @param {number} plain */
export function compared(dense, plain) {
  if (dense === plain) return "the same";
  const [ratio, word] = dense < plain ? [plain / dense, "less"] : [dense / plain, "more"];
  return `${ratio.toFixed(ratio >= 1.95 ? 1 : 2)}× ${word}`;
}
