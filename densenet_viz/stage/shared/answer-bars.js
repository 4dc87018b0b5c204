// How many chose each option: a bar with its number. The right option is also marked in words.

import { h } from "./dom.js";

/** Parts of all answers, 0 to 1; zeros if nobody answered. @param {number[]} counts */
export function sharesOf(counts) {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (all ? count / all : 0));
}
/**
 * @param {string[]} options @param {number[]} counts @param {number | null} right @param {number | null} [chosen]
 */
export function answerBars(options, counts, right, chosen = null) {
  const shares = sharesOf(counts);
  return h(
    "ol",
    { class: "answer-bars" },
    ...options.map((option, place) => {
      const marks = [
        place === right ? "✓ right" : "",
        place === chosen ? "your choice" : "",
      ].filter(Boolean);
      return h(
        "li",
        { class: place === right ? "answer-right" : "" },
        h(
          "span",
          { class: "answer-name" },
          option,
          ...(marks.length ? [h("b", {}, ` ${marks.join(", ")}`)] : []),
        ),
        h(
          "span",
          { class: "answer-count" },
          `${counts[place]} · ${Math.round(100 * shares[place])}%`,
        ),
        h("span", {
          class: "answer-bar",
          style: `--share:${shares[place]}`,
          "aria-hidden": "true",
        }),
      );
    }),
  );
}
