import assert from "node:assert/strict";
import test from "node:test";

import {
  across,
  bandPath,
  frameOf,
  layerAt,
  linePath,
  markedLayers,
  ticksOf,
  up,
} from "../../densenet_viz/stage/gradients/geometry.js";
import { arc, isCut } from "../../densenet_viz/stage/gradients/direct.js";

const limits = { low: -4, high: 1 };
const numbers = (path) => [...path.matchAll(/-?[\d.]+/g)].map(Number);

test("layers go from left to right and sizes from the floor up, inside the frame", () => {
  for (const width of [320, 700, 1100]) {
    const frame = frameOf(width);
    assert.ok(across(frame, 1, 58) > frame.left);
    assert.ok(across(frame, 58, 58) < width - frame.right);
    assert.equal(up(frame, -4, limits), frame.height - frame.bottom);
    assert.equal(up(frame, 1, limits), frame.top);
    assert.equal(up(frame, -30, limits), frame.height - frame.bottom);
  }
  assert.equal(frameOf(1100, 250).height, 250);
});

test("a line has a point for each layer and a band goes there and back", () => {
  const frame = frameOf(700);
  const line = { middle: [-2, -1, 0], low: [-3, -2, -1], high: [-1, 0, 1] };
  const points = numbers(linePath(frame, line.middle, limits));
  assert.equal(points.length, 6);
  assert.ok(points[0] < points[2] && points[2] < points[4]);
  const band = numbers(bandPath(frame, line, limits));
  assert.equal(band.length, 12);
  assert.equal(band[0], band[10]);
  assert.ok(band[1] < band[11]); // the largest is above the smallest
  assert.equal(bandPath(frame, { low: [], high: [] }, limits), "");
});

test("the backward pass starts at the last layer and ends at the first", () => {
  assert.equal(layerAt(0, 58), 58);
  assert.equal(layerAt(1, 58), 58);
  assert.equal(layerAt(2, 58), 57);
  assert.equal(layerAt(57.5, 58), 2);
  assert.equal(layerAt(58, 58), 1);
});

test("there are few ticks, all inside the limits", () => {
  for (const [low, high] of [
    [-4, 1],
    [-30, 6],
    [0, 1],
  ]) {
    const ticks = ticksOf({ low, high });
    assert.ok(ticks.length >= 2 && ticks.length <= 9);
    assert.ok(ticks[0] >= low && ticks[ticks.length - 1] <= high);
  }
});

test("marks are on layers that exist, and lines have them at different ones", () => {
  const marked = [0, 1, 2, 3].map((place) => markedLayers(58, place));
  for (const layers of marked) assert.ok(layers.every((layer) => layer >= 1 && layer <= 58));
  assert.equal(new Set(marked.map(([first]) => first)).size, 4);
  assert.ok(markedLayers(10, 3).length > 0);
});

test("a cut takes the first layer's direct connections, or all", () => {
  const reaches = [0, 0, 1, 2].map((source) => ({ source, place: 5 }));
  assert.deepEqual(
    [0, 1, 2].map((cut) => reaches.filter((reach) => isCut(cut, reach)).length),
    [0, 2, 4],
  );
});

test("an arc starts and ends on the row and stays in the picture", () => {
  const [x, y, , top, end, floor] = numbers(arc(10, 900, 200, 1000));
  assert.deepEqual([x, y, end, floor], [10, 200, 900, 200]);
  assert.ok((200 + top) / 2 > 0); // a curve rises half as far as its control point
});
