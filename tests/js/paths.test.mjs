import assert from "node:assert/strict";
import test from "node:test";

import {
  across,
  arc,
  bars,
  frameOf,
  numbered,
  opacity,
  stepsOf,
} from "../../densenet_viz/stage/paths/geometry.js";

/** Every path of a length, written out: the layers it passes, from late to early. */
function everyPath(layers, length) {
  const choose = (from, count) =>
    count === 0
      ? [[]]
      : from.flatMap((one, index) =>
          choose(from.slice(index + 1), count - 1).map((rest) => [one, ...rest]),
        );
  const later = Array.from({ length: layers - 1 }, (_, index) => layers - index);
  return choose(later, length).map((passed) => [layers + 1, ...passed, 1]);
}

test("the steps drawn are those of the paths written out, and no others", () => {
  for (const layers of [1, 2, 3, 6]) {
    for (let length = 0; length < layers; length += 1) {
      const expected = new Set(
        everyPath(layers, length).flatMap((path) =>
          path.slice(1).map((to, index) => `${path[index]}>${to}`),
        ),
      );
      const found = stepsOf(layers, length).map(([from, to]) => `${from}>${to}`);
      assert.deepEqual(
        found.toSorted(),
        [...expected].toSorted(),
        `${layers} layers, length ${length}`,
      );
    }
  }
});

test("the longest path is the chain from neighbour to neighbour", () => {
  assert.deepEqual(stepsOf(4, 3), [
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 4],
  ]);
});

test("layers stand apart, the loss after the last, all within the picture", () => {
  for (const width of [300, 900]) {
    const frame = frameOf(width, 24);
    assert.ok(across(frame, 1) - frame.radius >= 0);
    assert.ok(across(frame, 25) + frame.radius <= width);
    assert.ok(across(frame, 2) - across(frame, 1) > 2 * frame.radius);
  }
});

test("a longer step goes higher, and stays within the picture", () => {
  const frame = frameOf(800, 6);
  const top = (step) => Number(arc(frame, step).match(/Q\S+ (\S+)/)[1]);
  const apex = (step) => (top(step) + frame.row - frame.radius) / 2;
  assert.ok(apex([7, 1]) < apex([3, 1]));
  assert.ok(apex([7, 1]) >= 0 && apex([7, 1]) < 40);
});

test("bars share one scale and stand on one floor", () => {
  const frame = frameOf(600, 3);
  const [first, , last] = bars(frame, { whole: [2, 1, 1], chain: [0.5, 0.25, 1] });
  assert.equal(first.whole.height, frame.tallest);
  assert.equal(first.chain.height, frame.tallest / 4);
  assert.equal(last.whole.height, last.chain.height);
  assert.equal(first.chain.y + first.chain.height, frame.floor);
  assert.ok(first.whole.x + first.whole.width <= first.chain.x);
  assert.deepEqual(bars(frame, { whole: [0], chain: [0] })[0].whole.height, 0);
});

test("few arcs are strong, many are faint but seen", () => {
  assert.equal(opacity(1), 1);
  assert.ok(opacity(24) > opacity(276));
  assert.ok(opacity(100000) >= 0.12);
});

test("where layers crowd, the first keeps its number, and none comes near the loss", () => {
  const frame = frameOf(390, 24);
  const shown = Array.from({ length: 24 }, (_, index) => index + 1).filter((layer) =>
    numbered(frame, layer, 24),
  );
  assert.deepEqual(shown, [1, 6, 12, 18]);
  assert.ok(numbered(frameOf(1200, 24), 5, 24));
});

test("on a slide the arcs rise less where the height is short, and the bars stay", () => {
  const free = frameOf(900, 24);
  const held = frameOf(900, 24, 250);
  assert.ok(free.height > 250 && held.height <= 250.01);
  assert.equal(held.tallest, free.tallest);
  assert.ok(frameOf(900, 24, 10).row > 0);
});
