// A block: a row for each layer, with what it reads by source, its connections, and its maps.

import { h, s, say } from "../../shared/dom.js";
import { unpack, paintMaps } from "../../maps/maps.js";
import { arcPath } from "../geometry.js";
import { boxOfLink, ledgerBar, ledgerList, linkTo } from "../parts.js";
import { partOf, placeAt } from "../places.js";
import { grouped, ledgerOf, sourceAt, sourceName } from "../words.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Place} Place */
/** @typedef {import("../types.js").Slice} Slice */

const ARCS = 72;

/** A row of the block: 0 is what enters, L + 1 what follows. @typedef {{node: HTMLElement, maps: HTMLElement}} Row */

/** @param {Room} room @param {Place} place @returns {import("../types.js").View} */
export function blockView(room, place) {
  const { scene } = room;
  const part = /** @type {import("../types.js").PartPlan} */ (partOf(scene, place.at));
  const last = part.layers.length + 1;
  /** @type {Slice[][]} */
  let ledgers = Array.from({ length: last + 1 }, (_, row) => (row ? ledgerOf(part, row) : []));
  let shown = Math.min(3, last - 1);
  const rows = ledgers.map((ledger, row) => rowOf(room, part, row, ledger));
  const arcs = s("svg", { class: "inside-arcs", width: ARCS, "aria-hidden": "true" });
  const heading = h("h3", {});
  const note = h("p", { class: "inside-note" });
  const panel = h("div", { class: "inside-panel" });
  const list = h("div", { class: "inside-rows" }, arcs, ...rows.map(({ node }) => node));
  const node = h(
    "div",
    { class: "inside-block" },
    list,
    h("section", { class: "inside-side", "aria-live": "polite" }, heading, note, panel),
  );

  const middles = () => rows.map(({ node: row }) => row.offsetTop + row.offsetHeight / 2);
  const draw = () => {
    const places = middles();
    const most = places[last] - places[0] || 1;
    const path = (
      /** @type {number} */ source,
      /** @type {number} */ reader,
      /** @type {string} */ look,
    ) =>
      s("path", {
        class: look,
        d: arcPath(places[source], places[reader], ARCS, most),
        stroke: scene.colours[source],
      });
    const all = Array.from({ length: last }, (_, source) => {
      const lines = Array.from({ length: last - 1 - source }, (_, step) =>
        arcPath(places[source], places[source + 1 + step], ARCS, most),
      );
      return s("path", { class: "faint", d: lines.join(""), stroke: scene.colours[source] });
    });
    const own = Array.from({ length: shown }, (_, source) => path(source, shown, "lit"));
    arcs.setAttribute("height", String(list.offsetHeight));
    arcs.replaceChildren(...all, ...own);
  };
  const tell = () => {
    const ledger = ledgers[shown];
    const name = shown === last ? following(scene, part) : `Layer ${shown}`;
    const read = ledger.at(-1)?.stop ?? 0;
    const title = shown ? `${name} reads ${grouped(read)} maps` : "It reads nothing in this block";
    say(heading, title);
    say(
      note,
      shown
        ? `${ledger.length} ${ledger.length === 1 ? "source" : "sources"}, side by side:`
        : `${grouped(part.reads)} maps come from ${sourceName(scene, part.number, 0)}.`,
    );
    panel.replaceChildren(...(shown ? [ledgerList(room, part.number, ledger, title)] : []));
  };
  const choose = (/** @type {number} */ row) => {
    if (row === shown) return;
    shown = row;
    mark();
    tell();
    draw();
  };
  const mark = () =>
    rows.forEach(({ node: row }, index) => row.classList.toggle("lit", index === shown));
  rows.forEach(({ node: row }, index) => {
    row.addEventListener("pointerenter", () => choose(index));
    row.addEventListener("focus", () => choose(index));
  });
  mark();
  tell();

  return {
    node,
    resize: draw,
    boxOf: (to) => boxOfLink(list, to, ".inside-bar"),
    fill: (detail) => {
      if (detail.kind !== "block") return;
      ledgers = [[], ...detail.ledgers, ledgers[last]];
      tell();
      detail.sources.forEach(({ channels, maps: packed }, source) => {
        const maps = unpack(packed);
        const sheet = paintMaps(maps, maps.count, room.palette, null, 1);
        sheet.className = "inside-thumbs";
        sheet.setAttribute("aria-hidden", "true");
        rows[source].maps.replaceChildren(sheet);
        rows[source].maps.title =
          `channels ${channels.join(", ")} of ${sourceName(scene, part.number, source)}`;
      });
      draw();
    },
  };
}

/** @param {import("../types.js").Scene} scene @param {import("../types.js").PartPlan} part */
function following(scene, part) {
  const next = scene.parts[scene.parts.indexOf(part) + 1];
  return next ? next.name : "Classifier";
}

/** @param {Room} room @param {import("../types.js").PartPlan} part @param {number} row @param {Slice[]} ledger @returns {Row} */
function rowOf(room, part, row, ledger) {
  const { scene } = room;
  const last = part.layers.length + 1;
  const maps = h("span", { class: "inside-row-maps" });
  const next = scene.parts[scene.parts.indexOf(part) + 1];
  const k = part.layers[0].channels;
  const source = sourceName(scene, part.number, 0);
  const own = row && row < last ? row : 0;
  const name = row === 0 ? `from ${source}` : own ? `Layer ${row}` : following(scene, part);
  const reads = ledger.at(-1)?.stop ?? part.reads;
  const bar = row
    ? ledgerBar(room, ledger, own, k, part.writes)
    : ledgerBar(room, [{ source: 0, start: 0, stop: part.reads }], 0, 0, part.writes);
  const count = own ? `${grouped(reads)} + ${k}` : grouped(reads);
  const content = [h("b", {}, name), bar, h("span", { class: "inside-count" }, count), maps];
  const at =
    row === 0 ? sourceAt(part.number, 0) : own ? part.layers[row - 1].at : (next?.at ?? "");
  const label = own
    ? `Layer ${row}: reads ${reads} maps of ${row} ${row === 1 ? "source" : "sources"} and adds ${k}`
    : row
      ? `${name}: reads all ${reads} maps`
      : `${reads} maps enter from ${source}`;
  const look = { class: `inside-line${own ? "" : " end"}` };
  const node = at
    ? linkTo(room, placeAt(at), content, { ...look, "aria-label": label })
    : h("div", look, ...content);
  return { node, maps };
}
