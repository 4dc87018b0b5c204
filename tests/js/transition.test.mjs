// The transition stage's numbers, places and words.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";

import { chosenTransition, countsOf } from "../../densenet_viz/stage/transition/explore.js";
import { signedColour, walkFor } from "../../densenet_viz/stage/transition/draw.js";
import {
  columnsFor,
  cornerOf,
  layoutFor,
  mapAt,
  middleOf,
  way,
} from "../../densenet_viz/stage/transition/geometry.js";
import {
  bytesFor,
  clearest,
  partsOf,
  poolAll,
  pooled,
  unpackValues,
  valueOf,
  windowAt,
  windowOf,
} from "../../densenet_viz/stage/transition/values.js";
import {
  badgeOf,
  digitsFor,
  plain,
  poolingWords,
  sentenceOf,
  decimals,
  signed,
  titleOf,
  writerOf,
} from "../../densenet_viz/stage/transition/words.js";

/** Two maps of 4 × 4 in two bytes a value: the first counts 0 to 15, the second is twice that, less 10. */
function packed() {
  const steps = Uint16Array.from({ length: 32 }, (_, place) =>
    Math.round(((place % 16) / 15) * 65535),
  );
  return {
    count: 2,
    height: 4,
    width: 4,
    low: [0, -10],
    high: [15, 20],
    data: Buffer.from(steps.buffer).toString("base64"),
    bits: 16,
  };
}

const close = (/** @type {number} */ a, /** @type {number} */ b) =>
  assert.ok(Math.abs(a - b) < 1e-3, `${a} is not ${b}`);

test("values come back from two bytes, or from one", () => {
  const values = unpackValues(packed());
  close(valueOf(values, 0, 2, 1), 9);
  close(valueOf(values, 1, 2, 1), 8);
  const single = unpackValues({
    count: 1,
    height: 1,
    width: 2,
    low: [-1],
    high: [1],
    data: Buffer.from([0, 255]).toString("base64"),
    bits: 8,
  });
  assert.deepEqual([valueOf(single, 0, 0, 0), valueOf(single, 0, 0, 1)], [-1, 1]);
});

test("a window holds four neighbours, and they become one number", () => {
  const four = windowOf(unpackValues(packed()), 0, 1, 0);
  [8, 9, 12, 13].forEach((value, place) => close(four[place], value));
  close(pooled(four, "average"), 10.5);
  close(pooled(four, "max"), 13);
  assert.equal(pooled([-4, -1, -3, -2], "max"), -1);
  assert.equal(pooled([1, 2, 3, 6], "average"), 3);
});

test("all windows together are the pooled map", () => {
  const values = unpackValues(packed());
  for (const [pooling, expected] of /** @type {const} */ ([
    ["average", [2.5, 4.5, 10.5, 12.5]],
    ["max", [5, 7, 13, 15]],
  ])) {
    const maps = poolAll(values, pooling);
    assert.deepEqual([maps.count, maps.height, maps.width], [2, 2, 2]);
    close(maps.low[0], expected[0]);
    close(maps.high[0], expected[3]);
    expected.forEach((value, place) => {
      const read = maps.low[0] + (maps.bytes[place] / 255) * (maps.high[0] - maps.low[0]);
      assert.ok(Math.abs(read - value) < 0.04, `${pooling} ${place}`);
    });
    close(maps.high[1], 2 * expected[3] - 10);
  }
});

test("values are painted by their upper byte", () => {
  const { bytes } = bytesFor(unpackValues(packed()));
  assert.deepEqual([bytes[0], bytes[15]], [0, 255]);
  assert.ok(Math.abs(bytes[5] - 85) <= 1);
});

test("the window walks row by row and stops at the last", () => {
  assert.deepEqual(windowAt(0, 2, 3), { index: 0, row: 0, column: 0 });
  assert.deepEqual(windowAt(4.9, 2, 3), { index: 4, row: 1, column: 1 });
  assert.deepEqual(windowAt(6, 2, 3), { index: 5, row: 1, column: 2 });
});

