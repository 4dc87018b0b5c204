// One slide: its title, words, picture and question, and which of these are visible at a step.

import { h } from "../shared/dom.js";
import { Picture } from "./picture.js";
import { elementsOf, showStep } from "./words.js";

/** @typedef {import("./place.js").Scene} Scene */
/** @typedef {import("./place.js").Question} Question */

/** @param {Question} question @returns {HTMLElement} */
function questionOf({ text, options, step = 0 }) {
  const choices = options.map((option) => h("li", {}, option));
  return h(
    "div",
    { class: "lecture-question", "data-step": step },
    h("p", {}, text),
    h("ol", {}, ...choices),
  );
}

/** The app's address, where this file comes from its server; "" in a file on its own. */
const APP = import.meta.url.includes("/hall/files/")
  ? import.meta.url.split("/hall/files/")[0]
  : "";

/** A page of the app: its QR code for phones, and its address. @param {string} page @param {string} [app] */
function pageOf(page, app = APP) {
  const address = `${app}/${page}`;
  const origin = encodeURIComponent(new URL(app).origin);
  return h(
    "div",
    { class: "lecture-page" },
    h("img", {
      src: `${app}/hall/pages/${page}.svg?origin=${origin}`,
      alt: "QR code of the address below",
    }),
    h(
      "p",
      {},
      h(
        "a",
        { href: address, target: "_blank", rel: "noopener" },
        address.replace(/^https?:\/\//, ""),
      ),
    ),
  );
}

/** Stages that are about as tall as wide; they are placed beside the words. */
const SQUARE = ["lineup"];
/** Up to this many letters fit in a line or two above a picture; they are too few for a column beside it. */
const FEW = 160;

/** Whether a slide's words are above its picture, not beside it. @param {import("./place.js").Slide} slide */
export function isOver({ layout, blocks, question, picture, page }) {
  const letters = blocks.reduce(
    (sum, { spans }) => sum + spans.reduce((all, { text }) => all + text.length, 0),
    0,
  );
  return (
    layout === "both" &&
    !question &&
    !page &&
    letters <= FEW &&
    blocks.every(({ kind }) => kind === "p") &&
    !SQUARE.includes(picture?.stage ?? "")
  );
}

export class Slide {
  /**
   * @param {Scene} deck @param {number} index
   * @param {(slide: number, settings: Record<string, string>, question: number) => void} ask
   * @param {import("./scenes.js").Scenes} [scenes] of the deck; by default those that it has
   */
  constructor(deck, index, ask, scenes) {
    const scene = deck.slides[index];
    this.scene = scene;
    this.index = index;
    this.step = 0;
    this.answered = false;
    const controls = deck.live?.[index] ?? [];
    this.picture =
      scene.picture &&
      new Picture(
        deck,
        scene.picture,
        { controls, ask: (settings, question) => ask(index, settings, question) },
        scenes,
      );
    this.question = scene.question && questionOf(scene.question);
    const words = h(
      "div",
      { class: "lecture-words", tabindex: -1 },
      ...elementsOf(scene.blocks),
      ...(this.question ? [this.question] : []),
      ...(scene.page && APP && deck.mode !== "file" ? [pageOf(scene.page)] : []),
    );
    const author =
      scene.layout === "title" && deck.author
        ? [h("p", { class: "lecture-author" }, deck.author)]
        : [];
    this.node = h(
      "section",
      {
        ...{
          class: `lecture-slide lecture-away${isOver(scene) ? " lecture-over" : ""}`,
          "data-layout": scene.layout,
          "data-slide": index + 1,
        },
        ...{
          "aria-roledescription": "slide",
          "aria-label": `Slide ${index + 1} of ${deck.slides.length}: ${scene.title}`,
        },
      },
      h("h2", {}, scene.title),
      h(
        "div",
        { class: "lecture-body" },
        ...(words.childElementCount ? [words] : []),
        ...(this.picture ? [this.picture.node] : []),
      ),
      ...author,
    );
    this.words = scene.layout === "words" ? words : null;
    this.fitted = false;
    this.node.inert = true;
    showStep(this.node, 0);
  }

  /** Prepares the picture, if it is there, at the step at which the slide will be opened. @param {number} step */
  prepare(step) {
    if (!this.fitted) this.fit(false);
    return this.picture?.ready ? this.picture.mount(step) : Promise.resolve();
  }

  /** @param {number} step */
  show(step) {
    this.step = step;
    showStep(this.node, step);
    const reveal = this.scene.question?.reveal;
    this.mark(this.answered || (reveal !== undefined && step >= reveal));
    this.node.classList.remove("lecture-away");
    this.node.inert = false;
    if (!this.fitted) this.fit(false);
    if (!this.picture) return;
    if (this.picture.stage) this.picture.step(step);
    else this.picture.mount(step);
  }

  hide() {
    this.node.classList.add("lecture-away");
    this.node.inert = true;
    this.picture?.pause();
  }

  /** Shows the right answer, or hides it again. */
  answer() {
    this.answered = !this.answered;
    this.mark(this.answered);
  }

  /** @param {boolean} told */
  mark(told) {
    const right = this.scene.question?.right ?? -1;
    this.question?.querySelectorAll("li").forEach((choice, place) => {
      choice.classList.toggle("lecture-right", told && place === right);
    });
  }

  /** Makes the words as large as possible, all by the same factor. @param {HTMLElement} words */
  fitWords(words) {
    for (let part = 1; part > 0.6; part -= 0.08) {
      words.style.setProperty("--fit", part.toFixed(2));
      const parts = [words, ...words.querySelectorAll(".lecture-table")];
      if (
        parts.every(
          (each) => each.scrollHeight <= each.clientHeight && each.scrollWidth <= each.clientWidth,
        )
      )
        return;
    }
  }

  /** @param {boolean} again whether the size of its room has changed */
  fit(again) {
    if (this.words && (again || !this.fitted)) this.fitWords(this.words);
    this.fitted = true;
    if (!this.picture) return;
    this.picture.dirty ||= again;
    this.picture.fit();
  }

  reset() {
    this.answered = false;
    this.show(this.step);
    return this.picture?.reset(this.step);
  }

  destroy() {
    this.picture?.destroy();
    this.node.remove();
  }
}

/**
 * A small picture of a slide as it is now: a copy of its nodes and of its canvases.
 * @param {HTMLElement} slide @param {number} width of the whole slide @param {number} height
 * @param {number} small width of the picture
 */
export function thumbnail(slide, width, height, small) {
  const copy = /** @type {HTMLElement} */ (slide.cloneNode(true));
  copy.classList.remove("lecture-away");
  const [from, to] = [canvasesOf(slide), canvasesOf(copy)];
  from.forEach(
    (canvas, place) =>
      canvas.width && canvas.height && to[place]?.getContext("2d")?.drawImage(canvas, 0, 0),
  );
  const scale = small / width;
  const hall = h(
    "div",
    {
      class: "lecture-hall",
      style: `width:${width}px;height:${height}px;transform:scale(${scale})`,
    },
    copy,
  );
  const node = h(
    "div",
    {
      class: "lecture-thumbnail",
      style: `width:${small}px;height:${Math.round(height * scale)}px`,
      "aria-hidden": "true",
    },
    hall,
  );
  node.inert = true;
  return node;
}

/** @param {HTMLElement} slide @returns {HTMLCanvasElement[]} */
function canvasesOf(slide) {
  const shadow = slide.querySelector(".lecture-stage")?.shadowRoot;
  return shadow ? [...shadow.querySelectorAll("canvas")] : [];
}
