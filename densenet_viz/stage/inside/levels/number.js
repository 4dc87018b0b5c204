// One number: the window, the kernel, their products and the sum; the kernel slides by key or pointer.

import { h, pointIn, say, sized } from "../../shared/dom.js";
import { holds, rangeOf, slid, sumAt, surroundingsOf, unpackFloats } from "../values.js";
import { fillMap, mapCanvas } from "../paint.js";
import { section, signedBar, waiting } from "../parts.js";
import { Frame } from "../../shared/frame.js";
import { keyOf, layerOf, placeAt } from "../places.js";
import { afterwards, limitOf, productsOf, totals } from "../sums.js";
import { exact, inputName } from "../words.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Place} Place */
/** @typedef {import("../values.js").Sum} Sum */
/** @typedef {import("../values.js").Term} Term */
/** @typedef {import("../values.js").Surroundings} Surroundings */

/** @param {Room} room @param {Place} start @returns {import("../types.js").View} */
export function numberView(room, start) {
  const layer = /** @type {import("../types.js").LayerPlan} */ (layerOf(room.scene, start.at));
  const dense = layer.layer > 0;
  let place = start;
  /** @type {Surroundings | null} */
  let around = null;
  /** @type {number | null} */
  let chosen = null;
  const frame = new Frame(() => {});
  frame.describe(layer.size, `Channel ${start.channel}, with the place of this number.`, false);
  const windowed = h("canvas", {
    class: "inside-window",
    role: "img",
    tabindex: 0,
    "aria-label": "The map that is read, with the window of the kernel. Arrow keys slide it.",
  });
  const caption = h("p", { class: "inside-note" });
  const body = h("div", { class: "inside-rest" }, waiting("Loading the values …"));
  const spoken = h("p", { class: "stage-hidden", "aria-live": "polite" });
  const node = h(
    "div",
    { class: "inside-number" },
    h("div", { class: "inside-large" }, windowed, caption, frame.node),
    body,
    spoken,
  );
  const to = (/** @type {number} */ y, /** @type {number} */ x) => {
    if (y !== place.y || x !== place.x) room.go(placeAt(place.at, place.channel, y, x));
  };
  windowed.addEventListener("keydown", (event) => {
    const next = slid(event.key, place.y ?? 0, place.x ?? 0, layer.size, event.shiftKey);
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    to(...next);
  });
  frame.canvas.addEventListener("click", (event) => {
    const [x, y] = frame.placeOf(/** @type {PointerEvent} */ (event));
    to(y, x);
  });
  const drag = (/** @type {PointerEvent} */ event) => {
    if (!around || (event.type === "pointermove" && !event.buttons)) return;
    const { kernelSize, stride, top, left } = around.detail;
    const unit = windowed.clientWidth / around.read.width;
    const [x, y] = pointIn(event, windowed).map((one) =>
      Math.round((one / unit - kernelSize / 2) / stride),
    );
    const inside = (/** @type {number} */ value, /** @type {number} */ most) =>
      Math.max(0, Math.min(most - 1, value));
    to(top + inside(y, around.made.height), left + inside(x, around.made.width));
  };
  windowed.addEventListener("pointerdown", drag);
  windowed.addEventListener("pointermove", drag);

  const paintWindow = (/** @type {Term} */ term, /** @type {number} */ map) => {
    if (!around) return;
    const { read, detail } = around;
    const side = Math.min(340, Math.max(200, node.clientWidth - 8));
    const unit = side / Math.max(read.width, read.height);
    const context = sized(windowed, read.width * unit, read.height * unit);
    const size = read.width * read.height;
    const values = read.values.subarray(map * size, (map + 1) * size);
    context.imageSmoothingEnabled = false;
    context.drawImage(
      mapCanvas({ ...read, values }, room.palette, ""),
      0,
      0,
      read.width * unit,
      read.height * unit,
    );
    const [y, x] = [(place.y ?? 0) - detail.top, (place.x ?? 0) - detail.left];
    for (const [line, colour] of /** @type {[number, string][]} */ ([
      [5, "#000"],
      [2.5, "#fff"],
    ])) {
      context.lineWidth = line;
      context.strokeStyle = colour;
      const wide = detail.kernelSize * unit;
      context.strokeRect(x * detail.stride * unit, y * detail.stride * unit, wide, wide);
    }
    say(
      caption,
      `Here ${inputName(place.at, detail.inputs, term.input)}, as the convolution reads it${around.detail.padding ? ", with the zeros around it" : ""}: the window of the kernel slides over it.`,
    );
  };

  const show = () => {
    if (!around || place.y === null || place.x === null) return;
    const { detail } = around;
    const sum = sumAt(around, place.y, place.x);
    const strongest = sum.terms.reduce(
      (best, term, map) => (Math.abs(term.sum) > Math.abs(sum.terms[best].sum) ? map : best),
      0,
    );
    const map = chosen ?? strongest;
    const size = around.read.width * around.read.height;
    const range = rangeOf(around.read.values.subarray(map * size, (map + 1) * size));
    const limit = limitOf(detail.strongest.flatMap(({ weights }) => weights));
    const name = inputName(place.at, detail.inputs, sum.terms[map].input);
    paintWindow(sum.terms[map], map);
    frame.cross([place.x, place.y]);
    body.replaceChildren(
      productsOf(room, sum.terms[map], name, range, limit),
      section(
        "What each map adds here",
        termList(sum, map),
        h(
          "p",
          { class: "inside-note" },
          "These maps add or take most, on average over the whole channel. Choose one to see its products.",
        ),
        totals(sum, detail),
      ),
      ...afterwards(sum, detail, dense),
    );
    say(
      spoken,
      `Row ${place.y}, column ${place.x}: sum ${exact(sum.total, 4)}, the network computed ${exact(sum.made, 4)}`,
    );
    node.dataset.held = keyOf(place);
    node.dataset.total = String(sum.total);
    node.dataset.made = String(sum.made);
  };

  /** The maps that add most, each a button that shows its products. @param {Sum} sum @param {number} map */
  const termList = (sum, map) => {
    const most = Math.max(1e-12, ...sum.terms.map((term) => Math.abs(term.sum)));
    const inputs = around?.detail.inputs ?? 0;
    const rows = sum.terms.map((term, index) => {
      const button = h(
        "button",
        {
          type: "button",
          "aria-pressed": String(index === map),
          onclick: () => {
            chosen = index;
            show();
            /** @type {HTMLElement | undefined} */ (
              body.querySelectorAll(".inside-terms button")[index]
            )?.focus();
          },
        },
        h("span", {}, inputName(place.at, inputs, term.input)),
        signedBar(term.sum / most),
        h("span", {}, exact(term.sum, 3)),
      );
      return h("li", {}, button);
    });
    return h("ul", { class: "inside-terms" }, ...rows);
  };

  return {
    node,
    resize: show,
    slide: (next) => {
      if (next.at !== place.at || next.channel !== place.channel) return false;
      place = next;
      const known = around !== null && holds(around, next.y ?? 0, next.x ?? 0);
      if (known) show();
      else body.replaceChildren(waiting("Loading the values …"));
      return true;
    },
    fill: (detail) => {
      if (detail.kind !== "number") return;
      const next = surroundingsOf(detail);
      if (!holds(next, place.y ?? 0, place.x ?? 0)) return;
      around = next;
      const map = unpackFloats(detail.map);
      frame.paint(map.width, (out) => fillMap(out, map.values, room.palette, rangeOf(map.values)));
      show();
    },
  };
}
