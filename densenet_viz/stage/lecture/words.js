// A slide's words: blocks become elements; their text is always set as text, never as HTML.

import { h } from "../shared/dom.js";

/** @typedef {import("./place.js").Block} Block */
/** @typedef {import("./place.js").Span} Span */

/** Groups of blocks: bullets that follow each other form one group. @param {Block[]} blocks @returns {Block[][]} */
export function grouped(blocks) {
  /** @type {Block[][]} */
  const groups = [];
  for (const block of blocks) {
    const last = groups.at(-1);
    if (last && block.kind === "li" && last[0].kind === "li") last.push(block);
    else groups.push([block]);
  }
  return groups;
}

/** @param {Span} span */
function spanOf({ text, bold, italic, code, href }) {
  if (code) return h("code", {}, text);
  if (bold) return h("strong", {}, text);
  if (italic) return h("em", {}, text);
  if (href?.startsWith("https://"))
    return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
  return text;
}

/** @param {Span[][][]} rows */
function tableOf(rows) {
  const [head, ...body] = rows;
  const row = (/** @type {Span[][]} */ cells, /** @type {"th" | "td"} */ tag) =>
    h(
      "tr",
      {},
      ...cells.map((spans) => h(tag, tag === "th" ? { scope: "col" } : {}, ...spans.map(spanOf))),
    );
  return h(
    "table",
    {},
    h("thead", {}, row(head, "th")),
    h("tbody", {}, ...body.map((cells) => row(cells, "td"))),
  );
}

/** @param {Block} block */
function blockOf(block) {
  const step = { "data-step": block.step };
  if (block.kind === "table")
    return h("div", { ...step, class: "lecture-table" }, tableOf(block.rows ?? []));
  if (block.kind === "code")
    return h("pre", step, h("code", {}, ...block.spans.map(({ text }) => text)));
  const tag = block.kind === "h" ? "h3" : block.kind;
  return h(tag, step, ...block.spans.map(spanOf));
}

/** The elements of some blocks. @param {Block[]} blocks */
export function elementsOf(blocks) {
  return grouped(blocks).map((group) =>
    group[0].kind === "li" ? h("ul", {}, ...group.map(blockOf)) : blockOf(group[0]),
  );
}

/**
 * Shows what is visible at a step. What comes later already has its place, so nothing moves.
 * @param {Element} node @param {number} step
 */
export function showStep(node, step) {
  for (const part of node.querySelectorAll("[data-step]")) {
    const later = Number(/** @type {HTMLElement} */ (part).dataset.step) > step;
    part.classList.toggle("lecture-later", later);
    part.toggleAttribute("inert", later);
  }
}
