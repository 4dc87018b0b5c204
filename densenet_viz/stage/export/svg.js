// What a stage shows, as one SVG of plain shapes and text, which every program can read: no script,
// no style sheet, no embedded HTML, and nothing that prevents a browser from making a PNG of it.

import { s } from "../shared/dom.js";
import { lettersOf, linesOf } from "./text.js";
import { dotsOf, gradientOf, hatchOf, hex, opaque } from "./colours.js";

/** Controls, which a saved picture leaves out. */
export const CONTROLS =
  ".stage-aside, .stage-player, .stage-save, .stage-hidden, .stage-choice, .stage-switch, .block-whole, details:not([open]), summary, input, select, [hidden]";

/** Properties of shapes that style sheets set; a saved file has no style sheet. */
const COLOURS = ["fill", "stroke"];
const SHAPE = ["stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity"];
const LETTERS = [
  "font-size",
  "font-family",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
  "paint-order",
  "font-variant-numeric",
];
const RULES = ["display", "visibility", "vector-effect", "clip-path"];

/** @typedef {{left: number, top: number, width: number, height: number}} Box */
/** @typedef {{canvases: boolean, height?: number}} Options */

class Drawing {
  /** @param {Box} area @param {Options} options */
  constructor(area, options) {
    this.area = area;
    this.options = options;
    this.defs = s("defs");
    this.names = 0;
  }

  /** @param {Box} rect */
  place({ left, top, width, height }) {
    return {
      x: round(left - this.area.left),
      y: round(top - this.area.top),
      width: round(width),
      height: round(height),
    };
  }

  /** Adds a definition and returns its reference. @param {SVGElement} node */
  define(node) {
    node.id = `d${(this.names += 1)}`;
    this.defs.append(node);
    return `url(#${node.id})`;
  }

  /** What an element and its children show. @param {Element} node @returns {SVGElement | null} */
  element(node) {
    const style = getComputedStyle(node);
    if (style.display === "none" || Number(style.opacity) === 0 || node.matches(CONTROLS))
      return null;
    const group = s("g", Number(style.opacity) < 1 ? { opacity: style.opacity } : {});
    const visible = style.visibility === "visible";
    if (node instanceof SVGSVGElement) return visible ? this.vector(node, group) : null;
    if (visible) this.box(node, style, group);
    const inner = this.clipped(node, style, group);
    for (const child of node.childNodes) {
      if (child instanceof Element)
        inner.append(...[this.element(child)].filter((part) => part !== null));
      else if (child instanceof Text && visible) inner.append(...this.words(child, style));
    }
    return group.childNodes.length > 0 ? group : null;
  }

  /** A group that is cut off at the element's edge, if the element hides its overflow. @param {Element} node @param {CSSStyleDeclaration} style @param {SVGElement} group */
  clipped(node, style, group) {
    if (style.overflow === "visible") return group;
    const inner = s("g", { "clip-path": this.clip(this.shape(node, style)) });
    group.append(inner);
    return inner;
  }

  /** The rectangle of an element, with rounded corners. @param {Element} node @param {CSSStyleDeclaration} style */
  shape(node, style) {
    const place = this.place(node.getBoundingClientRect());
    return { ...place, rx: Math.min(parseFloat(style.borderTopLeftRadius) || 0, place.height / 2) };
  }

  /** @param {import("../shared/dom.js").Attributes} rect */
  clip(rect) {
    return this.define(s("clipPath", {}, s("rect", rect)));
  }

  /** Background, border and picture of an element. @param {Element} node @param {CSSStyleDeclaration} style @param {SVGElement} group */
  box(node, style, group) {
    const shape = this.shape(node, style);
    const { rx, ...place } = shape;
    if (place.width === 0 || place.height === 0) return;
    const { backgroundImage: image, backgroundSize: size } = style;
    const gradient = size === "auto" ? (gradientOf(image) ?? hatchOf(image)) : dotsOf(image, size);
    if (opaque(style.backgroundColor))
      group.append(s("rect", { ...shape, ...fill(style.backgroundColor) }));
    if (gradient) group.append(s("rect", { ...shape, fill: this.define(gradient) }));
    const address = this.pixels(node);
    /** @type {import("../shared/dom.js").Attributes} */
    const corners = rx ? { "clip-path": this.clip(shape) } : {};
    if (address)
      group.append(
        s("image", {
          ...place,
          ...corners,
          href: address,
          preserveAspectRatio: "none",
          style: `image-rendering:${style.imageRendering}`,
        }),
      );
    group.append(...borders(style, shape));
  }

  /** The address of a canvas's or an image's pixels, or null. @param {Element} node */
  pixels(node) {
    if (node instanceof HTMLCanvasElement)
      return this.options.canvases && node.width && node.height ? node.toDataURL() : null;
    return node instanceof HTMLImageElement && node.src.startsWith("data:") ? node.src : null;
  }

  /** A copy of an SVG, with its computed style written into it. @param {SVGSVGElement} node @param {SVGElement} group */
  vector(node, group) {
    const copy = /** @type {SVGSVGElement} */ (node.cloneNode(true));
    const parts = copy.querySelectorAll("*");
    node.querySelectorAll("*").forEach((part, index) => wear(part, parts[index]));
    wear(node, copy);
    for (const [name, value] of Object.entries(this.place(node.getBoundingClientRect())))
      copy.setAttribute(name, String(value));
    copy.setAttribute("overflow", "visible");
    group.append(copy);
    return group;
  }

