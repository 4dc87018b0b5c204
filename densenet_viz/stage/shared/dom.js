// Small helpers that make elements; text is always set as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {Record<string, string | number | boolean | EventListener>} Attributes
 */

/**
 * @param {Element} node
 * @param {Attributes} attributes listeners are named onclick, oninput, ...
 * @param {(Node | string)[]} children
 */
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false) node.setAttribute(name, String(value));
  }
  node.append(...children);
}

/**
 * An HTML element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  fill(node, attributes, children);
  return node;
}

/**
 * An SVG element.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {(Node | string)[]} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function s(tag, attributes = {}, ...children) {
  const node = /** @type {SVGElementTagNameMap[T]} */ (document.createElementNS(SVG, tag));
  fill(node, attributes, children);
  return node;
}

/**
 * Sets text only if it differs, so that unchanged frames cost no time.
 * @param {Element} node
 * @param {string} text
 */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Whether the visitor asked for less motion. */
export function reducedMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Calls `draw(width)` now, whenever the node's width changes, and when its room on a slide changes.
 * @param {Element} node
 * @param {(width: number) => void} draw
 * @returns {() => void} stops watching
 */
export function onWidth(node, draw) {
  let last = 0;
  const observer = new ResizeObserver((entries) => {
    const width = Math.floor(entries[0].contentRect.width);
    if (width > 0 && width !== last) draw((last = width));
  });
  observer.observe(node);
  const slide = node.getRootNode();
  const again = () => last > 0 && draw(last);
  slide.addEventListener("stage-room", again);
  return () => {
    observer.disconnect();
    slide.removeEventListener("stage-room", again);
  };
}

/**
 * Calls `act` once, when the node is first in the window.
 * @param {Element} node @param {() => void} act @param {number} [share] of the node that has to be seen
 * @returns {() => void} stops watching
 */
export function whenSeen(node, act, share = 0) {
  const observer = new IntersectionObserver(
    ([entry]) => {
      if (!entry.isIntersecting) return;
      observer.disconnect();
      act();
    },
    { threshold: share },
  );
  observer.observe(node);
  return () => observer.disconnect();
}

/** The zoom factor of a slide (CSS `zoom`); 1 elsewhere. @param {Element} node */
function zoomOf(node) {
  return /** @type {{currentCSSZoom?: number}} */ (node).currentCSSZoom ?? 1;
}

/** Where a pointer is on a node, in the node's own pixels. @param {{clientX: number, clientY: number}} event @param {Element} node @returns {[number, number]} */
export function pointIn({ clientX, clientY }, node) {
  const { left, top } = node.getBoundingClientRect();
  const zoom = zoomOf(node);
  return [(clientX - left) / zoom, (clientY - top) / zoom];
}

/** The largest height of the stage on a slide, in the stage's own pixels; null on a page that scrolls. @param {Element} node */
export function roomOf(node) {
  return Number(getComputedStyle(node).getPropertyValue("--stage-room")) || null;
}

/** The largest height of a part of the stage `root` on a slide, without the rest; null on a page that scrolls. @param {Element} root @param {Element} part */
export function spareOf(root, part) {
  const room = roomOf(root);
  return (
    room &&
    Math.floor(room - (root.scrollHeight - part.getBoundingClientRect().height / zoomOf(part)) - 2)
  );
}

/** The smallest size of letters on a slide, in the node's own pixels; 0 on a page. @param {Element} node */
export function lettersOf(node) {
  return parseFloat(getComputedStyle(node).getPropertyValue("--words")) || 0;
}

/** The least number of canvas pixels for each CSS pixel. */
let least = 0;

/** Draws with at least this many canvas pixels for each CSS pixel. @param {number} pixels @param {() => void} draw */
export function sharper(pixels, draw) {
  least = pixels;
  try {
    draw();
  } finally {
    least = 0;
  }
}

/**
 * Gives a canvas a size in CSS pixels and returns its context, scaled to the screen's pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @returns {CanvasRenderingContext2D}
 */
export function sized(canvas, width, height) {
  const ratio = Math.max(least, Math.min((globalThis.devicePixelRatio || 1) * zoomOf(canvas), 2));
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
