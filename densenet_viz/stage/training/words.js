// The sentences of the picture of a training.

/** @param {number} share 0 to 1 */
function percent(share) {
  return `${(100 * share).toFixed(1)}%`;
}

/** @param {{epoch: number, accuracy: number}} epoch */
export function epochWords({ epoch, accuracy }) {
  const when = epoch === 0 ? "Before the first step" : `After epoch ${epoch}`;
  return `${when}: ${percent(accuracy)} of the unseen pictures are right`;
}

/**
 * What the network says of the watched picture.
 * @param {{truth: string, labels: string[]}} scene @param {{chances: number[], loss: number | null}} epoch
 */
export function sentenceWords({ truth, labels }, { chances, loss }) {
  const best = chances.indexOf(Math.max(...chances));
  const named = labels[best];
  const verdict = named === truth ? "which is right" : `but it is ${truth}`;
  const mean = loss === null ? "" : ` The mean loss of the epoch was ${loss.toFixed(3)}.`;
  return `For the picture below it says ${named} with ${percent(chances[best])}, ${verdict}.${mean}`;
}

/** @param {string} named @param {string} truth */
export function answerWords(named, truth) {
  return named === truth ? `✓ ${named}` : `✗ ${named}, not ${truth}`;
}
