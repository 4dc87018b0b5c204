// The exported lecture: plays in the window, and prints the handout on request.

import { h, say } from "../shared/dom.js";
import { drawAll } from "./handout.js";
import { mount } from "./lecture.js";

const deck = JSON.parse(byId("lecture-data").textContent ?? "");
const handout = byId("handout");
/** @type {Promise<void> | null} */
let drawing = null;

/** @param {string} id */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** Shows the player in a shadow root, as in the app, so its styles change nothing else. */
export function play() {
  const root = h("div", { class: "stage lecture" });
  byId("lecture")
    .attachShadow({ mode: "open" })
    .append(h("style", {}, deck.style), root);
  mount(root, deck);
  addEventListener("keydown", (event) => void printing(event), { capture: true });
}

/** Draws the handout's pictures once, on pages with the layout of paper, and shows the progress. */
async function prepare() {
  // In the top layer: the player is a modal dialog.
  const notice = h("p", { class: "lecture-notice", role: "status", popover: "manual" });
  document.body.append(notice);
  notice.showPopover();
  document.body.classList.add("lecture-measured");
  try {
    drawing ??= drawAll(handout, deck, (done, all) =>
      say(notice, `Preparing the handout: picture ${done + 1} of ${all}`),
    );
    await drawing;
  } finally {
    document.body.classList.remove("lecture-measured");
    notice.remove();
  }
}

/** @param {KeyboardEvent} event */
async function printing(event) {
  if (
    !(event.ctrlKey || event.metaKey) ||
    event.shiftKey ||
    event.altKey ||
    event.key.toLowerCase() !== "p"
  )
    return;
  event.preventDefault();
  event.stopImmediatePropagation();
  await prepare().catch((error) => console.error(String(error)));
  window.print();
}

/** Shows only the handout, for a program that prints the page. */
export async function print() {
  document.body.classList.add("lecture-words");
  await prepare();
}
