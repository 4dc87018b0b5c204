import assert from "node:assert/strict";
import test from "node:test";

import { places, rangeOf, valueAt } from "../../densenet_viz/stage/maps/maps.js";
import { advance, neighbour, shown } from "../../densenet_viz/stage/shared/player.js";

test("time advances with speed and stops at the end", () => {
  assert.equal(advance(1, 800, 1600, 1, 6), 1.5);
  assert.equal(advance(1, 800, 1600, 2, 6), 2);
  assert.equal(advance(5.9, 800, 1600, 4, 6), 6);
});

test("a step goes to the next whole layer, and stays inside", () => {
  assert.equal(neighbour(0, 1, 6), 1);
  assert.equal(neighbour(1.3, 1, 6), 2);
  assert.equal(neighbour(1.3, -1, 6), 1);
  assert.equal(neighbour(2, -1, 6), 1);
  assert.equal(neighbour(6, 1, 6), 6);
  assert.equal(neighbour(0, -1, 6), 0);
});

test("with reduced motion only whole steps are shown", () => {
  assert.equal(shown(1.7, true), 1);
  assert.equal(shown(1.7, false), 1.7);
});

const maps = {
  count: 2,
  height: 1,
  width: 2,
  low: [0, -1],
  high: [10, 3],
  bytes: new Uint8Array([0, 255, 0, 128]),
};

test("values come back between a map's own extremes", () => {
  assert.equal(valueAt(maps, 0, 0, 1), 10);
  assert.equal(valueAt(maps, 1, 0, 0), -1);
  assert.ok(Math.abs(valueAt(maps, 1, 0, 1) - (-1 + (4 * 128) / 255)) < 1e-9);
  assert.deepEqual(rangeOf([maps]), [-1, 10]);
});

test("one scale for all puts a map where its values lie in the whole", () => {
  assert.deepEqual([...places(0, 10, null)].slice(0, 3), [0, 1, 2]);
  const table = places(0, 5, [0, 10]);
  assert.equal(table[0], 0);
  assert.equal(table[255], 128);
});
