// Large numbers, each with its name over it and a comparison under it.

import { h, say } from "./dom.js";

/** A number that can be said again. @typedef {{node: HTMLElement, say: (value: string, note: string) => void}} Metric */

/** @param {string} label @returns {Metric} */
export function metric(label) {
  const [value, note] = [h("b"), h("small")];
  return {
    node: h("div", { class: "stage-number" }, h("span", {}, label), value, note),
    say: (one, other) => {
      say(value, one);
      say(note, other);
    },
  };
}

/** @param {Metric[]} metrics */
export function metricsRow(metrics) {
  return h("div", { class: "stage-numbers" }, ...metrics.map(({ node }) => node));
}
