// One network's strip: its name and numbers, its columns, and a button on each block.

import { h, s, say } from "../shared/dom.js";
import { target } from "./geometry.js";

/** @typedef {import("./variants.js").Variant} Variant */
/** @typedef {import("./variants.js").Spot} Spot */
/** @typedef {import("./geometry.js").Row} Row */

const LEAST_TARGET = 26;
const FINE_BAND = 3;
/** CSS pixels under a strip, for its blocks' labels. */
export const FOOT = 28;

/** @param {Element} node @param {Record<string, number>} values */
function set(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, String(value));
}

/** Whether two layouts of one network are the same. @param {Row} one @param {Row} other */
function isSame(one, other) {
  return (
    one.strip.length === other.strip.length &&
    one.peak === other.peak &&
    one.height === other.height
  );
}

export class Strip {
  /** @param {import("./variants.js").Variants} stage @param {Variant} variant @param {number} row */
  constructor(stage, variant, row) {
    this.stage = stage;
    this.variant = variant;
    /** @type {Row | null} */
    this.laid = null;
    this.width = 0;
    const clip = `variants-done-${row}`;
    this.clip = s("rect", { x: 0, y: -40 });
    this.ghost = s("g", { class: "variants-ghost" });
    this.shapes = s("g", { "clip-path": `url(#${clip})` });
    this.base = s("line", { class: "variants-base" });
    this.peak = s("text", { class: "variants-peak", "text-anchor": "middle" });
    this.svg = s(
      "svg",
      { class: "variants-svg", "aria-hidden": "true" },
      s("defs", {}, s("clipPath", { id: clip }, this.clip)),
      this.ghost,
      this.shapes,
      this.base,
      this.peak,
    );
    this.parameters = h("strong", {});
    this.multiplyAdds = h("strong", {});
    this.where = h("span", { class: "variants-where" });
    this.name = h(
      "button",
      {
        type: "button",
        class: "variants-name",
        tabindex: -1,
        ...stage.pointing({ row, place: 0 }),
      },
      h("span", { class: "variants-title" }, h("b", {}, variant.name), this.where),
      h(
        "span",
        { class: "variants-numbers" },
        h("span", {}, this.parameters, " parameters"),
        h("span", {}, this.multiplyAdds, " multiply-adds"),
      ),
    );
    this.blocks = variant.blocks.map((block, index) =>
      h(
        "button",
        {
          type: "button",
          class: "variants-block",
          tabindex: -1,
          ...stage.pointing({ row, place: index + 1 }),
        },
        h("span", {}, h("b", {}, `× ${block.layers}`), h("i", {}, ` ${block.pixels} px`)),
      ),
    );
    this.node = h("div", { class: "variants-row" }, this.svg, this.name, ...this.blocks);
  }

  /** @param {Variant} variant the same architecture with new counts */
  recount(variant) {
    this.variant = variant;
    this.name.setAttribute("aria-label", `${variant.title}. ${variant.sentence}`);
    for (const [index, { title, sentence }] of variant.blocks.entries())
      this.blocks[index].setAttribute("aria-label", `${title}. ${sentence}`);
  }

  /** @param {Row} laid @param {number} width */
  lay(laid, width) {
    const before = this.laid;
    const same = before && this.width === width && isSame(before, laid);
    Object.assign(this, { laid, width });
    if (same) return;
    const { strip, height } = laid;
    set(this.svg, { width, height });
    set(this.clip, { height: height + 80 });
    set(this.base, { x1: 0, x2: strip.length, y1: height, y2: height });
    this.ghost.replaceChildren(...(this.stage.done < 1 ? this.parts(laid) : []));
    this.shapes.replaceChildren(...this.parts(laid));
    this.node.style.height = `${height + FOOT}px`;
    const placed = strip.places.filter((_, index) => this.variant.parts[index].kind === "block");
    for (const [index, button] of this.blocks.entries()) {
      const { left, width: wide } = target(placed[index], LEAST_TARGET);
      const high = Math.max(16, placed[index].high + 6); // With the foot 44 px for a finger
      button.style.cssText = `left:${left}px;width:${wide}px;top:${height - high}px;height:${high + FOOT}px`;
    }
    this.name.style.top = "0px";
    const tallest = strip.bands.reduce((best, band) => (band.high > best.high ? band : best));
    say(this.peak, this.variant.parts[tallest.part].leaves.toLocaleString("en"));
    set(this.peak, { x: Math.min(width - 26, tallest.end), y: height - laid.peak - 8 });
  }

  /** One group a part, with its funnel or its bands, as the overview draws them. @param {Row} laid */
  parts({ strip, height }) {
    const groups = this.variant.parts.map((_, index) => s("g", { "data-part": index }));
    for (const { part, start, end, from, to } of strip.funnels) {
      const points = [
        [start, height],
        [start, height - from],
        [end, height - to],
        [end, height],
      ];
      groups[part].append(s("polygon", { class: "variants-funnel", points: points.join(" ") }));
    }
    for (const { part, layer, start, end, low, high } of strip.bands) {
      const fine = high - low < FINE_BAND && layer > 0 ? " variants-fine" : "";
      groups[part].append(
        s("rect", {
          x: start,
          y: height - high,
          width: end - start,
          height: Math.max(1, high - low),
          fill: this.stage.scene.colours[layer],
          class: `variants-band${fine}`,
        }),
      );
    }
    return groups;
  }

  /** @param {number} along CSS pixels up to which the strip is drawn */
  reach(along) {
    set(this.clip, { width: along });
    const whole = along >= (this.laid?.strip.length ?? 0);
    this.peak.style.opacity = whole ? "1" : "0";
    this.ghost.style.display = whole ? "none" : "";
  }

  /** @param {Spot | null} spot what is pointed at @param {number} row this strip's own */
  light(spot, row) {
    const block = spot && spot.place ? this.variant.blocks[spot.place - 1] : undefined;
    const absent = spot !== null && spot.place > 0 && !block;
    const numbers = block ?? this.variant;
    say(this.parameters, absent ? "–" : numbers.parameters);
    say(this.multiplyAdds, absent ? "–" : numbers.multiplyAdds);
    say(this.where, block ? block.channels : `k = ${this.variant.k}`);
    this.node.classList.toggle("variants-lit", spot?.row === row);
    this.node.classList.toggle(
      "variants-dim",
      spot !== null && spot.place === 0 && spot.row !== row,
    );
    for (const [index, part] of this.variant.parts.entries()) {
      const dim = Boolean(spot?.place) && !(part.kind === "block" && part.number === spot?.place);
      for (const group of this.svg.querySelectorAll(`[data-part="${index}"]`))
        group.classList.toggle("variants-faded", dim);
    }
    for (const [index, button] of this.blocks.entries())
      button.classList.toggle("variants-same", spot?.place === index + 1);
  }
}
