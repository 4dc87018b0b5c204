import assert from "node:assert/strict";
import test from "node:test";

import { paintHeat } from "../../densenet_viz/stage/maps/signed-scale.js";
import { ground, paintOver } from "../../densenet_viz/stage/maps/map-paint.js";
import {
  altOf,
  columns,
  contrastOf,
  contrastWords,
  legendWords,
  peakOf,
  progressWords,
  readout,
  stateWords,
  underWords,
  valueWords,
} from "../../densenet_viz/stage/maps/map-words.js";
import {
  CLOSEST,
  isWhole,
  panned,
  showing,
  standing,
  transformOf,
  wheelFactor,
  whole,
  zoomed,
  zoomWords,
} from "../../densenet_viz/stage/bench/zoom.js";

const near = (found, expected) => {
  for (const key of Object.keys(expected))
    assert.ok(Math.abs(found[key] - expected[key]) < 1e-9, `${key}: ${found[key]}`);
};

test("zooming keeps the point under the pointer where it is", () => {
  let part = whole(128);
  const about = [96, 32];
  const before = [(about[0] - part.x) / part.side, (about[1] - part.y) / part.side];
  part = zoomed(part, 2, about, 128);
  near(part, { x: 48, y: 16, side: 64 });
  assert.deepEqual([(about[0] - part.x) / part.side, (about[1] - part.y) / part.side], before);
});

test("zooming stays within the picture, from a few pixels to all of it", () => {
  near(zoomed(whole(128), 4, [0, 128], 128), { x: 0, y: 96, side: 32 });
  assert.equal(zoomed(whole(128), 1000, [5, 5], 128).side, CLOSEST);
  near(zoomed({ x: 96, y: 96, side: 32 }, 0.01, [100, 100], 128), whole(128));
  assert.equal(zoomed(whole(4), 1000, [2, 2], 4).side, 4);
  assert.ok(isWhole(whole(128), 128));
  assert.ok(!isWhole({ x: 0, y: 0, side: 127 }, 128));
});

test("the whole cannot be moved, a part as far as the edge", () => {
  near(panned(whole(128), 20, -20, 128), whole(128));
  near(panned({ x: 10, y: 10, side: 64 }, 5, -30, 128), { x: 15, y: 0, side: 64 });
  near(panned({ x: 10, y: 10, side: 64 }, 500, 500, 128), { x: 64, y: 64, side: 64 });
});

test("the part follows the crosshair only where it leaves it", () => {
  const part = { x: 10, y: 10, side: 20 };
  near(showing(part, [15, 29], 128), part);
  near(showing(part, [30, 9], 128), { x: 11, y: 9, side: 20 });
  near(showing(part, [127, 127], 128), { x: 108, y: 108, side: 20 });
});

test("a pixel's middle stands where it is drawn", () => {
  assert.deepEqual(standing({ x: 0, y: 0, side: 8 }, [0, 4]), [0.0625, 0.5625]);
  assert.deepEqual(standing({ x: 4, y: 4, side: 4 }, [0, 5]), [-0.875, 0.375]);
});

test("the canvas is moved by parts of itself and then enlarged", () => {
  assert.equal(transformOf({ x: 32, y: 16, side: 64 }, 128), "scale(2) translate(-25%, -12.5%)");
});

test("the wheel zooms in when turned away, and back by as much", () => {
  assert.equal(wheelFactor(0), 1);
  assert.equal(wheelFactor(-240), 2);
  assert.equal(wheelFactor(120) * wheelFactor(-120), 1);
  assert.equal(wheelFactor(-100000), 2);
});

test("the part in words counts pixels as they are named", () => {
  assert.equal(zoomWords(whole(128), 128), "the whole picture");
  assert.equal(zoomWords({ x: 32, y: 16, side: 64 }, 128), "2.0×: x 32–95, y 16–79");
});

test("maps over one ground are what each alone would be", () => {
  const picture = Uint8ClampedArray.from({ length: 4 * 6 }, (_, i) =>
    i % 4 === 3 ? 255 : (37 * i) % 256,
  );
  const palette = Uint8Array.from({ length: 3 * 5 }, (_, i) => (50 * i) % 256);
  const values = Float32Array.from([-3, -1, -0.2, 0, 0.4, 2]);
  for (const opacity of [0, 0.3, 0.7, 1]) {
    const [one, other] = [new Uint8ClampedArray(24), new Uint8ClampedArray(24)];
    paintOver(one, values, 2, ground(picture, palette, opacity));
    paintHeat(other, picture, values, palette, { limit: 2, opacity, hideBelow: 0, view: "over" });
    for (let i = 0; i < 24; i++)
      assert.ok(Math.abs(one[i] - other[i]) <= 1, `byte ${i} at ${opacity}`);
  }
});

