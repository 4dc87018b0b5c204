// Following a lecture: addresses, waiting times, and what a phone shows at a state. Does not use the DOM.

/** @typedef {import("../lecture/place.js").Place} Place */
/** @typedef {import("../lecture/place.js").Slide} Slide */

/**
 * The state that the server sends to every follower (`rooms.Room.state`); slides are counted from 1.
 * @typedef {object} State
 * @property {number} version
 * @property {number} slide
 * @property {number} step
 * @property {number} pictures how many of the deck's pictures are made
 * @property {number} reached the last slide that the presenter has shown
 * @property {Record<string, {counts: number[], right: number | null}>} revealed by slide
 */

/**
 * A question as a phone shows it.
 * @typedef {object} Asked
 * @property {number} slide counted from 1
 * @property {string} text
 * @property {string[]} options
 * @property {boolean} open whether a choice still counts
 * @property {number | null} chosen
 * @property {number[] | null} counts how many chose each, when that is shown
 * @property {number | null} right
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;

/** Milliseconds before a try: longer each time, and partly random, so 300 phones do not come at once. @param {number} tries that failed, 0 or more @param {number} chance 0 to 1 */
export function waitBefore(tries, chance) {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(tries, 10)) * (0.5 + chance);
}

/** A typed code in its usual form: capital letters, no spaces or hyphens. @param {string} text */
export function tidy(text) {
  return text.replace(/[\s-]/g, "").toUpperCase();
}

/** The code in the address of a page, or "". @param {string} path */
export function codeIn(path) {
  return tidy(decodeURIComponent(/\/follow\/([^/]*)\/?$/.exec(path)?.[1] ?? ""));
}

/** The presenter's place. @param {State} state @returns {Place} */
export function placeOf({ slide, step }) {
  return { slide: slide - 1, step };
}

/** @param {Place} one @param {Place} other */
export function same(one, other) {
  return one.slide === other.slide && one.step === other.step;
}

/** The words on the button that brings a phone to the presenter's place. @param {State} state @param {Place} own */
export function catchUpWords({ slide, step }, own) {
  if (slide - 1 !== own.slide) return `The lecture is at slide ${slide}: catch up`;
  return step > own.step
    ? "The lecture is further on this slide: catch up"
    : "The lecture is not here yet: go back";
}

/**
 * The question of a place, if the presenter has reached its slide.
 * @param {Slide[]} slides @param {State} state @param {Place} own @param {Record<number, number>} choices by slide from 1
 * @returns {Asked | null}
 */
export function askedAt(slides, state, own, choices) {
  const question = slides[own.slide].question;
  const slide = own.slide + 1;
  if (!question || slide > state.reached) return null;
  const hall = slide < state.slide ? Infinity : state.slide === slide ? state.step : own.step;
  if (Math.max(own.step, hall) < (question.step ?? 0)) return null;
  const told = state.revealed[slide];
  return {
    slide,
    text: question.text,
    options: question.options,
    open: !told,
    chosen: choices[slide] ?? null,
    counts: told?.counts ?? null,
    right: told?.right ?? null,
  };
}

/** The text below a question. @param {Asked} asked */
export function askedWords({ options, open, chosen, counts, right }) {
  if (open)
    return chosen === null
      ? "Choose one; nobody sees who chose what."
      : `You chose “${options[chosen]}”. You may change it until the answer is shown.`;
  const all = (counts ?? []).reduce((sum, count) => sum + count, 0);
  const answers = `${all} ${all === 1 ? "answer" : "answers"}.`;
  if (right === null) return answers;
  const you =
    chosen === null
      ? ""
      : chosen === right
        ? " You were right."
        : ` You chose “${options[chosen]}”.`;
  return `The answer is “${options[right]}”.${you} ${answers}`;
}
