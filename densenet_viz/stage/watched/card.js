// What one of the two networks is and does after a step: its answer, map, kernels, maps and connections.

import { paintMaps, unpack } from "../maps/maps.js";
import { paintHeat, unpackSigned } from "../maps/signed-scale.js";
import { h, say } from "../shared/dom.js";
import { Frame } from "../shared/frame.js";
import { enlarged } from "./geometry.js";
import { percent, shownClasses } from "./words.js";

/** @typedef {import("../maps/maps.js").PackedMaps} PackedMaps */
/** @typedef {import("./watched.js").Look} Look */
/** @typedef {import("./watched.js").Network} Network */
/** @typedef {import("./watched.js").Scene} Scene */

const OPACITY = 0.7;
const GAP = 1;

export class Card {
  constructor() {
    this.name = h("h3", { class: "watched-name" });
    this.bars = h("div", { class: "watched-bars" });
    this.frame = new Frame(() => {});
    this.shares = h("p", { class: "watched-small" });
    this.kernels = h("img", { class: "watched-kernels" });
    this.maps = h("div", { class: "watched-maps" });
    this.reuse = h("div", { class: "watched-reuse" });
    this.node = h(
      "article",
      { class: "watched-card" },
      this.name,
      h("div", { class: "watched-part" }, this.bars, this.frame.node, this.shares),
      h(
        "div",
        { class: "watched-part" },
        h("h4", { class: "watched-heading" }, "Kernels of the first layer"),
        this.kernels,
        h("h4", { class: "watched-heading" }, "Maps of the last layer of each block"),
        this.maps,
        h("h4", { class: "watched-heading" }, "Who reads whom (row: source, column: reader)"),
        this.reuse,
      ),
    );
  }

  /** @param {Network} network @param {number} place @param {Scene} scene @param {Uint8ClampedArray | null} pixels @param {{signed: Uint8Array, magnitudes: Uint8Array}} palettes */
  draw(network, place, scene, pixels, palettes) {
    const look = network.looks[place];
    say(this.name, network.title);
    this.name.style.borderColor = network.colour;
    this.drawBars(look.chances, scene);
    this.drawHeat(network, look, scene, pixels, palettes.signed);
    this.kernels.src = look.kernels;
    this.kernels.alt = `${network.title}: the kernels of the first layer`;
    this.maps.replaceChildren(
      ...look.maps.map((packed, block) => tiles(packed, block, network, palettes.magnitudes)),
    );
    this.reuse.replaceChildren(
      ...look.reuse.map((address, block) =>
        h(
          "figure",
          {},
          h("img", {
            src: address,
            alt: `${network.title}, block ${block + 1}: how strongly each layer reads each source`,
          }),
          h("figcaption", {}, `block ${block + 1}`),
        ),
      ),
    );
  }

  /** @param {number[]} chances @param {Scene} scene */
  drawBars(chances, { labels, truth, tag }) {
    const best = labels[chances.indexOf(Math.max(...chances))];
    this.bars.replaceChildren(
      ...shownClasses(labels, truth, tag, chances).map((label) => {
        const share = label ? chances[labels.indexOf(label)] : 0;
        const role = label === truth ? "object" : label && label === tag ? "tag" : "";
        return h(
          "div",
          { class: "watched-bar", "data-best": label === best, "aria-hidden": !label && "true" },
          h("span", { class: "watched-label" }, label, role ? h("small", {}, ` ${role}`) : ""),
          h("span", { class: "watched-track" }, h("i", { style: `width:${100 * share}%` })),
          h("span", { class: "watched-percent" }, label ? percent(share) : ""),
        );
      }),
    );
  }

  /** @param {Network} network @param {Look} look @param {Scene} scene @param {Uint8ClampedArray | null} pixels @param {Uint8Array} palette */
  drawHeat({ title }, look, { size, outlines, method }, pixels, palette) {
    const near = [`${percent(look.on_object)} of it on the object`];
    if (look.on_tag !== null) near.push(`${percent(look.on_tag)} on the tag`);
    say(this.shares, `${near.join(", ")}.`);
    this.frame.describe(size, `${title}: ${method} of its answer, ${near.join(", ")}.`, false);
    this.frame.outline(outlines.map(({ name, path }) => ({ path, dashed: name === "tag" })));
    if (!pixels) return;
    const values = enlarged(unpackSigned(look.heat), look.heat.size, size);
    this.frame.paint(size, (out) =>
      paintHeat(out, pixels, values, palette, {
        limit: 1,
        opacity: OPACITY,
        hideBelow: 0,
        view: "over",
      }),
    );
  }
}

/**
 * The maps of a block's last layer, side by side.
 * @param {PackedMaps} packed @param {number} block from 0 @param {Network} network @param {Uint8Array} palette
 */
function tiles(packed, block, { title }, palette) {
  const maps = unpack(packed);
  const canvas = paintMaps(maps, maps.count, palette, null, GAP);
  canvas.setAttribute("role", "img");
  canvas.setAttribute(
    "aria-label",
    `${title}, block ${block + 1}: ${maps.count} maps of ${maps.height} × ${maps.width} px`,
  );
  return h(
    "figure",
    {},
    canvas,
    h("figcaption", {}, `block ${block + 1}, ${maps.height} × ${maps.width} px`),
  );
}
