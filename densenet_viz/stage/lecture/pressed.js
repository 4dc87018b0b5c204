// What would exchange a button waits while somebody presses it: else the tap would be lost.

/** Milliseconds after a finger has left until its click has surely come. */
const CLICKED = 120;

export class Pressed {
  /** @param {EventTarget} node what may be pressed @param {EventTarget} [all] where every pointer is let go */
  constructor(node, all = window) {
    this.pressed = false;
    /** @type {(() => void) | null} */
    this.act = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    const { signal } = (this.listening = new AbortController());
    node.addEventListener("pointerdown", () => this.set(true), { signal, capture: true });
    for (const kind of ["pointerup", "pointercancel"]) all.addEventListener(kind, () => this.set(false), { signal, capture: true });
  }

  /** @param {boolean} pressed */
  set(pressed) {
    clearTimeout(this.timer);
    if (pressed) this.pressed = true;
    else if (this.pressed) this.timer = setTimeout(() => this.release(), CLICKED);
  }

  release() {
    this.pressed = false;
    this.act?.();
    this.act = null;
  }

  /** Does it now, or as soon as nobody presses; of several only the last. @param {() => void} act */
  after(act) {
    this.act = act;
    if (!this.pressed) this.release();
  }

  stop() {
    clearTimeout(this.timer);
    this.listening.abort();
  }
}
