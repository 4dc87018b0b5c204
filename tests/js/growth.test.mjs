import assert from "node:assert/strict";
import test from "node:test";

import {
  groupAt,
  layoutAt,
  pillAt,
  readingCurve,
  rowsOf,
  tileAt,
  tilesPerRow,
} from "../../densenet_viz/stage/growth/geometry.js";
import { barPaths, roundStep } from "../../densenet_viz/stage/growth/chart.js";
import {
  computedScene,
  isImpossible,
  specOf,
  weightsOf,
} from "../../densenet_viz/stage/growth/computed.js";
import { tableRows } from "../../densenet_viz/stage/growth/rows.js";
import { grown } from "../../densenet_viz/stage/shared/curve.js";
import {
  PHASES,
  STEP_MILLISECONDS,
  channelsAt,
  flight,
  focusAt,
  momentAt,
} from "../../densenet_viz/stage/growth/timing.js";
import {
  equation,
  groupWords,
  placeAt,
  sentenceAt,
  titleAt,
} from "../../densenet_viz/stage/growth/words.js";
import { badge } from "../../densenet_viz/stage/shared/badge.js";

/** @param {number} layers @param {number} [width] */
function frameOf(layers, width = 1080) {
  const channels = [64, ...Array(layers).fill(32)];
  const phone = width < 640;
  const perRow = tilesPerRow(channels, phone ? 110 : 60);
  return { width, height: phone ? 470 : 560, phone, perRow, channels, top: 44, bottom: 78 };
}

test("a layer reads, computes, writes and settles, one after the other", () => {
  const at = (milliseconds) => momentAt(1 + milliseconds / STEP_MILLISECONDS);
  assert.deepEqual(momentAt(1), { layer: 0, done: 1, read: 0, compute: 0, write: 0, settle: 0 });
  assert.equal(at(PHASES.read / 2).read, 0.5);
  assert.equal(at(PHASES.read / 2).compute, 0);
  const writing = at(PHASES.read + PHASES.compute + PHASES.write / 2);
  assert.equal(writing.layer, 2);
  assert.equal(writing.compute, 1);
  assert.ok(Math.abs(writing.write - 0.5) < 1e-9);
  assert.equal(writing.settle, 0);
});

test("the count runs from 64 to 96 while layer 1 writes, and never beyond", () => {
  assert.equal(channelsAt(0, 64, 32), 64);
  assert.equal(channelsAt(1, 64, 32), 96);
  assert.equal(channelsAt(2, 64, 32), 128);
  let last = 64;
  for (let time = 0; time <= 1; time += 0.01) {
    const count = channelsAt(time, 64, 32);
    assert.ok(count >= last && count <= 96);
    last = count;
  }
});

test("the camera moves only while a layer settles", () => {
  const settled = (STEP_MILLISECONDS - PHASES.settle) / STEP_MILLISECONDS;
  assert.equal(focusAt(3), 3);
  assert.ok(Math.abs(focusAt(3 + settled - 0.01) - 3) < 1e-6);
  assert.ok(focusAt(3.95) > 3.5);
});

test("tiles leave one after the other and all arrive", () => {
  assert.equal(flight(0, 0, 32), 0);
  assert.ok(flight(0.5, 0, 32) > flight(0.5, 31, 32));
  for (const index of [0, 15, 31]) assert.equal(flight(1, index, 32), 1);
  assert.equal(flight(1, 0, 1), 1);
});

test("tiles per row fill each group's last row where they can", () => {
  assert.equal(tilesPerRow([64, 32, 32, 32, 32, 32, 32], 60), 8);
  assert.equal(tilesPerRow([64, ...Array(24).fill(32)], 60), 16);
  assert.equal(rowsOf([64, 12], 8), 10);
  assert.ok(tilesPerRow([128, ...Array(24).fill(48)], 60) >= 16);
});

