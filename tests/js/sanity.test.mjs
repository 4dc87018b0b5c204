import assert from "node:assert/strict";
import test from "node:test";

import {
  between,
  lineOf,
  lowest,
  stageAt,
  xOf,
  yOf,
} from "../../densenet_viz/stage/sanity/geometry.js";
import { paintFaded, unpackSigned } from "../../densenet_viz/stage/maps/signed-scale.js";
import { markOf } from "../../densenet_viz/stage/shared/marks.js";
import { randomWords, readout, two, verdict } from "../../densenet_viz/stage/sanity/words.js";

const STAGES = ["trained", "classifier", "norm5", "stem"];

test("bytes are values whose ends are where the colours end", () => {
  const data = Buffer.from(Int8Array.from([127, 0, -127, 64])).toString("base64");
  const values = [...unpackSigned({ size: 2, data })];
  assert.deepEqual(values.slice(0, 3), [1, 0, -1]);
  assert.ok(Math.abs(values[3] - 64 / 127) < 1e-6);
});

test("each stage stands in the middle of its column, and an x leads back to it", () => {
  for (const count of [1, 4, 12]) {
    for (let stage = 0; stage < count; stage++) {
      const x = xOf(stage, count, 960);
      assert.equal(stageAt(x, count, 960), stage);
      assert.ok(Math.abs(x - (stage + 0.5) * (960 / count)) < 1e-9);
    }
  }
  assert.deepEqual([stageAt(-5, 4, 960), stageAt(2000, 4, 960)], [0, 3]);
});

test("the axis goes as low as the values need, and no lower", () => {
  assert.deepEqual(
    [
      [0.2, 1],
      [-0.05, 1],
      [-0.3, 1],
      [-0.51, 0],
      [-0.6, 0],
    ].map(lowest),
    [0, -0.25, -0.5, -0.5, -1],
  );
});

test("1 stands on top and the lowest value at the foot, evenly between", () => {
  const [top, foot] = [yOf(1, -1, 230), yOf(-1, -1, 230)];
  assert.ok(0 < top && top < foot && foot < 230);
  assert.equal(yOf(0, -1, 230), (top + foot) / 2);
  assert.equal(yOf(0, 0, 230), foot);
});

test("a line goes through its values in their columns", () => {
  const points = lineOf([1, 0.5], 4, 0, 400, 230)
    .slice(1)
    .split("L")
    .map((at) => at.split(" ").map(Number));
  assert.deepEqual(
    points.map(([x]) => x),
    [50, 150],
  );
  assert.ok(Math.abs(points[1][1] - yOf(0.5, 0, 230)) <= 0.051);
});

test("the three marks differ in shape", () => {
  const shapes = [0, 1, 2].map((kind) => markOf(kind, 10, 10, 6).replace(/[^A-Z]/g, ""));
  assert.deepEqual(shapes, ["MAAZ", "MLLLZ", "MLLZ"]);
});

test("between two stages a value goes straight from one to the other", () => {
  const values = [1, 0.5, -0.5];
  assert.deepEqual(
    [0, 0.5, 1, 1.5, 2, 9].map((time) => between(values, time)),
    [1, 0.75, 0.5, 0, -0.5, -0.5],
  );
});

// Blue for -1, white for 0, orange for 1.
const PALETTE = Uint8Array.from([0, 0, 200, 255, 255, 255, 200, 100, 0]);

test("a map fades into the next one", () => {
  const [from, to] = [Float32Array.from([1, -1, 0]), Float32Array.from([0, 1, 0])];
  const painted = (part) => {
    const out = new Uint8ClampedArray(12);
    paintFaded(out, from, to, part, PALETTE);
    return [0, 1, 2].map((pixel) => [...out.subarray(4 * pixel, 4 * pixel + 4)]);
  };
  const [blue, white, orange] = [
    [0, 0, 200, 255],
    [255, 255, 255, 255],
    [200, 100, 0, 255],
  ];
  assert.deepEqual(painted(0), [orange, blue, white]);
  assert.deepEqual(painted(0.5)[1], white); // half way from -1 to 1
  assert.deepEqual(painted(1), [white, orange, white]);
});

test("two digits with a real minus, and no minus zero", () => {
  assert.deepEqual([0.404, -0.51, -0.001, 1].map(two), ["0.40", "−0.51", "0.00", "1.00"]);
});

test("what is random is said from the top down", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((stage) => randomWords(STAGES, stage)),
    [
      "All weights are trained",
      "Random: classifier",
      "Random: classifier to norm5",
      "Random down to the stem: all weights are random",
    ],
  );
});

test("a stage is told with the values that there are", () => {
  const methods = [
    { title: "A", values: [1, 0.5] },
    { title: "B", values: [1] },
  ];
  assert.equal(
    readout(STAGES, 1, methods),
    `${randomWords(STAGES, 1)}. Similarity to the trained network’s map: A 0.50, edge detector 1.00.`,
  );
});

test("the verdict is told by a sign, words and the number", () => {
  assert.equal(verdict(null, null), "still being checked");
  assert.match(verdict(true, 0.73), /^≈ .*0\.73/);
  assert.match(verdict(false, 0.4), /^✓ .*0\.40/);
});
