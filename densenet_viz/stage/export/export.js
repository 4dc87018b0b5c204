// "Save this picture": a stage as it is drawn now, for people who use their own slides.

import { h, say, sharper } from "../shared/dom.js";
import { film, filmType } from "./film.js";
import { gif } from "./gif.js";
import { svgOf } from "./svg.js";

/** @typedef {import("../shared/stage.js").Saved} Saved */

/** Pixels of a saved picture for each CSS pixel. */
const SCALE = 2;
const FADE_MILLISECONDS = 400;

/**
 * The stage as SVG text. Its controls are hidden and its canvases are drawn at twice the size, all
 * before the next frame, so that the visitor sees no change.
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
    const canvas = h("canvas", {
      width: Math.round(image.width * scale),
      height: Math.round(image.height * scale),
    });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("no picture"))),
        "image/png",
      ),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Waits until the highlight of what the pointer has just left is gone. @param {Element} root */
function faded(root) {
  const ends = root
    .getAnimations({ subtree: true })
    .map((animation) => animation.finished.catch(() => {}));
  return Promise.race([
    Promise.all(ends),
    new Promise((resolve) => setTimeout(resolve, FADE_MILLISECONDS)),
  ]);
}

/** Downloads a file. @param {Blob} blob @param {string} name */
function give(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/**
 * One way to save an animation: the text of its button, and the function that makes the file (null if
 * it was stopped).
 * @typedef {{name: string, title: string, doing: string, stop: string, make: (root: HTMLElement, scene: import("./film.js").Film, told: (part: number) => void, signal: AbortSignal) => Promise<{blob: Blob, kind: string} | null>}} Moving
 */

/** The file types that this browser can make from an animation. @returns {Moving[]} */
function movings() {
  const type = filmType();
  const name = type?.startsWith("video/mp4") ? "MP4" : "WebM";
  const video = {
    name,
    title: `Save the animation as a video (${name})`,
    doing: "Recording the animation",
    stop: "Stop recording",
    make: film,
  };
  return [
    {
      name: "GIF",
      title: "Save the animation as a GIF",
      doing: "Drawing the GIF",
      stop: "Stop drawing",
      make: gif,
    },
    ...(type ? [video] : []),
  ];
}

/**
 * The row under a stage that saves it.
 * @param {HTMLElement} root @param {() => Saved} describe
 */
export function saveRow(root, describe) {
  const status = h("span", { class: "stage-saved", role: "status" });
  const button = (
    /** @type {string} */ text,
    /** @type {string} */ title,
    /** @type {() => unknown} */ act,
  ) =>
    h(
      "button",
      { type: "button", class: "stage-save-as", "aria-label": title, title, onclick: act },
      text,
    );
  const saving =
    (/** @type {string} */ kind, /** @type {(saved: Saved) => Promise<Blob> | Blob} */ make) =>
    async () => {
      const saved = describe();
      const name = `densenet-${saved.name}.${kind}`;
      try {
        await faded(root);
        give(await make(saved), name);
        say(status, `${name} is saved.`);
      } catch {
        say(status, "Saving failed in this browser.");
      }
    };
  const still = [
    button(
      "PNG",
      "Save this picture as PNG",
      saving("png", (saved) => asPng(asSvg(root, saved), SCALE)),
    ),
    button(
      "SVG",
      "Save this picture as SVG",
      saving("svg", (saved) => new Blob([asSvg(root, saved)], { type: "image/svg+xml" })),
    ),
  ];
  const row = h(
    "div",
    { class: "stage-save", role: "group", "aria-label": "Save this picture" },
    h("span", { "aria-hidden": "true" }, "Save"),
    ...still,
  );
  if (describe().film)
    row.append(...movings().map((moving) => movingButton(root, describe, moving, status)));
  row.append(status);
  return row;
}

/** Draws or records one animation at a time; a second press of the button stops. @param {HTMLElement} root @param {() => Saved} describe @param {Moving} moving @param {Element} status */
function movingButton(root, describe, { name, title, doing, stop, make }, status) {
  /** @type {AbortController | null} */
  let running = null;
  const node = h(
    "button",
    { type: "button", class: "stage-save-as", "aria-label": title, title },
    name,
  );
  const show = (/** @type {string} */ text, /** @type {string} */ label) => {
    say(node, text);
    node.setAttribute("aria-label", label);
    for (const other of node.parentElement?.querySelectorAll("button") ?? [])
      other.disabled = other !== node && running !== null;
  };
  const told = (/** @type {number} */ part) => {
    say(node, `Stop (${Math.floor(100 * part)}%)`);
    say(status, `${doing}: ${25 * Math.floor(4 * part)}%.`);
  };
  node.addEventListener("click", async () => {
    if (running) return running.abort();
    const aborter = (running = new AbortController());
    const { film: scene, name: file } = describe();
    show("Stop (0%)", stop);
    told(0);
    try {
      const found = scene && (await make(root, scene, told, aborter.signal));
      if (found) give(found.blob, `densenet-${file}.${found.kind}`);
      say(
        status,
        found ? `densenet-${file}.${found.kind} is saved.` : "Stopped. Nothing was saved.",
      );
    } catch {
      say(status, `Saving as ${name} failed in this browser.`);
    } finally {
      running = null;
      show(name, title);
    }
    return undefined;
  });
  return node;
}
