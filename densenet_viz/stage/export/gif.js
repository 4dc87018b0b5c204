// A stage's animation as a GIF, for slide programs that accept no other animation.

import { h } from "../shared/dom.js";
import { drawFrame, paperOf } from "./film.js";
import { GIFEncoder, applyPalette, quantize } from "./gifenc.js";

/** GIF counts hundredths of a second; ten pictures a second are enough for moving maps. */
const FRAME_MILLISECONDS = 100;
/** How long the last picture stays before the animation starts again. */
const REST_MILLISECONDS = 2000;
const MOST_WIDE = 960;
/** A limit that also keeps a narrow, tall stage small. */
const MOST_PIXELS = 960 * 600;
/** Limit of pixels times steps: with it, even noisy maps of 24 layers need less than 10 MB. */
const MOST_OF_ALL = 10_000_000;
const SHARPEST = 2;
/** A GIF has 256 colours; the last one means "same as before". */
const COLOURS = 255;
/** Moments of the animation (0 to 1) whose colours make the palette. */
const SAMPLES = [0, 0.02, 0.26, 0.51, 0.76, 1];

/**
 * The moments that are drawn, and how many milliseconds each is shown.
 * @param {number} steps @param {number} stepMilliseconds
 */
export function momentsOf(steps, stepMilliseconds) {
  const each = Math.max(1, Math.round(stepMilliseconds / FRAME_MILLISECONDS));
  const count = steps * each;
  return Array.from({ length: count + 1 }, (_, index) => ({
    time: index / each,
    delay: index === count ? REST_MILLISECONDS : FRAME_MILLISECONDS,
  }));
}

/**
 * The size of the GIF for a stage's size in CSS pixels, and the scale between them.
 * @param {number} width @param {number} height @param {number} steps
 */
export function sizeOf(width, height, steps) {
  const pixels = Math.min(MOST_PIXELS, MOST_OF_ALL / Math.max(1, steps));
  const scale = Math.min(SHARPEST, MOST_WIDE / width, Math.sqrt(pixels / (width * height)));
  return { width: Math.round(width * scale), height: Math.round(height * scale), scale };
}

/** The palette that fits the colours of the pictures best. @param {Uint8ClampedArray[]} pictures RGBA, all of one size */
export function paletteOf(pictures) {
  const all = new Uint8ClampedArray(pictures.length * pictures[0].length);
  pictures.forEach((picture, index) => all.set(picture, index * picture.length));
  return quantize(all, COLOURS, { format: "rgb565" });
}

/** Writes pictures of one size and one palette; of each, only what differs from the one before. */
export class Gif {
  /** @param {number} width @param {number} height @param {number[][]} palette at most 255 colours */
  constructor(width, height, palette) {
    this.width = width;
    this.height = height;
    this.palette = palette;
    this.encoder = GIFEncoder();
    /** @type {Uint8Array | null} */
    this.before = null;
  }

  /** @param {Uint8ClampedArray} rgba @param {number} delay milliseconds */
  add(rgba, delay) {
    const { before, palette } = this;
    const now = applyPalette(rgba, palette, "rgb565");
    const same = palette.length;
    const written = before
      ? now.map((colour, place) => (colour === before[place] ? same : colour))
      : now;
    const looks = before
      ? { transparent: true, transparentIndex: same }
      : { palette: [...palette, [0, 0, 0]] };
    this.encoder.writeFrame(written, this.width, this.height, {
      ...looks,
      delay,
      repeat: 0,
      dispose: 1,
    });
    this.before = now;
  }

  /** The whole file; nothing can be added after it. */
  bytes() {
    this.encoder.finish();
    return this.encoder.bytes();
  }
}

/**
 * Draws the animation picture by picture, as fast as possible.
 * @param {HTMLElement} root @param {import("./film.js").Film} scene @param {(part: number) => void} told @param {AbortSignal} signal
 * @returns {Promise<{blob: Blob, kind: string} | null>} null if it was stopped
 */
export async function gif(root, scene, told, signal) {
  const moments = momentsOf(scene.steps, scene.stepMilliseconds);
  scene.prepare();
  try {
    const around = paperOf(root, scene);
    const { width, height, scale } = sizeOf(around.width, around.height, scene.steps);
    const context = /** @type {CanvasRenderingContext2D} */ (
      h("canvas", { width, height }).getContext("2d", { willReadFrequently: true })
    );
    const shot = async (/** @type {number} */ time) => {
      scene.draw(time);
      await drawFrame(root, scene, context, scale);
      return context.getImageData(0, 0, width, height).data;
    };
    const samples = [];
    for (const share of SAMPLES) samples.push(await shot(share * scene.steps));
    const file = new Gif(width, height, paletteOf(samples));
    for (const [index, { time, delay }] of moments.entries()) {
      if (signal.aborted || !root.isConnected) return null;
      file.add(await shot(time), delay);
      told((index + 1) / moments.length);
      // Gives the page time, so that a press of the stop button works at once.
      await new Promise((resolve) => setTimeout(resolve));
    }
    return { blob: new Blob([file.bytes()], { type: "image/gif" }), kind: "gif" };
  } finally {
    scene.restore();
  }
}
