// The inside stage's places, geometry, numbers and words.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";

import { stripFor, zoomFrom } from "../../densenet_viz/stage/inside/geometry.js";
import { inkOn } from "../../densenet_viz/stage/inside/paint.js";
import {
  NETWORK,
  addressOf,
  besides,
  isPlace,
  keyOf,
  levelOf,
  parentOf,
  placeAt,
  trailOf,
  wayTo,
} from "../../densenet_viz/stage/inside/places.js";
import {
  bySource,
  holds,
  normed,
  productsOf,
  seenBy,
  slid,
  strongestOf,
  sumAt,
  surroundingsOf,
  unpackFloats,
} from "../../densenet_viz/stage/inside/values.js";
import {
  celled,
  channelWords,
  exact,
  ledgerOf,
  nameOf,
  percent,
  short,
} from "../../densenet_viz/stage/inside/words.js";

const COSTS = { parameters: 10, multiplyAdds: 100 };

/** @param {string} at @param {number} layer @param {number} reads */
function layer(at, layer, reads) {
  return { at, layer, reads, channels: 4, size: 8, ...COSTS, steps: [] };
}

/** @param {string} kind @param {string} at @param {number[]} shape @param {object[]} layers */
function part(kind, at, [number, reads, writes, pixels, out], layers) {
  return {
    kind,
    at,
    name: `${kind} ${number}`,
    number,
    reads,
    writes,
    pixels,
    out,
    ...COSTS,
    layers,
  };
}

const SCENE = /** @type {any} */ ({
  name: "Net",
  parts: [
    part("stem", "stem", [0, 3, 8, 64, 16], [layer("stem", 0, 3)]),
    part(
      "block",
      "denseblock1",
      [1, 8, 16, 16, 16],
      [layer("denseblock1.denselayer1", 1, 8), layer("denseblock1.denselayer2", 2, 12)],
    ),
    part("transition", "transition1", [1, 16, 8, 16, 8], [layer("transition1", 0, 16)]),
    part("block", "denseblock2", [2, 8, 12, 8, 8], [layer("denseblock2.denselayer1", 1, 8)]),
    part("classifier", "classifier", [0, 12, 5, 1, 1], []),
  ],
});
const NUMBER = placeAt("denseblock1.denselayer2", 3, 0, 7);

test("the trail leads from the network to the number, and back", () => {
  assert.deepEqual(trailOf(NUMBER).map(levelOf), [
    "network",
    "block",
    "layer",
    "channel",
    "number",
  ]);
  assert.deepEqual(trailOf(placeAt("stem", 1)).map(levelOf), ["network", "layer", "channel"]);
  assert.equal(parentOf(NETWORK), null);
  assert.equal(
    keyOf(/** @type {any} */ (wayTo(placeAt("denseblock1"), NUMBER))),
    "denseblock1.denselayer2",
  );
  assert.equal(wayTo(placeAt("denseblock2"), NUMBER), null);
  assert.equal(wayTo(NUMBER, NUMBER), null);
});

test("an address keeps its other parameters", () => {
  const address = addressOf("?model=scenes&at=stem&y=9", NUMBER);
  assert.equal(address, "?model=scenes&at=denseblock1.denselayer2&channel=3&y=0&x=7");
  assert.equal(addressOf(address, NETWORK), "?model=scenes");
});

test("a place has to be in the network", () => {
  for (const place of [NETWORK, NUMBER, placeAt("denseblock2"), placeAt("stem", 3)])
    assert.ok(isPlace(SCENE, place), keyOf(place));
  for (const bad of [
    placeAt("frog"),
    placeAt("stem", 4),
    placeAt("stem", 1, 8, 0),
    placeAt("stem", 1, 1),
    placeAt("denseblock1", 0),
    placeAt("", 0),
  ])
    assert.ok(!isPlace(SCENE, bad), keyOf(bad));
});

