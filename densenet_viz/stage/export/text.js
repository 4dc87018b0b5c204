// Text as the browser laid it out: which words are on one line, and where that line is.

import { h } from "../shared/dom.js";

/** @typedef {{left: number, top: number, right: number, width: number, height: number}} Rect */
/** @typedef {{text: string, rect: Rect}} Line */

/** @type {Map<string, {size: number, ascent: number, height: number}>} */
const known = new Map();
/** @type {CanvasRenderingContext2D | null} */
let measure = null;

/** A font's size and its height above the baseline, in CSS pixels. @param {CSSStyleDeclaration} style */
export function lettersOf({ fontStyle, fontWeight, fontSize, fontFamily }) {
  const font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  const found = known.get(font);
  if (found) return found;
  measure ??= h("canvas").getContext("2d");
  const context = /** @type {CanvasRenderingContext2D} */ (measure);
  context.font = font;
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } =
    context.measureText("x");
  const result = { size: parseFloat(fontSize), ascent, height: ascent + descent };
  known.set(font, result);
  return result;
}

/** The words of a text, each with the place of its first letter. @param {string} text */
export function wordsOf(text) {
  return [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], at: match.index }));
}

/**
 * Joins words that follow each other on one line.
 * @param {Line[]} words @returns {Line[]}
 */
export function runsOf(words) {
  /** @type {Line[]} */
  const runs = [];
  for (const { text, rect } of words) {
    const last = runs[runs.length - 1];
    if (last && Math.abs(last.rect.top - rect.top) < 1 && rect.left >= last.rect.right - 1) {
      last.text += ` ${text}`;
      last.rect = { ...last.rect, right: rect.right, width: rect.right - last.rect.left };
    } else runs.push({ text, rect });
  }
  return runs;
}

/** Joins letters on one line to one part of a word. @param {Line[]} letters @returns {Line[]} */
export function joined(letters) {
  /** @type {Line[]} */
  const parts = [];
  for (const { text, rect } of letters.filter(({ rect }) => rect)) {
    const last = parts[parts.length - 1];
    if (last && Math.abs(last.rect.top - rect.top) < 1) {
      last.text += text;
      last.rect = { ...last.rect, right: rect.right, width: rect.right - last.rect.left };
    } else parts.push({ text, rect });
  }
  return parts;
}

/** @param {Range} range @param {Text} node @param {number} at @param {number} length @returns {Rect[]} */
function rectsOf(range, node, at, length) {
  range.setStart(node, at);
  range.setEnd(node, at + length);
  return [...range.getClientRects()]
    .filter(({ width }) => width)
    .map(({ left, top, right, width, height }) => ({ left, top, right, width, height }));
}

/** The lines that a text was broken into. @param {Text} node @returns {Line[]} */
export function linesOf(node) {
  const range = document.createRange();
  const words = wordsOf(node.data).flatMap(({ text, at }) => {
    const rects = rectsOf(range, node, at, text.length);
    // A word with a hyphen or a dash may be broken: its letters show where.
    if (rects.length > 1)
      return joined(
        text
          .split("")
          .map((letter, index) => ({ text: letter, rect: rectsOf(range, node, at + index, 1)[0] })),
      );
    return rects.map((rect) => ({ text, rect }));
  });
  return runsOf(words);
}