  /** @param {Text} node @param {CSSStyleDeclaration} style */
  words(node, style) {
    const letters = lettersOf(style);
    return linesOf(node).map(({ text, rect }) => {
      const { x, y, width, height } = this.place(rect);
      const grown = height / letters.height;
      return s(
        "text",
        {
          ...{
            x,
            y: round(y + letters.ascent * grown),
            "font-size": round(letters.size * grown),
            textLength: width,
            lengthAdjust: "spacingAndGlyphs",
          },
          ...{
            "font-family": style.fontFamily,
            "font-weight": style.fontWeight,
            "font-style": style.fontStyle,
          },
          ...{
            style: `font-variant-numeric:${style.fontVariantNumeric};white-space:pre`,
            ...fill(style.color),
          },
        },
        text,
      );
    });
  }
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}

/** @param {string} colour */
function fill(colour) {
  const { code, opacity } = hex(colour);
  return { fill: code, "fill-opacity": opacity };
}

/** One frame if all sides are equal, otherwise a line for each side. @param {CSSStyleDeclaration} style @param {{x: number, y: number, width: number, height: number, rx: number}} box */
function borders(style, { x, y, width, height, rx }) {
  const sides = /** @type {const} */ (["Top", "Right", "Bottom", "Left"]).map((side) => ({
    wide: style[`border${side}Style`] === "none" ? 0 : parseFloat(style[`border${side}Width`]),
    colour: style[`border${side}Color`],
    dashed: style[`border${side}Style`] === "dashed",
  }));
  const [first] = sides;
  const look = (/** @type {typeof first} */ side) => ({
    fill: "none",
    stroke: hex(side.colour).code,
    "stroke-opacity": hex(side.colour).opacity,
    "stroke-width": side.wide,
    ...(side.dashed ? { "stroke-dasharray": `${2 * side.wide} ${side.wide}` } : {}),
  });
  if (sides.every((side) => side.wide === first.wide && side.colour === first.colour)) {
    const half = first.wide / 2;
    return first.wide
      ? [
          s("rect", {
            x: x + half,
            y: y + half,
            width: Math.max(0, width - first.wide),
            height: Math.max(0, height - first.wide),
            rx: Math.max(0, rx - half),
            ...look(first),
          }),
        ]
      : [];
  }
  const ends = [
    [x, y, x + width, y],
    [x + width, y, x + width, y + height],
    [x, y + height, x + width, y + height],
    [x, y, x, y + height],
  ];
  return sides.flatMap((side, index) => {
    const [x1, y1, x2, y2] = ends[index];
    return side.wide ? [s("line", { x1, y1, x2, y2, ...look(side) })] : [];
  });
}

/**
 * Some strokes keep their width when the SVG is scaled, also in a larger saved picture. Such a stroke
 * gets its present width here, in its own unit, so that it is scaled too.
 * @param {Element} from @param {CSSStyleDeclaration} style
 */
function scaledStroke(from, style) {
  const matrix =
    style.vectorEffect === "non-scaling-stroke" && from instanceof SVGGraphicsElement
      ? from.getScreenCTM()
      : null;
  if (!matrix || Math.abs(matrix.a - matrix.d) > 1e-3 * Math.abs(matrix.a)) return [];
  const dashes = style.strokeDasharray.split(/,\s*/).map((dash) => parseFloat(dash) / matrix.a);
  return [
    "vector-effect:none",
    `stroke-width:${parseFloat(style.strokeWidth) / matrix.a}`,
    ...(dashes.some(Number.isNaN) ? [] : [`stroke-dasharray:${dashes.join(" ")}`]),
  ];
}

/** Writes the style that style sheets give a shape into its copy. @param {Element} from @param {Element} to */
function wear(from, to) {
  const style = getComputedStyle(from);
  const names = [...SHAPE, ...RULES, ...(from.matches("text, tspan, svg") ? LETTERS : [])];
  const look = names.map((name) => `${name}:${style.getPropertyValue(name)}`);
  for (const name of COLOURS) {
    const value = style.getPropertyValue(name);
    if (!/^(rgb|color|#)/.test(value)) look.push(`${name}:${value}`);
    else {
      const { code, opacity } = hex(value);
      look.push(
        `${name}:${code}`,
        `${name}-opacity:${opacity * Number(style.getPropertyValue(`${name}-opacity`))}`,
      );
    }
  }
  look.push(...scaledStroke(from, style));
  for (const name of ["class", "tabindex", "role", "aria-label"]) to.removeAttribute(name);
  to.setAttribute("style", look.join(";"));
}

/** The margin around a whole picture, in CSS pixels. */
export const MARGIN = 20;

/**
 * The stage as it is drawn now. Without its canvases: only what is over them, without background.
 * @param {HTMLElement} root @param {Options} options
 */
export function svgOf(root, options) {
  const { left, top, width, height: whole } = root.getBoundingClientRect();
  const height = options.height ?? whole;
  const drawing = new Drawing({ left, top, width, height }, options);
  const around = options.canvases ? MARGIN : 0;
  const paper = { width: width + 2 * around, height: height + 2 * around };
  const ground = options.canvases
    ? [
        s("rect", {
          x: -around,
          y: -around,
          ...paper,
          ...fill(getComputedStyle(root).backgroundColor),
        }),
      ]
    : [];
  const parts = [...root.children]
    .map((child) => drawing.element(child))
    .filter((part) => part !== null);
  return s(
    "svg",
    { ...paper, viewBox: `${-around} ${-around} ${paper.width} ${paper.height}` },
    drawing.defs,
    ...ground,
    ...parts,
  );
}
