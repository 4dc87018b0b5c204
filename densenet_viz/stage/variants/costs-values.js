// The bars of the costs, their hatching, and the sentence about them.

/** @typedef {"parameters" | "multiplyAdds"} Quantity */
/** @typedef {{name: string, parameters: Record<string, number>, multiplyAdds: Record<string, number>}} Place */
/** @typedef {{title: string, places: Place[]}} Network */
/** A bar and its parts by kind, with the sum of all. @typedef {{name: string, parts: Record<string, number>, total: number}} Bar */

/** @type {Record<Quantity, string>} */
export const WORDS = { parameters: "parameters", multiplyAdds: "multiply-adds" };

/** @param {Record<string, number>} parts */
function sum(parts) {
  return Object.values(parts).reduce((total, count) => total + count, 0);
}

/** What a network costs as a whole, by kind. @param {Network} network @param {Quantity} quantity */
function together({ places }, quantity) {
  /** @type {Record<string, number>} */
  const parts = {};
  for (const place of places)
    for (const [kind, count] of Object.entries(place[quantity]))
      parts[kind] = (parts[kind] ?? 0) + count;
  return parts;
}

/**
 * One bar for each place of a network, or for each network.
 * @param {Network[]} networks @param {string | null} of the title of one; null for all
 * @param {Quantity} quantity @returns {Bar[]}
 */
export function barsOf(networks, of, quantity) {
  const one = networks.find(({ title }) => title === of);
  const rows = one
    ? one.places.map((place) => ({ name: place.name, parts: place[quantity] }))
    : networks.map((network) => ({ name: network.title, parts: together(network, quantity) }));
  return rows.map(({ name, parts }) => ({ name, parts, total: sum(parts) }));
}

/** The item with the largest or least value. @template T @param {T[]} items @param {(item: T) => number} value */
function most(items, value) {
  return items.reduce((best, item) => (value(item) > value(best) ? item : best));
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(0)}%`;
}

/** What the bars show. @param {Network[]} networks @param {string | null} of */
export function sentenceOf(networks, of) {
  const one = networks.find(({ title }) => title === of);
  return one ? sentenceOfOne(one) : sentenceOfAll(networks);
}

/** Where the parameters are, and where most multiply-adds are done. @param {Network} network */
function sentenceOfOne({ title, places }) {
  const whole = (/** @type {Quantity} */ quantity) =>
    places.reduce((total, place) => total + sum(place[quantity]), 0);
  const share = (/** @type {Place} */ place, /** @type {Quantity} */ quantity) =>
    percent(sum(place[quantity]) / whole(quantity));
  const large = most(places, ({ parameters }) => sum(parameters));
  const busy = most(places, ({ multiplyAdds }) => sum(multiplyAdds));
  const works = `${share(busy, "multiplyAdds")} of the multiply-adds`;
  if (large === busy)
    return `${title}: ${large.name} holds ${share(large, "parameters")} of the parameters and does ${works}.`;
  return `${title}: ${large.name} holds the most parameters, ${share(large, "parameters")}. ${busy.name} does the most work: ${works} with ${share(busy, "parameters")} of the parameters. Its maps are larger, and each weight is used once for each of their pixels.`;
}

/** How much of each network its 1×1 convolutions are. @param {Network[]} networks */
function sentenceOfAll(networks) {
  const shares = networks
    .map((network) => ({ title: network.title, parts: together(network, "parameters") }))
    .filter(({ parts }) => parts["1×1"])
    .map(({ title, parts }) => ({ title, share: parts["1×1"] / sum(parts) }));
  const [high, low] = [1, -1].map((sign) => most(shares, ({ share }) => sign * share));
  return `The 1×1 convolutions grow fastest, because they read all earlier maps: they hold ${percent(low.share)} of the parameters in ${low.title} and ${percent(high.share)} in ${high.title}.`;
}

/** CSS pixels between two lines of a hatching. */
const PITCH = 8;

/** The lines of each kind's hatching: along x + y, along x − y, along x, along y, or dots. @type {Record<string, string>} */
const HATCHINGS = {
  "7×7": ".",
  "1×1": "/",
  transition: "x",
  "batch norm": "-",
  classifier: "|",
};

/**
 * The hatching of a rectangle as a path, so that a colour is never the only difference.
 * @param {string} kind @param {number} x @param {number} y @param {number} width @param {number} height
 */
export function hatchingOf(kind, x, y, width, height) {
  const shape = HATCHINGS[kind] ?? "";
  const steps = (/** @type {number} */ length) =>
    Array.from({ length: Math.max(0, Math.floor(length / PITCH)) }, (_, at) => (at + 0.5) * PITCH);
  const line = (/** @type {number[]} */ ...[x0, y0, x1, y1]) =>
    `M${(x + x0).toFixed(1)} ${(y + y0).toFixed(1)}L${(x + x1).toFixed(1)} ${(y + y1).toFixed(1)}`;
  if (shape === "-")
    return steps(height)
      .map((at) => line(0, at, width, at))
      .join("");
  if (shape === "|")
    return steps(width)
      .map((at) => line(at, 0, at, height))
      .join("");
  if (shape === ".")
    return steps(width)
      .flatMap((left) => steps(height).map((top) => line(left, top, left + 0.1, top)))
      .join("");
  const slanted = steps(width + height).map((at) => [
    [Math.max(0, at - height), Math.min(height, at)],
    [Math.min(width, at), Math.max(0, at - width)],
  ]);
  const up = slanted.map(([from, to]) => line(...from, ...to));
  const down = slanted.map(([[x0, y0], [x1, y1]]) => line(x0, height - y0, x1, height - y1));
  return [...(shape === "/" || shape === "x" ? up : []), ...(shape === "x" ? down : [])].join("");
}