for (const [layers, width] of [
  [6, 1080],
  [24, 1080],
  [6, 358],
  [24, 358],
  [1, 358],
  [12, 700],
]) {
  test(`nothing leaves a stage of ${width} px with ${layers} layers, at any moment`, () => {
    const frame = frameOf(layers, width);
    for (let time = 0; time <= layers; time += 0.05) {
      const layout = layoutAt(frame, time);
      const moment = momentAt(time);
      const written = layout.columns.slice(0, moment.done + (moment.layer ? 2 : 1));
      const last = written.at(-1);
      assert.ok(last.x + last.width <= frame.width + 0.5, `right edge at ${time}`);
      for (const column of written) {
        for (const box of column.boxes) {
          assert.ok(box.y >= 8 && box.y + box.height <= layout.base + 0.01, `height at ${time}`);
        }
      }
      const writing = layout.columns[Math.min(layers, moment.done + (moment.layer ? 1 : 0))];
      assert.ok(writing.open > 0.99, `the column at work stands open at ${time}`);
      assert.ok(writing.x >= 0, `and inside at ${time}`);
    }
  });

  test(`every rest is clean: columns open or folded (${width} px, ${layers} layers)`, () => {
    const frame = frameOf(layers, width);
    for (let time = 0; time <= layers; time++) {
      const { columns, picture } = layoutAt(frame, time);
      for (const { open } of columns) assert.ok(open === 0 || open === 1);
      assert.ok(picture.open === 0 || picture.open === 1);
    }
  });

  test(`and nothing jumps between two frames (${width} px, ${layers} layers)`, () => {
    const frame = frameOf(layers, width);
    const step = 16.7 / STEP_MILLISECONDS;
    let before = layoutAt(frame, 0);
    for (let time = step; time <= layers; time += step) {
      const now = layoutAt(frame, time);
      for (const column of now.columns) {
        const old = before.columns[column.index];
        if (old)
          assert.ok(
            Math.abs(old.x - column.x) < 90,
            `column ${column.index} at ${time}: ${old.x} to ${column.x}`,
          );
      }
      before = now;
    }
  });
}

test("a column is the tensor: groups from the bottom up, in order, without overlap", () => {
  const { columns } = layoutAt(frameOf(6), 6);
  const { boxes } = columns[6];
  assert.deepEqual(
    boxes.map((box) => box.source),
    [0, 1, 2, 3, 4, 5, 6],
  );
  for (let index = 1; index < boxes.length; index++) {
    assert.ok(boxes[index].y + boxes[index].height < boxes[index - 1].y);
  }
});

test("a group keeps its height in every column", () => {
  const { columns } = layoutAt(frameOf(6), 3);
  for (const column of columns.slice(1)) {
    assert.equal(column.boxes[0].y, columns[0].boxes[0].y);
    assert.equal(column.boxes[0].height, columns[0].boxes[0].height);
  }
});

test("tile 9 of a group of 8 a row is the second of the second row", () => {
  const box = { source: 0, x: 100, y: 50, width: 160, height: 80, tile: 20 };
  assert.deepEqual(tileAt(box, 9, 8), { x: 120, y: 70 });
});

test("a pill stands between what it reads and what it writes", () => {
  const frame = frameOf(6);
  const layout = layoutAt(frame, 2);
  const pill = pillAt(layout, 2, frame);
  assert.ok(pill.x > layout.columns[1].x + layout.columns[1].width);
  assert.ok(pill.x + pill.width < layout.columns[2].x);
  assert.equal(pillAt(layoutAt(frameOf(24), 24), 2, frameOf(24)), null);
});

test("a growing curve starts where it starts and ends on the curve", () => {
  const curve = readingCurve(
    { source: 0, x: 0, y: 0, width: 10, height: 20, tile: 5 },
    { x: 100, y: 40, width: 50, height: 40 },
    0,
  );
  assert.deepEqual(grown(curve, 1), curve);
  assert.deepEqual(grown(curve, 0).slice(0, 2), curve.slice(0, 2));
  const straight = [0, 0, 1, 0, 2, 0, 3, 0];
  assert.deepEqual(grown(straight, 0.5).slice(-2), [1.5, 0]);
});

test("a point finds its group, and none where nothing is written yet", () => {
  const layout = layoutAt(frameOf(6), 2);
  const box = layout.columns[2].boxes[1];
  const found = groupAt(layout, box.x + 2, box.y + 2, 2);
  assert.equal(found.box.source, 1);
  assert.equal(found.column.index, 2);
  const ghost = layout.columns[3].boxes[0];
  assert.equal(groupAt(layout, ghost.x + 2, ghost.y + 2, 2), null);
});

const scene = {
  entering: "from the stem",
  size: [32, 32],
  groups: [{ channels: 64 }, { channels: 32 }, { channels: 32 }],
  layers: [
    { reads: 64, writes: 32, total: 96 },
    { reads: 96, writes: 32, total: 128 },
  ],
  mismatches: [],
  trained: true,
};

test("the words carry the lecture's own numbers", () => {
  assert.equal(equation(scene, 1), "Layer 1: 64 in + 32 new = 96");
  assert.equal(equation(scene, 2), "Layer 2: 96 in + 32 new = 128");
  assert.match(sentenceAt(scene, 0), /^64 maps of 32 × 32 px come from the stem/);
  assert.match(sentenceAt(scene, 1), /^Layer 1: 64 in \+ 32 new = 96\. Nothing was overwritten/);
  assert.match(sentenceAt(scene, 1.4), /^Layer 2 reads all 96 maps .* 96 \+ 32 = 128/);
  assert.match(sentenceAt(scene, 2), /^64 from the stem \+ 2 × 32 new = 128/);
  assert.match(titleAt(scene, 1.4), /\b32$/);
  assert.match(titleAt(scene, 2), /^128 maps/);
  assert.equal(placeAt(scene, 0), "start, 2 layers");
  assert.equal(placeAt(scene, 0.5), "layer 1 of 2");
  assert.equal(groupWords(scene, 1), "channels 64–95: written by layer 1");
});

