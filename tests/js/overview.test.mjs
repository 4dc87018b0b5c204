import assert from "node:assert/strict";
import test from "node:test";

import { between, perPixelFor, stepAt, strip } from "../../densenet_viz/stage/overview/geometry.js";

const part = (kind, reads, leaves, pixels, layers = 0) => ({ kind, reads, leaves, pixels, layers });
// Two blocks: 4 -> 8 channels in 2 layers at 10 px, halved, 4 -> 10 in 3 layers at 5 px.
const PARTS = [
  part("picture", 3, 3, 40),
  part("stem", 3, 4, 20),
  part("block", 4, 8, 10, 2),
  part("transition", 8, 4, 10),
  part("block", 4, 10, 5, 3),
  part("classifier", 10, 6, 1),
];
const FIXED = { gap: 7, funnel: 11, classifier: 3 };
const laid = strip(PARTS, { perPixel: 2, perChannel: 5, ...FIXED });

test("widths are proportional to pixels: a column each for what enters and for every layer", () => {
  const widths = laid.places.map(({ start, end }) => end - start);
  assert.deepEqual(widths, [80, 40, 60, 11, 40, 3]);
  assert.equal(laid.length, 80 + 40 + 60 + 11 + 40 + 3 + 5 * 7);
});

test("heights are proportional to channels, and a band is a layer's own channels", () => {
  const block = laid.bands.filter((band) => band.part === 2);
  assert.deepEqual(
    block.map(({ low, high }) => [low, high]),
    [
      [0, 20],
      [20, 30],
      [30, 40],
    ],
  );
  const last = laid.bands.filter((band) => band.part === 4);
  assert.deepEqual(
    last.map(({ low, high }) => high - low),
    [20, 10, 10, 10],
  );
  assert.equal(last.at(-1).high, 10 * 5);
});

test("what a layer wrote stays to the end of its block", () => {
  const block = laid.bands.filter((band) => band.part === 2);
  const { start, end } = laid.places[2];
  assert.deepEqual(
    block.map((band) => band.start - start),
    [0, 20, 40],
  );
  assert.deepEqual(
    block.map((band) => band.end),
    [end, end, end],
  );
});

test("a transition narrows from the block before to the block after, without a gap", () => {
  const [funnel] = laid.funnels;
  assert.deepEqual([funnel.from, funnel.to], [40, 20]);
  assert.equal(funnel.start, laid.places[2].end);
  assert.equal(funnel.end, laid.places[4].start);
});

test("there is a stop for each step, ever further, and the whole at the end", () => {
  // picture, stem, 2 layers, transition, 3 layers, classifier, the whole
  assert.equal(laid.stops.length, 10);
  assert.equal(laid.heights.length, 10);
  assert.deepEqual(
    [...laid.stops].sort((a, b) => a - b),
    laid.stops,
  );
  assert.equal(laid.stops.at(-1), laid.length);
  // The stem's step ends behind the column of what enters block 1.
  assert.equal(laid.stops[1], laid.places[2].start + 20);
  assert.deepEqual(laid.heights.slice(0, 5), [15, 20, 30, 40, 20]);
});

test("a strip can be fitted to a length", () => {
  const perPixel = perPixelFor(PARTS, 1000, FIXED);
  assert.ok(Math.abs(strip(PARTS, { perPixel, perChannel: 1, ...FIXED }).length - 1000) < 1e-9);
  assert.equal(perPixelFor(PARTS, 1, FIXED), 0);
});

test("between two steps the counter runs", () => {
  assert.equal(between([64, 96, 128], 0), 64);
  assert.equal(between([64, 96, 128], 0.5), 80);
  assert.equal(between([64, 96, 128], 2), 128);
});

test("a time belongs to the step it leads to", () => {
  assert.equal(stepAt(0, 5), 0);
  assert.equal(stepAt(0.2, 5), 1);
  assert.equal(stepAt(1, 5), 1);
  assert.equal(stepAt(9, 5), 4);
});