test("neighbours are of the same level", () => {
  const names = (/** @type {any} */ place) => besides(SCENE, place).map((one) => one && keyOf(one));
  assert.deepEqual(names(placeAt("denseblock1")), ["stem", "transition1"]);
  assert.deepEqual(names(placeAt("denseblock1.denselayer1")), [null, "denseblock1.denselayer2"]);
  assert.deepEqual(names(placeAt("denseblock2")), ["transition1", "classifier"]);
  assert.deepEqual(names(placeAt("stem", 3)), ["stem 2", null]);
  assert.deepEqual(names(NUMBER), [null, null]);
});

test("each part has its room, bands grow to what the block writes, and a phone turns it", () => {
  for (const width of [1200, 390]) {
    const { narrow, columns, height } = stripFor(SCENE.parts, width);
    assert.equal(narrow, width < 640);
    const ends = columns.map(({ x, y, width: wide, height: tall }) =>
      narrow ? [y, y + tall] : [x, x + wide],
    );
    ends.slice(1).forEach(([start], place) => assert.ok(start >= ends[place][1]));
    assert.ok(ends.every(([start, end]) => end - start >= 24));
    assert.ok(ends.at(-1)[1] <= (narrow ? height : width) + 0.01);
    const { bands } = columns[1];
    assert.deepEqual(
      bands.map(({ layer: one }) => one),
      [0, 1, 2],
    );
    const thick = bands.map((band) => (narrow ? band.width : band.height));
    assert.ok(Math.abs(thick[0] / thick[1] - 2) < 1e-9); // 8 maps entered, each layer adds 4
  }
});

test("while one view grows out of another, the box stays on it at every moment", () => {
  const box = { x: 100, y: 50, width: 200, height: 100 };
  const { inner, outer } = zoomFrom(box, 800, 400);
  for (const share of [0, 0.3, 0.7, 1]) {
    const mixed = (/** @type {number} */ from, /** @type {number} */ to) =>
      from + (to - from) * share;
    const scale = mixed(1, outer.scale);
    const [x, y] = [mixed(0, outer.x) + box.x * scale, mixed(0, outer.y) + box.y * scale];
    assert.ok(Math.abs(x - mixed(inner.x, 0)) < 1e-9);
    assert.ok(Math.abs(y - mixed(inner.y, 0)) < 1e-9);
    assert.ok(Math.abs(box.width * scale - 800 * mixed(inner.scale, 1)) < 1e-9);
  }
});

/** @param {number[]} values @param {number} height @param {boolean} [double] */
function packed(values, height, double = false) {
  const array = double ? Float64Array.from(values) : Float32Array.from(values);
  const data = Buffer.from(array.buffer).toString("base64");
  return { count: 1, height, width: values.length / height, double, data };
}

test("products and rest add up, wherever the kernel slides", () => {
  // One input of 4 × 4 that counts from 0, a kernel of 2 × 2, stride 2: rows 5 and 6, columns 1 and 2.
  const detail = /** @type {any} */ ({
    kernelSize: 2,
    stride: 2,
    top: 5,
    left: 1,
    strongest: [{ input: 9, weights: [1, -1, 0.5, 2] }],
    read: packed(
      Array.from({ length: 16 }, (_, place) => place),
      4,
    ),
    rest: packed([0.25, 0, 0, 1e-9], 2, true),
    made: packed([10, 11, 12, 13], 2),
    after: [{ name: "relu0", values: packed([1, 2, 3, 4], 2) }],
  });
  const around = surroundingsOf(detail);
  const first = sumAt(around, 5, 1);
  assert.deepEqual(first.terms[0].window, [0, 1, 4, 5]);
  assert.deepEqual(first.terms[0].products, [0, -1, 2, 10]);
  assert.deepEqual([first.shown, first.rest, first.total, first.made], [11, 0.25, 11.25, 10]);
  const last = sumAt(around, 6, 2);
  assert.deepEqual(last.terms[0].window, [10, 11, 14, 15]);
  assert.equal(last.rest, 1e-9); // no digit of a double is lost
  assert.deepEqual([last.made, last.after[0].value], [13, 4]);
  assert.ok(holds(around, 6, 2) && !holds(around, 7, 2) && !holds(around, 5, 0));
});

