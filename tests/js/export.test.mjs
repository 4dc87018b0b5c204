import assert from "node:assert/strict";
import test from "node:test";

import { dotParts, gradientParts, hatchParts } from "../../densenet_viz/stage/export/colours.js";
import { even, filmType } from "../../densenet_viz/stage/export/film.js";
import { joined, runsOf, wordsOf } from "../../densenet_viz/stage/export/text.js";

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
  assert.deepEqual(
    spread.stops.map(({ at }) => at),
    [0, 0.5, 1],
  );
  assert.equal(spread.stops[1].colour, "color(srgb 0 0.5 1)");
});

test("what is no gradient is none", () => {
  assert.equal(gradientParts("none"), null);
  assert.equal(gradientParts('url("data:image/png;base64,AA")'), null);
});

test("a hatching is one stripe and its gap, over and over", () => {
  const found = hatchParts(
    "repeating-linear-gradient(115deg, rgb(27, 30, 35) 0px, rgb(27, 30, 35) 5px, color(srgb 0.6 0.6 0.5) 5px, color(srgb 0.6 0.6 0.5) 8px)",
  );
  assert.deepEqual([found.angle, found.length], [115, 8]);
  assert.deepEqual(
    found.stops.map(({ at }) => at),
    [0, 0.625, 0.625, 1],
  );
  assert.deepEqual(
    [found.stops[1].colour, found.stops[2].colour],
    ["rgb(27, 30, 35)", "color(srgb 0.6 0.6 0.5)"],
  );
  const short = hatchParts(
    "repeating-linear-gradient(45deg, red 0px 3px, rgba(0, 0, 0, 0) 3px 6px)",
  );
  assert.deepEqual(short.stops, [
    { colour: "red", at: 0 },
    { colour: "red", at: 0.5 },
    { colour: "rgba(0, 0, 0, 0)", at: 0.5 },
    { colour: "rgba(0, 0, 0, 0)", at: 1 },
  ]);
  assert.equal(hatchParts("linear-gradient(red, blue)"), null);
  assert.equal(hatchParts("repeating-linear-gradient(45deg, red, blue)"), null);
});

test("dots have a colour, a radius and a distance", () => {
  const image = "radial-gradient(circle, rgb(27, 30, 35) 2px, rgba(0, 0, 0, 0) 2.4px), none";
  assert.deepEqual(dotParts(image, "8.5px 8.5px, auto"), {
    colour: "rgb(27, 30, 35)",
    radius: 2,
    tile: 8.5,
  });
  assert.equal(dotParts(image, "auto"), null);
  assert.equal(dotParts("repeating-conic-gradient(red 0deg 90deg)", "16px 16px"), null);
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

test("a word that was broken is a part on each of its lines", () => {
  const places = [
    ["3", 80, 0],
    ["2", 88, 0],
    ["–", 96, 0],
    ["6", 10, 22],
    ["3,", 18, 22],
  ];
  const letters = places.map(([text, left, top]) => ({ text, rect: rect(left, top, 8) }));
  const parts = joined(letters);
  assert.deepEqual(
    parts.map(({ text }) => text),
    ["32–", "63,"],
  );
  assert.deepEqual(
    parts.map(({ rect: { left, right, top } }) => [left, right, top]),
    [
      [80, 104, 0],
      [10, 26, 22],
    ],
  );
});

test("video has an even number of pixels, and none is recorded where nothing can", () => {
  assert.deepEqual([647.2, 648, 649.1].map(even), [648, 648, 650]);
  assert.equal(filmType(), undefined);
});
