import assert from "node:assert/strict";
import test from "node:test";

import {
  lookOf,
  pathOf,
  placed,
  stepAt,
  tickWords,
} from "../../densenet_viz/stage/faithful/curve.js";
import {
  LEVELS,
  along,
  paintAt,
  percent,
  placeOn,
  readout,
  shareWords,
  uniform,
  valueWords,
} from "../../densenet_viz/stage/faithful/words.js";

test("a probability that is nearly nothing or all is not rounded to it", () => {
  const words = [0, 0.0004, 0.012, 0.5, 0.9994, 1].map(percent);
  assert.deepEqual(words, [
    "under 0.1%",
    "under 0.1%",
    "1.2%",
    "50.0%",
    "over 99.9%",
    "over 99.9%",
  ]);
});

const CHANCE = { name: "probability", low: 0, high: 1 };
const LOGIT = { name: "logit", low: -4, high: 12 };

test("a logit is told as a number and drawn between its ends", () => {
  assert.equal(valueWords(-1.234, LOGIT), "−1.23");
  assert.equal(valueWords(0.5, CHANCE), "50.0%");
  assert.deepEqual(
    [-4, 4, 12].map((value) => placeOn(value, LOGIT)),
    [0, 0.5, 1],
  );
  assert.deepEqual(
    [0, 0.5].map((share) => tickWords(share, LOGIT)),
    ["−4.0", "4.0"],
  );
  assert.match(
    readout("deletion", 0, "ring", [{ title: "A", deletion: [-2, 1], insertion: [0, 1] }], LOGIT),
    /logit of ring: A −2\.00/,
  );
});

test("between two steps a curve goes straight", () => {
  assert.deepEqual(
    [0, 0.5, 1, 1.25, 2, 7].map((time) => along([1, 0.5, 0], time)),
    [1, 0.75, 0.5, 0.375, 0, 0],
  );
});

test("what is gone or back is told in percent", () => {
  assert.match(shareWords("deletion", 2, 16), /^13% /);
  assert.match(shareWords("insertion", 16, 16), /^100% /);
  assert.notEqual(shareWords("deletion", 16, 16), shareWords("insertion", 16, 16));
});

test("a step is told with every line's probability", () => {
  const lines = [
    { title: "A", deletion: [1, 0.25], insertion: [0, 1] },
    { title: "B", deletion: [1, 0.75], insertion: [0, 0.5] },
  ];
  assert.match(readout("deletion", 1, "ring", lines, CHANCE), /^100% .*ring: A 25\.0%, B 75\.0%/);
  assert.match(readout("insertion", 0.5, "ring", lines, CHANCE), /^50% .*ring: A 50\.0%, B 25\.0%/);
});

/** The red of each pixel of a picture where 1 stands for `first` and 2 for `rest`. */
function painted(order, level) {
  const pixels = order.length;
  const out = new Uint8ClampedArray(4 * pixels);
  paintAt(
    out,
    Uint8Array.from(order),
    level,
    uniform([1, 1, 1], pixels),
    uniform([2, 2, 2], pixels),
  );
  return Array.from({ length: pixels }, (_, at) => out[4 * at]);
}

test("pixels below the level are the first ones; at both ends all are alike", () => {
  const order = [0, 100, 255, 99];
  assert.deepEqual(painted(order, 0), [2, 2, 2, 2]);
  assert.deepEqual(painted(order, 100), [1, 2, 2, 1]);
  assert.deepEqual(painted(order, LEVELS), [1, 1, 1, 1]);
});

test("painted pixels are opaque", () => {
  const out = new Uint8ClampedArray(4);
  paintAt(out, Uint8Array.from([3]), 9, uniform([7, 8, 9], 1), uniform([0, 0, 0], 1));
  assert.deepEqual([...out], [7, 8, 9, 255]);
});

test("a step's x leads back to the step", () => {
  for (let step = 0; step <= 16; step++) {
    assert.equal(stepAt(placed(step / 16, 0, 500)[0], 500, 16), step);
  }
  assert.deepEqual([stepAt(-9, 500, 16), stepAt(999, 500, 16)], [0, 16]);
});

test("the curve's path goes through its points, high probabilities upward", () => {
  const points = pathOf([1, 0.5, 0], 500, CHANCE)
    .slice(1)
    .split("L")
    .map((at) => at.split(" ").map(Number));
  for (const [step, [x, y]] of points.entries()) {
    const [across, down] = placed(step / 2, 1 - step / 2, 500);
    assert.ok(Math.abs(x - across) <= 0.051 && Math.abs(y - down) <= 0.051);
  }
  assert.ok(points[0][1] < points[2][1]);
});

test("no two lines look alike, with colour or without", () => {
  const lines = ["#1", "#2", "#3", "#4", "", ""].map((colour) => ({
    title: "",
    colour,
    deletion: [],
    insertion: [],
    areas: { deletion: "", insertion: "" },
  }));
  const looks = lines.map((line, index) => lookOf(line, index, 4));
  const bare = looks.map((look) => `${look.class} ${look["stroke-dasharray"]}`);
  assert.equal(new Set(bare).size, lines.length);
});
