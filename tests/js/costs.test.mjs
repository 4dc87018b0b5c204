// The bars of the costs, their hatching, and what is said of them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { barsOf, hatchingOf, sentenceOf } from "../../densenet_viz/stage/variants/costs-values.js";

const place = (name, parameters, multiplyAdds) => ({ name, parameters, multiplyAdds });
const SMALL = {
  title: "small",
  places: [
    place("Block 1", { "1×1": 10, "batch norm": 2 }, { "1×1": 1000, "batch norm": 0 }),
    place("Block 2", { "1×1": 30, "3×3": 8 }, { "1×1": 300, "3×3": 80 }),
  ],
};
const PLAIN = { title: "plain", places: [place("Block 1", { "3×3": 40 }, { "3×3": 400 })] };

test("one network has a bar for each place, and all have one each", () => {
  assert.deepEqual(barsOf([SMALL, PLAIN], "small", "multiplyAdds"), [
    { name: "Block 1", parts: { "1×1": 1000, "batch norm": 0 }, total: 1000 },
    { name: "Block 2", parts: { "1×1": 300, "3×3": 80 }, total: 380 },
  ]);
  assert.deepEqual(barsOf([SMALL, PLAIN], null, "parameters"), [
    { name: "small", parts: { "1×1": 40, "batch norm": 2, "3×3": 8 }, total: 50 },
    { name: "plain", parts: { "3×3": 40 }, total: 40 },
  ]);
});

test("the sentence names where the parameters are, and where the work is", () => {
  const apart = sentenceOf([SMALL, PLAIN], "small");
  assert.match(apart, /^small: Block 2 .*76%\. Block 1 .*: 72% .* with 24% /);
  assert.match(sentenceOf([SMALL, PLAIN], "plain"), /^plain: Block 1 holds 100% .* does 100% /);
});

test("networks without 1×1 convolutions have no share of them", () => {
  const other = { title: "other", places: [place("Block 1", { "1×1": 1, "3×3": 9 }, {})] };
  const all = sentenceOf([SMALL, PLAIN, other], null);
  assert.match(all, /10% .* in other and 80% in small/);
  assert.doesNotMatch(all, /plain/);
});

test("every kind but one has another hatching, and none leaves its rectangle", () => {
  const kinds = ["7×7", "1×1", "3×3", "transition", "batch norm", "classifier"];
  const paths = kinds.map((kind) => hatchingOf(kind, 100, 50, 60, 24));
  assert.equal(new Set(paths).size, kinds.length);
  assert.deepEqual(
    kinds.filter((_, index) => paths[index] === ""),
    ["3×3"],
  );
  for (const [, x, y] of paths.join("").matchAll(/[ML]([\d.]+) ([\d.]+)/g)) {
    assert.ok(Number(x) >= 100 && Number(x) <= 160);
    assert.ok(Number(y) >= 50 && Number(y) <= 74);
  }
});
