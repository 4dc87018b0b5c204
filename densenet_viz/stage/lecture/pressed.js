// A change that replaces a button waits while somebody presses the button: otherwise the tap would be lost.

/** This many milliseconds after the finger is lifted, the click has certainly arrived. */
const CLICKED = 120;

export class Pressed {
  /** @param {EventTarget} node what may be pressed @param {EventTarget} [all] what gets the end of every press */
  constructor(node, all = window) {
    this.pressed = false;
    /** @type {(() => void) | null} */
    this.act = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    const { signal } = (this.listening = new AbortController());
    node.addEventListener("pointerdown", () => this.set(true), { signal, capture: true });
    for (const kind of ["pointerup", "pointercancel"])
      all.addEventListener(kind, () => this.set(false), { signal, capture: true });
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

  /** Does it now, or when nothing is pressed; if there are several, only the last. @param {() => void} act */
  after(act) {
    this.act = act;
    if (!this.pressed) this.release();
  }

  stop() {
    clearTimeout(this.timer);
    this.listening.abort();
  }
}
