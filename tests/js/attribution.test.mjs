import assert from "node:assert/strict";
import test from "node:test";

import { barLabel } from "../../densenet_viz/stage/attribution/bars.js";
import {
  faded,
  moved,
  paintHeat,
  placeOf,
  signed,
  strengths,
  threshold,
  unpackHeat,
} from "../../densenet_viz/stage/maps/signed-scale.js";

// Full blue, half blue, white, half orange, full orange.
const PALETTE = new Uint8Array([
  0, 0, 255, 128, 128, 255, 255, 255, 255, 255, 200, 100, 255, 101, 1,
]);

test("the scale is centred on zero: white in the middle, the limit at the ends", () => {
  assert.equal(placeOf(0, 2, 5), 2);
  assert.equal(placeOf(-2, 2, 5), 0);
  assert.equal(placeOf(2, 2, 5), 4);
  assert.equal(placeOf(-1, 2, 5), 1);
  assert.equal(placeOf(99, 2, 5), 4);
  assert.equal(placeOf(-99, 2, 257), 0);
  assert.equal(placeOf(0, 1e-9, 257), 128);
});

test("values come back from 16 bits with their signs", () => {
  const bytes = Buffer.from(new Int16Array([32767, -32767, 0, 16384]).buffer);
  const values = unpackHeat({ size: 2, most: 0.5, data: bytes.toString("base64") });
  assert.deepEqual([...values].slice(0, 3), [0.5, -0.5, 0]);
  assert.ok(Math.abs(values[3] - 0.25) < 1e-5);
});

test("the threshold hides the weakest n percent, whatever their sign", () => {
  const sorted = strengths(new Float32Array([-4, 1, 3, -2]));
  assert.deepEqual([...sorted], [1, 2, 3, 4]);
  const hidden = (percent) =>
    [-4, 1, 3, -2].filter((value) => Math.abs(value) < threshold(sorted, percent));
  assert.deepEqual(hidden(0), []);
  assert.deepEqual(hidden(50), [1, -2]);
  assert.deepEqual(hidden(75), [1, 3, -2]);
  assert.deepEqual(hidden(100), [-4, 1, 3, -2]);
});

test("with growing opacity the picture turns grey before it is covered", () => {
  assert.equal(faded(200, 100, 0), 200);
  assert.equal(faded(200, 100, 0.25), 150);
  assert.equal(faded(200, 100, 0.5), 100);
  assert.equal(faded(200, 100, 1), 100);
});

/** Three pixels: white, value -1, 0 and 1 of limit 1. */
function painted(how) {
  const picture = new Uint8ClampedArray([10, 20, 30, 255, 200, 100, 50, 255, 7, 7, 7, 255]);
  const out = new Uint8ClampedArray(12);
  paintHeat(out, picture, new Float32Array([-1, 0, 1]), PALETTE, {
    limit: 1,
    opacity: 0.5,
    hideBelow: 0,
    view: "over",
    ...how,
  });
  return [[...out.slice(0, 4)], [...out.slice(4, 8)], [...out.slice(8, 12)]];
}

test("the map alone shows the scale's own colours", () => {
  assert.deepEqual(painted({ view: "map" }), [
    [0, 0, 255, 255],
    [255, 255, 255, 255],
    [255, 101, 1, 255],
  ]);
});

test("the picture alone is the picture", () => {
  assert.deepEqual(painted({ view: "picture" }), [
    [10, 20, 30, 255],
    [200, 100, 50, 255],
    [7, 7, 7, 255],
  ]);
});

test("over the picture, opacity mixes the grey picture and the colour", () => {
  const grey = (0.2126 * 10 + 0.7152 * 20 + 0.0722 * 30 + 30) / 2;
  const [first, , third] = painted({});
  assert.deepEqual(first, [
    Math.round(grey / 2),
    Math.round(grey / 2),
    Math.round((grey + 255) / 2),
    255,
  ]);
  assert.deepEqual(third, [131, 54, 4, 255]);
  assert.deepEqual(painted({ opacity: 0 })[1], [200, 100, 50, 255]);
});

test("hidden pixels are transparent in the map alone, and picture in the overlay", () => {
  assert.deepEqual(painted({ view: "map", hideBelow: 0.5 })[1][3], 0);
  assert.deepEqual(painted({ view: "map", hideBelow: 0.5 })[0], [0, 0, 255, 255]);
  const grey = Math.round((0.2126 * 200 + 0.7152 * 100 + 0.0722 * 50 + 200) / 2);
  assert.deepEqual(painted({ hideBelow: 0.5 })[1], [grey, grey, grey, 255]);
});

test("arrow keys move the crosshair and stay inside", () => {
  assert.deepEqual(moved([5, 5], "ArrowLeft", 8, false), [4, 5]);
  assert.deepEqual(moved([5, 5], "ArrowDown", 8, false), [5, 6]);
  assert.deepEqual(moved([5, 5], "ArrowRight", 8, true), [7, 5]);
  assert.deepEqual(moved([0, 0], "ArrowUp", 8, false), [0, 0]);
  assert.deepEqual(moved([5, 2], "End", 8, false), [7, 2]);
  assert.equal(moved([5, 5], "Tab", 8, false), null);
});

test("values are written with their sign", () => {
  assert.equal(signed(0.012345), "+0.0123");
  assert.equal(signed(-3.21), "−3.21");
  assert.equal(signed(0), "0");
  assert.equal(signed(-0.0000012345), "−1.23e−6");
});

test("a bar says what is known of its class", () => {
  const bar = { name: "ring", share: 0.97, text: "97.0%", chosen: true, right: true };
  assert.equal(barLabel(bar), "ring: 97.0%, the right answer, explained by the map");
  assert.equal(barLabel({ ...bar, chosen: false, right: false }), "ring: 97.0%");
});
