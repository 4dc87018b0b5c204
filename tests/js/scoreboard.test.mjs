import assert from "node:assert/strict";
import test from "node:test";

import { better, lines, place, rowWords } from "../../densenet_viz/stage/scoreboard/words.js";

test("a share is a place along the row, and stays on it", () => {
  assert.deepEqual([0, 0.12345, 0.5, 1].map(place), ["0.00%", "12.35%", "50.00%", "100.00%"]);
  assert.deepEqual([-0.5, 1.0001].map(place), ["0.00%", "100.00%"]);
});

test("there is a line for each of edge detector and chance that there is", () => {
  const kinds = (edges, chance) =>
    lines({ edges, chance }).map(({ kind, at, label }) => [kind, at, label]);
  assert.deepEqual(kinds(0.2, 0.5), [
    ["edges", 0.2, "edge detector"],
    ["chance", 0.5, "chance"],
  ]);
  assert.deepEqual(kinds(0.2, null), [["edges", 0.2, "edge detector"]]);
  assert.deepEqual(kinds(null, 0.5), [["chance", 0.5, "chance"]]);
  assert.deepEqual(kinds(null, null), []);
});

test("a line at nothing is a line", () => {
  assert.equal(lines({ edges: 0, chance: null })[0].at, 0);
  assert.equal(lines({ edges: null, chance: 0 })[0].at, 0);
});

/** On which side of its line each label stands. */
function sides(edges, chance) {
  const all = lines({ edges, chance });
  return Object.fromEntries(all.map(({ kind, leftward }) => [kind, leftward ? "left" : "right"]));
}

test("a label stands on the right of its line, where that leaves it room", () => {
  assert.deepEqual(sides(0.3, null), { edges: "right" });
  assert.deepEqual(sides(0.9, null), { edges: "left" });
  assert.deepEqual(sides(0.9, 0.1), { edges: "left", chance: "right" });
});

test("the labels of two lines that lie close stand back to back", () => {
  assert.deepEqual(sides(0.49, 0.5), { edges: "left", chance: "right" });
  assert.deepEqual(sides(0.51, 0.5), { edges: "right", chance: "left" });
  assert.deepEqual(sides(0.65, 0.5), { edges: "right", chance: "left" });
});

test("no two labels lie over each other on a track of a laptop's width", () => {
  const width = { edges: 97, chance: 56 }; // of a label in 14 px and its distance from the line
  for (const edges of Array.from({ length: 101 }, (_, part) => part / 100)) {
    const boxes = lines({ edges, chance: 0.5 }).map(({ kind, at, leftward }) => {
      const x = 620 * at;
      return leftward ? [x - width[kind], x] : [x, x + width[kind]];
    });
    const [[left, right], [other, end]] = boxes;
    assert.ok(right <= other || end <= left, `edges at ${edges}: ${boxes.join(" and ")}`);
    for (const [low, high] of boxes) assert.ok(low >= 0 && high <= 620);
  }
});

const METHOD = { id: "cam", title: "Grad-CAM", treatment: "", isBaseline: false, cells: [] };
const RANDOM = { ...METHOD, id: "random", title: "Random", isBaseline: true };
const NUMBERS = { mean: 0.9, low: 0.89, high: 0.91, text: "90.0%", range: "89.0–91.0%" };
const ROW = { id: "cam", ...NUMBERS, count: 1200, isWorse: false };
const SAID = "90.0%, 95% interval 89.0–91.0%, over 1,200 scenes";

test("a row is told with its rank, its numbers and over how many scenes", () => {
  assert.equal(rowWords(METHOD, ROW, 1), `1. Grad-CAM, ${SAID}`);
});

test("what its look says of a row is told, too: a baseline, and worse than edges", () => {
  const worse = { ...ROW, isWorse: true };
  assert.equal(rowWords(RANDOM, ROW, 12), `12. Random, baseline, ${SAID}`);
  assert.equal(rowWords(METHOD, worse, 2), `2. Grad-CAM, ${SAID}, worse than an edge detector`);
});

test("the good end of the axis is pointed at", () => {
  assert.equal(better(true), "higher is better ▶");
  assert.equal(better(false), "◀ lower is better");
});
