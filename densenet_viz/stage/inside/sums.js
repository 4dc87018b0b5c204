// The sum of one number: the products of one map, the sums of all, and what follows.

import { h } from "../shared/dom.js";
import { brightness, inkOn, signedColour } from "./paint.js";
import { section } from "./parts.js";
import { normed, rangeOf } from "./values.js";
import { celled, exact, grouped } from "./words.js";

/** @typedef {import("./types.js").Room} Room */
/** @typedef {import("./values.js").Sum} Sum */
/** @typedef {import("./values.js").Term} Term */

const NAMES = /** @type {Record<string, string>} */ ({
  norm0: "after the batch norm",
  relu0: "after the ReLU",
});

/** A square of numbers on their colours. @param {string} title @param {number[]} values @param {(value: number) => Uint8Array} colour */
function grid(title, values, colour) {
  const side = Math.round(Math.sqrt(values.length));
  const cells = values.map((value) => {
    const shade = colour(value);
    const cell = h("span", {}, celled(value, side > 3));
    cell.style.background = `rgb(${shade.join(",")})`;
    cell.style.color = inkOn(shade);
    return cell;
  });
  const node = h("div", { class: `inside-cells${side > 3 ? " dense" : ""}` }, ...cells);
  node.style.setProperty("--side", String(side));
  return h("div", { class: "inside-grid" }, h("span", {}, title), node);
}

/** @param {ArrayLike<number>} values */
export function limitOf(values) {
  const [low, high] = rangeOf(values);
  return Math.max(Math.abs(low), Math.abs(high), 1e-12);
}

/** The window, the kernel and the products of one map. @param {Room} room @param {Term} term @param {string} name of the map @param {[number, number]} range of the window's colours @param {number} limit of the weights' */
export function productsOf(
  { palette, signed },
  { window, weights, products, sum },
  name,
  range,
  limit,
) {
  const most = limitOf(products);
  const shade = (/** @type {number} */ value) => {
    const colour = 3 * brightness(value, range);
    return palette.subarray(colour, colour + 3);
  };
  return h(
    "div",
    { class: "inside-products" },
    h(
      "span",
      {},
      grid(`window over ${name}`, window, shade),
      h("i", {}, "×"),
      grid("kernel", weights, (value) => signedColour(value, limit, signed)),
    ),
    h(
      "span",
      {},
      h("i", {}, "="),
      grid("products", products, (value) => signedColour(value, most, signed)),
      h("i", {}, "→"),
      h("div", { class: "inside-grid" }, h("span", {}, "their sum"), h("b", {}, exact(sum, 4))),
    ),
  );
}

/** @param {Sum} sum @param {import("./types.js").NumberDetail} detail */
export function totals({ shown, rest, total, made }, { inputs, strongest }) {
  const others = inputs - strongest.length;
  const row = (/** @type {string} */ name, /** @type {number} */ value, look = "") =>
    h("tr", { class: look }, h("th", { scope: "row" }, name), h("td", {}, exact(value)));
  const difference = Math.abs(total - made);
  return h(
    "div",
    { class: "inside-totals" },
    h(
      "table",
      {},
      h(
        "tbody",
        {},
        row(`the ${strongest.length} maps above`, shown),
        ...(others ? [row(`the other ${grouped(others)} together`, rest)] : []),
        row("sum, computed here", total, "sum"),
        row("the network itself computed", made, "made"),
      ),
    ),
    h(
      "p",
      { class: "inside-note" },
      `They differ by ${exact(difference, 2)}. Here the sum has double precision; the network adds with single precision, in another order.`,
    ),
  );
}

/** What the number becomes afterwards. @param {Sum} sum @param {import("./types.js").NumberDetail} detail @param {boolean} dense */
export function afterwards({ made, after }, { readers }, dense) {
  if (!dense) {
    const rows = after.map(({ name, value }) =>
      h("tr", {}, h("th", { scope: "row" }, NAMES[name] ?? name), h("td", {}, exact(value))),
    );
    return rows.length
      ? [section("Then norm and ReLU", h("table", {}, h("tbody", {}, ...rows)))]
      : [];
  }
  const rows = readers.map((reader) => {
    const value = normed(reader, made);
    const cells = [exact(reader.gamma, 3), exact(reader.mean, 3), exact(reader.spread, 3)];
    return h(
      "tr",
      {},
      h("th", { scope: "row" }, reader.name),
      ...[...cells, exact(reader.beta, 3), exact(value, 4), exact(Math.max(0, value), 4)].map(
        (text) => h("td", {}, text),
      ),
    );
  });
  const head = ["reader", "γ", "mean", "spread", "β", "after norm", "after ReLU"].map((text) =>
    h("th", { scope: "col" }, text),
  );
  const table = h("table", {}, h("thead", {}, h("tr", {}, ...head)), h("tbody", {}, ...rows));
  return [
    section(
      "Then each reader's norm and ReLU",
      h(
        "div",
        { class: "table-region", tabindex: 0, role: "region", "aria-label": "Readers" },
        table,
      ),
    ),
  ];
}