test("the badge says live only when measured and computed agree", () => {
  assert.deepEqual(badge(scene), {
    kind: "live",
    text: "live · measured on this network · trained weights",
  });
  assert.match(badge({ ...scene, trained: false }).text, /random weights/);
  const wrong = badge({ ...scene, mismatches: ["parameters: measured 5, computed 6"] });
  assert.equal(wrong.kind, "mismatch");
  assert.match(wrong.text, /measured 5, computed 6/);
});

/** The controls of a model whose compression has more decimals than its control. */
function explore() {
  const row = (/** @type {string} */ name, /** @type {number | boolean} */ value) => ({
    name,
    value,
    default: value,
  });
  return {
    base: {
      growthRate: 4,
      blockConfig: [2, 2],
      initialChannels: 10,
      bottleneck: true,
      compression: 0.332,
      classes: 5,
      inputSize: 64,
      bottleneckFactor: 4,
      stem: "7×7",
      inputChannels: 3,
      hidden: [],
    },
    trained: true,
    colours: ["#000", "#111", "#222", "#333"],
    weights: { own: "own", random: "random" },
    controls: {
      asked: 0,
      numbers: [row("k", 4), row("layers", 2), row("initial", 10), row("compression", 0.33)],
      switches: [row("bottleneck", true)],
      choices: [],
    },
  };
}
const OWN = { k: 4, layers: 2, initial: 10, compression: 0.33, bottleneck: true };

test("the model's own numbers are its own network, to the last decimal", () => {
  assert.equal(specOf(explore(), OWN).compression, 0.332);
  assert.equal(weightsOf(explore(), OWN), "own");
  assert.equal(weightsOf(explore(), { ...OWN, k: 5 }), "random");
  const own = computedScene(scene, explore(), OWN);
  assert.equal(own.trained, true);
  assert.equal(own.numbers.keeps, 5); // floor(0.332 * 18)
});

test("other numbers are another network at once, without maps", () => {
  const values = { ...OWN, k: 6, layers: 3, bottleneck: false, compression: 0.5 };
  const next = computedScene(scene, explore(), values);
  assert.deepEqual(
    next.groups.map(({ channels, maps }) => [channels, maps]),
    [10, 6, 6, 6].map((count) => [count, null]),
  );
  assert.deepEqual(next.layers.at(-1), { reads: 22, writes: 6, total: 28 });
  assert.deepEqual([next.kernel, next.trained, next.numbers.keeps], ["3×3", false, 14]);
  assert.deepEqual(next.size, [16, 16]);
  assert.match(tableRows(next).at(-1).at(-1), /^channels 0–9: block input; .*16–21: layer 2$/);
});

test("a change of a later part keeps the maps of the earlier ones, where weights are random", () => {
  const shown = { ...OWN, k: 6 };
  const random = explore();
  random.controls.numbers[0].value = 6;
  const kept = (/** @type {object} */ values, from = random) =>
    computedScene(scene, from, { ...shown, ...values }).groups.map(({ maps }) => maps !== null);
  assert.deepEqual(kept({ compression: 0.5 }), [true, true, true]);
  assert.deepEqual(kept({ layers: 3 }), [true, true, true, false]);
  assert.deepEqual(kept({ k: 8 }), [true, false, false]);
  assert.deepEqual(kept({ bottleneck: false }), [true, false, false]);
  assert.deepEqual(kept({ initial: 12 }), [false, false, false]);
  assert.deepEqual(kept({ layers: 3 }, explore()), [false, false, false, false]); // learned before
});

test("numbers that no network can have show the model's own", () => {
  const none = { ...OWN, k: 1, layers: 1, initial: 8, compression: 0.1 };
  assert.equal(isImpossible(explore(), none), true);
  assert.deepEqual(specOf(explore(), none), explore().base);
  assert.equal(computedScene(scene, explore(), none).layers.length, 2);
  assert.equal(isImpossible(explore(), { ...none, layers: 2 }), false);
});

test("the chart's bars stack to the maps after each layer", () => {
  const { groups, layers } = computedScene(scene, explore(), OWN);
  const paths = barPaths(
    { groups },
    (maps) => 100 - maps,
    (column) => 10 * column,
    8,
  );
  const bars = paths.map((path) => [...path.matchAll(/M\S+ (\S+)h\S+V(\S+?)h/g)]);
  assert.deepEqual(
    bars.map((each) => each.length),
    [3, 2, 1],
  );
  const tops = bars.map((each) => 100 - Number(each.at(-1)[1]));
  assert.deepEqual(tops, [10, ...layers.map(({ total }) => total)]);
  assert.deepEqual([roundStep(256, 4), roundStep(1600, 4), roundStep(18, 4)], [100, 500, 5]);
});
