import assert from "node:assert/strict";
import test from "node:test";

import { lastOf, roomFor, scaleFor } from "../../densenet_viz/stage/lecture/handout.js";

const picture = (states) => ({ stage: "growth", key: "first", alt: "", sentence: "", states });

test("a picture without steps is its scene, at its own end", () => {
  assert.deepEqual(lastOf(picture([])), { key: "first", state: null });
});

test("the last step's scene and the last state that was told", () => {
  const states = [
    { step: 1, state: { layer: 1 } },
    { step: 2, state: {}, key: "second" },
    { step: 3, state: { layer: 2 } },
    { step: 4, state: {} },
  ];
  assert.deepEqual(lastOf(picture(states)), { key: "second", state: { layer: 2 } });
});

test("a picture has the room that words leave on the page, within reason", () => {
  assert.equal(roomFor(500), 500);
  assert.equal(roomFor(100), 660);
  assert.equal(roomFor(2000), 380);
});

test("a stage 1,000 pixels wide is made as wide as the paper, or as high as its room", () => {
  assert.equal(scaleFor(500, 660), 0.648);
  assert.equal(scaleFor(1000, 500), 0.5);
});
