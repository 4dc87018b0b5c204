// Two networks along their training: one picture, and how many unseen scenes they name.

import { bytesOf } from "../maps/maps.js";
import { h, onWidth, pointIn, s, say } from "../shared/dom.js";
import { outlineSample, pixelsOf } from "../shared/frame.js";
import { markOf } from "../shared/marks.js";
import { Player } from "../shared/player.js";
import { Card } from "./card.js";
import { across, frameOf, linePath, placeAt, up, writtenPlaces } from "./geometry.js";
import { percent, sentenceWords, stepWords, titleWords, winsWords } from "./words.js";

/** @typedef {import("../maps/maps.js").PackedMaps} PackedMaps */
/** @typedef {import("../maps/signed-scale.js").PackedSigned} PackedSigned */
/** @typedef {import("./words.js").Shares} Shares */
/** @typedef {import("./geometry.js").Frame} ChartFrame */
/** @typedef {{chances: number[], kernels: string, maps: PackedMaps[], reuse: string[], heat: PackedSigned, on_object: number, on_tag: number | null}} Look */
/** @typedef {{title: string, colour: string, mark: number, wins: number | null, shares: Shares[], looks: Look[]}} Network */
/** @typedef {{name: string, path: string}} Outline */
/** @typedef {{picture: string, size: number, truth: string, tag: string, labels: string[], steps: number[], judged: number, method: string, networks: Network[], outlines: Outline[], palette: string, magnitudes: string}} Scene */

const STEP_MILLISECONDS = 900;
const DASHES = "7 5";
/** @type {[keyof Shares, string][]} */
const COLUMNS = [
  ["true", "object, true tag"],
  ["none", "object, no tag"],
  ["wrong", "object, false tag"],
  ["follows", "class of the false tag"],
];

/**
 * @param {HTMLElement} root
 * @param {Scene} scene
 */
export function mount(root, scene) {
  return new WatchedStage(root, scene);
}

class WatchedStage {
  /** @param {HTMLElement} root @param {Scene} scene */
  constructor(root, scene) {
    this.scene = scene;
    this.shown = -1;
    /** @type {Uint8ClampedArray | null} */
    this.pixels = null;
    /** @type {ChartFrame | null} */
    this.frame = null;
    this.palettes = { signed: new Uint8Array(0), magnitudes: new Uint8Array(0) };
    this.title = h("h3", { class: "stage-title" });
    this.sentence = h("p", { class: "stage-sentence" });
    this.cursor = s("path", { class: "watched-cursor" });
    this.svg = s("svg", {
      class: "watched-chart",
      role: "img",
      onpointerdown: (event) => this.press(/** @type {PointerEvent} */ (event)),
      onpointermove: (event) => {
        if (/** @type {PointerEvent} */ (event).buttons) {
          this.press(/** @type {PointerEvent} */ (event));
        }
      },
    });
    this.chart = h("div", { class: "watched-chart-place" }, this.svg);
    this.table = h("table", { class: "watched-table" });
    this.wins = h("p", { class: "watched-small" });
    this.cards = [new Card(), new Card()];
    this.curves = h("p", { class: "watched-legend" });
    this.legend = h("p", { class: "watched-legend" });
    this.player = new Player({
      steps: 0,
      stepMilliseconds: STEP_MILLISECONDS,
      draw: (time) => this.draw(Math.floor(time + 1e-6)),
      label: (time) => stepWords(this.scene.steps[Math.floor(time + 1e-6)] ?? 0),
      noun: "kept step",
    });
    this.player.node.classList.add("stage-aside");
    this.node = h(
      "section",
      {
        class: "watched",
        "aria-label": "Two networks along their training",
        onkeydown: (event) => this.player.key(/** @type {KeyboardEvent} */ (event)),
      },
      h("div", { class: "stage-head" }, this.title, this.sentence),
      this.player.node,
      h(
        "div",
        { class: "watched-top" },
        h("div", { class: "watched-curves" }, this.curves, this.chart),
        h("div", { class: "watched-numbers" }, this.table, this.wins),
      ),
      h("div", { class: "watched-cards" }, ...this.cards.map(({ node }) => node)),
      this.legend,
    );
    root.append(this.node);
    this.update(scene);
    this.stop = onWidth(this.chart, (width) => {
      this.frame = frameOf(width);
      this.paintChart();
    });
  }

  /** How the picture is saved. @returns {import("../shared/stage.js").Saved} */
  save() {
    return { name: "watched-training" };
  }

  destroy() {
    this.stop();
    this.player.pause();
    this.node.remove();
  }

  /** @param {Scene} scene */
  update(scene) {
    this.scene = scene;
    this.shown = -1;
    this.palettes = { signed: bytesOf(scene.palette), magnitudes: bytesOf(scene.magnitudes) };
    const steps = scene.steps.length - 1;
    if (!this.pixels) this.player.time = steps;
    this.legend.replaceChildren(
      h("span", {}, `The maps over the picture: ${scene.method} of the named class.`),
      h("span", {}, "Orange raises it, blue lowers it."),
      ...scene.outlines.map(({ name }) =>
        h("span", { class: "watched-sample" }, outlineSample(name === "tag"), name),
      ),
    );
    this.curves.replaceChildren(
      ...scene.networks.map(({ title, colour, mark }) =>
        h("span", { class: "watched-sample" }, sample(colour, mark), title),
      ),
      h("span", { class: "watched-sample" }, strokeSample(""), "true tag"),
      h("span", { class: "watched-sample" }, strokeSample(DASHES), "false tag"),
    );
    say(this.wins, winsWords(scene.networks));
    this.read(scene);
    this.player.setSteps(steps);
    this.paintChart();
  }

