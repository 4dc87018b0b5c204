// What a key means in a lecture: no document, so that node can test every one of them.

/**
 * What a key is judged by.
 * @typedef {object} At
 * @property {boolean} inPicture the focus is in a slide's picture, which has keys of its own
 * @property {boolean} onButton the focus is on a button or link of the lecture's own
 * @property {string | null} typed digits so far, or null where no number is being typed
 * @property {"" | "overview" | "help"} over what lies over the slide
 * @property {boolean} blank the screen is black or white
 */

/**
 * A key as the browser tells it.
 * @typedef {{key: string, shiftKey?: boolean, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean}} Key
 */

/**
 * What to do. `hush` keeps a key from the page around but not from the picture; `nothing` swallows it.
 * @typedef {"next" | "back" | "nextSlide" | "backSlide" | "first" | "last" | "digit" | "erase" | "jump"
 *   | "ask" | "cancel" | "overview" | "close" | "black" | "white" | "screen" | "speaker" | "timer"
 *   | "pointer" | "reset" | "answer" | "help" | "leave" | "release" | "wake" | "nothing" | "hush"} Action
 */

/** The keys as the help lists them: what is pressed, and what it does. @type {[string[], string][]} */
export const HELP = [
  [["→", "Space", "N", "Page Down"], "next step"],
  [["←", "P", "Page Up"], "one step back"],
  [["Shift →", "Shift ←"], "next or previous slide, past the steps"],
  [["Home", "End"], "first or last slide"],
  [["7", "Enter"], "to slide 7; G asks for the number"],
  [["O", "Esc"], "overview of all slides"],
  [["B", "."], "black screen, W a white one; any key comes back"],
  [["F"], "full screen"],
  [["S"], "speaker view in a second window"],
  [["T"], "elapsed and planned time"],
  [["L"], "pointer for the hall"],
  [["A"], "the answer to a question"],
  [["K"], "the picture as it was at first"],
  [["Tab"], "into the picture, which has keys of its own; Esc comes out again"],
  [["Q"], "leave the lecture"],
  [["?"], "these keys"],
];

/** @type {Record<string, Action>} */
const ALWAYS = { PageDown: "next", PageUp: "back", F5: "nothing" };

/** @type {Record<string, Action>} */
const PLAIN = {
  ArrowRight: "next",
  ArrowDown: "next",
  " ": "next",
  n: "next",
  ArrowLeft: "back",
  ArrowUp: "back",
  p: "back",
  Home: "first",
  End: "last",
  g: "ask",
  o: "overview",
  Escape: "overview",
  b: "black",
  ".": "black",
  w: "white",
  f: "screen",
  s: "speaker",
  t: "timer",
  l: "pointer",
  k: "reset",
  a: "answer",
  q: "leave",
  "?": "help",
  c: "nothing",
  r: "nothing",
};

/** @type {Record<string, Action>} */
const SHIFTED = { ArrowRight: "nextSlide", ArrowDown: "nextSlide", ArrowLeft: "backSlide", ArrowUp: "backSlide" };

/** @param {string} key */
function lower(key) {
  return key.length === 1 ? key.toLowerCase() : key;
}

/**
 * What a key asks for, or null where it is none of the lecture's.
 * @param {Key} event @param {At} at @returns {Action | null}
 */
export function actionOf(event, at) {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  const key = lower(event.key);
  if (key === "F5") return "nothing";
  if (at.blank && key !== "Shift") return wakes(key);
  if (ALWAYS[key]) return ALWAYS[key];
  if (at.inPicture) return inPicture(key);
  if (at.onButton && (key === "Enter" || key === " ")) return null;
  if (at.typed !== null) {
    const typing = whileTyping(key);
    if (typing) return typing;
  }
  if (at.over === "overview") return inOverview(key);
  if (at.over === "help" && (key === "Escape" || key === "?")) return "close";
  if (/^\d$/.test(key)) return "digit";
  return (event.shiftKey && SHIFTED[key]) || PLAIN[key] || null;
}

/** On a black or white screen any key brings the slide back, as it was. @param {string} key @returns {Action} */
function wakes(key) {
  return key === "F5" ? "nothing" : "wake";
}

/** @param {string} key @returns {Action | null} */
function inPicture(key) {
  if (key === "Escape") return "release";
  return key === "c" || key === "r" ? "hush" : null;
}

/** @param {string} key @returns {Action | null} */
function whileTyping(key) {
  if (/^\d$/.test(key)) return "digit";
  return /** @type {Record<string, Action>} */ ({ Enter: "jump", Backspace: "erase", Escape: "cancel" })[key] ?? null;
}

/** The overview moves among its slides by itself. @param {string} key @returns {Action | null} */
function inOverview(key) {
  if (key === "Escape" || key === "o") return "close";
  if (/^(Arrow|Home$|End$|Enter$|Tab$| $)/.test(key)) return null;
  if (/^\d$/.test(key)) return "digit";
  const action = PLAIN[key];
  return action === "next" || action === "back" ? "nothing" : (action ?? null);
}
