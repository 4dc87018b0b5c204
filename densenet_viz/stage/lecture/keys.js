// What a key means in a lecture. Does not use the DOM, so Node can test every key.

/**
 * What the meaning of a key depends on.
 * @typedef {object} At
 * @property {boolean} inPicture the focus is in a slide's picture, which has its own keys
 * @property {boolean} onButton the focus is on a button or link of the lecture's own
 * @property {string | null} typed digits so far, or null if no number is being typed
 * @property {"" | "overview" | "help"} over what is shown over the slide
 * @property {boolean} blank the screen is black or white
 */

/**
 * A key event of the browser.
 * @typedef {{key: string, shiftKey?: boolean, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean}} Key
 */

/**
 * What to do. `hush` hides a key from the page around but not from the picture; `nothing` ignores it.
 * @typedef {"next" | "back" | "nextSlide" | "backSlide" | "first" | "last" | "digit" | "erase" | "jump"
 *   | "ask" | "cancel" | "overview" | "close" | "black" | "white" | "screen" | "speaker" | "timer"
 *   | "pointer" | "reset" | "answer" | "help" | "leave" | "release" | "wake" | "nothing" | "hush"} Action
 */

/** The keys in the help: what to press, and what it does. @type {[string[], string][]} */
export const HELP = [
  [["→", "Space", "N", "Page Down"], "next step"],
  [["←", "P", "Page Up"], "previous step"],
  [["Shift →", "Shift ←"], "next or previous slide, skipping the steps"],
  [["Home", "End"], "first or last slide"],
  [["7", "Enter"], "go to slide 7; G asks for a number"],
  [["O", "Esc"], "overview of all slides"],
  [["B", "."], "black screen (W: white); any key shows the slide again"],
  [["F"], "full screen"],
  [["S"], "speaker view in a second window"],
  [["T"], "elapsed and planned time"],
  [["L"], "pointer for the audience"],
  [["A"], "show the answer to a question"],
  [["K"], "reset the picture"],
  [["Tab"], "go into the picture, which has its own keys; Esc leaves it"],
  [["Q"], "leave the lecture"],
  [["?"], "show these keys"],
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
const SHIFTED = {
  ArrowRight: "nextSlide",
  ArrowDown: "nextSlide",
  ArrowLeft: "backSlide",
  ArrowUp: "backSlide",
};

/** @param {string} key */
function lower(key) {
  return key.length === 1 ? key.toLowerCase() : key;
}

/**
 * The action of a key, or null if the lecture does not use the key.
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

/** On a black or white screen any key shows the slide again, unchanged. @param {string} key @returns {Action} */
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
  return (
    /** @type {Record<string, Action>} */ ({ Enter: "jump", Backspace: "erase", Escape: "cancel" })[
      key
    ] ?? null
  );
}

/** In the overview, the arrow keys and similar keys are handled by the overview. @param {string} key @returns {Action | null} */
function inOverview(key) {
  if (key === "Escape" || key === "o") return "close";
  if (/^(Arrow|Home$|End$|Enter$|Tab$| $)/.test(key)) return null;
  if (/^\d$/.test(key)) return "digit";
  const action = PLAIN[key];
  return action === "next" || action === "back" ? "nothing" : (action ?? null);
}
