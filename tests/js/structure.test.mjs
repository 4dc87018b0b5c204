import assert from "node:assert/strict";
import test from "node:test";

import { spans } from "../../densenet_viz/stage/structure/bars.js";
import {
  ALL,
  Flows,
  SUM,
  enlarged,
  limitOf,
  placeOf,
  stepped,
} from "../../densenet_viz/stage/structure/flows.js";
import { cellAt, every, matrixFrame } from "../../densenet_viz/stage/structure/matrix.js";
import {
  barsWords,
  both,
  cellWords,
  mapWords,
  percent,
  sentenceWords,
  share,
  strongest,
  titleWords,
} from "../../densenet_viz/stage/structure/words.js";
import { numbersIn } from "./words.mjs";

/** Connections of a block of two layers: 0→1, 0→2, 1→2, 0→out, 1→out, 2→out. */
const SUMS = [4, 1, 3, 2, 1, 5];

const packed = (values, side, more = {}) => {
  const most = Math.max(...values.map(Math.abs));
  const whole = Int16Array.from(values, (value) => Math.round((value / most) * 32767));
  const data = Buffer.from(whole.buffer).toString("base64");
  return {
    block: 3,
    entering: "transition 2",
    next: "transition 3",
    side,
    layers: 2,
    colours: ["#000000", "#111111", "#222222"],
    sums: SUMS,
    complete: true,
    most,
    data,
    ...more,
  };
};
const flows = new Flows(packed([1, 2, 3, 4, 5, -6], 1));
const SCENE = {
  picture: "",
  size: 4,
  label: "ring",
  baseline: "all black",
  score: 7.5,
  rise: 8,
  shares: true,
  blocks: [],
  start: 3,
  exact: "",
  palette: "",
};

test("a connection stands where Python puts it", () => {
  const all = [1, 2, 3].flatMap((reader) =>
    Array.from({ length: reader }, (_, source) => placeOf(source, reader)),
  );
  assert.deepEqual(all, [0, 1, 2, 3, 4, 5]);
});

test("rows and columns are summed, and what passed is told from what was added", () => {
  assert.deepEqual(
    [0, 1, 2].map((source) => flows.outOf(source)),
    [7, 4, 5],
  );
  assert.deepEqual(
    [1, 2, 3].map((reader) => flows.into(reader)),
    [4, 4, 8],
  );
  assert.deepEqual([flows.passed, flows.added], [2, 6]);
  assert.equal(flows.at(2, 1), 0);
  assert.deepEqual([flows.flow(SUM, 2), flows.flow(1, ALL), flows.flow(SUM, ALL)], [4, 4, 8]);
  assert.deepEqual(
    [flows.sourcesOf(2), flows.sourcesOf(ALL)],
    [
      [0, 1],
      [0, 1, 2],
    ],
  );
});

const close = (found, expected) => {
  assert.equal(found.length, expected.length);
  expected.forEach((value, index) =>
    assert.ok(Math.abs(found[index] - value) < 1e-3, `${found[index]} is not ${value}`),
  );
};

test("a flow's map is its own, or the sum of those it stands for", () => {
  close(flows.map(1, 2), [3]);
  close(flows.map(1, ALL), [3 + 5]);
  close(flows.map(SUM, 3), [4 + 5 - 6]);
  close(flows.map(SUM, ALL), [3]);
});

test("a block that sent only what leaves it has no other maps", () => {
  const deep = new Flows(packed([1, 2, 3, 4, 5, 6], 1, { complete: false }));
  close(deep.map(1, 3), [2]);
  close(deep.map(1, ALL), [5]);
  close(deep.map(SUM, 3), [6]);
  assert.equal(deep.map(0, 1), null);
  assert.equal(deep.map(SUM, 2), null);
});

test("a map's pixels become squares of the picture, rests at the end included", () => {
  assert.deepEqual(
    [...enlarged(Float32Array.of(1, 2, 3, 4), 2, 4)],
    [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4],
  );
  assert.deepEqual([...enlarged(Float32Array.of(1, 2, 3, 4), 2, 3)].slice(0, 3), [1, 1, 2]);
});

test("a few strong values do not set the colours' limit", () => {
  const values = Float32Array.from({ length: 200 }, (_, index) =>
    index === 7 ? -1000 : index % 10,
  );
  assert.equal(limitOf(values, 99), 9);
  assert.equal(limitOf([0, 0, 0, 5], 50), 5);
  assert.equal(limitOf([0, 0], 50), 1);
});

