// The visitor's own network: its controls, what it costs, and the room for its strip.

import { compared, grouped, inMegabytes, inMillions } from "../shared/amounts.js";
import { networkOf } from "../shared/arithmetic.js";
import { Controls, defaultsOf, sameValues, valuesOf } from "../shared/controls.js";
import { h, say } from "../shared/dom.js";
import { metric, metricsRow } from "../shared/numbers.js";
import { tellOwn } from "./chosen.js";
import { ownSpec } from "./own.js";

/** @typedef {import("./variants.js").Explore} Explore */
/** @typedef {import("../shared/controls.js").Values} Values */

export class OwnPanel {
  /**
   * @param {Explore} explore @param {() => void} changed called when there is another network
   * @param {import("../shared/controls.js").Tell} tell
   */
  constructor(explore, changed, tell) {
    this.explore = explore;
    this.changed = changed;
    this.controls = new Controls(explore.controls, (values) => this.choose(values), tell);
    this.back = h(
      "button",
      { type: "button", class: "stage-save-as", onclick: () => this.controls.reset() },
      "Back to DenseNet-121",
    );
    this.note = h("p", { class: "stage-note", role: "status" });
    this.parameters = metric("Parameters");
    this.multiplyAdds = metric("Multiply-adds, one picture");
    this.memory = metric("Activation memory");
    this.sentence = h("p", { class: "variants-words", "aria-live": "polite" });
    this.numbers = h(
      "div",
      { class: "stage-aside" },
      metricsRow([this.parameters, this.multiplyAdds, this.memory]),
      this.sentence,
    );
    const values = valuesOf(explore.controls);
    const moved = explore.refused !== "" || !sameValues(values, defaultsOf(explore.controls));
    this.room = h("div", { class: "variants-own-strip" });
    this.node = h(
      "div",
      { class: "variants-own" },
      h(
        "details",
        { class: "stage-aside", open: moved },
        h("summary", {}, "Add your own network"),
        h(
          "p",
          { class: "variants-words" },
          "Change a number, and your network appears here, in the count and in the table. The address contains it: copy it to share.",
        ),
        this.controls.node,
        this.back,
      ),
      this.note,
      this.room,
      this.numbers,
    );
    /** @type {import("../shared/arithmetic.js").Spec | null} the network, if it can be shown */
    this.spec = null;
    this.read(values);
  }

  /** @param {Values} values */
  choose(values) {
    this.explore = { ...this.explore, refused: "" };
    this.read(values);
    this.changed();
  }

  /** Takes the server's answer to the visitor's last choice. @param {Explore} explore */
  answer(explore) {
    if (explore === this.explore || !this.controls.answered(explore.controls)) return;
    const before = JSON.stringify(this.spec);
    this.explore = explore;
    this.read(this.controls.values);
    if (JSON.stringify(this.spec) !== before) this.changed();
  }

  /** @param {Values} values */
  read(values) {
    const { spec, why } = ownSpec(this.explore, values);
    const same = JSON.stringify(spec) === JSON.stringify(this.spec);
    if (!same) this.spec = spec;
    tellOwn(this.spec);
    say(this.note, why);
    this.back.disabled = sameValues(values, defaultsOf(this.explore.controls));
    this.numbers.hidden = !this.spec;
    if (this.spec) this.showNumbers(this.spec);
  }

  /** @param {import("../shared/arithmetic.js").Spec} spec */
  showNumbers(spec) {
    const [own, small] = [networkOf(spec), networkOf(this.explore.base)];
    const beside = (/** @type {number} */ one, /** @type {number} */ other) => {
      const words = compared(one, other);
      return `${words} ${words === "the same" ? "as in" : "than"} DenseNet-121`;
    };
    this.parameters.say(grouped(own.parameters), beside(own.parameters, small.parameters));
    this.multiplyAdds.say(
      inMillions(own.multiplyAdds),
      beside(own.multiplyAdds, small.multiplyAdds),
    );
    this.memory.say(
      inMegabytes(own.activationBytes),
      beside(own.activationBytes, small.activationBytes),
    );
  }

  /** Shows its strip. @param {import("./strip.js").Strip | undefined} strip */
  put(strip) {
    this.room.replaceChildren(...(strip ? [strip.node] : []));
    say(this.sentence, strip ? strip.variant.sentence : "");
  }

  destroy() {
    this.controls.destroy();
    tellOwn(null);
  }
}
