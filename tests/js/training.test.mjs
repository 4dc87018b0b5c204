import assert from "node:assert/strict";
import test from "node:test";

import { answerWords, epochWords, sentenceWords } from "../../densenet_viz/stage/training/words.js";
import { numbersIn } from "./words.mjs";

test("the title says the epoch and the share", () => {
  assert.deepEqual(numbersIn(epochWords({ epoch: 3, accuracy: 0.975 })), [3, 97.5]);
  assert.deepEqual(numbersIn(epochWords({ epoch: 0, accuracy: 0.1 })), [10]);
});

test("the sentence says the answer, and whether it is right", () => {
  const scene = { truth: "seven", labels: ["one", "seven"] };
  const right = sentenceWords(scene, { chances: [0.2, 0.8], loss: 0.5 });
  assert.deepEqual(numbersIn(right), [80, 0.5]);
  assert.match(right, /right/);
  const wrong = sentenceWords(scene, { chances: [0.9, 0.1], loss: null });
  assert.match(wrong, /one.*seven/);
  assert.deepEqual(numbersIn(wrong), [90]);
});

test("an answer has a mark, and a wrong one the truth", () => {
  assert.match(answerWords("1", "1"), /✓/);
  assert.match(answerWords("1", "7"), /✗.*1.*7/);
});
