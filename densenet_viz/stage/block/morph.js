// From the arcs to the matrix and back.

import { reducedMotion } from "../shared/dom.js";
import { ease, mix } from "../shared/timing.js";

const MILLISECONDS = 900;

export class Morph {
  /** @param {() => void} draw called whenever the share has changed */
  constructor(draw) {
    this.draw = draw;
    this.share = 0;
    this.frame = 0;
  }

  /** @param {number} goal 0 or 1 */
  to(goal) {
    const [from, begin] = [this.share, performance.now()];
    this.stop();
    const tick = (/** @type {number} */ now) => {
      const done = reducedMotion() ? 1 : Math.max(0, Math.min(1, (now - begin) / MILLISECONDS));
      this.share = done === 1 ? goal : mix(from, goal, ease(done));
      this.draw();
      if (done < 1) this.frame = requestAnimationFrame(tick);
    };
    tick(begin);
  }

  stop() {
    cancelAnimationFrame(this.frame);
  }
}
