// Probability or logit against the share of deleted or inserted pixels, one line per map.

import { h, onWidth, s, say } from "../shared/dom.js";
import { LEVELS, along, placeOn, valueWords } from "./words.js";
import { markOf } from "../shared/marks.js";

/** @typedef {import("./words.js").Way} Way */
/** @typedef {import("./words.js").Axis} Axis */
/** @typedef {{title: string, colour: string, deletion: number[], insertion: number[], areas: Record<Way, string>}} CurveLine */

const [LEFT, RIGHT, TOP, BOTTOM] = [46, 10, 10, 26];
const HEIGHT = 250;
export const DASHES = ["", "9 5", "3 4", "14 4 3 4"];
/** The references have no colour: one thin line with long dashes, one dotted line. */
const QUIET = ["16 6", "1 5"];

/** @param {number} share 0 to 1 @param {number} value 0 to 1 @param {number} width @returns {[number, number]} */
export function placed(share, value, width) {
  return [LEFT + share * (width - LEFT - RIGHT), TOP + (1 - value) * (HEIGHT - TOP - BOTTOM)];
}

/** The nearest step to an x. @param {number} x @param {number} width @param {number} steps */
export function stepAt(x, width, steps) {
  return Math.max(0, Math.min(steps, Math.round(((x - LEFT) / (width - LEFT - RIGHT)) * steps)));
}

/** @param {number[]} curve @param {number} width @param {Axis} axis */
export function pathOf(curve, width, axis) {
  return curve
    .map(
      (value, step) =>
        (step ? "L" : "M") +
        placed(step / (curve.length - 1), placeOn(value, axis), width)
          .map((part) => part.toFixed(1))
          .join(" "),
    )
    .join("");
}

/** What stands beside a line of the grid. @param {number} share of the axis, 0 to 1 @param {Axis} axis */
export function tickWords(share, { name, low, high }) {
  if (name === "probability") return `${100 * share}%`;
  return (low + share * (high - low)).toFixed(high - low < 4 ? 2 : 1).replace("-", "−");
}

/** How the line of a map looks. @param {CurveLine} line @param {number} index among all lines @param {number} methods the number of lines that are not references @returns {Record<string, string>} */
export function lookOf({ colour }, index, methods) {
  if (colour) return { class: "faithful-line", stroke: colour, "stroke-dasharray": DASHES[index] };
  return { class: "faithful-quiet", "stroke-dasharray": QUIET[(index - methods) % QUIET.length] };
}

/** A line with its mark, for a legend. @param {CurveLine} line @param {number} index @param {number} methods */
export function sampleOf(line, index, methods) {
  const mark = line.colour
    ? [s("path", { class: "faithful-mark", d: markOf(index % 3, 17, 7, 5), fill: line.colour })]
    : [];
  return s(
    "svg",
    { class: "faithful-sample", viewBox: "0 0 34 14", "aria-hidden": "true" },
    s("path", { ...lookOf(line, index, methods), d: "M0 7H34" }),
    ...mark,
  );
}

export class Curves {
  /** @param {Way} way @param {string} title @param {(way: Way, step: number) => void} point */
  constructor(way, title, point) {
    this.way = way;
    this.width = 0;
    this.time = 0;
    /** @type {CurveLine[]} */
    this.lines = [];
    /** @type {Axis} */
    this.axis = { name: "probability", low: 0, high: 1 };
    this.named = h("p", { class: "faithful-small" });
    this.svg = s("svg", { class: "faithful-svg", role: "img", height: HEIGHT });
    this.cursor = s("line", { class: "faithful-cursor" });
    this.dots = s("g", {});
    this.node = h(
      "figure",
      { class: "faithful-curve" },
      h("figcaption", {}, title),
      this.named,
      this.svg,
      h(
        "p",
        { class: "faithful-axis" },
        way === "deletion"
          ? "pixels deleted, highest values first"
          : "pixels inserted, highest values first",
      ),
    );
    const pointed = (/** @type {PointerEvent} */ event) => {
      const box = this.svg.getBoundingClientRect();
      point(way, stepAt(event.clientX - box.left, box.width, this.steps));
    };
    this.svg.addEventListener("pointermove", pointed);
    this.svg.addEventListener("pointerdown", pointed);
    this.stop = onWidth(this.node, (width) => {
      this.width = width;
      this.draw();
    });
  }

  get steps() {
    return Math.max(1, (this.lines[0]?.[this.way].length ?? 2) - 1);
  }

  destroy() {
    this.stop();
  }

  /** @param {CurveLine[]} lines @param {Axis} axis @param {string} label of the class */
  update(lines, axis, label) {
    this.lines = lines;
    this.axis = axis;
    say(this.named, `${axis.name} of ${label}`);
    this.draw();
  }

  draw() {
    const { svg, width, lines, way, axis } = this;
    if (!width || !lines.length) return;
    const methods = lines.filter(({ colour }) => colour).length;
    const [left, bottom] = placed(0, 0, width);
    const [right] = placed(1, 1, width);
    const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
      const [x, y] = placed(share, share, width);
      return [
        s("line", { x1: left, x2: right, y1: y, y2: y }),
        s("text", { x: left - 7, y: y + 5, "text-anchor": "end" }, tickWords(share, axis)),
        s(
          "text",
          { x, y: bottom + 19, "text-anchor": share === 1 ? "end" : "middle" },
          `${100 * share}%`,
        ),
      ];
    });
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    svg.setAttribute(
      "aria-label",
      `${axis.name}. ${lines.map(({ title, areas }) => `${title}: area ${areas[way]}`).join("; ")}`,
    );
    svg.replaceChildren(
      s("g", { class: "faithful-grid" }, ...ticks),
      ...lines
        .map((line, index) =>
          s("path", { ...lookOf(line, index, methods), d: pathOf(line[way], width, axis) }),
        )
        .reverse(),
      this.cursor,
      this.dots,
    );
    this.move(this.time);
  }

  /** @param {number} time in steps */
  move(time) {
    this.time = time;
    if (!this.width || !this.lines.length) return;
    const share = time / this.steps;
    const [x, bottom] = placed(share, 0, this.width);
    for (const [name, value] of Object.entries({ x1: x, x2: x, y1: TOP, y2: bottom }))
      this.cursor.setAttribute(name, value.toFixed(1));
    const dots = this.lines.flatMap((line, index) => {
      if (!line.colour) return [];
      const value = placeOn(along(line[this.way], time), this.axis);
      const [, y] = placed(share, value, this.width);
      return [
        s("path", { class: "faithful-mark", d: markOf(index % 3, x, y, 7), fill: line.colour }),
      ];
    });
    this.dots.replaceChildren(...dots);
    this.svg.dataset.at = `${Math.round(LEVELS * share)} ${this.lines.map((line) => valueWords(along(line[this.way], time), this.axis)).join(" ")}`;
  }
}
