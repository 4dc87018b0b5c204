// What a moment of the dense-block stage marks and says.

import { boxBetween, countAt } from "./geometry.js";
import { putNode, putNote } from "./parts.js";
import { outputOf, sentenceOf, sumWords, titleOf, wholeWords } from "./words.js";
import { say } from "../shared/dom.js";

/** @typedef {import("./block.js").Block} Block */

/**
 * Moves the buttons to their places and marks the highlighted ones.
 * @param {Block} stage @param {import("./geometry.js").Arcs} arcs @param {import("./geometry.js").Matrix} matrix
 */
export function placeNodes(stage, arcs, matrix) {
  const { scene, share, active, counting, time, parts, buttons } = stage;
  const output = outputOf(scene);
  const near = new Set([active]);
  for (const { source, reader } of [...stage.connections, ...stage.handed]) {
    if (source === active) near.add(reader);
    if (reader === active) near.add(source);
  }
  buttons.forEach((button, node) => {
    putNode(button, boxBetween(arcs.nodes[node], matrix.nodes[node], share), node);
    button.classList.toggle("dim", active !== null && !near.has(node));
    button.classList.toggle("chosen", node === active);
    const ahead = node === output || node > Math.ceil(time);
    button.classList.toggle("ghost", counting && node !== 0 && ahead);
  });
  parts.nodes.mark(stage.chosen);
  putNote(parts.note, arcs, matrix, share, counting);
}

/** Says what is highlighted, and how many connections there are so far. @param {Block} stage */
export function speak({ scene, parts, connections, active, time, whole, share }) {
  const all = wholeWords(scene, time, connections.length);
  const sentence = active === null ? all.sentence : sentenceOf(scene, active);
  const count = countAt(time, connections);
  say(parts.number, count.toLocaleString("en"));
  say(parts.sum, sumWords(scene.layers.length, time, count));
  say(parts.title, active === null ? all.title : titleOf(scene, active));
  say(parts.sentence, sentence);
  parts.whole.setAttribute("aria-pressed", String(whole));
  const alt = `${share < 0.5 ? "Arcs" : "A matrix"} of ${connections.length} connections in block ${scene.block}. ${sentence}`;
  if (parts.canvas.getAttribute("aria-label") !== alt) parts.canvas.setAttribute("aria-label", alt);
}
