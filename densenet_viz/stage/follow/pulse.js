// Whether a phone's connection is alive. After sleep or a change of network, it may be dead without any error.

/** After this many milliseconds of silence the connection is dead: the server sends an event every 15 seconds (`lecture/crowd.py`). */
export const SILENCE = 25_000;

export class Pulse {
  /** @param {() => void} lost called after `SILENCE` without a `beat` */
  constructor(lost) {
    this.lost = lost;
  }

  /** Something arrived, or the waiting begins now. */
  beat() {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.lost, SILENCE);
  }

  /** Stops waiting. */
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
  // A page that has just been loaded sends `pageshow` too, but it joins by itself.
  window.addEventListener(
    "pageshow",
    (event) => /** @type {PageTransitionEvent} */ (event).persisted && wake(),
  );
  window.addEventListener("online", () => wake());
}