test("no row of the grid is nearly empty", () => {
  for (let count = 2; count <= 10; count++) {
    const left = count % columns(count);
    assert.ok(
      left === 0 || left >= columns(count) / 2 || left === columns(count) - 1,
      `${count} panels`,
    );
  }
  assert.equal(columns(2), 2);
  assert.equal(columns(8), 4);
  assert.equal(columns(10), 5);
});

test("a value is told in its own unit, or as a part of its map", () => {
  assert.equal(valueWords(0.0123, "shared", 10), "+0.0123");
  assert.equal(valueWords(-3, "own", 10), "−3.00");
  assert.equal(valueWords(-0.05, "share", 10), "−0.500%");
  assert.equal(valueWords(0, "share", 10), "0%");
  assert.equal(valueWords(1, "share", 0), "0%");
});

const SHARED = { key: "shared", end: 5, legend: "One scale for all maps" };
const OWN = { key: "own", end: null, legend: "Another scale in each map" };

test("the legend's numbers follow the contrast", () => {
  assert.deepEqual(legendWords(SHARED, 1), {
    limits: ["−5.00", "0", "+5.00"],
    words: "One scale for all maps: full colour is ±5.00.",
  });
  assert.deepEqual(legendWords(SHARED, 10).limits, ["−0.500", "0", "+0.500"]);
  assert.deepEqual(legendWords({ ...SHARED, key: "share", end: 0.02 }, 1).limits, [
    "−2.00%",
    "0",
    "+2.00%",
  ]);
});

test("where each map has its own scale, the legend has no number and each map has", () => {
  assert.deepEqual(legendWords(OWN, 1), {
    limits: ["− its limit", "0", "+ its limit"],
    words: "Another scale in each map.",
  });
  const map = { unit: "slope", strength: 12, ends: { shared: 5, own: 0.5, share: 3 } };
  assert.equal(underWords(map, "own", 1), "full colour: ±0.500, slope");
  assert.equal(underWords(map, "own", 5), "full colour: ±0.100, slope");
  assert.equal(underWords(map, "shared", 5), "slope");
  assert.equal(underWords(map, "share", 5), "its total strength: 12.0");
  assert.equal(underWords({ ...map, strength: 28926.5 }, "share", 1), "its total strength: 28,927");
});

test("contrast grows in even ratios, from none", () => {
  assert.equal(contrastOf(0), 1);
  assert.ok(Math.abs(contrastOf(50) - 10) < 1e-9);
  assert.ok(Math.abs(contrastOf(100) - 100) < 1e-9);
  assert.equal(contrastWords(1), "1×");
  assert.equal(contrastWords(2.52), "2.5×");
  assert.equal(contrastWords(31.6), "32×");
});

test("one sentence tells every map's value at a pixel", () => {
  const values = [
    { name: "Saliency", text: "+0.0123" },
    { name: "Grad-CAM", text: "−4.00" },
  ];
  assert.equal(readout([3, 40], values), "x 3, y 40: Saliency +0.0123, Grad-CAM −4.00");
  assert.equal(readout([3, 40], []), "x 3, y 40: no map yet");
});

test("a map that is not there or not finished says so", () => {
  const there = { name: "Saliency", map: { alt: "Saliency: 40% lies there." }, sharpening: false };
  const waits = { ...there, map: null };
  assert.equal(stateWords(waits, "waiting for its turn"), "waiting for its turn");
  assert.equal(stateWords({ ...there, sharpening: true }, "waiting"), "still sharpening");
  assert.equal(stateWords(there, "waiting"), "");
  assert.equal(altOf(waits, ""), "Saliency: no map.");
  assert.ok(
    altOf({ ...there, sharpening: true }, "").startsWith(
      "Saliency: 40% lies there. Still sharpening. ",
    ),
  );
  assert.equal(progressWords([there, waits]), "1 of 2 maps are finished.");
  assert.equal(progressWords([there]), "");
});

test("the strongest value may be one that lowers", () => {
  assert.equal(peakOf(Float32Array.from([1, -3, 2])), 1);
  assert.equal(peakOf(new Float32Array(0)), 0);
});
