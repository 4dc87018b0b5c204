// What the page shows before a lecture starts: its title, its length, and its keys.

import { h } from "../shared/dom.js";
import { helpTable } from "./over.js";

/** @typedef {import("./place.js").Scene} Scene */

/** @param {Scene} deck @param {{start: () => void, speaker: () => void}} act */
export function makeCard(deck, act) {
  const button = (
    /** @type {string} */ text,
    /** @type {string} */ look,
    /** @type {() => void} */ press,
  ) => h("button", { type: "button", class: `lecture-button ${look}`, onclick: press }, text);
  const facts = [
    `${deck.slides.length} slides`,
    `${deck.minutes} minutes`,
    ...(deck.author ? [deck.author] : []),
  ];
  return h(
    "section",
    { class: "lecture-card" },
    h("h2", { class: "lecture-card-title" }, deck.title),
    h("p", { class: "lecture-facts" }, facts.join(" · ")),
    h(
      "p",
      { class: "lecture-card-buttons" },
      button("Start the lecture", "lecture-main", act.start),
      button("Open the speaker view", "", act.speaker),
    ),
    h("p", { class: "lecture-blocked", role: "status" }),
    h("details", {}, h("summary", {}, "Keys and clicker"), helpTable()),
  );
}
