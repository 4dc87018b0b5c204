// The handout's pictures: each slide's stage at its last step, drawn once as a still picture.

import { h } from "../shared/dom.js";
import { keyAt } from "./place.js";

/** @typedef {import("./place.js").Picture} Picture */
/** @typedef {import("./place.js").Scene} Deck */
/** @typedef {import("../shared/stage.js").Stage & {go?: (state: object) => void}} Mounted */

/** A stage is drawn at this width, in CSS pixels, then made smaller: so it has its screen layout, not the phone layout. */
const STAGE_WIDTH = 1000;
/** The width for pictures on an A4 page, in CSS pixels (96 per inch), inside margins and frame. */
const PAPER_WIDTH = 648;
const PAGE_HEIGHT = 1000;
const LEAST_HEIGHT = 380;
const MOST_HEIGHT = 660;
const FIRST_FRAMES = 4;
const CALM_FRAMES = 12;
const MOST_FRAMES = 900;

/** How high a picture may be with words and notes of this height; long notes continue on the next page. @param {number} words */
export function roomFor(words) {
  return Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, PAGE_HEIGHT - words));
}

/** The scale of a drawn stage on paper. @param {number} height of the stage @param {number} room */
export function scaleFor(height, room) {
  return Math.min(PAPER_WIDTH / STAGE_WIDTH, room / Math.max(1, height));
}

/** The scene and the state of a picture at its last step. @param {Picture} picture */
export function lastOf(picture) {
  const { states } = picture;
  const told = states
    .map(({ state }) => state ?? {})
    .filter((state) => Object.keys(state).length > 0);
  return {
    key: keyAt(picture, states.length - 1),
    state: told.length > 0 ? told[told.length - 1] : null,
  };
}

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** A text that changes while the layout still changes. @param {HTMLElement} root */
function signOf(root) {
  const canvases = [...root.querySelectorAll("canvas")].map(
    ({ width, height }) => `${width}x${height}`,
  );
  return `${root.innerHTML.length} ${root.offsetHeight} ${canvases.join(" ")}`;
}

/** Waits until nothing changes. @param {HTMLElement} root @param {number} frames without a change */
async function calm(root, frames) {
  let [sign, still] = ["", 0];
  for (let count = 0; count < MOST_FRAMES && still < frames; count++) {
    await frame();
    const now = signOf(root);
    const loaded = [...root.querySelectorAll("img")].every((image) => image.complete);
    still = loaded && now === sign ? still + 1 : 0;
    sign = now;
  }
  if (still < frames) throw new Error("A picture did not stop changing.");
}

/** Waits a few frames, so a stage can make its first layout. */
async function started() {
  for (let count = 0; count < FIRST_FRAMES; count++) await frame();
}

/** A copy of the elements and of the canvases' content, without the code that animates them. @param {HTMLElement} root */
function still(root) {
  const copy = /** @type {HTMLElement} */ (root.cloneNode(true));
  const drawn = root.querySelectorAll("canvas");
  copy.querySelectorAll("canvas").forEach((canvas, index) => {
    const source = drawn[index];
    if (source.width && source.height) canvas.getContext("2d")?.drawImage(source, 0, 0);
  });
  return copy;
}

/** The controls cannot be used on paper. */
const PAPER_STYLE =
  ".stage-player, .stage-choice, .stage-switch, .stage-hidden, .stage-save, .attribution-tools { display: none !important }";

/** @param {HTMLElement} place @param {HTMLElement} copy @param {string} css @param {number} height */
function put(place, copy, css, height) {
  place.replaceChildren();
  place.style.height = "0";
  const words = /** @type {HTMLElement} */ (place.closest(".handout-page")).offsetHeight;
  const scale = scaleFor(height, roomFor(words));
  place.style.width = `${STAGE_WIDTH * scale}px`;
  place.style.height = `${height * scale}px`;
  copy.style.cssText = `width:${STAGE_WIDTH}px;transform:scale(${scale});transform-origin:0 0`;
  const shadow = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  shadow.replaceChildren(h("style", {}, css), copy);
}

/**
 * Draws one slide's picture into its place.
 * @param {Deck} deck @param {Picture} picture @param {HTMLElement} place
 */
async function draw(deck, picture, place) {
  const { key, state } = lastOf(picture);
  const { mount } = await import(deck.modules[picture.stage]);
  const css = `${deck.styles.stage ?? ""}\n${deck.styles[picture.stage] ?? ""}\n${PAPER_STYLE}`;
  const room = h("div", { class: "lecture-drawing", "aria-hidden": "true", inert: true });
  const root = h("div", { class: "stage" });
  for (const node of [room, place]) node.style.setProperty("--st-background-color", "#fff");
  room.attachShadow({ mode: "open" }).append(h("style", {}, css), root);
  room.style.width = root.style.width = `${STAGE_WIDTH}px`;
  document.body.append(room);
  /** @type {Mounted} */
  const stage = mount(root, deck.scenes[key], () => {});
  try {
    await started();
    if (state && stage.go) stage.go(state);
    else
      root
        .querySelector(".stage-player")
        ?.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
    await calm(root, CALM_FRAMES);
    put(place, still(root), css, root.offsetHeight);
  } finally {
    stage.destroy();
    room.remove();
  }
}

/**
 * Draws all pictures of the handout, one after another.
 * @param {HTMLElement} handout holds an element with `data-slide` for each picture
 * @param {Deck} deck
 * @param {(done: number, all: number) => void} told
 */
export async function drawAll(handout, deck, told) {
  const places = [...handout.querySelectorAll("[data-slide]")];
  for (const [index, place] of places.entries()) {
    told(index, places.length);
    const picture = deck.slides[Number(/** @type {HTMLElement} */ (place).dataset.slide)].picture;
    if (picture) await draw(deck, picture, /** @type {HTMLElement} */ (place));
  }
}
