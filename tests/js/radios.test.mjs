import assert from "node:assert/strict";
import test from "node:test";

import { placeAfter } from "../../densenet_viz/stage/shared/radios.js";

test("arrows go round the choices, Home and End to the ends", () => {
  assert.equal(placeAfter("ArrowRight", 0, 3), 1);
  assert.equal(placeAfter("ArrowDown", 2, 3), 0);
  assert.equal(placeAfter("ArrowLeft", 0, 3), 2);
  assert.equal(placeAfter("ArrowUp", 2, 3), 1);
  assert.equal(placeAfter("Home", 2, 3), 0);
  assert.equal(placeAfter("End", 0, 3), 2);
});

test("where choices have an order, arrows stop at the ends", () => {
  assert.equal(placeAfter("ArrowRight", 2, 3, true), 2);
  assert.equal(placeAfter("ArrowUp", 0, 3, true), 0);
  assert.equal(placeAfter("ArrowUp", 2, 3, true), 1);
});

test("other keys lead nowhere", () => {
  for (const key of ["Enter", " ", "Tab", "a"]) assert.equal(placeAfter(key, 1, 3), null);
});
