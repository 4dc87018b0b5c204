import assert from "node:assert/strict";
import test from "node:test";

import {
  counted,
  hitsAlong,
  keepAt,
  keptOf,
  placeFor,
  positives,
  ranking,
  unpackMask,
} from "../../densenet_viz/stage/maps/masks.js";

/** Numbers that look random and are the same every time, 0 to 1. */
function random(seed) {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

const base64 = (...bytes) => Buffer.from(bytes).toString("base64");

test("bits come back as numpy.packbits packs them: rows on end, the first highest", () => {
  const mask = [1, 0, 1, /**/ 0, 1, 0, /**/ 1, 1, 1];
  assert.deepEqual([...unpackMask(base64(0b10101011, 0b10000000), 3)], mask);
  assert.deepEqual([...unpackMask(base64(0b10000000), 1)], [1]);
  assert.deepEqual([...unpackMask(base64(0b01000000), 1)], [0]);
});

test("any mask comes back from bits that were packed one by one", () => {
  for (const size of [2, 5, 8, 13]) {
    const next = random(size);
    const mask = Array.from({ length: size * size }, () => (next() < 0.4 ? 1 : 0));
    const text = mask.join("").padEnd(8 * Math.ceil(mask.length / 8), "0");
    const bytes = text.match(/.{8}/g).map((byte) => parseInt(byte, 2));
    assert.deepEqual([...unpackMask(base64(...bytes), size)], mask, `size ${size}`);
  }
});

test("the ranking goes from the highest value down, equal ones as they stand", () => {
  assert.deepEqual([...ranking(new Float32Array([0, 3, -2, 3, 0, 7]))], [5, 1, 3, 0, 4, 2]);
});

test("what raises nothing is not counted", () => {
  assert.equal(positives(new Float32Array([0, 3, -2, 1e-9, -0])), 2);
  assert.equal(positives(new Float32Array([])), 0);
});

test("kept are the first of the ranking, and no more", () => {
  const order = Uint32Array.from([5, 1, 3, 0, 4, 2]);
  assert.deepEqual([...keptOf(order, 3)], [0, 1, 0, 1, 0, 1]);
  assert.deepEqual([...keptOf(order, 0)], [0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...keptOf(order, 6)], [1, 1, 1, 1, 1, 1]);
});

test("precision and recall of every cut are those of counting pixels", () => {
  const next = random(7);
  // Few values, so that many are equal.
  const values = Float32Array.from({ length: 144 }, () => Math.round(9 * next()) - 4);
  const mask = Uint8Array.from(values, (value) => (next() < 0.3 + 0.05 * value ? 1 : 0));
  const other = Uint8Array.from(mask, (inside) => (!inside && next() < 0.2 ? 1 : 0));
  const order = ranking(values);
  const hits = hitsAlong(order, mask);
  const others = hitsAlong(order, other);
  const places = [...values.keys()];
  const whole = places.filter((place) => mask[place]).length;
  assert.ok(whole > 20 && whole < 100);
  for (let keep = 1; keep <= values.length; keep++) {
    const kept = keptOf(order, keep);
    const chosen = places.filter((place) => kept[place]);
    const left = places.filter((place) => !kept[place]);
    assert.equal(chosen.length, keep);
    const least = Math.min(...chosen.map((place) => values[place]));
    assert.ok(left.every((place) => values[place] <= least));
    const found = chosen.filter((place) => mask[place]).length;
    const beside = chosen.filter((place) => other[place]).length;
    assert.deepEqual(counted(keep, hits, others), {
      kept: keep,
      hits: found,
      precision: found / keep,
      recall: found / whole,
      others: beside / keep,
    });
  }
});

test("nothing kept is no mistake and finds nothing", () => {
  const hits = Uint32Array.from([0, 1, 1]);
  const none = { kept: 0, hits: 0, precision: 1, recall: 0, others: 0 };
  assert.deepEqual(counted(0, hits, hits), none);
});

test("without another mask nothing lies on it, and of an empty one nothing is found", () => {
  assert.equal(counted(2, Uint32Array.from([0, 1, 2]), null).others, 0);
  const empty = hitsAlong(Uint32Array.from([1, 0]), new Uint8Array(2));
  const missed = { kept: 2, hits: 0, precision: 0, recall: 0, others: 0 };
  assert.deepEqual(counted(2, empty, null), missed);
});

test("as many kept as there is object: precision and recall are equal", () => {
  const order = Uint32Array.from([3, 1, 0, 2, 4]);
  const hits = hitsAlong(order, Uint8Array.from([1, 1, 1, 0, 0]));
  const { precision, recall } = counted(3, hits, null);
  assert.equal(precision, 2 / 3);
  assert.equal(recall, 2 / 3);
});

test("the slider goes from one pixel to all that raise, finely at first", () => {
  assert.equal(keepAt(0, 240, 5000), 1);
  assert.equal(keepAt(120, 240, 5000), 1250);
  assert.equal(keepAt(240, 240, 5000), 5000);
  const kept = Array.from({ length: 241 }, (_, place) => keepAt(place, 240, 50000));
  const steps = kept.slice(1).map((keep, place) => keep - kept[place]);
  assert.ok(steps.every((step) => step >= 0));
  assert.ok(steps[5] < steps[200] / 10);
});

test("where nothing raises, the slider keeps nothing, wherever it stands", () => {
  for (const place of [0, 1, 120, 240]) assert.equal(keepAt(place, 240, 0), 0);
  assert.equal(placeFor(0, 240, 0), 0);
  assert.equal(placeFor(7, 240, 0), 0);
});

test("a slider that was moved is found where it was left", () => {
  for (let place = 0; place <= 240; place++) {
    assert.equal(placeFor(keepAt(place, 240, 5e6), 240, 5e6), place);
  }
});

test("the slider's place is the one that comes nearest to what is kept", () => {
  assert.equal(placeFor(1250, 240, 5000), 120);
  assert.equal(placeFor(9999, 240, 5000), 240);
  for (const keep of [1, 17, 400, 2500, 4999]) {
    const place = placeFor(keep, 240, 5000);
    const root = (at) => Math.abs(at / 240 - Math.sqrt(keep / 5000));
    for (const beside of [place - 1, place + 1]) assert.ok(root(place) <= root(beside), `${keep}`);
  }
});
