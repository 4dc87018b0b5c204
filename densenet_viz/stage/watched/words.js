// The sentences of two networks along their training.

/** @typedef {{true: number, none: number, wrong: number, follows: number}} Shares */

/** @param {number} share 0 to 1 */
export function percent(share) {
  return `${Math.round(100 * share)}%`;
}

/** @param {number} step */
export function stepWords(step) {
  return step === 0 ? "before step 1" : `after step ${step.toLocaleString("en")}`;
}

/**
 * What a false tag does at a step, to the network that reads tags.
 * @param {number} step @param {{title: string, shares: Shares[]}} network @param {number} place
 */
export function titleWords(step, { title, shares }, place) {
  const when = stepWords(step);
  const start = `${when[0].toUpperCase()}${when.slice(1)}`;
  return `${start}, the ${title.toLowerCase()} follows a false tag in ${percent(shares[place].follows)} of the scenes`;
}

/**
 * What both networks say of the picture.
 * @param {{truth: string, tag: string, labels: string[], networks: {title: string, looks: {chances: number[]}[]}[]}} scene
 * @param {number} place
 */
export function sentenceWords({ truth, tag, labels, networks }, place) {
  const shows = `Object: ${truth}. ${tag === "" ? "No tag." : `The tag says: ${tag}.`}`;
  const said = networks.map(({ title, looks }) => {
    const { chances } = looks[place];
    const best = chances.indexOf(Math.max(...chances));
    return `${title}: ${labels[best]} (${percent(chances[best])}).`;
  });
  return [shows, ...said].join(" ");
}

/**
 * From when on the tag decides, for each network; those that read tags first.
 * @param {{title: string, wins: number | null}[]} networks
 */
export function winsWords(networks) {
  return [...networks]
    .sort((one, other) => Number(one.wins === null) - Number(other.wins === null))
    .map(({ title, wins }) =>
      wins === null
        ? `The ${title.toLowerCase()} does not.`
        : `From step ${wins.toLocaleString("en")} on, the ${title.toLowerCase()} follows a false tag in more than half of the scenes.`,
    )
    .join(" ");
}

/** The classes whose bars are shown: the object's, the tag's, and the one that is named. @param {string[]} labels @param {string} truth @param {string} tag @param {number[]} chances */
export function shownClasses(labels, truth, tag, chances) {
  const fixed = [truth, ...(tag === "" || tag === truth ? [] : [tag])];
  const best = labels[chances.indexOf(Math.max(...chances))];
  return fixed.includes(best) ? [...fixed, ""] : [...fixed, best];
}
