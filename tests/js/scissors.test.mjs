// Sets of cuts, presets and words of the scissors.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  cellsOf,
  Cuts,
  nameOf,
  packed,
  placeOf,
  PRESETS,
  unpacked,
} from "../../densenet_viz/stage/scissors/cuts.js";
import {
  gameWords,
  percent,
  sentenceOf,
  titleOf,
} from "../../densenet_viz/stage/scissors/words.js";

const WEIGHTS = [6, 5, 4, 3, 2, 1];
const block = {
  block: 2,
  layers: 2,
  entering: "transition 1",
  next: "transition",
  colours: [],
  weights: WEIGHTS,
};

const scene = {
  blocks: [block],
  start: 1,
  cuts: "",
  answer: "ring",
  now: "ring",
  logits: [5, 4.5],
  bars: [],
  greedy: null,
  palette: "",
};

test("cells are those of Python's order", () => {
  const cells = cellsOf(block);
  assert.deepEqual(cells.map(placeOf), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(cells[5], { source: 2, reader: 3 });
});

test("a text of cuts is sorted by number, not by letter", () => {
  assert.equal(packed(["2.10-11", "1.0-2", "2.2-5"]), "1.0-2~2.2-5~2.10-11");
  assert.deepEqual([...unpacked("")], []);
  assert.deepEqual([...unpacked("1.0-2~2.2-5")], ["1.0-2", "2.2-5"]);
});

test("presets cut what they say, in their block only", () => {
  const cuts = new Cuts("1.0-1");
  const names = (/** @type {number} */ place) =>
    PRESETS[place]
      .of(block)
      .map((cell) => nameOf(2, cell))
      .sort();
  assert.deepEqual(names(0), ["2.0-2", "2.0-3", "2.1-3"]);
  assert.deepEqual(names(1), ["2.0-2", "2.0-3"]);
  assert.deepEqual(names(2), ["2.0-2", "2.1-3"]);
  const wide = { ...block, layers: 5, weights: Array.from({ length: 21 }, (_, i) => i) };
  assert.deepEqual(
    PRESETS[3]
      .of(wide)
      .map(placeOf)
      .sort((a, b) => a - b),
    [11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  );
  assert.deepEqual(
    PRESETS[4]
      .of(wide)
      .map(placeOf)
      .sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  cuts.preset(block, PRESETS[1]);
  assert.equal(cuts.text, "1.0-1~2.0-2~2.0-3");
});

test("undo and redo lead back and forth, and a new cut ends the way forth", () => {
  const cuts = new Cuts("");
  assert.ok(cuts.toggle("1.0-1"));
  assert.ok(cuts.toggle("1.0-2"));
  assert.ok(!cuts.toggle("1.0-2", true));
  assert.ok(cuts.undo());
  assert.equal(cuts.text, "1.0-1");
  assert.ok(cuts.redo());
  assert.equal(cuts.text, "1.0-1~1.0-2");
  cuts.undo();
  cuts.toggle("1.1-2");
  assert.ok(!cuts.redo());
  assert.ok(cuts.undo() && cuts.undo());
  assert.equal(cuts.text, "");
  assert.ok(!cuts.undo());
});

test("the words have the numbers", () => {
  assert.equal(percent(0.034), "3.4%");
  assert.match(titleOf(scene, 1, false), /^1 connection cut/);
  assert.match(titleOf({ ...scene, now: "star" }, 2, false), /star/);
  assert.match(sentenceOf(scene, 2, false), /5\.00.*4\.50.*−0\.50.*4 connections of 6/);
  assert.match(gameWords({ ...scene, greedy: { cuts: "2.0-1", kept: 5 } }, 6), /5 connections.*6/);
});