test("arrows stay on connections", () => {
  assert.deepEqual(stepped({ source: 0, reader: 1 }, "ArrowDown", 3), { source: 0, reader: 1 });
  assert.deepEqual(stepped({ source: 1, reader: 3 }, "ArrowDown", 3), { source: 2, reader: 3 });
  assert.deepEqual(stepped({ source: 2, reader: 3 }, "ArrowLeft", 3), { source: 1, reader: 2 });
  assert.deepEqual(stepped({ source: 0, reader: 3 }, "ArrowRight", 3), { source: 0, reader: 3 });
  assert.deepEqual(stepped({ source: 0, reader: 3 }, "End", 3), { source: 2, reader: 3 });
  assert.deepEqual(stepped({ source: 2, reader: 3 }, "Home", 3), { source: 0, reader: 3 });
  assert.equal(stepped({ source: 0, reader: 3 }, "a", 3), null);
});

test("a point of the matrix is the cell under it", () => {
  for (const [width, layers] of [
    [1000, 6],
    [340, 24],
    [340, 48],
  ]) {
    const frame = matrixFrame(width, layers);
    assert.ok(frame.left + (layers + 1) * frame.cell <= width);
    for (let reader = 1; reader <= layers + 1; reader++) {
      for (let source = 0; source < reader; source++) {
        const x = frame.left + (reader - 0.5) * frame.cell;
        const y = frame.top + (source + 0.5) * frame.row;
        assert.deepEqual(cellAt(frame, x, y, layers + 1), { source, reader });
      }
    }
    assert.equal(cellAt(frame, frame.left + 1, frame.top + 2.5 * frame.row, layers + 1), null);
    assert.equal(cellAt(frame, frame.left - 2, frame.top + 1, layers + 1), null);
  }
  assert.deepEqual([every(30, 16), every(9, 16), every(6, 24)], [1, 2, 4]);
});

test("bars share a zero", () => {
  const { zero, spans: places } = spans([3, -1, 0]);
  assert.equal(zero, 25);
  assert.deepEqual(places, [
    { left: 25, width: 75 },
    { left: 0, width: 25 },
    { left: 25, width: 0 },
  ]);
  assert.deepEqual(spans([0, 0]).zero + 0, 0);
});

test("shares keep their sign, and a small rise has none", () => {
  assert.deepEqual([0.62, 0.0994, 0.0996, -0.013, -0.0001, 1.013].map(percent), [
    "62%",
    "9.9%",
    "10%",
    "−1.3%",
    "0.0%",
    "101%",
  ]);
  assert.equal(both(SCENE, 2), "+2.00 (25%)");
  assert.equal(share({ ...SCENE, shares: false }, 2), "+2.00");
});

test("the title names what the block added and its strongest layer", () => {
  assert.equal(strongest(SCENE, flows), 2);
  assert.deepEqual(numbersIn(titleWords(SCENE, flows)), [75, 3, 2, 63]);
  assert.match(titleWords(SCENE, flows), /raises ring/);
  assert.match(titleWords({ ...SCENE, shares: false }, flows), /ring .*block 3 .*\+6\.00$/);
});

test("a fallen score is told as one", () => {
  const fallen = { ...SCENE, rise: -8 };
  assert.equal(strongest(fallen, flows), 1);
  assert.match(titleWords(fallen, flows), /^−75% of what lowers ring/);
  assert.match(sentenceWords(fallen), /is \+7\.50, 8\.00 lower than for all black/);
});

test("a part of more than the whole is explained, and only then", () => {
  const told = (rise) => sentenceWords({ ...SCENE, rise, blocks: [flows.packed] });
  assert.ok(!told(8).includes("100%")); // added 6, passed 2
  assert.match(told(4), /lower .* raise .* 100%/);
  assert.ok(!told(-4).includes("100%"));
});

test("words give the sums that belong together", () => {
  assert.deepEqual(numbersIn(cellWords(SCENE, flows, 1, 2)), [1, 2, 3, 38, 2, 4, 50, 5, 63]);
  assert.match(
    cellWords(SCENE, flows, 0, 3),
    /\(transition 2\) → transition 3: \+2\.00 \(25%\)\. .*\+8\.00 \(100%\)/,
  );
  assert.match(barsWords(SCENE, flows, 3), /add up to the whole: \+8\.00 \(100%\)\.$/);
  assert.match(barsWords(SCENE, flows, 1), /^Layer 1 .*\+4\.00 \(50%\) .*one source.*\+4\.00/);
  assert.match(barsWords(SCENE, flows, ALL), /overlap/);
  assert.equal(mapWords(SCENE, flows, SUM, 3), "all sources → transition 3: +8.00 (100%)");
});

test("on a slide the matrix keeps to the height that is left", () => {
  assert.ok(matrixFrame(440, 24).height > 260);
  assert.ok(matrixFrame(440, 24, 260).height <= 260);
  assert.equal(matrixFrame(440, 24, 2000).row, matrixFrame(440, 24).row);
});
