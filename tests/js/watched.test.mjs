import assert from "node:assert/strict";
import test from "node:test";

import {
  across,
  enlarged,
  frameOf,
  placeAt,
  up,
  writtenPlaces,
} from "../../densenet_viz/stage/watched/geometry.js";
import {
  sentenceWords,
  shownClasses,
  titleWords,
  winsWords,
} from "../../densenet_viz/stage/watched/words.js";
import { numbersIn } from "./words.mjs";

test("a pointer is at the kept step that is drawn there, and outside at the first or last", () => {
  for (const width of [340, 900]) {
    const frame = frameOf(width);
    for (let place = 0; place < 12; place++) {
      assert.equal(placeAt(frame, across(frame, place, 12) + 3, 12), place);
    }
    assert.equal(placeAt(frame, -50, 12), 0);
    assert.equal(placeAt(frame, width + 50, 12), 11);
    assert.ok(up(frame, 1) < up(frame, 0));
  }
});

test("the last step is always written, and written steps have room", () => {
  for (const width of [300, 340, 900]) {
    const frame = frameOf(width);
    const places = writtenPlaces(frame, 12);
    assert.equal(places.at(-1), 11);
    const [first, second] = places.map((place) => across(frame, place, 12));
    assert.ok(second - first >= 50);
  }
});

test("an enlarged map has each value in its square", () => {
  assert.deepEqual(
    [...enlarged(Float32Array.of(1, 2, 3, 4), 2, 4)],
    [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4],
  );
});

test("the sentences have the numbers of the shown step", () => {
  const shares = [
    { true: 0.1, none: 0.1, wrong: 0.06, follows: 0.07 },
    { true: 1, none: 0.1, wrong: 0.02, follows: 0.97 },
  ];
  const network = { title: "Cheater", shares, wins: 1200 };
  assert.deepEqual(numbersIn(titleWords(1200, network, 1)), [1200, 97]);
  assert.deepEqual(numbersIn(winsWords([{ ...network, wins: null }, network])), [1200]);
  assert.deepEqual(numbersIn(winsWords([{ ...network, wins: null }])), []);
  const looks = [{ chances: [0.2, 0.8] }, { chances: [0.9, 0.1] }];
  const scene = {
    truth: "ring",
    tag: "",
    labels: ["ring", "star"],
    networks: [{ title: "A", looks }],
  };
  assert.match(sentenceWords(scene, 0), /star/);
  assert.deepEqual(numbersIn(sentenceWords(scene, 1)), [90]);
});

test("the bars are those of the object, the tag and the answer, always as many", () => {
  const labels = ["ring", "star", "heart"];
  assert.deepEqual(shownClasses(labels, "ring", "star", [0.1, 0.2, 0.7]), [
    "ring",
    "star",
    "heart",
  ]);
  assert.deepEqual(shownClasses(labels, "ring", "star", [0.1, 0.7, 0.2]), ["ring", "star", ""]);
  assert.equal(shownClasses(labels, "ring", "", [0.7, 0.2, 0.1]).length, 2);
  assert.equal(shownClasses(labels, "ring", "ring", [0.1, 0.2, 0.7]).length, 2);
});
