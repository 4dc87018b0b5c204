import assert from "node:assert/strict";
import test from "node:test";

import {
  columnsFor,
  domain,
  nearest,
  share,
  steps,
  ticks,
  walked,
} from "../../densenet_viz/stage/scatter/geometry.js";
import { crosses, overlap, placed } from "../../densenet_viz/stage/scatter/labels.js";
import { layout } from "../../densenet_viz/stage/scatter/layout.js";
import {
  axisWords,
  compared,
  fileName,
  isNumeric,
  sentence,
  sorted,
  sortKey,
  valued,
  written,
} from "../../densenet_viz/stage/scatter/words.js";
import {
  depthSum,
  described,
  lens,
  percent,
  sum,
  verdict,
} from "../../densenet_viz/stage/reconciliation/words.js";
import { numbersIn } from "./words.mjs";

const axis = (title, unit, more = {}) => ({
  title,
  unit,
  log: false,
  better: "",
  from_zero: false,
  ...more,
});
const MILLIONS = axis("Parameters", "million", { better: "lower", from_zero: true });
const TOP1 = axis("Top-1, cited", "%", { better: "higher" });
// The real nine: parameters in millions, Keras's top-1, and its CPU times as multiples of ResNet50's.
const NINE = [
  ["resnet50", 25.56, 74.9, 1, "ResNet50", "R50"],
  ["resnet101", 44.55, 76.4, 1.54, "ResNet101", "R101"],
  ["resnet152", 60.19, 76.6, 2.19, "ResNet152", "R152"],
  ["resnet50v2", 25.55, 76.0, 0.78, "ResNet50V2", "R50V2"],
  ["resnet101v2", 44.54, 77.2, 1.25, "ResNet101V2", "R101V2"],
  ["resnet152v2", 60.19, 78.0, 1.85, "ResNet152V2", "R152V2"],
  ["densenet121", 7.98, 75.0, 1.32, "DenseNet121", "D121"],
  ["densenet169", 14.15, 76.2, 1.66, "DenseNet169", "D169"],
  ["densenet201", 20.01, 77.3, 2.19, "DenseNet201", "D201"],
];
const point = ([id, x, y, time, label, short], across = x) => ({
  id,
  x: across,
  y,
  label,
  short,
  group: label.replace(/\d+/, ""),
  detail: "",
  source: "",
  measured: true,
});
const panel = (points, x = MILLIONS, front = []) => ({
  key: "one",
  title: "",
  sentence: "",
  x,
  y: TOP1,
  points,
  front,
  lines: [],
});
const PARAMETERS = panel(
  NINE.map((row) => point(row)),
  MILLIONS,
  ["densenet121", "densenet169", "densenet201", "resnet152v2"],
);
const TIMES = panel(
  NINE.map((row) => point(row, row[3])),
  axis("CPU time", "× ResNet50", { better: "lower", from_zero: true }),
  ["resnet50v2", "resnet101v2", "resnet152v2"],
);
const widthOf = (text, size) => text.length * size * 0.6;

for (const [name, shown] of [
  ["parameters", PARAMETERS],
  ["times", TIMES],
]) {
  for (const width of [298, 326, 358, 420, 940]) {
    test(`labels of the nine at ${width} px (${name}): all there, in the plot, none over another or a mark`, () => {
      const laid = layout(shown, width, widthOf);
      assert.deepEqual(
        laid.places.filter(({ loose }) => loose).map(({ point: { id } }) => id),
        [],
      );
      const boxes = laid.places.map(({ text, label: [left, bottom] }) => ({
        left,
        right: left + widthOf(text, laid.font),
        top: bottom - 0.9 * laid.font,
        bottom: bottom + 0.25 * laid.font,
      }));
      for (const [index, box] of boxes.entries()) {
        for (const other of boxes.slice(index + 1))
          assert.ok(!overlap(box, other), `${laid.places[index].text} lies over another`);
        for (const {
          at: [x, y],
          text,
        } of laid.places) {
          const mark = {
            left: x - laid.radius,
            right: x + laid.radius,
            top: y - laid.radius,
            bottom: y + laid.radius,
          };
          assert.ok(!overlap(box, mark), `${laid.places[index].text} covers ${text}'s mark`);
        }
        assert.ok(box.left >= laid.plot.left && box.right <= laid.plot.right + 1);
      }
    });
  }
}

test("text is at least 14 px on a laptop and 12 px on a phone", () => {
  assert.ok(layout(PARAMETERS, 298, widthOf).font >= 14);
  assert.ok(layout(PARAMETERS, 358, widthOf).font >= 12);
  assert.ok(layout(PARAMETERS, 940, widthOf).font >= 16);
});

test("where there is room the whole names are written, else the short ones", () => {
  const wide = layout(PARAMETERS, 940, widthOf).places.map(({ text }) => text);
  assert.deepEqual(
    wide,
    NINE.map((row) => row[4]),
  );
  assert.ok(layout(PARAMETERS, 298, widthOf).places.every(({ text }) => text.length <= 6));
});