test("the strongest inputs and the rest make the whole", () => {
  const mixing = {
    inputs: [
      [3, 0],
      [1, 2],
    ],
    weights: [
      [0.5, -0.25],
      [0.1, 0.2],
    ],
    contributions: [
      [1.5, -0.5],
      [0.2, 0.1],
    ],
    rest: [-0.25, 0.9],
    mean: [0.75, 1.2],
  };
  for (const output of [0, 1]) {
    const { parts, rest, mean } = partsOf(mixing, output);
    close(
      parts.reduce((sum, { contribution }) => sum + contribution, rest),
      mean,
    );
  }
  assert.deepEqual(partsOf(mixing, 0).parts[1], { input: 0, weight: -0.25, contribution: -0.5 });
  assert.equal(partsOf(mixing, 0).largest, 1.5);
  assert.equal(partsOf(mixing, 1).largest, 1.2);
  assert.equal(clearest(mixing), 0);
});

test("the tensors share one scale: half as wide is drawn half as wide", () => {
  for (const width of [1000, 358]) {
    const { given, mixed, result, height } = layoutFor(width, 256, 128, 0.5);
    assert.equal(mixed.pitch, given.pitch);
    assert.equal(result.pitch, given.pitch / 2);
    assert.equal(result.side, given.side / 2);
    assert.equal(mixed.rows, given.rows / 2);
    assert.equal(result.width * result.height * 8, given.width * given.height);
    for (const tensor of [given, mixed, result]) {
      assert.ok(
        tensor.x >= 0 && tensor.x + tensor.width <= width && tensor.y + tensor.height <= height,
      );
    }
  }
});

test("grids are full where they can be", () => {
  assert.deepEqual([64, 256, 512, 1024, 2112, 7].map(columnsFor), [8, 16, 32, 32, 48, 3]);
  for (const count of [1, 13, 153, 640])
    assert.ok(columnsFor(count) <= 2 * Math.ceil(Math.sqrt(count)));
});

test("a point finds the map under it", () => {
  const { mixed, given } = layoutFor(1000, 256, 150, 0.5);
  for (const map of [0, 17, 149]) assert.equal(mapAt(mixed, ...middleOf(mixed, map)), map);
  const [x, y] = cornerOf(mixed, 149);
  assert.equal(mapAt(mixed, x + mixed.pitch * 1.5, y + 1), null, "the last row is not full");
  assert.equal(mapAt(mixed, ...middleOf(given, 3)), null);
});

test("a way leads from tile to tile", () => {
  const layout = layoutFor(1000, 256, 128, 0.5);
  const curve = way(layout, layout.given, 30, layout.mixed, 7);
  assert.deepEqual(curve.slice(0, 2), middleOf(layout.given, 30));
  assert.deepEqual(curve.slice(6), middleOf(layout.mixed, 7));
});

test("the pooled map is half as wide as the mixed one and beside it", () => {
  const walk = walkFor(430, 32, 16);
  assert.equal(walk.half * 2, walk.side);
  assert.equal(walk.side % 32, 0);
  assert.ok(walk.x >= walk.side && walk.x + walk.half <= 430);
});

test("the signed scale is white at zero and symmetric in kind", () => {
  assert.deepEqual(signedColour(0), [255, 255, 255]);
  assert.deepEqual(signedColour(-1), [0x1b, 0x6f, 0xbc]);
  assert.deepEqual(signedColour(7), [0xb0, 0x52, 0x00]);
  const [red, , blue] = signedColour(0.4);
  assert.ok(red > blue);
});

const scene = {
  block: 1,
  size: [32, 32],
  half: [16, 16],
  compression: 0.5,
  trained: true,
  own: true,
  mismatches: [],
  given: { count: 256 },
  mixed: { count: 128 },
  writers: [
    { layer: 0, start: 0, stop: 64 },
    { layer: 1, start: 64, stop: 96 },
  ],
};

