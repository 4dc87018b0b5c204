// The maps that a page holds, so that the server does not send them again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Held } from "../../densenet_viz/stage/maps/held.js";

/** Two maps of 2 × 2 pixels: 8 bytes. */
const sent = (name) => ({
  name,
  count: 2,
  height: 2,
  width: 2,
  low: [0, 1],
  high: [1, 2],
  data: Buffer.from([1, 2, 3, 4, 5, 6, 7, 8]).toString("base64"),
});
const known = (name) => ({ ...sent(name), low: [], high: [], data: null });

test("maps that were sent once are there when only their name is sent", () => {
  const held = new Held(64);
  const first = held.take(sent("a"));
  assert.deepEqual([...first.bytes], [1, 2, 3, 4, 5, 6, 7, 8]);
  const again = held.take(known("a"));
  assert.equal(again, first);
  assert.deepEqual(again.high, [1, 2]);
  assert.equal(held.take(known("b")), null);
  assert.equal(held.hasAll([known("a"), sent("c")]), true);
  assert.equal(held.hasAll([known("a"), known("d")]), false);
});

test("only the last used are held, and only half of them are promised", () => {
  const held = new Held(32);
  for (const name of ["a", "b", "c", "d"]) held.take(sent(name));
  held.take(known("a"));
  assert.deepEqual(held.names(), ["a", "d"]);
  held.take(sent("e"));
  assert.equal(held.take(known("b")), null);
  assert.notEqual(held.take(known("a")), null);
  held.clear();
  assert.deepEqual(held.names(), []);
});
