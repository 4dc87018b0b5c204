import assert from "node:assert/strict";
import test from "node:test";

import { blank, dab, line, moved, told } from "../../densenet_viz/stage/digit/pen.js";

const SIZE = 32;
const count = (cells) => cells.reduce((sum, cell) => sum + cell, 0);

test("a dab is round, and the second one at its place changes nothing", () => {
  const cells = blank(SIZE);
  assert.equal(dab(cells, SIZE, 16, 16), true);
  assert.equal(dab(cells, SIZE, 16, 16), false);
  assert.equal(count(cells), 12); // 4 x 4 without its corners
  assert.equal(cells[14 * SIZE + 14], 0);
});

test("a dab at an edge stays inside", () => {
  const cells = blank(SIZE);
  for (const [x, y] of [
    [0, 0],
    [SIZE, SIZE],
    [-9, 5],
  ])
    dab(cells, SIZE, x, y);
  assert.equal(count(cells), 6);
});

test("a line has no gaps", () => {
  const cells = blank(SIZE);
  line(cells, SIZE, [2, 3], [29, 28]);
  for (let column = 2; column < 29; column++) {
    assert.ok(cells.some((cell, place) => cell && place % SIZE === column));
  }
});

test("the text has a sign for each cell", () => {
  const cells = blank(2);
  cells[1] = 1;
  assert.equal(told(cells), "0100");
});

test("arrows move the cursor, and not over the edge", () => {
  assert.deepEqual(moved([3, 4], "ArrowLeft", SIZE), [2, 4]);
  assert.deepEqual(moved([3, 4], "ArrowDown", SIZE), [3, 5]);
  assert.deepEqual(moved([0, 0], "ArrowUp", SIZE), [0, 0]);
  assert.deepEqual(moved([31, 31], "ArrowRight", SIZE), [31, 31]);
  assert.equal(moved([3, 4], "a", SIZE), null);
});
