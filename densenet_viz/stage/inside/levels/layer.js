// A layer: its steps with the real maps at each, the ledger, and one map as three readers see it.

import { h } from "../../shared/dom.js";
import { Chooser } from "../chooser.js";
import { sheetOf } from "../paint.js";
import { ledgerBar, ledgerList, section, waiting } from "../parts.js";
import { layerOf, partOf } from "../places.js";
import { readersRow } from "../readers.js";
import { exact, grouped, ledgerOf, many, square, stepWords } from "../words.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Place} Place */
/** @typedef {import("../types.js").StepPlan} StepPlan */
/** @typedef {import("../types.js").LayerDetail} LayerDetail */

/** @param {StepPlan} step @param {Node} picture */
function card({ name, title, channels, size }, picture) {
  const range = h("span", { class: "inside-range" });
  const node = h(
    "li",
    { class: "inside-step" },
    h("b", {}, title),
    h("span", {}, `${many(channels, "map")}, ${square(size)}`),
    picture,
    range,
    h("small", {}, stepWords(name)),
  );
  return { node, range, picture };
}

/** The block whose sources a layer reads, and its place among the readers; null in the stem. @param {Room} room @param {Place} place */
function readingOf({ scene }, { at }) {
  const part = partOf(scene, at);
  if (!part || part.kind === "stem") return null;
  if (part.kind === "block") return { block: part, reader: layerOf(scene, at)?.layer ?? 1 };
  const block = scene.parts[scene.parts.indexOf(part) - 1];
  return { block, reader: block.layers.length + 1 };
}

/** @param {Room} room @param {Place} place @returns {import("../types.js").View} */
export function layerView(room, place) {
  const { scene } = room;
  const layer = /** @type {import("../types.js").LayerPlan} */ (layerOf(scene, place.at));
  const part = /** @type {import("../types.js").PartPlan} */ (partOf(scene, place.at));
  const own = part.kind === "block" ? layer.layer : 0;
  const chooser = new Chooser(room, place.at, layer.channels, scene.colours[own]);
  const last = layer.steps.findLastIndex(({ name }) => name.startsWith("conv"));
  const size = part.kind === "stem" ? part.pixels : layer.steps[0].size;
  const entering = { name: "entering", title: "what it reads", channels: layer.reads, size };
  const cards = [entering, ...layer.steps].map((step, index) =>
    card(step, index === last + 1 ? chooser.node : h("div", { class: "inside-sheet" })),
  );
  cards[last + 1].node.classList.add("own");
  cards[last + 1].node.style.setProperty("--own", scene.colours[own]);
  const reading = readingOf(room, place);
  const ledger = h("div", {});
  const tellLedger = (/** @type {import("../types.js").Slice[]} */ slices) => {
    if (!reading) return;
    const total = layer.reads + (own ? layer.channels : 0);
    ledger.replaceChildren(
      ledgerBar(room, slices, own, own ? layer.channels : 0, total),
      ledgerList(room, reading.block.number, slices, "Who wrote the channels that it reads"),
    );
  };
  if (reading) tellLedger(ledgerOf(reading.block, reading.reader));
  const readers = h("div", {}, waiting());
  const node = h(
    "div",
    { class: "inside-layer" },
    h("ol", { class: "inside-steps" }, ...cards.map(({ node: one }) => one)),
    ...(reading ? [section(`Where its ${grouped(layer.reads)} maps come from`, ledger)] : []),
    section("Why the norm comes first: each reader scales the same map in its own way", readers),
  );
  /** @param {import("../types.js").StepMaps} step @param {number} index of its card */
  const fillCard = ({ maps, low, high }, index) => {
    const { picture, range } = cards[index];
    range.textContent = `${exact(low, 3)} to ${exact(high, 3)}`;
    if (index === last + 1) return chooser.fill(maps);
    const sheet = sheetOf(maps, room.palette);
    sheet.className = "inside-map";
    sheet.setAttribute("aria-hidden", "true");
    return /** @type {HTMLElement} */ (picture).replaceChildren(sheet);
  };
  /** One card a frame, so that the zoom stays smooth; first the maps that can be opened. @param {LayerDetail} detail */
  const fillCards = (detail) => {
    const steps = [detail.entering, ...detail.steps];
    const order = [last + 1, ...steps.keys()].filter((one, place) => !place || one !== last + 1);
    const next = () => {
      const index = order.shift();
      if (index === undefined) return;
      fillCard(steps[index], index);
      requestAnimationFrame(next);
    };
    next();
  };
  return {
    node,
    resize: () => chooser.paint(Math.floor(chooser.node.clientWidth)),
    boxOf: (to) => chooser.boxOf(to),
    fill: (detail) => {
      if (detail.kind !== "layer") return;
      fillCards(detail);
      if (reading) tellLedger(detail.ledger);
      const { channel, map, readers: rows } = detail.seen;
      readers.replaceChildren(
        h(
          "p",
          { class: "inside-note" },
          `Channel ${channel} of this layer, which changes most over this picture.`,
        ),
        readersRow(room, map, rows),
      );
    },
  };
}
