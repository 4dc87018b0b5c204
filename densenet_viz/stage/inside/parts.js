// Elements that several levels of the inside stage use: links to places, bars, the ledger.

import { h } from "../shared/dom.js";
import { addressOf, keyOf, placeAt } from "./places.js";
import { channelWords, grouped, sourceAt, sourceName } from "./words.js";

/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./types.js").Place} Place */
/** @typedef {import("./types.js").Slice} Slice */

/**
 * A link to a place. A plain click goes there within the stage; with a modifier key the browser
 * opens the address as usual.
 * @param {Room} room @param {Place} place @param {(Node | string)[]} content
 * @param {import("../shared/dom.js").Attributes} [attributes]
 */
export function linkTo({ go }, place, content, attributes = {}) {
  const click = (/** @type {Event} */ event) => {
    const { ctrlKey, metaKey, shiftKey } = /** @type {MouseEvent} */ (event);
    if (ctrlKey || metaKey || shiftKey) return;
    event.preventDefault();
    go(place);
  };
  const href = addressOf(location.search, place);
  return h("a", { ...attributes, href, "data-to": keyOf(place), onclick: click }, ...content);
}

/** The box of the link to a place, or of a part of the link, in pixels of the window. @param {HTMLElement} node @param {Place} place @param {string} [part] a selector */
export function boxOfLink(node, place, part) {
  const key = keyOf(place);
  const links = /** @type {NodeListOf<HTMLElement>} */ (node.querySelectorAll("[data-to]"));
  const link = [...links].find((one) => one.dataset.to === key);
  const shown = part ? link?.querySelector(part) : link;
  return shown?.getBoundingClientRect() ?? null;
}

/** @param {string} colour @param {number} grow @param {string} [look] */
function segment(colour, grow, look = "") {
  const node = h("i", { class: look });
  node.style.setProperty("--own", colour);
  node.style.flexGrow = String(grow);
  return node;
}

/**
 * A bar of what is read, coloured by who wrote it, and of what is added.
 * @param {Room} room @param {Slice[]} ledger @param {number} own the source that adds, 0 for none
 * @param {number} adds @param {number} total the channels of the whole width
 */
export function ledgerBar({ scene: { colours } }, ledger, own, adds, total) {
  const bar = h("span", { class: "inside-bar", "aria-hidden": "true" });
  for (const { source, start, stop } of ledger) bar.append(segment(colours[source], stop - start));
  const read = ledger.at(-1)?.stop ?? 0;
  if (own) bar.append(segment(colours[own], adds, "fresh"));
  bar.append(segment("transparent", Math.max(0, total - read - (own ? adds : 0)), "rest"));
  return bar;
}

/**
 * The ledger as a list: which channels, from whom; each source is a link.
 * @param {Room} room @param {number} block @param {Slice[]} ledger @param {string} label
 */
export function ledgerList(room, block, ledger, label) {
  const rows = ledger.map(({ source, start, stop }) => {
    const swatch = h("i", { "aria-hidden": "true" });
    swatch.style.background = room.scene.colours[source];
    const name = sourceName(room.scene, block, source);
    return h(
      "li",
      {},
      swatch,
      h("span", {}, `channels ${channelWords(start, stop)}`),
      linkTo(room, placeAt(sourceAt(block, source)), [name]),
      h("span", {}, grouped(stop - start)),
    );
  });
  return h(
    "ul",
    { class: "inside-ledger", "aria-label": label, tabindex: rows.length > 8 ? 0 : -1 },
    ...rows,
  );
}

/** A bar from zero in the middle, as wide as `share`, −1 to 1. @param {number} share */
export function signedBar(share) {
  const fill = h("i", { class: share < 0 ? "minus" : "plus" });
  fill.style.width = `${(50 * Math.min(1, Math.abs(share))).toFixed(1)}%`;
  return h("span", { class: "inside-signed", "aria-hidden": "true" }, fill);
}

/** A bar from the left, 0 to 1. @param {number} share @param {string} colour */
export function plainBar(share, colour) {
  const fill = h("i", {});
  fill.style.width = `${(100 * Math.max(0, Math.min(1, share))).toFixed(1)}%`;
  fill.style.background = colour;
  return h("span", { class: "inside-plain", "aria-hidden": "true" }, fill);
}

/** What stands where maps will be. @param {string} [text] */
export function waiting(text = "Loading the maps …") {
  return h("p", { class: "inside-waiting", role: "status" }, text);
}

/** Says that this place's maps will not come: a slide has only those of its own steps. @param {HTMLElement} node */
export function notHere(node) {
  const words = "This slide has no maps of this place. The page Inside of the app shows them.";
  for (const each of node.querySelectorAll(".inside-waiting")) each.remove();
  node.prepend(h("p", { class: "inside-note", role: "status" }, words));
}

/** A heading and what belongs to it. @param {string} title @param {(Node | string)[]} content */
export function section(title, ...content) {
  return h("section", { class: "inside-section" }, h("h3", {}, title), ...content);
}
