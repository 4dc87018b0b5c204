// A place in a lecture: slide and step, its address, and where an action leads. Does not use the DOM.

/**
 * The scene as `densenet_viz/lecture/pictures.py` makes it.
 * @typedef {object} Span
 * @property {string} text
 * @property {boolean} [bold]
 * @property {boolean} [italic]
 * @property {boolean} [code]
 * @property {string} [href]
 *
 * @typedef {{kind: "p" | "li" | "code" | "table" | "h", step: number, spans: Span[], rows?: Span[][][]}} Block
 *
 * How a picture changes at a step: `state` is given to the stage, `key` names another scene.
 * @typedef {{step: number, state?: Record<string, unknown>, key?: string}} Change
 *
 * @typedef {{stage: string, key: string, alt: string, sentence: string, states: Change[]}} Picture
 * @typedef {{text: string, options: string[], right: number | null, step?: number, reveal?: number}} Question
 *
 * @typedef {object} Slide
 * @property {string} id
 * @property {string} title
 * @property {number} minutes
 * @property {"title" | "words" | "picture" | "both"} layout
 * @property {Block[]} blocks
 * @property {Block[]} notes
 * @property {number} steps
 * @property {Picture | null} picture
 * @property {Question | null} question
 * @property {string} page of the app that the slide opens, as in its address, or ""
 *
 * A control of a live picture; it requests another scene from the server.
 * @typedef {object} Control
 * @property {string} name
 * @property {string} label
 * @property {string | number} value
 * @property {{low: number, high: number, step: number}} [range]
 * @property {[string, string][]} [options] each value and its name
 * @property {[number, string | number][]} [steps] values that the deck sets, each from a step on
 *
 * @typedef {object} Scene
 * @property {string} [id] of the deck: another id means another lecture
 * @property {string} title
 * @property {number} minutes
 * @property {string} [author]
 * @property {"present" | "follow" | "file"} [mode]
 * @property {Slide[]} slides
 * @property {Record<string, any>} scenes by key; they may come later than the deck (`Scenes`)
 * @property {Record<string, string>} modules
 * @property {Record<string, string>} styles
 * @property {string} [style] the lecture's own style, for windows that it opens
 * @property {{key: string}} [hall] the published deck, if the server has the routes for followers
 * @property {Record<number, Control[]>} [live] the controls of a slide's picture, by the slide's place
 */

/**
 * A place: slide and step, both counted from 0.
 * @typedef {{slide: number, step: number}} Place
 */

/** The address of a place: `#3.1` is the third slide after one step. @param {Place} place */
export function hashOf({ slide, step }) {
  return `#${slide + 1}.${step}`;
}

/** The place of an address, limited to the deck; null if it names no place. @param {string} hash @param {Slide[]} slides @returns {Place | null} */
export function placeOf(hash, slides) {
  const found = /^#(\d{1,4})(?:\.(\d{1,4}))?$/.exec(hash);
  return found && inside({ slide: Number(found[1]) - 1, step: Number(found[2] ?? 0) }, slides);
}

/** The nearest existing place. @param {Place} place @param {Slide[]} slides @returns {Place} */
export function inside({ slide, step }, slides) {
  const near = Math.max(0, Math.min(slides.length - 1, slide));
  return { slide: near, step: Math.max(0, Math.min(slides[near].steps, step)) };
}

/**
 * Where an action leads. Back from the first step is the last step of the slide before.
 * @param {Place} at @param {string} action @param {Slide[]} slides @returns {Place}
 */
export function moved(at, action, slides) {
  const { slide, step } = at;
  const end = slides.length - 1;
  /** @type {Record<string, () => Place>} */
  const ways = {
    next: () =>
      step < slides[slide].steps
        ? { slide, step: step + 1 }
        : slide < end
          ? { slide: slide + 1, step: 0 }
          : at,
    back: () =>
      step > 0
        ? { slide, step: step - 1 }
        : slide > 0
          ? { slide: slide - 1, step: slides[slide - 1].steps }
          : at,
    nextSlide: () =>
      slide < end ? { slide: slide + 1, step: 0 } : { slide, step: slides[slide].steps },
    backSlide: () => ({ slide: Math.max(0, slide - 1), step: 0 }),
    first: () => ({ slide: 0, step: 0 }),
    last: () => ({ slide: end, step: 0 }),
  };
  return ways[action]?.() ?? at;
}

/** The index of a picture's last change up to a step; -1 before the first. @param {Picture} picture @param {number} step */
export function changeAt(picture, step) {
  return picture.states.findLastIndex((change) => change.step <= step);
}

/** The key of a picture's scene after a change. @param {Picture} picture @param {number} change */
export function keyAt(picture, change) {
  return picture.states.slice(0, change + 1).findLast(({ key }) => key)?.key ?? picture.key;
}

/** The keys of all scenes of a picture. @param {Picture} picture @returns {string[]} */
export function keysOf(picture) {
  return [picture.key, ...picture.states.flatMap(({ key }) => (key ? [key] : []))];
}

/** A control's value in the deck at a step. @param {Control} control @param {number} step */
export function valueAt({ value, steps = [] }, step) {
  return String(steps.findLast(([from]) => from <= step)?.[1] ?? value);
}

/** Planned minutes from the beginning up to a place; a slide's steps share its time equally. @param {Slide[]} slides @param {Place} at */
export function plannedAt(slides, { slide, step }) {
  const before = slides.slice(0, slide).reduce((sum, { minutes }) => sum + minutes, 0);
  return before + (slides[slide].minutes * step) / (slides[slide].steps + 1);
}
