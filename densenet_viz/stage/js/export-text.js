// Words as they were set: which stand on one line, and where that line's letters stand.

import { h } from "./dom.js";

/** @typedef {{left: number, top: number, right: number, width: number, height: number}} Rect */
/** @typedef {{text: string, rect: Rect}} Line */

/** @type {Map<string, {size: number, ascent: number, height: number}>} */
const known = new Map();
/** @type {CanvasRenderingContext2D | null} */
let measure = null;

/** Size of a font's letters and how far they reach above the line, in CSS pixels. @param {CSSStyleDeclaration} style */
export function lettersOf({ fontStyle, fontWeight, fontSize, fontFamily }) {
  const font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  const found = known.get(font);
  if (found) return found;
  measure ??= h("canvas").getContext("2d");
  const context = /** @type {CanvasRenderingContext2D} */ (measure);
  context.font = font;
  const { fontBoundingBoxAscent: ascent, fontBoundingBoxDescent: descent } = context.measureText("x");
  const result = { size: parseFloat(fontSize), ascent, height: ascent + descent };
  known.set(font, result);
  return result;
}

/** The words of a text, each with the place of its first letter. @param {string} text */
export function wordsOf(text) {
  return [...text.matchAll(/\S+/g)].map((match) => ({ text: match[0], at: match.index }));
}

/**
 * Words that follow each other on one line are one run.
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

/** The lines that a text was broken into. @param {Text} node @returns {Line[]} */
export function linesOf(node) {
  const range = document.createRange();
  const words = wordsOf(node.data).flatMap(({ text, at }) => {
    range.setStart(node, at);
    range.setEnd(node, at + text.length);
    const found = range.getClientRects()[0];
    if (!found?.width) return [];
    const { left, top, right, width, height } = found;
    return [{ text, rect: { left, top, right, width, height } }];
  });
  return runsOf(words);
}
