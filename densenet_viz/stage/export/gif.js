// A stage's animation as a GIF, for slide programs that take no other moving picture.

import { h } from "../shared/dom.js";
import { drawFrame, paperOf } from "./film.js";
import { GIFEncoder, applyPalette, quantize } from "./gifenc.js";

/** GIF counts hundredths of a second, and ten pictures a second are enough for maps that fly. */
const FRAME_MILLISECONDS = 100;
/** The last picture stays for a moment, before all begins again. */
const REST_MILLISECONDS = 2000;
const MOST_WIDE = 960;
/** Keeps a narrow, tall stage small, too. */
const MOST_PIXELS = 960 * 600;
/** Pixels of one picture times steps: the maps of 24 layers, all noise, stay below 10 MB. */
const MOST_OF_ALL = 10_000_000;
const SHARPEST = 2;
/** A GIF has 256 colours; the one that is left says "as before". */
const COLOURS = 255;
/** Moments, as shares of the animation, whose colours become the palette. */
const SAMPLES = [0, 0.02, 0.26, 0.51, 0.76, 1];

/**
 * The moments that are drawn, each with the milliseconds that it is shown.
 * @param {number} steps @param {number} stepMilliseconds
 */
export function momentsOf(steps, stepMilliseconds) {
  const each = Math.max(1, Math.round(stepMilliseconds / FRAME_MILLISECONDS));
  const count = steps * each;
  return Array.from({ length: count + 1 }, (_, index) => ({ time: index / each, delay: index === count ? REST_MILLISECONDS : FRAME_MILLISECONDS }));
}

/**
 * Pixels of the GIF of a stage of so many CSS pixels, and how many of them to one.
 * @param {number} width @param {number} height @param {number} steps
 */
export function sizeOf(width, height, steps) {
  const pixels = Math.min(MOST_PIXELS, MOST_OF_ALL / Math.max(1, steps));
  const scale = Math.min(SHARPEST, MOST_WIDE / width, Math.sqrt(pixels / (width * height)));
  return { width: Math.round(width * scale), height: Math.round(height * scale), scale };
}

/** The colours that stand best for those of the pictures. @param {Uint8ClampedArray[]} pictures RGBA, all of one size */
export function paletteOf(pictures) {
  const all = new Uint8ClampedArray(pictures.length * pictures[0].length);
  pictures.forEach((picture, index) => all.set(picture, index * picture.length));
  return quantize(all, COLOURS, { format: "rgb565" });
}

/** Writes pictures of one size and one palette; of each only what differs from the one before. */
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
    const written = before ? now.map((colour, place) => (colour === before[place] ? same : colour)) : now;
    const looks = before ? { transparent: true, transparentIndex: same } : { palette: [...palette, [0, 0, 0]] };
    this.encoder.writeFrame(written, this.width, this.height, { ...looks, delay, repeat: 0, dispose: 1 });
    this.before = now;
  }

  /** The whole file; nothing can be added after it. */
  bytes() {
    this.encoder.finish();
    return this.encoder.bytes();
  }
}

/**
 * Draws the animation picture by picture, as fast as that goes.
 * @param {HTMLElement} root @param {import("./film.js").Film} scene @param {(part: number) => void} told @param {AbortSignal} signal
 * @returns {Promise<{blob: Blob, kind: string} | null>} null where it was stopped
 */
export async function gif(root, scene, told, signal) {
  const moments = momentsOf(scene.steps, scene.stepMilliseconds);
  scene.prepare();
  try {
    const around = paperOf(root, scene);
    const { width, height, scale } = sizeOf(around.width, around.height, scene.steps);
    const context = /** @type {CanvasRenderingContext2D} */ (h("canvas", { width, height }).getContext("2d", { willReadFrequently: true }));
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
      // Lets the page answer: a press of the button that stops this is not to wait.
      await new Promise((resolve) => setTimeout(resolve));
    }
    return { blob: new Blob([file.bytes()], { type: "image/gif" }), kind: "gif" };
  } finally {
    scene.restore();
  }
}
