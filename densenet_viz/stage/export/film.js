// A stage's animation as a video: each frame is its canvas with its text over it.

import { h } from "../shared/dom.js";
import { MARGIN, svgOf } from "./svg.js";

/** @typedef {import("../shared/stage.js").Film} Film */

/** Video types, starting with those that most slide programs accept. */
const TYPES = [
  "video/mp4;codecs=avc1.640028",
  "video/mp4;codecs=avc1",
  "video/mp4",
  "video/webm;codecs=vp9",
  "video/webm",
];
const WIDTH = 1280;
const FRAMES_A_SECOND = 30;
const BITS_A_SECOND = 8_000_000;
/** How long the last picture stays. */
const REST_MILLISECONDS = 1200;

/** The first of these types that this browser can record, or undefined. */
export function filmType() {
  return globalThis.MediaRecorder && TYPES.find((type) => MediaRecorder.isTypeSupported(type));
}

/** An even number of pixels, as video needs it. @param {number} value */
export function even(value) {
  return 2 * Math.round(value / 2);
}

/** @param {SVGElement} svg @param {CanvasRenderingContext2D} context @param {number} scale */
async function drawWords(svg, context, scale) {
  const address = URL.createObjectURL(
    new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }),
  );
  const image = new Image();
  image.src = address;
  await image.decode().finally(() => URL.revokeObjectURL(address));
  context.drawImage(image, 0, 0, image.width * scale, image.height * scale);
}

/** The size of a frame in CSS pixels: the picture and its margin. @param {HTMLElement} root @param {Film} scene */
export function paperOf(root, scene) {
  const { width, top } = root.getBoundingClientRect();
  return {
    width: width + 2 * MARGIN,
    height: scene.until.getBoundingClientRect().bottom - top + 2 * MARGIN,
  };
}

/** One frame of the stage at this moment. @param {HTMLElement} root @param {Film} scene @param {CanvasRenderingContext2D} context @param {number} scale */
export async function drawFrame(root, scene, context, scale) {
  const area = root.getBoundingClientRect();
  const [picture, { bottom }] = [
    scene.canvas.getBoundingClientRect(),
    scene.until.getBoundingClientRect(),
  ];
  const words = svgOf(root, { canvases: false, height: bottom - area.top });
  context.resetTransform();
  context.fillStyle = getComputedStyle(root).backgroundColor;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.translate(MARGIN * scale, MARGIN * scale);
  context.drawImage(
    scene.canvas,
    (picture.left - area.left) * scale,
    (picture.top - area.top) * scale,
    picture.width * scale,
    picture.height * scale,
  );
  await drawWords(words, context, scale);
}

/**
 * Plays the animation once, at its own speed, and records it.
 * @param {HTMLElement} root @param {Film} scene @param {(part: number) => void} told @param {AbortSignal} signal
 * @returns {Promise<{blob: Blob, kind: string} | null>} null if it was stopped
 */
export async function film(root, scene, told, signal) {
  const paper = paperOf(root, scene);
  const scale = WIDTH / paper.width;
  const canvas = h("canvas", { width: WIDTH, height: even(paper.height * scale) });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const type = /** @type {string} */ (filmType());
  const recorder = new MediaRecorder(canvas.captureStream(FRAMES_A_SECOND), {
    mimeType: type,
    videoBitsPerSecond: BITS_A_SECOND,
  });
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const ended = new Promise((resolve) => recorder.addEventListener("stop", resolve));
  try {
    scene.prepare();
    await play(root, scene, context, scale, recorder, told, signal);
  } finally {
    if (recorder.state !== "inactive") recorder.stop();
    scene.restore();
  }
  await ended;
  return signal.aborted
    ? null
    : { blob: new Blob(parts, { type }), kind: type.startsWith("video/mp4") ? "mp4" : "webm" };
}

/** @param {HTMLElement} root @param {Film} scene @param {CanvasRenderingContext2D} context @param {number} scale @param {MediaRecorder} recorder @param {(part: number) => void} told @param {AbortSignal} signal */
async function play(root, scene, context, scale, recorder, told, signal) {
  const length = scene.steps * scene.stepMilliseconds;
  scene.draw(0);
  await drawFrame(root, scene, context, scale);
  recorder.start(1000);
  const begin = performance.now();
  for (
    let gone = 0;
    gone < length + REST_MILLISECONDS && !signal.aborted;
    gone = performance.now() - begin
  ) {
    scene.draw(Math.min(scene.steps, gone / scene.stepMilliseconds));
    await drawFrame(root, scene, context, scale);
    told(Math.min(1, gone / (length + REST_MILLISECONDS)));
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}