test("a reader sees the norm's values, and zero below zero", () => {
  const reader = /** @type {any} */ ({ gamma: 2, beta: 1, mean: 3, spread: 4 });
  assert.equal(normed(reader, 5), 2);
  const seen = seenBy(unpackFloats(packed([5, -5], 1)), reader);
  assert.deepEqual([...seen.values], [2, 0]);
});

test("arrow keys slide by one, with Shift by ten, and stop at the edges", () => {
  assert.deepEqual(slid("ArrowRight", 3, 3, 8, false), [3, 4]);
  assert.deepEqual(slid("ArrowUp", 0, 3, 8, false), [0, 3]);
  assert.deepEqual(slid("ArrowDown", 3, 3, 8, true), [7, 3]);
  assert.equal(slid("Enter", 3, 3, 8, false), null);
});

test("a ledger by arithmetic", () => {
  assert.deepEqual(ledgerOf(SCENE.parts[1], 3), [
    { source: 0, start: 0, stop: 8 },
    { source: 1, start: 8, stop: 12 },
    { source: 2, start: 12, stop: 16 },
  ]);
});

test("numbers as text", () => {
  assert.equal(channelWords(64, 96), "64–95");
  assert.equal(channelWords(3, 4), "3");
  assert.equal(short(6968208), "7.0 M");
  assert.equal(exact(-0.00012345678), "−0.000123457");
  assert.equal(exact(6.36e-7, 2), "6.4e−7");
  assert.equal(exact(0), "0");
  assert.equal(celled(-0.0001, true), "0.00");
  assert.equal(celled(-12.345, false), "−12.35");
  assert.equal(percent(0.0002), "0.02%");
  assert.equal(percent(0.5), "50%");
  assert.equal(nameOf(SCENE, NUMBER), "Row 0, column 7");
  assert.equal(nameOf(SCENE, placeAt("denseblock1.denselayer2")), "Layer 2");
});

test("text on any colour has a contrast of 4.5:1 at least", () => {
  const linear = (/** @type {number} */ value) =>
    value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
  for (let grey = 0; grey < 256; grey += 5) {
    const own = linear(grey) + 0.05;
    const contrast = inkOn([grey, grey, grey]) === "#000" ? own / 0.05 : 1.05 / own;
    assert.ok(contrast >= 4.5, `${grey}: ${contrast}`);
  }
});

test("a class's products are added up source by source", () => {
  const pack = (/** @type {number[]} */ values) => {
    const data = Buffer.from(new Float32Array(values).buffer).toString("base64");
    return { count: 1, height: 1, width: values.length, double: false, data };
  };
  const products = productsOf(pack([1, 2, 3, 4]), pack([1, -2, 0.5, 0.25]));
  assert.deepEqual([...products], [1, -4, 1.5, 1]);
  const ledger = [
    { source: 0, start: 0, stop: 3 },
    { source: 1, start: 3, stop: 4 },
  ];
  assert.deepEqual(bySource(ledger, products), [-1.5, 1]);
  assert.deepEqual(strongestOf(products, 2), [1, 2]);
});

test("the classifier is a place of its own, after the last block", () => {
  const place = placeAt("classifier");
  assert.equal(levelOf(place), "classifier");
  assert.ok(isPlace(SCENE, place));
  assert.ok(!isPlace(SCENE, placeAt("classifier", 0)));
  assert.deepEqual(trailOf(place).map(levelOf), ["network", "classifier"]);
  assert.deepEqual(
    besides(SCENE, place).map((one) => one && keyOf(one)),
    ["denseblock2", null],
  );
  assert.equal(besides(SCENE, placeAt("denseblock2"))[1]?.at, "classifier");
});
