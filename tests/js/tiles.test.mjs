// The grid of maps: its tiles are as large as they can be, and a point finds its pixel.

import assert from "node:assert/strict";
import { test } from "node:test";

import { figure, gridFor, sheetColumns, tileAt } from "../../densenet_viz/stage/maps/tiles.js";

test("the grid fits its room and holds every tile", () => {
  for (const [count, width, height] of [
    [32, 560, 300],
    [64, 340, 200],
    [1024, 560, 300],
    [7, 100, 400],
    [1, 50, 50],
  ]) {
    const { columns, rows, side, gap } = gridFor(count, width, height);
    assert.ok(columns * rows >= count && (rows - 1) * columns < count);
    assert.ok(columns * (side + gap) <= width && rows * (side + gap) <= height);
    assert.ok(side >= 1);
  }
});

test("32 maps fill eight columns where the room is wide", () => {
  const { columns, rows } = gridFor(32, 560, 300);
  assert.deepEqual([columns, rows], [8, 4]);
});

test("a point finds its tile and the place in it", () => {
  const grid = { columns: 4, rows: 2, side: 40, gap: 10 };
  assert.deepEqual(tileAt(grid, 7, 60, 70), { tile: 5, u: 0.25, v: 0.5 });
  assert.equal(tileAt(grid, 7, 160, 60), null, "the eighth tile is not there");
  assert.equal(tileAt(grid, 7, -1, 5), null);
  assert.equal(tileAt(grid, 7, 205, 5), null);
  assert.equal(tileAt(grid, 7, 48, 0)?.u, 0.999, "the gap belongs to the tile before it");
});

test("no sheet grows taller than it is wide", () => {
  for (const count of [1, 5, 64, 1024]) assert.ok(sheetColumns(count) ** 2 >= count);
});

test("figures keep three digits that matter", () => {
  assert.deepEqual([0.12345, -1.2345, 12.345, 123.45, -0.0001].map(figure), [
    "0.123",
    "−1.23",
    "12.3",
    "123",
    "0.000",
  ]);
});
