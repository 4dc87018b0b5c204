// "Save this picture": a stage as it is drawn now, for people who use their own slides.

import { h, say, sharper } from "./dom.js";
import { film, filmType } from "./export-film.js";
import { svgOf } from "./export-svg.js";

/**
 * What a stage tells of itself: the name of its files, how it draws itself again at another
 * sharpness, and its animation, if it has one.
 * @typedef {{name: string, redraw?: () => void, film?: import("./export-film.js").Film}} Saved
 */

/** Pixels of a saved picture to one on the screen. */
const SCALE = 2;
const FADE_MILLISECONDS = 400;

/**
 * The stage as SVG text. Its controls are laid aside and its canvases drawn at twice the size, all
 * in one go, so that nothing of it is seen.
 * @param {HTMLElement} root @param {Saved} saved
 */
export function asSvg(root, { redraw }) {
  root.classList.add("stage-saving");
  try {
    if (redraw) sharper(SCALE, redraw);
    return new XMLSerializer().serializeToString(svgOf(root, { canvases: true }));
  } finally {
    root.classList.remove("stage-saving");
    redraw?.();
  }
}

/** @param {string} svg @param {number} scale @returns {Promise<Blob>} */
async function asPng(svg, scale) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = h("canvas", { width: Math.round(image.width * scale), height: Math.round(image.height * scale) });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Until what the pointer left a moment ago has faded back. @param {Element} root */
function faded(root) {
  const ends = root.getAnimations({ subtree: true }).map((animation) => animation.finished.catch(() => {}));
  return Promise.race([Promise.all(ends), new Promise((resolve) => setTimeout(resolve, FADE_MILLISECONDS))]);
}

/** Hands a file to the visitor. @param {Blob} blob @param {string} name */
function give(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * The row under a stage that saves it.
 * @param {HTMLElement} root @param {() => Saved} describe
 */
export function saveRow(root, describe) {
  const status = h("span", { class: "stage-saved", role: "status" });
  const button = (/** @type {string} */ text, /** @type {string} */ title, /** @type {() => unknown} */ act) =>
    h("button", { type: "button", class: "stage-save-as", "aria-label": title, title, onclick: act }, text);
  const saving = (/** @type {string} */ kind, /** @type {(saved: Saved) => Promise<Blob> | Blob} */ make) => async () => {
    const saved = describe();
    const name = `densenet-${saved.name}.${kind}`;
    try {
      await faded(root);
      give(await make(saved), name);
      say(status, `${name} is saved.`);
    } catch {
      say(status, "The picture could not be saved in this browser.");
    }
  };
  const still = [
    button("PNG", "Save this picture as PNG", saving("png", (saved) => asPng(asSvg(root, saved), SCALE))),
    button("SVG", "Save this picture as SVG", saving("svg", (saved) => new Blob([asSvg(root, saved)], { type: "image/svg+xml" }))),
  ];
  const moving = describe().film && filmType() ? [filmButton(root, describe, status)] : [];
  return h("div", { class: "stage-save", role: "group", "aria-label": "Save this picture" }, h("span", { "aria-hidden": "true" }, "Save"), ...still, ...moving, status);
}

/** Records while it plays; a second press stops. @param {HTMLElement} root @param {() => Saved} describe @param {Element} status */
function filmButton(root, describe, status) {
  const [name, title] = ["Video", "Save the animation as a video"];
  /** @type {AbortController | null} */
  let running = null;
  const node = h("button", { type: "button", class: "stage-save-as", "aria-label": title, title }, name);
  node.addEventListener("click", async () => {
    if (running) return running.abort();
    const stop = (running = new AbortController());
    const { film: scene, name: file } = describe();
    const told = (/** @type {number} */ part) => say(node, `Stop (${Math.floor(100 * part)}%)`);
    node.setAttribute("aria-label", "Stop recording");
    say(status, "Recording the animation.");
    try {
      const found = scene && (await film(root, scene, told, stop.signal));
      if (found) give(found.blob, `densenet-${file}.${found.kind}`);
      say(status, found ? `densenet-${file}.${found.kind} is saved.` : "Recording was stopped.");
    } catch {
      say(status, "The animation could not be recorded in this browser.");
    } finally {
      running = null;
      say(node, name);
      node.setAttribute("aria-label", title);
    }
    return undefined;
  });
  return node;
}
