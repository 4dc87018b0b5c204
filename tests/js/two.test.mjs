import assert from "node:assert/strict";
import test from "node:test";

import {
  barNote,
  placeIn,
  pointsWords,
  progressWords,
  readout,
  stateWords,
} from "../../densenet_viz/stage/two/words.js";

test("in a square of the same size a place is the same pixel", () => {
  for (const at of [
    [0, 0],
    [63, 5],
    [127, 127],
  ])
    assert.deepEqual(placeIn(at, 128, 128), at);
});

test("in another size a place lies at the same part of the way, and never outside", () => {
  assert.deepEqual(placeIn([0, 127], 128, 224), [0, 223]);
  assert.deepEqual(placeIn([64, 32], 128, 64), [32, 16]);
  assert.deepEqual(placeIn([223, 0], 224, 128), [127, 0]);
  assert.deepEqual(placeIn([1, 2], 4, 8), [3, 5]);
});

test("where all read the same pixel, it is said once", () => {
  const readings = [
    { name: "left", at: [3, 4], value: "+0.0100" },
    { name: "right", at: [3, 4], value: "−2.00" },
  ];
  assert.equal(readout(readings), "x 3, y 4: left +0.0100, right −2.00");
});

test("where sizes differ, each reading has its own pixel", () => {
  const readings = [
    { name: "left", at: [3, 4], value: "+1.00" },
    { name: "right", at: [5, 7], value: "0" },
  ];
  assert.equal(readout(readings), "left +1.00 at x 3, y 4, right 0 at x 5, y 7");
});

test("nothing pointed at reads nothing", () => {
  assert.equal(readout([]), "");
});

test("the difference is told in percent of a whole map", () => {
  assert.equal(pointsWords(0.0123), "+1.23%");
  assert.equal(pointsWords(-0.5), "−50.0%");
  assert.equal(pointsWords(0), "0%");
});

test("a bar says in words what its colour says", () => {
  const bar = { name: "ring", share: 0.5, percent: "50.0%" };
  assert.equal(barNote({ ...bar, explained: true, right: true }), "✓ true, explained");
  assert.equal(barNote({ ...bar, explained: true, right: false }), "explained");
  assert.equal(barNote({ ...bar, explained: false, right: false }), "");
});

test("a map's state is said until it is finished", () => {
  const map = { alt: "" };
  assert.equal(stateWords({ map: null, sharpening: false }, "cancelled"), "cancelled");
  assert.equal(stateWords({ map, sharpening: true }, "cancelled"), "still sharpening");
  assert.equal(stateWords({ map, sharpening: false }, "cancelled"), "");
});

test("progress counts finished maps and is silent at the end", () => {
  const done = { map: {}, sharpening: false };
  assert.equal(progressWords([done, { map: {}, sharpening: true }]), "1 of 2 maps are finished.");
  assert.equal(
    progressWords([{ map: null, sharpening: false }, done]),
    "1 of 2 maps are finished.",
  );
  assert.equal(progressWords([done, done]), "");
});
