// The whole network: channels as heights, pixels as widths; each part is a link.

import { h, s, say } from "../../shared/dom.js";
import { Radios } from "../../shared/radios.js";
import { stripFor } from "../geometry.js";
import { boxOfLink, linkTo } from "../parts.js";
import { placeAt } from "../places.js";
import { grouped, many, short, square } from "../words.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").PartPlan} PartPlan */
/** @typedef {"shapes" | "parameters" | "multiplyAdds"} Told */

/** Room for the words under a part, in CSS pixels. */
const LABEL = 106;

/** @param {PartPlan} part @param {Told} told @param {number} total */
function wordsFor(part, told, total) {
  if (told === "shapes")
    return [
      `${grouped(part.reads)} → ${grouped(part.writes)}`,
      part.kind === "classifier"
        ? "scores"
        : square(part.kind === "block" ? part.pixels : part.out),
    ];
  return [short(part[told]), `${((100 * part[told]) / total).toFixed(1)}%`];
}

/** @param {PartPlan} part */
function labelOf(part) {
  const shape =
    part.kind === "classifier"
      ? `${part.reads} maps become ${part.writes} scores`
      : `${part.reads} maps become ${part.writes}, ${square(part.out)}`;
  return `${part.name}: ${shape}; ${many(part.parameters, "parameter")}, ${short(part.multiplyAdds)} multiply-adds`;
}

/** @param {import("../types.js").Scene} scene @param {import("../geometry.js").Strip} strip */
function drawingOf(scene, { width, height, columns }) {
  const shapes = columns.flatMap(({ bands, shape }) => [
    ...bands.map(({ layer, x, y, width: wide, height: tall }) =>
      s("rect", { x, y, width: wide, height: Math.max(0.6, tall), fill: scene.colours[layer] }),
    ),
    ...(shape.length ? [s("polygon", { points: shape.join(" "), fill: "var(--quiet)" })] : []),
  ]);
  const view = { viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" };
  return s("svg", { class: "inside-drawing", ...view }, ...shapes);
}

/** @param {Room} room @returns {import("../types.js").View} */
export function networkView(room) {
  const { scene } = room;
  /** @type {Told} */
  let told = "shapes";
  const choice = new Radios("Numbers under the parts", (/** @type {Told} */ next) => {
    told = next;
    tell();
  });
  choice.showWords(
    [
      ["shapes", "Shapes"],
      ["parameters", "Parameters"],
      ["multiplyAdds", "Multiply-adds"],
    ],
    told,
  );
  const columns = scene.parts.map((part) => {
    const content = [
      h("b", {}, part.name),
      h("span", { class: "inside-first" }),
      h("span", { class: "inside-second" }),
    ];
    const attributes = { class: `inside-part ${part.kind}`, "aria-label": labelOf(part) };
    return part.at
      ? linkTo(room, placeAt(part.at), content, attributes)
      : h("div", { ...attributes, role: "img" }, ...content);
  });
  const drawing = h("div", { class: "inside-drawn" });
  const strip = h("div", { class: "inside-strip" }, drawing, ...columns);
  const picture = h("img", { src: scene.picture, alt: scene.alt, class: "inside-picture" });
  const tell = () => {
    const key = told === "shapes" ? "parameters" : told;
    const total = scene.parts.reduce((sum, part) => sum + part[key], 0);
    columns.forEach((column, place) => {
      const [first, second] = wordsFor(scene.parts[place], told, total);
      say(column.children[1], first);
      say(column.children[2], second);
    });
  };
  tell();
  const resize = (/** @type {number} */ width) => {
    const laid = stripFor(scene.parts, width - (width < 640 ? 0 : 90));
    strip.classList.toggle("narrow", laid.narrow);
    drawing.replaceChildren(drawingOf(scene, laid));
    columns.forEach((column, place) => {
      const { x, y, width: wide, height } = laid.columns[place];
      const room = laid.narrow ? 0 : LABEL;
      column.style.left = `${x}px`;
      column.style.top = `${y}px`;
      column.style.width = `${wide}px`;
      column.style.height = `${height + room}px`;
      column.classList.toggle("slim", !laid.narrow && wide < 88);
    });
    strip.style.height = `${laid.height + (laid.narrow ? 0 : LABEL)}px`;
  };
  const node = h(
    "div",
    { class: "inside-network" },
    h("div", { class: "inside-row" }, picture, strip),
    h("div", { class: "stage-aside" }, choice.node),
    h(
      "p",
      { class: "inside-note inside-axes" },
      h("span", { class: "wide" }, "Height: channels. Width: pixels a side."),
      h("span", { class: "slim" }, "Width: channels. Height: pixels a side."),
    ),
  );
  return { node, resize, boxOf: (place) => boxOfLink(node, place) };
}
