// What the controls in a stage say, write into the address and send.

import assert from "node:assert/strict";
import { test } from "node:test";

import { compared, inMegabytes, inMillions } from "../../densenet_viz/stage/shared/amounts.js";
import {
  defaultsOf,
  sameValues,
  searchWith,
  valuesOf,
} from "../../densenet_viz/stage/shared/controls.js";

const CONTROLS = {
  asked: 0,
  numbers: [{ name: "k", value: 24, default: 32 }],
  switches: [{ name: "bottleneck", value: false, default: true }],
  choices: [{ name: "block", options: [1, 2], value: 2, default: 1 }],
};

test("values and their defaults, by name", () => {
  assert.deepEqual(valuesOf(CONTROLS), { block: 2, k: 24, bottleneck: false });
  assert.deepEqual(defaultsOf(CONTROLS), { block: 1, k: 32, bottleneck: true });
  assert.equal(sameValues({ k: 24 }, { k: 24, bottleneck: false }), true);
  assert.equal(sameValues({ k: 24 }, { k: 25 }), false);
});

test("the address has what is not the default, and keeps what is not theirs", () => {
  const defaults = defaultsOf(CONTROLS);
  const search = searchWith("?picture=star&k=8", { k: 24, bottleneck: false }, defaults);
  assert.equal(search, "?picture=star&k=24&bottleneck=false");
  assert.equal(searchWith(search, defaults, defaults), "?picture=star");
  assert.equal(searchWith("?k=8", defaults, defaults), "");
});

test("amounts are easy to read", () => {
  assert.deepEqual([339_738_624, 5_247_074_304].map(inMillions), ["340 M", "5.25 G"]);
  assert.equal(inMegabytes(21_889_024), "21.9 MB");
  assert.deepEqual(
    [compared(100, 400), compared(105, 100), compared(100, 100)],
    ["4.0× less", "1.05× more", "the same"],
  );
});