test("a label without any free place is left out, not laid over another", () => {
  const plot = { left: 0, right: 60, top: 0, bottom: 30 };
  const wanted = ["a", "b", "c", "d", "e", "f"].map((id) => ({ id, x: 30, y: 15, width: 50 }));
  const found = placed(wanted, { plot, radius: 4, height: 16 });
  assert.equal(found.size, 0);
});

test("a far label has a leader that ends at it", () => {
  const crowd = Array.from({ length: 9 }, (_, index) => ({
    id: `${index}`,
    x: 200 + 9 * index,
    y: 200,
    width: 60,
  }));
  const found = placed(crowd, {
    plot: { left: 0, right: 400, top: 0, bottom: 400 },
    radius: 5,
    height: 16,
  });
  assert.equal(found.size, 9);
  const far = [...found.values()].filter(({ leader }) => leader);
  assert.ok(far.length > 0);
  for (const { leader, box } of far) assert.ok(crosses([leader[1], leader[1]], box));
});

test("an axis spans its values, from zero where asked, never below it for counts", () => {
  assert.deepEqual(
    domain([10, 20], axis("", "", { from_zero: true })).map((value) => Math.round(10 * value) / 10),
    [0, 22.4],
  );
  assert.deepEqual(domain([1, 20], axis("", "")), [0, 20 + 0.12 * 19]);
  const [low, high] = domain([5, 5], axis("", ""));
  assert.ok(low < 5 && high > 5);
  const [small, large] = domain([1, 100], axis("", "", { log: true }));
  assert.ok(small > 0 && small < 1 && large > 100);
});

test("logarithmic places are shares of the ratio", () => {
  assert.equal(share(10, [1, 100], true), 0.5);
  assert.equal(share(10, [0, 100], false), 0.1);
});

test("ticks are round and inside", () => {
  assert.deepEqual(ticks([0, 67], false, 5), [0, 20, 40, 60]);
  assert.deepEqual(ticks([74.5, 78.4], false, 5), [75, 76, 77, 78]);
  assert.deepEqual(ticks([0.1, 0.35], false, 3), [0.1, 0.2, 0.3]);
  assert.deepEqual(ticks([0.7, 30], true, 6), [1, 2, 5, 10, 20]);
  assert.deepEqual(ticks([0.5, 20000], true, 6), [1, 10, 100, 1000, 10000]);
});

test("the front steps from the bad end of y to the bad end of x", () => {
  const plot = { left: 0, right: 100, top: 0, bottom: 100 };
  assert.deepEqual(
    steps(
      [
        [20, 70],
        [60, 30],
      ],
      plot,
      "lower",
      "higher",
    ),
    [
      [20, 100],
      [20, 70],
      [60, 70],
      [60, 30],
      [100, 30],
    ],
  );
  assert.deepEqual(
    steps(
      [
        [20, 70],
        [60, 30],
      ],
      plot,
      "higher",
      "lower",
    ),
    [
      [60, 0],
      [60, 30],
      [20, 30],
      [20, 70],
      [0, 70],
    ],
  );
  assert.deepEqual(steps([], plot, "lower", "higher"), []);
});

test("the nearest point within reach is meant", () => {
  const places = new Map([
    ["a", [10, 10]],
    ["b", [50, 10]],
  ]);
  assert.equal(nearest(places, 28, 10, 30), "a");
  assert.equal(nearest(places, 33, 10, 30), "b");
  assert.equal(nearest(places, 90, 90, 30), null);
});

test("arrow keys walk along x, and along y", () => {
  assert.equal(walked(PARAMETERS, "densenet201", "ArrowRight"), "resnet50v2");
  assert.equal(walked(PARAMETERS, "densenet201", "ArrowLeft"), "densenet169");
  assert.equal(walked(PARAMETERS, "densenet201", "ArrowUp"), "resnet152v2");
  assert.equal(walked(PARAMETERS, "densenet121", "ArrowLeft"), "densenet121");
  assert.equal(walked(PARAMETERS, "densenet201", "Home"), "densenet121");
  assert.equal(walked(PARAMETERS, "densenet201", "a"), null);
});

test("panels stand beside each other where there is room", () => {
  assert.deepEqual(
    [358, 700, 950].map((width) => columnsFor(width, 3)),
    [1, 2, 3],
  );
  assert.deepEqual(
    [358, 950, 1400].map((width) => columnsFor(width, 4)),
    [1, 2, 2],
  );
  assert.equal(columnsFor(1400, 1), 1);
});