test("the words have the actual numbers", () => {
  assert.equal(titleOf(scene), "Half as many maps, each half as wide");
  assert.equal(titleOf({ ...scene, mixed: { count: 256 } }), "All maps kept, each half as wide");
  assert.equal(titleOf({ ...scene, mixed: { count: 76 } }), "76 of 256 maps, each half as wide");
  assert.match(
    sentenceOf(scene).replaceAll("\u00a0", " "),
    /^256 maps of 32 × 32 px .* 128 of 16 × 16\b.*\b8\b.*\b262,144\b/,
  );
  assert.match(sentenceOf({ ...scene, mixed: { count: 76 } }), /\b7%.*\b262,144\b/);
  assert.equal(writerOf(scene, 63).layer, 0);
  assert.equal(writerOf(scene, 64).layer, 1);
});

test("the badge says what is trained and what is random", () => {
  assert.match(badgeOf(scene).text, /measured on this network · trained weights/);
  assert.match(badgeOf({ ...scene, trained: false }).text, /random weights/);
  assert.match(
    badgeOf({ ...scene, own: false, compression: 0.3 }).text,
    /trained .* random 1 × 1 convolution.* θ = 0.3$/,
  );
  assert.equal(badgeOf({ ...scene, mismatches: ["x"] }).kind, "mismatch");
});

test("numbers are written with their sign, and to what is known of them", () => {
  assert.deepEqual(
    [0.1234, -0.1234, -0.0001].map((value) => signed(value)),
    ["+0.123", "−0.123", "0.000"],
  );
  const largest = [0.3, 9.99, 41, 125.5, 40_000];
  assert.deepEqual(largest.map(decimals), [3, 3, 2, 1, 0]); // as wide as "+0.300"
  assert.equal(plain(-1.26, 1), "−1.3");
  assert.equal(digitsFor(4, 65535), 3);
  assert.equal(digitsFor(2, 255), 2);
  assert.equal(digitsFor(5, 255), 1);
  assert.equal(
    poolingWords([1, -2, 3, -4], -0.5, "average", 1),
    "(1.0 − 2.0 + 3.0 − 4.0) / 4 = −0.5",
  );
  assert.equal(
    poolingWords([1, -2, 3, -4], 3, "max", 1),
    "the largest of 1.0, −2.0, 3.0, −4.0 is 3.0",
  );
});

test("on a slide the tensors are as large as the height that is left lets them be", () => {
  const free = layoutFor(900, 256, 128, 0.5);
  const held = layoutFor(900, 256, 128, 0.5, 300);
  assert.ok(free.height > 300 && held.height <= 300);
  assert.ok(held.height > 300 - 2 * held.given.rows, "two pixels more a map would be too high");
  assert.equal(held.result.pitch, held.given.pitch / 2);
});

test("a share is counted with the network's own decimals, or with those of the control", () => {
  const base = {
    growthRate: 4,
    blockConfig: [2, 2],
    initialChannels: 10,
    bottleneck: true,
    compression: 0.389,
    classes: 5,
    inputSize: 64,
    bottleneckFactor: 4,
    stem: "7×7",
    inputChannels: 3,
    hidden: [],
  };
  const controls = {
    asked: 0,
    numbers: [{ name: "theta", default: 0.39, value: 0.39 }],
    switches: [],
    choices: [{ name: "transition", default: 1, value: 1 }],
  };
  const keeps = (/** @type {number} */ theta) =>
    chosenTransition({ base, controls }, { transition: 1, theta });
  assert.equal(keeps(0.39).keeps, 7); // floor(0.389 * 18)
  assert.equal(keeps(0.3).keeps, 5);
  assert.deepEqual([keeps(0.05).impossible, keeps(0.05).keeps], [true, 7]);
  assert.deepEqual(countsOf({ base, controls }, { transition: 1, theta: 0.5 }), {
    block: 1,
    size: [16, 16],
    half: [8, 8],
    given: { count: 18 },
    mixed: { count: 9 },
  });
});
