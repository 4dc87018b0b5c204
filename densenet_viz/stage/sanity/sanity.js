// Maps while the weights become random: curves above small maps, and the maps of one stage large.

import { h, onWidth, reducedMotion, s, say } from "../shared/dom.js";
import { bytesOf } from "../maps/maps.js";
import { Player } from "../shared/player.js";
import { Radios } from "../shared/radios.js";
import { between, lineOf, lowest, stageAt, xOf, yOf } from "./geometry.js";
import { paintFaded, unpackSigned } from "../maps/signed-scale.js";
import { markOf } from "../shared/marks.js";
import { randomWords, readout, two, verdict } from "./words.js";

/** @typedef {import("../maps/signed-scale.js").PackedSigned} PackedSigned */
/** @typedef {{title: string, colour: string, alike: Record<string, number[]>, end: Record<string, number> | null, unchanged: boolean | null, maps: PackedSigned[]}} Method */
/** @typedef {{title: string, sentence: string, caption: string, picture: string, stages: string[], measures: {key: string, name: string, meaning: string}[], limit: number, methods: Method[], edges: PackedSigned & {title: string}, palette: string}} Scene */
/** @typedef {{node: HTMLElement, canvas: HTMLCanvasElement, value: HTMLElement, said: HTMLElement, strip: HTMLElement, frames: Float32Array[]}} Card */

const DASHES = ["", "9 5", "3 4"];
const HEIGHT = 230;
const COLUMN = 66;

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  const drawn = new Sanity(root);
  drawn.update(scene);
  return drawn;
}

