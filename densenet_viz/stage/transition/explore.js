// The controls of the transition stage: another transition in the same frame, by arithmetic.

import { inMillions } from "../shared/amounts.js";
import { transitionOf } from "../shared/arithmetic.js";
import { defaultsOf } from "../shared/controls.js";
import { metric, metricsRow } from "../shared/numbers.js";
import { grouped } from "./words.js";

/** @typedef {NonNullable<import("./words.js").Scene["explore"]>} Explore */
/** @typedef {import("../shared/controls.js").Values} Values */

/**
 * The chosen transition; if it would keep no map, the network's own.
 * @param {Explore} explore @param {Values} values
 */
export function chosenTransition({ base, controls }, values) {
  const [block, theta] = [Number(values.transition), Number(values.theta)];
  // The network's own share may have more decimals than the control.
  const own = theta === defaultsOf(controls).theta;
  const found = transitionOf(base, block, own ? base.compression : theta);
  const impossible = found.keeps < 1;
  return { block, impossible, ...(impossible ? transitionOf(base, block) : found) };
}

/** Its counts, for the head and the tensors. @param {Explore} explore @param {Values} values @returns {import("./words.js").Counts} */
export function countsOf(explore, values) {
  const { block, size, half, reads, keeps } = chosenTransition(explore, values);
  return {
    block,
    size: [size, size],
    half: [half, half],
    given: { count: reads },
    mixed: { count: keeps },
  };
}

/** What the transition costs, as three numbers. */
export class Costs {
  constructor() {
    this.parameters = metric("Parameters");
    this.multiplyAdds = metric("Multiply-adds, one picture");
    this.passed = metric("Numbers passed on");
    this.node = metricsRow([this.parameters, this.multiplyAdds, this.passed]);
    this.node.classList.add("transition-costs");
  }

  /** @param {Explore} explore @param {Values} values */
  show(explore, values) {
    const { parameters, multiplyAdds, reads, keeps, size, half } = chosenTransition(
      explore,
      values,
    );
    this.parameters.say(grouped(parameters), `${reads} × ${keeps} weights + 2 × ${reads}`);
    this.multiplyAdds.say(inMillions(multiplyAdds), "in the 1 × 1 convolution");
    this.passed.say(grouped(keeps * half * half), `of ${grouped(reads * size * size)}`);
  }
}
