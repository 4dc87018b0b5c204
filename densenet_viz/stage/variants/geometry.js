// Where each strip is: all have one scale, so that widths and heights can be compared.

import { perPixelFor, strip } from "../overview/geometry.js";

/** @typedef {import("../overview/geometry.js").Shape} Shape */
/** @typedef {import("../overview/geometry.js").Strip} Strip */

/**
 * @typedef {object} Row
 * @property {Strip} strip
 * @property {number} height CSS pixels of the whole row, with everything above the strip
 * @property {number} peak CSS pixels of the strip's tallest column
 */

/**
 * @typedef {object} Sizes
 * @property {number} width CSS pixels that the longest strip fills
 * @property {number} tallest CSS pixels of the tallest strip
 * @property {number} textWidth CSS pixels at the left for a row's text
 * @property {number} textHeight CSS pixels for this text above the strip
 * @property {number} head CSS pixels kept free above a strip's tallest column
 * @property {{gap: number, funnel: number, classifier: number}} fixed
 */

/** The largest number of channels at any place. @param {Shape[]} parts */
export function mostChannels(parts) {
  return Math.max(
    ...parts.map((part) =>
      part.kind === "classifier" ? part.reads : Math.max(part.reads, part.leaves),
    ),
  );
}

/**
 * @param {Shape[][]} networks
 * @param {Sizes} sizes
 * @returns {Row[]}
 */
export function rows(networks, { width, tallest, textWidth, textHeight, head, fixed }) {
  const perPixel = Math.min(...networks.map((parts) => perPixelFor(parts, width, fixed)));
  const perChannel = tallest / Math.max(...networks.map(mostChannels));
  return networks.map((parts) => {
    const laid = strip(parts, { perPixel, perChannel, ...fixed });
    const peak = Math.max(...laid.bands.map((band) => band.high));
    return {
      strip: laid,
      peak,
      height: Math.max(peak + head, highBefore(laid, textWidth) + textHeight),
    };
  });
}

/**
 * The rows of some networks with one more below them, on one scale. Whatever that one is, the others
 * are as high as without it, so that nothing below them jumps.
 * @param {Shape[][]} networks @param {Shape[]} own @param {Sizes} sizes
 * @returns {Row[]} the last is that of `own`
 */
export function rowsWith(networks, own, sizes) {
  const alone = rows(networks, sizes);
  let { tallest } = sizes;
  let laid = rows([...networks, own], sizes);
  // A longer strip makes the others shorter, and their tall parts would come below their text.
  while (tallest > 30 && alone.some(({ height }, index) => laid[index].height > height)) {
    tallest -= 4;
    laid = rows([...networks, own], { ...sizes, tallest });
  }
  for (const [index, { height }] of alone.entries()) laid[index].height = height;
  return laid;
}

/**
 * Rows as tall as possible, so that all fit below each other.
 * @param {Shape[][]} networks @param {Sizes} sizes with the largest height of the tallest strip
 * @param {number} room CSS pixels for all @param {number} between CSS pixels from a strip to the next row
 */
export function fitted(networks, sizes, room, between) {
  let laid = rows(networks, sizes);
  for (
    let tallest = sizes.tallest;
    tallest > 30 && laid.reduce((sum, { height }) => sum + height + between, 0) > room;
    tallest -= 2
  ) {
    laid = rows(networks, { ...sizes, tallest });
  }
  return laid;
}

/** How high the strip is left of a place: text there must be above it. @param {Strip} laid @param {number} along */
export function highBefore(laid, along) {
  const bands = laid.bands.filter((band) => band.start < along).map((band) => band.high);
  const funnels = laid.funnels
    .filter((funnel) => funnel.start < along)
    .map((funnel) => Math.max(funnel.from, funnel.to));
  return Math.max(0, ...bands, ...funnels);
}

/**
 * Up to where all strips are equal: the end of the last transition that is at the same place in
 * all of them, or 0 if the first block already differs.
 * @param {Row[]} laid
 */
export function sharedUntil(laid) {
  let until = 0;
  for (const [index, { end }] of laid[0].strip.funnels.entries()) {
    if (laid.some((row) => row.strip.funnels[index]?.end !== end)) break;
    until = end;
  }
  return until;
}

/**
 * The area of a block that reacts to the pointer: its columns, at least `least` wide.
 * @param {{start: number, end: number}} place @param {number} least
 */
export function target({ start, end }, least) {
  const width = Math.max(least, end - start);
  return { left: (start + end - width) / 2, width };
}

/**
 * The neighbour that an arrow key chooses. Place 0 of a row is the network itself, the others are
 * its blocks. In a shorter row, the last place is chosen.
 * @param {{row: number, place: number}} from @param {string} key @param {number[]} places of each row
 */
export function moved({ row, place }, key, places) {
  const rowNow = Math.max(
    0,
    Math.min(places.length - 1, row + (key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0)),
  );
  const last = places[rowNow] - 1;
  const placeNow =
    key === "Home"
      ? 0
      : key === "End"
        ? last
        : place + (key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : 0);
  return { row: rowNow, place: Math.max(0, Math.min(last, placeNow)) };
}