class Sanity {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Card[]} */
    this.cards = [];
    this.measure = "rank_absolute";
    this.palette = new Uint8Array(0);
    this.width = 0;
    this.time = 0;
    this.waiting = 0;
    this.title = h("h2", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    /** @type {Radios<string>} */
    this.measures = new Radios("Compare by", (measure) => this.compareBy(measure));
    this.meaning = h("p", { class: "sanity-small" });
    this.large = h("div", { class: "sanity-cards" });
    this.readout = h("p", { class: "sanity-readout", role: "status" });
    this.svg = s("svg", { class: "sanity-svg", role: "img" });
    this.cursor = s("line", { class: "sanity-cursor" });
    this.names = h("div", { class: "sanity-names", "aria-hidden": "true" });
    this.strips = h("div", { class: "sanity-strips" });
    const inner = h("div", { class: "sanity-inner" }, this.svg, this.names, this.strips);
    this.scroll = h(
      "div",
      {
        class: "sanity-scroll",
        tabindex: 0,
        role: "group",
        "aria-label":
          "Similarity by stage and the maps below it; arrow keys go from stage to stage",
      },
      inner,
    );
    this.table = h("table", { class: "sanity-table" });
    const details = h(
      "details",
      { class: "sanity-details" },
      h("summary", {}, "All values as a table"),
      h("div", { class: "sanity-wide" }, this.table),
    );
    this.caption = h("p", { class: "sanity-small" });
    this.player = new Player({
      steps: 0,
      stepMilliseconds: 900,
      noun: "stage",
      draw: (time) => this.go(time),
      label: (time) => this.scene?.stages[Math.round(time)] ?? "",
    });
    this.player.speeds.hidden = true;
    this.node = h(
      "section",
      { class: "sanity", "aria-label": "Sanity check" },
      h("div", { class: "stage-head" }, this.title, this.sentence),
      this.large,
      this.player.node,
      this.readout,
      h(
        "div",
        { class: "sanity-choice stage-aside" },
        h("span", {}, "Compare by"),
        this.measures.node,
      ),
      this.meaning,
      this.scroll,
      this.caption,
      details,
    );
    this.node.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("pointermove", (event) => this.point(event));
    this.svg.addEventListener("pointerdown", (event) => this.point(event));
    root.append(this.node);
    this.stop = onWidth(this.scroll, (width) => {
      this.width = width;
      this.draw();
    });
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "sanity-check" };
  }

  destroy() {
    this.player.pause();
    cancelAnimationFrame(this.waiting);
    this.stop();
    this.node.remove();
  }

  /** The number of stages whose maps are computed. */
  get done() {
    return Math.min(...(this.scene?.methods.map(({ maps }) => maps.length) ?? [0]));
  }

  /** @param {Scene} scene */
  update(scene) {
    const before = this.scene;
    const atEnd = !before || this.player.time >= this.player.options.steps;
    this.scene = scene;
    say(this.title, scene.title);
    say(this.sentence, scene.sentence);
    say(
      this.caption,
      `${scene.caption}. Each map has its own colour scale: blue lowers the score, white is zero, orange raises it.`,
    );
    this.palette = bytesOf(scene.palette);
    this.chooseMeasures();
    this.cards = scene.methods.map((method, index) => this.card(method, index));
    this.large.replaceChildren(...this.cards.map(({ node }) => node), this.edgeCard(scene));
    this.strips.replaceChildren(...this.cards.map(({ strip }) => strip));
    this.fillTable();
    const growing = scene.methods.some(({ unchanged }) => unchanged === null);
    const known = before?.stages.length === scene.stages.length;
    this.player.setSteps(Math.max(0, this.done - 1));
    this.draw();
    if (growing && atEnd) this.player.jump(this.player.options.steps);
    else this.player.seek(known ? this.player.time : this.player.options.steps);
  }

  chooseMeasures() {
    const { scene } = this;
    /** @type {[string, string][]} */
    const options = (scene?.measures ?? []).map(({ key, name }) => [key, name]);
    this.measures.showWords(options, this.measure);
    this.explain();
  }

  explain() {
    const { scene } = this;
    const meaning = scene?.measures.find(({ key }) => key === this.measure)?.meaning ?? "";
    say(
      this.meaning,
      `${meaning} The dotted line is the limit for the verdict, ${two(scene?.limit ?? 0)}.`,
    );
  }

  /** @param {string} measure */
  compareBy(measure) {
    this.measure = measure;
    this.explain();
    this.draw();
    this.go(this.time);
  }

  /** @param {Method} method @param {number} index @returns {Card} */
  card(method, index) {
    const frames = method.maps.map(unpackSigned);
    const size = method.maps[0]?.size ?? 1;
    const canvas = h("canvas", { width: size, height: size, class: "sanity-map", role: "img" });
    const value = h("b", {});
    const said = h("p", { class: "sanity-verdict", "data-unchanged": String(method.unchanged) });
    const node = h(
      "article",
      { class: "sanity-card" },
      h("h3", {}, sample(method, index), method.title),
      canvas,
      h("p", { class: "sanity-value" }, value, " similarity to trained map"),
      said,
    );
    const columns = this.scene?.stages.length ?? 1;
    const strip = h("div", {
      class: "sanity-strip",
      style: `grid-template-columns:repeat(${columns}, minmax(0, 1fr))`,
    });
    for (let stage = 0; stage < columns; stage++) strip.append(this.still(method, frames, stage));
    strip.prepend(h("p", { class: "sanity-of" }, sample(method, index), method.title));
    return { node, canvas, value, said, strip, frames };
  }

  /** One small map of a method's row. @param {Method} method @param {Float32Array[]} frames @param {number} stage */
  still(method, frames, stage) {
    if (stage >= frames.length)
      return h("span", { class: "sanity-still sanity-empty", "aria-hidden": "true" });
    const size = method.maps[stage].size;
    const canvas = h("canvas", {
      width: size,
      height: size,
      class: "sanity-map",
      "aria-hidden": "true",
    });
    paint(canvas, frames[stage], frames[stage], 0, this.palette);
    const name = this.scene?.stages[stage] ?? "";
    return h(
      "button",
      {
        type: "button",
        class: "sanity-still",
        tabindex: -1,
        "aria-label": `${method.title}, ${name}`,
        onclick: () => this.player.jump(stage),
      },
      canvas,
    );
  }

  /** @param {Scene} scene */
  edgeCard(scene) {
    const { size } = scene.edges;
    const canvas = h("canvas", {
      width: size,
      height: size,
      class: "sanity-map",
      role: "img",
      "aria-label": "Edge detector: the picture's edges, the same at every stage.",
    });
    const values = unpackSigned(scene.edges);
    paint(canvas, values, values, 0, this.palette);
    const line = s(
      "svg",
      { class: "sanity-sample", viewBox: "0 0 34 14", "aria-hidden": "true" },
      s("path", { class: "sanity-edges", d: "M0 7H34" }),
    );
    return h(
      "article",
      { class: "sanity-card" },
      h("h3", {}, line, scene.edges.title),
      canvas,
      h("p", { class: "sanity-value" }, h("b", {}, "1.00"), " at every stage"),
      h(
        "p",
        { class: "sanity-verdict" },
        "does not use the network: a map that shows only the picture",
      ),
    );
  }

  fillTable() {
    const { scene } = this;
    if (!scene) return;
    const heads = scene.methods.flatMap(({ title }) =>
      scene.measures.map(({ name }) => h("th", { scope: "col" }, `${title}, ${name}`)),
    );
    const rows = scene.stages.map((stage, index) => {
      const cells = scene.methods.flatMap(({ alike }) =>
        scene.measures.map(({ key }) =>
          h("td", {}, index < alike[key].length ? two(alike[key][index]) : "…"),
        ),
      );
      return h("tr", {}, h("th", { scope: "row" }, stage), ...cells);
    });
    const ends = scene.methods.flatMap(({ end }) =>
      scene.measures.map(({ key }) => h("td", {}, end ? two(end[key]) : "…")),
    );
    const last = h("tr", {}, h("th", { scope: "row" }, "all random, mean of 3 networks"), ...ends);
    this.table.replaceChildren(
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Random down to"), ...heads)),
      h("tbody", {}, ...rows, last),
    );
  }

  draw() {
    const { scene, svg } = this;
    if (!scene || !this.width) return;
    const count = scene.stages.length;
    const width = Math.max(this.width, count * COLUMN);
    /** @type {HTMLElement} */ (svg.parentElement).style.width = `${width}px`;
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    svg.setAttribute("height", String(HEIGHT));
    const lines = scene.methods.map(({ alike }) => alike[this.measure]);
    const low = lowest(lines.flat());
    const y = (/** @type {number} */ value) => yOf(value, low, HEIGHT);
    const ticks = [-1, -0.5, 0, 0.5, 1].filter((value) => value >= low);
    svg.setAttribute(
      "aria-label",
      scene.methods
        .map(
          ({ title }, index) =>
            `${title}: from 1.00 to ${two(lines[index][lines[index].length - 1])}`,
        )
        .join("; "),
    );
    svg.replaceChildren(
      ...ticks.map((value) =>
        s(
          "g",
          { class: "sanity-grid" },
          s("line", { x1: 0, x2: width, y1: y(value), y2: y(value) }),
          s("text", { x: 4, y: y(value) - 5 }, two(value)),
        ),
      ),
      s("line", {
        class: "sanity-limit",
        x1: 0,
        x2: width,
        y1: y(scene.limit),
        y2: y(scene.limit),
      }),
      s("path", {
        class: "sanity-edges",
        d: `M${xOf(0, count, width)} ${y(1)}H${xOf(count - 1, count, width)}`,
      }),
      ...scene.methods.flatMap(({ colour }, index) => [
        s("path", {
          class: "sanity-line",
          d: lineOf(lines[index], count, low, width, HEIGHT),
          stroke: colour,
          "stroke-dasharray": DASHES[index],
        }),
        ...lines[index].map((value, stage) =>
          s("path", {
            class: "sanity-mark",
            d: markOf(index, xOf(stage, count, width), y(value), 6),
            fill: colour,
          }),
        ),
      ]),
      this.cursor,
    );
    this.names.style.gridTemplateColumns = `repeat(${count}, minmax(0, 1fr))`;
    this.names.replaceChildren(...scene.stages.map((name) => h("span", {}, name)));
    this.go(this.time);
  }

  /** @param {number} time whole stages, or between two while it plays */
  go(time) {
    this.time = time;
    const { scene } = this;
    if (!scene || !this.cards.length || !this.done) return;
    const stage = Math.min(this.done - 1, Math.round(time));
    for (const [index, { canvas, value, said, strip, frames }] of this.cards.entries()) {
      const before = Math.min(frames.length - 1, Math.floor(time));
      paint(
        canvas,
        frames[before],
        frames[Math.min(frames.length - 1, before + 1)],
        time - before,
        this.palette,
      );
      const method = scene.methods[index];
      const now = between(method.alike[this.measure], time);
      say(value, two(now));
      say(
        said,
        verdict(method.unchanged, method.end ? Math.max(...Object.values(method.end)) : null),
      );
      canvas.setAttribute(
        "aria-label",
        `${method.title} map, ${randomWords(scene.stages, stage)}: similarity ${two(now)} to the trained network's map.`,
      );
      for (const [at, still] of [...strip.querySelectorAll(".sanity-still")].entries())
        still.classList.toggle("sanity-now", at === stage);
    }
    for (const [at, name] of [...this.names.children].entries())
      name.classList.toggle("sanity-now", at === stage);
    if (!this.player.playing)
      say(
        this.readout,
        readout(
          scene.stages,
          stage,
          scene.methods.map(({ title, alike }) => ({ title, values: alike[this.measure] })),
        ),
      );
    else say(this.readout, `${randomWords(scene.stages, stage)}.`);
    this.follow(time);
  }

  /** Moves the cursor and, on a narrow screen, scrolls to it. @param {number} time */
  follow(time) {
    const count = this.scene?.stages.length ?? 1;
    const width = Math.max(this.width, count * COLUMN);
    const x = xOf(time, count, width);
    for (const [name, value] of Object.entries({ x1: x, x2: x, y1: 4, y2: HEIGHT - 22 }))
      this.cursor.setAttribute(name, value.toFixed(1));
    if (width > this.width)
      this.scroll.scrollTo({
        left: x - this.width / 2,
        behavior: reducedMotion() || this.player.playing ? "auto" : "smooth",
      });
  }

  /** @param {PointerEvent} event */
  point(event) {
    const box = this.svg.getBoundingClientRect();
    const stage = Math.min(
      this.done - 1,
      stageAt(event.clientX - box.left, this.scene?.stages.length ?? 1, box.width),
    );
    if (event.type === "pointermove" && this.player.playing) return;
    this.player.pause();
    if (stage >= 0 && stage !== this.time) this.player.seek(stage);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.composedPath()[0]);
    if (target.tagName !== "SUMMARY") this.player.key(event);
  }
}

/** A line with its mark, for a legend. @param {Method} method @param {number} index */
function sample({ colour }, index) {
  return s(
    "svg",
    { class: "sanity-sample", viewBox: "0 0 34 14", "aria-hidden": "true" },
    s("path", {
      class: "sanity-line",
      d: "M0 7H34",
      stroke: colour,
      "stroke-dasharray": DASHES[index],
    }),
    s("path", { class: "sanity-mark", d: markOf(index, 17, 7, 5), fill: colour }),
  );
}

/** @param {HTMLCanvasElement} canvas @param {Float32Array} from @param {Float32Array} to @param {number} part @param {Uint8Array} palette */
function paint(canvas, from, to, part, palette) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(canvas.width, canvas.height);
  paintFaded(image.data, from, to, part, palette);
  context.putImageData(image, 0, 0);
}
