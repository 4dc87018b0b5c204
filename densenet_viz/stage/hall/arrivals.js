// What the page's two components of a lecture tell each other: which pictures are made, and which slide is shown.

/**
 * `id` is the deck's, `ready` has the keys of the pictures that are made. `scenes` has them all, where the
 * server has no route for them.
 * @typedef {{id: string, state: string, ready: string[], scenes?: Record<string, any>}} Told
 * @typedef {{id: string, slide: number}} Shown
 */

class Arrivals extends EventTarget {
  /** @type {Told | null} the newest */
  told = null;
  /** @type {Shown | null} the slide that waits for pictures */
  shown = null;

  /** @param {Told} told */
  tell(told) {
    this.told = told;
    this.dispatchEvent(new Event("told"));
  }

  /** Asks for a slide's pictures first. @param {Shown} shown */
  show(shown) {
    this.shown = shown;
    this.dispatchEvent(new Event("shown"));
  }
}

/** One for all components of a window, because they share this module. */
export const arrivals = new Arrivals();
