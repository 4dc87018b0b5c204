// A channel: its map large, the kernels that made it, its sources and readers, and what it is worth.

import { h, say } from "../../shared/dom.js";
import { Frame } from "../../shared/frame.js";
import { fillMap, signedCanvas } from "../paint.js";
import { linkTo, plainBar, section, signedBar, waiting } from "../parts.js";
import { layerOf, partOf, placeAt } from "../places.js";
import { readerLink, readersRow } from "../readers.js";
import { at as valueAt, rangeOf, unpackFloats } from "../values.js";
import { exact, grouped, inputName, percent, sourceAt, sourceName, square } from "../words.js";

/** @typedef {import("../types.js").Room} Room */
/** @typedef {import("../types.js").Place} Place */
/** @typedef {import("../types.js").ChannelDetail} ChannelDetail */

/** @param {Room} room @param {ChannelDetail} detail @param {number} block */
function sourcesOf(room, { sources }, block) {
  const most = Math.max(1e-9, ...sources.map(({ change }) => change));
  const rows = [...sources]
    .sort((one, other) => other.change - one.change)
    .slice(0, 8)
    .map(({ source, change }) =>
      h(
        "li",
        {},
        linkTo(room, placeAt(sourceAt(block, source)), [sourceName(room.scene, block, source)]),
        plainBar(change / most, room.scene.colours[source]),
        h("span", {}, percent(change)),
      ),
    );
  return section(
    "Its strongest sources",
    h("ul", { class: "inside-bars" }, ...rows),
    h(
      "p",
      { class: "inside-note" },
      "Measured: one source is set to zero for this layer alone. The bar is how much the map then changes, as a share of its mean size.",
    ),
  );
}

/** @param {Room} room @param {ChannelDetail} detail */
function readersOf(room, { readers, map, after }) {
  const most = Math.max(1e-12, ...readers.map(({ strength }) => strength));
  const strongest = [...readers].sort((one, other) => other.strength - one.strength);
  const rows = strongest
    .slice(0, 8)
    .map((reader) =>
      h(
        "li",
        {},
        readerLink(room, reader),
        plainBar(reader.strength / most, "var(--quiet)"),
        h("span", {}, exact(reader.strength, 3)),
      ),
    );
  return section(
    "Its strongest readers",
    h("ul", { class: "inside-bars" }, ...rows),
    h(
      "p",
      { class: "inside-note" },
      "The mean absolute weight with which a reader reads this channel, times γ / spread of its norm.",
    ),
    readersRow(room, after.at(-1)?.map ?? map, strongest.slice(0, 3)),
  );
}

/** @param {Room} room @param {Place} place @param {ChannelDetail} detail */
function kernelsOf({ signed }, { at }, { kernels, inputs, kernelSize }) {
  const limit = Math.max(...kernels.flatMap(({ weights }) => weights.map(Math.abs)));
  const most = Math.max(1e-12, ...kernels.map(({ adds }) => Math.abs(adds)));
  const rows = kernels.map(({ input, weights, adds }) =>
    h(
      "li",
      {},
      signedCanvas(weights, limit, signed, ""),
      h("span", {}, inputName(at, inputs, input)),
      signedBar(adds / most),
      h("span", {}, exact(adds, 3)),
    ),
  );
  return section(
    `Its kernel: ${kernelSize} × ${kernelSize} weights for each of ${grouped(inputs)} maps`,
    h("ul", { class: "inside-kernels" }, ...rows),
    h(
      "p",
      { class: "inside-note" },
      `The ${kernels.length} maps that add most to this channel's mean, or take most, and how much. Orange weights are positive, blue ones negative, white is zero.`,
    ),
  );
}

/** @param {ChannelDetail} detail */
function chancesOf({ chances }) {
  const rows = chances.map(({ label, whole, without }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, label),
      h("td", {}, percent(whole)),
      h("td", {}, percent(without)),
    ),
  );
  const head = ["class", "with the channel", "without it"].map((text) =>
    h("th", { scope: "col" }, text),
  );
  return section(
    "What the answer loses without it",
    h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows)),
    h(
      "p",
      { class: "inside-note" },
      "The network ran again with this map at zero wherever it is read.",
    ),
  );
}

/** @param {Room} room @param {Place} place @returns {import("../types.js").View} */
export function channelView(room, place) {
  const { scene } = room;
  const layer = /** @type {import("../types.js").LayerPlan} */ (layerOf(scene, place.at));
  const part = /** @type {import("../types.js").PartPlan} */ (partOf(scene, place.at));
  /** @type {import("../values.js").Floats | null} */
  let map = null;
  /** @type {[number, number]} */
  let pixel = [layer.size >> 1, layer.size >> 1];
  const value = h("b", {});
  const open = h("p", { class: "inside-open" });
  const here = () => placeAt(place.at, place.channel, pixel[1], pixel[0]);
  const tell = () => {
    const [x, y] = pixel;
    const scale = map ? map.height / layer.size : 1;
    say(value, map ? exact(valueAt(map, Math.floor(y * scale), Math.floor(x * scale)), 4) : "");
    open.replaceChildren(linkTo(room, here(), [`Open row ${y}, column ${x}`]));
  };
  const frame = new Frame((point) => {
    if (point) pixel = point;
    frame.cross(point);
    tell();
  });
  const opens = () => room.go(here());
  frame.canvas.addEventListener("click", opens);
  frame.canvas.addEventListener("keydown", (event) => {
    if (/** @type {KeyboardEvent} */ (event).key === "Enter") opens();
  });
  const name = `Channel ${place.channel}, ${square(layer.size)}.`;
  frame.describe(layer.size, `${name} Enter opens the chosen pixel.`, true);
  const range = h("span", {});
  const rest = h("div", { class: "inside-rest" }, waiting());
  tell();
  const node = h(
    "div",
    { class: "inside-channel" },
    h(
      "div",
      { class: "inside-large" },
      frame.node,
      h("p", { class: "inside-value" }, value, range),
      open,
    ),
    rest,
  );
  return {
    node,
    boxOf: ({ y, x }) => {
      if (y === null || x === null) return null;
      const box = frame.canvas.getBoundingClientRect();
      const side = box.width / layer.size;
      return { x: box.x + x * side, y: box.y + y * side, width: side, height: side };
    },
    fill: (detail) => {
      if (detail.kind !== "channel") return;
      const shown = unpackFloats(detail.map);
      map = shown;
      frame.paint(shown.width, (out) =>
        fillMap(out, shown.values, room.palette, rangeOf(shown.values)),
      );
      say(range, `from ${exact(detail.low, 3)} to ${exact(detail.high, 3)} over the map`);
      rest.replaceChildren(
        kernelsOf(room, place, detail),
        ...(detail.sources.length ? [sourcesOf(room, detail, part.number)] : []),
        readersOf(room, detail),
        chancesOf(detail),
      );
      tell();
    },
  };
}
