// One unseen picture through a network while it learns: maps and answers, epoch by epoch.

import { h, say } from "../shared/dom.js";
import { Player } from "../shared/player.js";
import { HELD } from "../maps/held.js";
import { bytesOf, paintMaps } from "../maps/maps.js";
import { answerWords, epochWords, sentenceWords } from "./words.js";

/** @typedef {import("../maps/maps.js").PackedMaps} PackedMaps */
/** @typedef {{name: string, colour: string}} ShownLayer */
/** @typedef {{picture: string, truth: string}} Sample */
/** @typedef {{epoch: number, loss: number | null, accuracy: number, chances: number[], answers: number[], maps: PackedMaps[], reuse: string[]}} LearnedEpoch */
/** @typedef {{run: string, picture: string, truth: string, labels: string[], layers: ShownLayer[], epochs: LearnedEpoch[], samples: Sample[], palette: string}} Scene */

const STEP_MILLISECONDS = 700;
/** Maps of a layer that are shown at most. */
const MOST_MAPS = 8;
/** Sides of a map and gaps between them, in canvas pixels. */
const [TILE, GAP] = [96, 8];

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  return new Training(root, scene);
}

class Training {
  /** @param {HTMLElement} root @param {Scene} scene */
  constructor(root, scene) {
    this.scene = scene;
    this.shown = -1;
    this.palette = bytesOf(scene.palette);
    this.title = h("h3", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    this.picture = h("img", { class: "training-picture", alt: "" });
    this.bars = h("div", { class: "training-bars" });
    this.rows = h("div", { class: "training-rows" });
    this.reuse = h("div", { class: "training-reuse" });
    this.reading = h(
      "div",
      { class: "training-reading" },
      h("h4", { class: "training-heading" }, "Who reads whom in each block"),
      h(
        "p",
        { class: "training-hint" },
        "A row is a source: the block input, then each layer. A column is a reader: each layer, then what follows the block. Brighter: larger weights. Each block has its own scale.",
      ),
      this.reuse,
    );
    this.samples = h("ul", { class: "training-samples", "aria-label": "Other unseen pictures" });
    this.player = new Player({
      steps: 0,
      stepMilliseconds: STEP_MILLISECONDS,
      draw: (time) => this.draw(Math.floor(time + 1e-6)),
      label: (time) => this.label(time),
      noun: "epoch",
    });
    this.player.node.classList.add("stage-aside");
    this.node = h(
      "section",
      {
        class: "training",
        "aria-label": "One unseen picture, epoch by epoch",
        onkeydown: (event) => this.player.key(/** @type {KeyboardEvent} */ (event)),
      },
      this.title,
      this.sentence,
      this.player.node,
      h(
        "div",
        { class: "training-body" },
        h("div", { class: "training-side" }, this.picture, this.bars),
        this.rows,
      ),
      this.reading,
      h("h4", { class: "training-heading" }, "Other unseen pictures"),
      this.samples,
    );
    root.append(this.node);
    this.update(scene);
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "training" };
  }

  destroy() {
    this.player.pause();
    this.node.remove();
  }

  /** @param {Scene} scene */
  update(scene) {
    const { playing, time, options } = this.player;
    const other = scene.run !== this.scene.run;
    const atEnd = !playing && time >= options.steps;
    this.scene = scene;
    this.shown = -1;
    this.palette = bytesOf(scene.palette);
    this.picture.src = scene.picture;
    this.picture.alt = `The watched picture: ${scene.truth}`;
    const steps = scene.epochs.length - 1;
    options.steps = steps;
    this.player.time = other || atEnd ? steps : Math.min(time, steps);
    this.player.setSteps(steps);
  }

  /** @param {number} time */
  label(time) {
    const epoch = this.scene.epochs[Math.floor(time + 1e-6)];
    return epoch ? `epoch ${epoch.epoch}` : "";
  }

  /** @param {number} place */
  draw(place) {
    const { scene } = this;
    const epoch = scene.epochs[place];
    if (!epoch || place === this.shown) return;
    this.shown = place;
    say(this.title, epochWords(epoch));
    say(this.sentence, sentenceWords(scene, epoch));
    this.drawBars(epoch);
    this.drawMaps(epoch);
    this.drawReuse(epoch);
    this.samples.replaceChildren(
      ...scene.samples.map((sample, index) => this.sample(sample, epoch.answers[index])),
    );
  }

  /** @param {LearnedEpoch} epoch */
  drawBars({ chances }) {
    const { labels, truth } = this.scene;
    const best = Math.max(...chances);
    this.bars.replaceChildren(
      ...labels.map((label, index) => {
        const share = chances[index];
        const percent = `${Math.round(100 * share)}%`;
        return h(
          "div",
          { class: "training-bar", "data-best": share === best, "data-truth": label === truth },
          h("span", { class: "training-label" }, label),
          h(
            "span",
            { class: "training-track", "aria-hidden": "true" },
            h("i", { style: `width:${100 * share}%` }),
          ),
          h("span", { class: "training-percent" }, percent),
        );
      }),
    );
  }

  /** @param {LearnedEpoch} epoch */
  drawMaps({ epoch, maps: sets }) {
    this.rows.replaceChildren(
      ...sets.flatMap((packed, index) => {
        const maps = HELD.take(packed);
        const { name, colour } = this.scene.layers[index];
        if (!maps) return [];
        const canvas = tiles(maps, this.palette);
        canvas.style.width = `${(100 * maps.count) / MOST_MAPS}%`;
        canvas.setAttribute(
          "aria-label",
          `${name} after epoch ${epoch}: ${maps.count} maps of ${maps.height} × ${maps.width} px`,
        );
        const size = `${maps.height} × ${maps.width} px`;
        return [
          h(
            "div",
            { class: "training-row" },
            h(
              "div",
              { class: "training-name", style: `border-color:${colour}` },
              h("b", {}, name),
              h("span", {}, size),
            ),
            h("div", { class: "training-strip" }, canvas),
          ),
        ];
      }),
    );
  }

  /** @param {LearnedEpoch} epoch */
  drawReuse({ epoch, reuse }) {
    this.reading.hidden = !reuse.length;
    this.reuse.replaceChildren(
      ...reuse.map((address, block) =>
        h(
          "figure",
          {},
          h("img", {
            src: address,
            alt: `Block ${block + 1} after epoch ${epoch}: how strongly each layer reads each source`,
          }),
          h("figcaption", {}, `block ${block + 1}`),
        ),
      ),
    );
  }

  /** @param {Sample} sample @param {number} answer */
  sample({ picture, truth }, answer) {
    const named = this.scene.labels[answer];
    const right = named === truth;
    return h(
      "li",
      { class: "training-sample", "data-right": right },
      h("img", { src: picture, alt: `a ${truth}` }),
      h("span", {}, answerWords(named, truth)),
    );
  }
}

/**
 * The maps of a layer side by side, with gaps.
 * @param {import("../maps/maps.js").Maps} maps @param {Uint8Array} palette
 */
function tiles(maps, palette) {
  const painted = paintMaps(maps, maps.count, palette, null);
  const canvas = h("canvas", {
    class: "training-maps",
    role: "img",
    width: maps.count * (TILE + GAP) - GAP,
    height: TILE,
  });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.imageSmoothingEnabled = false;
  for (let map = 0; map < maps.count; map++) {
    const left = map * (TILE + GAP);
    context.drawImage(
      painted,
      ...[map * maps.width, 0, maps.width, maps.height],
      ...[left, 0, TILE, TILE],
    );
  }
  return canvas;
}
