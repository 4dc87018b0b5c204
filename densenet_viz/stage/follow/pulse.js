// Whether a phone's line is alive. A phone that slept, or changed networks, may keep a dead line that says nothing.

/** Milliseconds of silence after which a line is dead: the server sends an event each 15 seconds (`lecture/crowd.py`). */
export const SILENCE = 25_000;

export class Pulse {
  /** @param {() => void} lost called after `SILENCE` without a `beat` */
  constructor(lost) {
    this.lost = lost;
  }

  /** Something was heard, or is waited for from now on. */
  beat() {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.lost, SILENCE);
  }

  /** Nothing is waited for. */
  stop() {
    clearTimeout(this.timer);
  }
}

/**
 * Calls `wake` whenever the page may have slept or its network may have changed.
 * @param {EventTarget & {visibilityState: string}} page the document
 * @param {EventTarget} window
 * @param {() => void} wake
 */
export function onWake(page, window, wake) {
  page.addEventListener("visibilitychange", () => page.visibilityState === "visible" && wake());
  // A page that has just been loaded is shown, too, but joins by itself.
  window.addEventListener("pageshow", (event) => /** @type {PageTransitionEvent} */ (event).persisted && wake());
  window.addEventListener("online", () => wake());
}
