// The dense-block stage's elements: made once, then only moved and relabelled.

import { nodeName, outputOf, readersWords } from "./words.js";
import { h, say } from "../shared/dom.js";
import { Radios } from "../shared/radios.js";

/** @typedef {import("./words.js").Shown} Shown */
/** @typedef {"arcs" | "matrix"} View */

/**
 * @typedef {object} Handlers
 * @property {(view: View) => void} view
 * @property {() => void} whole
 * @property {(node: number) => void} choose
 */

/** @param {Handlers} on */
export function makeParts(on) {
  const views = new Radios("View", on.view);
  views.showWords(
    [
      ["arcs", "Arcs"],
      ["matrix", "Matrix"],
    ],
    "arcs",
  );
  const title = h("h2", { class: "stage-title" });
  const badge = h("span", { class: "stage-badge" });
  const sentence = h("p", { class: "stage-sentence", "aria-live": "polite" });
  const number = h("b", {});
  const sum = h("span", {});
  const whole = h(
    "button",
    { type: "button", class: "block-whole", "aria-pressed": "false", onclick: () => on.whole() },
    "Highlight all",
  );
  const canvas = h("canvas", { role: "img" });
  const nodes = new Radios("", on.choose, { look: "block-nodes", stops: true, again: true });
  const note = h("p", { class: "block-note" });
  const stage = h("div", { class: "stage-view block-view" }, canvas, note, nodes.node);
  const controls = h("div", { class: "block-controls" });
  const top = h(
    "div",
    { class: "block-top" },
    h("div", { class: "block-count" }, number, h("div", {}, "direct connections", sum)),
    h("div", { class: "block-switches" }, views.node, whole),
  );
  const head = h("div", { class: "stage-head" }, badge, title, sentence);
  return {
    head,
    top,
    title,
    badge,
    sentence,
    number,
    sum,
    whole,
    canvas,
    nodes,
    note,
    stage,
    controls,
  };
}

/**
 * The button of one node.
 * @param {Radios<number>} nodes @param {Shown} scene @param {number} node
 * @param {(node: number) => void} choose @param {(node: number | null) => void} hover
 */
export function makeNode(nodes, scene, node, choose, hover) {
  const output = outputOf(scene);
  const end = node === 0 || node === output;
  const count =
    node === 0
      ? scene.groups[0].channels
      : node === output
        ? scene.output
        : scene.layers[node - 1].writes;
  const button = nodes.option(
    node,
    [
      h(
        "b",
        {},
        h("span", { class: "block-word" }, end ? "" : "layer "),
        end ? count.toLocaleString("en") : String(node),
      ),
      h("small", {}, end ? (node ? "out" : "in") : `+${count}`),
    ],
    {
      class: `block-node${end ? " block-end" : ""}`,
      "aria-label": `${nodeName(scene, node)}, read by ${readersWords(scene, node)}`,
      onfocus: () => choose(node),
      onpointerenter: /** @type {EventListener} */ (
        (event) => /** @type {PointerEvent} */ (event).pointerType === "mouse" && hover(node)
      ),
      onpointerleave: () => hover(null),
    },
  );
  button.style.setProperty("--own", node === output ? "var(--ink)" : scene.groups[node].colour);
  return button;
}

/**
 * Puts a button at a place, with as many words as fit. If buttons are narrow, only every fourth
 * shows its number.
 * @param {HTMLElement} button @param {import("./geometry.js").Box} box @param {number} node
 */
export function putNode(button, box, node) {
  button.style.width = `${box.width}px`;
  button.style.height = `${box.height}px`;
  button.style.transform = `translate(${box.x - box.width / 2}px, ${box.y - box.height / 2}px)`;
  const [wide, tall] = [box.width >= 80, box.height >= 40];
  button.dataset.size =
    wide && tall
      ? "full"
      : tall && box.width >= 40
        ? "tall"
        : wide
          ? "line"
          : box.width < 13
            ? "tick"
            : box.width < 24
              ? "bare"
              : "small";
  button.classList.toggle("mute", box.width < 18 && node > 1 && node % 4 > 0);
}

/**
 * The note about the dashed lines: under the arcs, or in the empty half of the matrix.
 * @param {HTMLElement} note
 * @param {import("./geometry.js").Arcs} arcs @param {import("./geometry.js").Matrix} matrix
 * @param {number} share 0: arcs, 1: matrix @param {boolean} counting
 */
export function putNote(note, arcs, matrix, share, counting) {
  const cells = share >= 0.5;
  const layers = arcs.nodes.length - 2;
  say(
    note,
    cells
      ? "Column: what a layer reads. Row: who reads a layer. Dashed: to the output, not counted."
      : "Dashed: to the output. No layer reads there, so these connections are not counted.",
  );
  note.style.opacity = String(counting ? 0 : Math.abs(2 * share - 1));
  note.style.top = `${cells ? matrix.height - 10 : arcs.height - (arcs.vertical ? 44 : 28)}px`;
  note.style.left = cells ? `${matrix.left}px` : "0";
  note.style.maxWidth = cells ? `${Math.max(120, matrix.cell * layers * 0.45)}px` : "none";
  note.classList.toggle("cells", cells);
}
