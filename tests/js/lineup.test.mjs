import assert from "node:assert/strict";
import test from "node:test";

import { answered, mark, readout, revealed } from "../../densenet_viz/stage/lineup/words.js";

const BOTH = [
  { name: "Witness 1", value: 0.0123 },
  { name: "Witness 2", value: -4 },
];
const masks = (object, tag) => [
  { name: "object", inside: object },
  { name: "tag", inside: tag },
];

test("right and wrong are told by a sign and a word", () => {
  assert.equal(mark(true), "✓ right");
  assert.equal(mark(false), "✗ wrong");
});

test("under the crosshair stand the place and every map's value", () => {
  assert.equal(
    readout([3, 40], BOTH, masks(true, false)),
    "x 3, y 40, on the object: Witness 1 +0.0123 (raises), Witness 2 −4.00 (lowers)",
  );
  const nothing = [{ name: "Witness 2", value: 0 }];
  assert.equal(readout([0, 1], nothing, masks(false, true)), "x 0, y 1, on the tag: Witness 2 0");
});

test("a place is said to be on what it is on, or beside all that there is", () => {
  const where = (given) => readout([1, 2], BOTH, given).split(":")[0];
  assert.equal(where(masks(true, true)), "x 1, y 2, on the object and the tag");
  assert.match(where(masks(false, false)), /^x 1, y 2, .*object .*tag$/);
  assert.notEqual(where(masks(false, false)), where(masks(true, true)));
});

test("where there is no tag, none is spoken of", () => {
  const where = (given) => readout([1, 2], BOTH, given).split(":")[0];
  assert.match(where([{ name: "object", inside: false }]), /^x 1, y 2, .*object$/);
  assert.equal(where([{ name: "object", inside: true }]), "x 1, y 2, on the object");
  assert.equal(where([]), "x 1, y 2");
});

test("a map appears from nothing to whole, and never goes back", () => {
  assert.equal(revealed(0, 1000), 0);
  assert.equal(revealed(500, 1000), 0.875);
  assert.equal(revealed(1000, 1000), 1);
  const parts = Array.from({ length: 21 }, (_, step) => revealed(50 * step, 1000));
  for (const [step, part] of parts.slice(1).entries()) assert.ok(part > parts[step], `at ${step}`);
});

test("before its time a map is hidden, after it whole, and at once where there is no time", () => {
  assert.equal(revealed(-5, 1000), 0);
  assert.equal(revealed(9000, 1000), 1);
  assert.equal(revealed(0, 0), 1);
});

test("who has not answered is said to be silent", () => {
  const silent = { name: "Model A", label: null };
  assert.equal(answered(silent), "Model A has not answered yet");
  const ring = { ...silent, label: "ring", percent: "97.0%" };
  assert.equal(answered(ring), "Model A says ring, with 97.0%");
});