  /** @param {Scene} scene */
  async read(scene) {
    const pixels = await pixelsOf(scene.picture, scene.size);
    if (this.scene.picture !== scene.picture) return;
    this.pixels = pixels;
    this.drawCards();
  }

  /** @param {number} place */
  draw(place) {
    const { steps, networks } = this.scene;
    if (place === this.shown || steps[place] === undefined) return;
    this.shown = place;
    say(this.title, titleWords(steps[place], networks[1], place));
    say(this.sentence, sentenceWords(this.scene, place));
    this.drawTable();
    this.drawCards();
    this.drawCursor();
  }

  drawCards() {
    if (this.shown < 0) return;
    this.cards.forEach((card, index) =>
      card.draw(this.scene.networks[index], this.shown, this.scene, this.pixels, this.palettes),
    );
  }

  drawTable() {
    const { networks, judged } = this.scene;
    const rows = networks.map(({ title, shares, colour, mark }) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, sample(colour, mark), title),
        ...COLUMNS.map(([name]) => h("td", {}, percent(shares[this.shown][name]))),
      ),
    );
    this.table.replaceChildren(
      h("caption", {}, `It names …, share of ${judged.toLocaleString("en")} unseen scenes`),
      h(
        "thead",
        {},
        h("tr", {}, h("td", {}), ...COLUMNS.map(([, title]) => h("th", { scope: "col" }, title))),
      ),
      h("tbody", {}, ...rows),
    );
  }

  // -- the chart ------------------------------------------------------------------------------

  paintChart() {
    const { frame, scene } = this;
    if (!frame) return;
    this.svg.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
    this.svg.setAttribute("width", String(frame.width));
    this.svg.setAttribute("height", String(frame.height));
    this.svg.setAttribute(
      "aria-label",
      `Accuracy over ${scene.steps.length} kept steps, with true and false tags. ${winsWords(scene.networks)}`,
    );
    this.svg.replaceChildren(
      this.axes(frame),
      ...scene.networks.flatMap((network) => lines(frame, network)),
      this.cursor,
    );
    this.drawCursor();
  }

  /** @param {ChartFrame} frame */
  axes(frame) {
    const { steps } = this.scene;
    const group = s("g", { class: "watched-axes" });
    group.append(s("text", { x: 2, y: 14 }, "Names the object"));
    for (const share of [0, 0.5, 1]) {
      const y = up(frame, share);
      group.append(
        s("path", { d: `M${frame.left} ${y}H${frame.width - frame.right}` }),
        s("text", { x: frame.left - 8, y: y + 5, "text-anchor": "end" }, percent(share)),
      );
    }
    const floor = frame.height - frame.bottom;
    for (const place of writtenPlaces(frame, steps.length)) {
      const x = across(frame, place, steps.length);
      group.append(
        s("text", { x, y: floor + 20, "text-anchor": "middle" }, steps[place].toLocaleString("en")),
      );
    }
    group.append(s("text", { x: frame.left, y: frame.height - 6 }, "step (logarithmic)"));
    return group;
  }

  drawCursor() {
    const { frame, scene } = this;
    if (!frame || this.shown < 0) return;
    const x = across(frame, this.shown, scene.steps.length).toFixed(1);
    this.cursor.setAttribute("d", `M${x} ${frame.top}V${frame.height - frame.bottom}`);
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (!this.frame) return;
    const [x] = pointIn(event, this.svg);
    this.player.jump(placeAt(this.frame, x, this.scene.steps.length));
  }
}

/** A network's two lines, with its marks. @param {ChartFrame} frame @param {Network} network */
function lines(frame, { shares, colour, mark }) {
  /** @type {[keyof Shares, string][]} */
  const drawn = [
    ["true", ""],
    ["wrong", DASHES],
  ];
  return drawn.flatMap(([name, dashes]) => {
    const values = shares.map((share) => share[name]);
    return [
      s("path", {
        class: "watched-line",
        d: linePath(frame, values),
        stroke: colour,
        "stroke-dasharray": dashes,
      }),
      ...values.map((value, place) =>
        s("path", {
          d: markOf(mark, across(frame, place, values.length), up(frame, value), 4.5),
          fill: colour,
        }),
      ),
    ];
  });
}

/** A line of the chart, for the legend. @param {string} dashes */
function strokeSample(dashes) {
  return s(
    "svg",
    { class: "watched-stroke", viewBox: "0 0 32 16", "aria-hidden": "true" },
    s("path", { d: "M1 8H31", "stroke-dasharray": dashes }),
  );
}

/** A network's mark, for the table. @param {string} colour @param {number} mark */
function sample(colour, mark) {
  return s(
    "svg",
    { class: "watched-mark", viewBox: "0 0 16 16", "aria-hidden": "true" },
    s("path", { d: markOf(mark, 8, 8, 6), fill: colour }),
  );
}