test("numbers keep three digits that matter", () => {
  assert.deepEqual([7.978856, 20.013928, 60192.8, 0.784, 0.0512, 77.3, 0].map(written), [
    "7.98",
    "20",
    "60,193",
    "0.78",
    "0.051",
    "77.3",
    "0",
  ]);
  assert.equal(valued(77.3, TOP1), "77.3%");
  assert.equal(valued(7.98, MILLIONS), "7.98 million");
  assert.deepEqual(axisWords(MILLIONS, "x"), { title: "Parameters, million", better: "← better" });
  assert.equal(axisWords(TOP1, "y").better, "better ↑");
});

test("a system is told with its values and sources, nothing twice", () => {
  const one = { ...point(NINE[8]), detail: "20,013,928 parameters", source: "Keras" };
  const two = { ...point(NINE[8], 4.29), source: "Keras" };
  const panels = [panel([one]), panel([two], axis("Multiply-adds", "G"))];
  const told = sentence(panels, "densenet201");
  assert.deepEqual(numbersIn(told), [201, 20, 1, 77.3, 4.29, 20013928]);
  assert.equal(told.match(/Keras/g)?.length, 1);
});

test("two systems are compared by ratios, and by points of a percentage", () => {
  assert.deepEqual(compared([PARAMETERS], "densenet201", "resnet152"), [
    "0.33× parameters",
    "Top-1 0.7 points higher",
  ]);
  assert.deepEqual(compared([TIMES], "densenet201", "resnet152v2"), [
    "1.18× CPU time",
    "Top-1 0.7 points lower",
  ]);
  assert.deepEqual(compared([PARAMETERS], "densenet201", "other"), []);
  const one = panel([
    { ...point(NINE[8]), y: 77 },
    { ...point(NINE[2]), y: 76 },
  ]);
  assert.match(compared([one], "densenet201", "resnet152").join(), /1 point higher/);
});

test("columns are sorted by their numbers, and what has none stands last", () => {
  assert.deepEqual(["25,557,032", "4.6", "1.32×", "−3", "–", "ResNet50"].map(sortKey), [
    25557032,
    4.6,
    1.32,
    -3,
    "–",
    "resnet50",
  ]);
  const cells = ["98", "–", "8", "171"];
  assert.deepEqual(sorted(cells, "ascending"), [2, 0, 3, 1]);
  assert.deepEqual(sorted(cells, "descending"), [3, 0, 2, 1]);
  assert.deepEqual(sorted(["b", "a", "b"], "ascending"), [1, 0, 2]);
  assert.ok(isNumeric(cells) && !isNumeric(["a", "–"]));
});

const RESNET50 = {
  title: "ResNet50",
  parts: [25557032, 53120, 26560].map((count, index) => ({
    key: `${index}`,
    count,
    name: ["trainable parameters", "running statistics", "convolution biases"][index],
    note: "",
  })),
  total: 25636712,
  keras: 25636712,
  equal: true,
  depthParts: [
    { name: "convolutions", count: 53 },
    { name: "batch norms", count: 53 },
    { name: "classifier", count: 1 },
  ],
  depth: 107,
};

test("the reconciliation is written as the sum it is", () => {
  assert.equal(sum(RESNET50), "25,557,032 + 53,120 + 26,560 = 25,636,712");
  assert.equal(depthSum(RESNET50), "53 convolutions + 53 batch norms + 1 classifier = 107");
  assert.equal(verdict(3, 3), "✓ equal");
  assert.equal(verdict(1000, 2234), "✗ 1,234 fewer");
  assert.equal(verdict(5, 4), "✗ 1 more");
  assert.match(
    described(RESNET50),
    /53,120 running statistics \(0\.21%\).*together 25,636,712, equal to Keras's total/,
  );
  assert.match(described({ ...RESNET50, equal: false, keras: 7 }), /Keras's total is 7\.$/);
});

test("the lens begins where the trainable parameters end, and magnifies the rest to the whole", () => {
  const { start, times } = lens(RESNET50);
  assert.ok(Math.abs(start - 25557032 / 25636712) < 1e-12);
  assert.ok(Math.abs(times - 25636712 / 79680) < 1e-9);
  assert.equal(percent(53120, 25636712), "0.21%");
  assert.equal(percent(25557032, 25636712), "99.7%");
});

test("a saved picture's file is named after what it shows", () => {
  assert.equal(
    fileName("Nine systems: activation memory against parameters"),
    "nine-systems-activation-memory",
  );
  assert.equal(fileName("Error on C10+ against what a network costs"), "error-on-c10-against");
});

test("on a slide a panel keeps to the height that is left and writes as large as the slide", () => {
  const laid = layout(PARAMETERS, 290, widthOf, { letters: 16, most: 230 });
  assert.equal(laid.height, 230);
  assert.equal(laid.font, 16);
  assert.ok(laid.places.every(({ at: [, y] }) => y < 230));
  assert.equal(
    layout(PARAMETERS, 290, widthOf, { letters: 0, most: 2000 }).height,
    layout(PARAMETERS, 290, widthOf).height,
  );
});
