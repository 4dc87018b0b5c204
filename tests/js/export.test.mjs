import assert from "node:assert/strict";
import test from "node:test";

import { gradientParts } from "../../densenet_viz/stage/js/export-colours.js";
import { even, filmType } from "../../densenet_viz/stage/js/export-film.js";
import { runsOf, wordsOf } from "../../densenet_viz/stage/js/export-text.js";

test("a gradient is taken apart as the browser computes it", () => {
  assert.deepEqual(gradientParts("linear-gradient(rgb(230, 159, 0) 50%, rgb(86, 180, 233) 50%)"), {
    angle: 180,
    stops: [
      { colour: "rgb(230, 159, 0)", at: 0.5 },
      { colour: "rgb(86, 180, 233)", at: 0.5 },
    ],
  });
  const spread = gradientParts("linear-gradient(to right, red, color(srgb 0 0.5 1), blue)");
  assert.equal(spread.angle, 90);
  assert.deepEqual(spread.stops.map(({ at }) => at), [0, 0.5, 1]);
  assert.equal(spread.stops[1].colour, "color(srgb 0 0.5 1)");
});

test("what is no gradient is none", () => {
  assert.equal(gradientParts("none"), null);
  assert.equal(gradientParts('url("data:image/png;base64,AA")'), null);
});

test("words know where they begin", () => {
  assert.deepEqual(wordsOf("  64 → 96\n maps"), [
    { text: "64", at: 2 },
    { text: "→", at: 5 },
    { text: "96", at: 7 },
    { text: "maps", at: 11 },
  ]);
});

const rect = (left, top, width) => ({ left, top, right: left + width, width, height: 20 });

test("words of one line are one run, and a new line begins another", () => {
  const words = [
    { text: "every", rect: rect(10, 0, 40) },
    { text: "layer", rect: rect(55, 0.4, 40) },
    { text: "reads", rect: rect(10, 22, 40) },
  ];
  assert.deepEqual(runsOf(words), [
    { text: "every layer", rect: { left: 10, top: 0, right: 95, width: 85, height: 20 } },
    { text: "reads", rect: rect(10, 22, 40) },
  ]);
});

test("video has an even number of pixels, and none is recorded where nothing can", () => {
  assert.deepEqual([647.2, 648, 649.1].map(even), [648, 648, 650]);
  assert.equal(filmType(), undefined);
});
