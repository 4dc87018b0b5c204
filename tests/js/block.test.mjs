// The dense-block stage's geometry, count and words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inkOn } from "../../densenet_viz/stage/block/draw.js";
import {
  apex,
  arc,
  arcsFrame,
  between,
  cellOf,
  countAt,
  drawnAt,
  matrixFrame,
  nodeAt,
} from "../../densenet_viz/stage/block/geometry.js";
import {
  channelWords,
  connectionsOf,
  layerList,
  ledgerOf,
  readersOf,
  readersWords,
  sentenceOf,
  sumWords,
  titleOf,
  wholeWords,
  writtenBy,
} from "../../densenet_viz/stage/block/words.js";
import { numbersIn } from "./words.mjs";

/** A block as DenseNet-121's first one is: 64 maps, then 32 a layer. */
function scene(layers = 6, k0 = 64, k = 32) {
  const start = (source) => (source === 0 ? 0 : k0 + (source - 1) * k);
  return {
    block: 1,
    entering: "the stem",
    next: "transition 1",
    size: [32, 32],
    shownSize: [32, 32],
    groups: Array.from({ length: layers + 1 }, (_, layer) => ({
      layer,
      colour: "#123456",
      channels: layer ? k : k0,
    })),
    layers: Array.from({ length: layers }, (_, index) => ({
      layer: index + 1,
      reads: Array.from({ length: index + 1 }, (_, source) => ({
        source,
        start: start(source),
        stop: start(source + 1),
      })),
      channels: start(index + 1),
      writes: k,
    })),
    output: k0 + layers * k,
    trained: true,
    mismatches: [],
    palette: "",
  };
}

test("the count runs 1 + 2 + ... + L, a layer's sources one after the other", () => {
  const connections = connectionsOf(scene());
  assert.equal(connections.length, 21);
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6].map((time) => countAt(time, connections)),
    [0, 1, 3, 6, 10, 15, 21],
  );
  assert.equal(countAt(3.5, connections), 6 + 2);
  assert.equal(drawnAt(3.5, 2, 4), 0);
  assert.equal(drawnAt(3.625, 2, 4), 0.5);
});

test("24 layers make 300 connections, 48 make 1,176", () => {
  assert.equal(connectionsOf(scene(24)).length, 300);
  assert.equal(connectionsOf(scene(48)).length, 1176);
});

test("an arc joins its nodes' edges, and the longest bulges as far as the frame reaches", () => {
  const frame = arcsFrame(1000, 6);
  const curve = arc(frame, 0, 6);
  assert.equal(curve[0], frame.nodes[0].x);
  assert.equal(curve[6], frame.nodes[6].x);
  const [x, y] = apex(curve);
  assert.equal(x, (frame.nodes[0].x + frame.nodes[6].x) / 2);
  const edges = (curve[1] + curve[7]) / 2;
  assert.ok(Math.abs(edges - y - frame.reach) < 1e-9);
  assert.ok(y >= 0);
});

test("what goes to the output bulges to the other side", () => {
  for (const width of [1000, 358]) {
    const frame = arcsFrame(width, 6);
    const across = frame.vertical ? 0 : 1;
    const line = frame.vertical ? frame.nodes[3].x : frame.nodes[3].y;
    const side = (reader) => Math.sign(apex(arc(frame, 3, reader))[across] - line);
    assert.equal(side(5), -side(7));
  }
});

test("arcs stay inside the picture, and nodes do not overlap", () => {
  for (const [width, layers] of [
    [1000, 6],
    [1000, 12],
    [1000, 24],
    [950, 48],
    [358, 6],
    [358, 24],
    [358, 48],
  ]) {
    const frame = arcsFrame(width, layers);
    for (let reader = 1; reader <= layers + 1; reader++) {
      for (let source = 0; source < reader; source++) {
        const [x, y] = apex(arc(frame, source, reader));
        assert.ok(
          x >= 0 && x <= frame.width && y >= 0 && y <= frame.height,
          `${source} to ${reader} at ${width}`,
        );
      }
    }
    const [place, size] = frame.vertical ? ["y", "height"] : ["x", "width"];
    frame.nodes.slice(1).forEach((node, index) => {
      const before = frame.nodes[index];
      assert.ok(
        node[place] - node[size] / 2 >= before[place] + before[size] / 2 - 0.01,
        `node ${index + 1} at ${width}`,
      );
    });
    const last = frame.nodes[layers + 1];
    assert.ok(last.x + last.width / 2 <= width);
  }
});

test("a point in a cell finds the layer that reads there", () => {
  const frame = matrixFrame(1000, 6);
  const middle = ({ x, y, width, height }) => [x + width / 2, y + height / 2];
  assert.equal(nodeAt(frame, ...middle(cellOf(frame, 2, 5))), 5);
  assert.equal(nodeAt(frame, ...middle(cellOf(frame, 6, 7))), 7);
  assert.equal(nodeAt(frame, 10, cellOf(frame, 3, 4).y + 2), 3, "a row's name is its source");
  assert.equal(
    nodeAt(frame, ...middle(cellOf(frame, 4, 2))),
    4,
    "where nothing is read, the row counts",
  );
  assert.equal(nodeAt(frame, 500, 2), null);
});

test("cells of one frame do not overlap and stay inside", () => {
  for (const [width, layers] of [
    [950, 6],
    [950, 48],
    [358, 24],
  ]) {
    const frame = matrixFrame(width, layers);
    const [a, b] = [cellOf(frame, 0, 1), cellOf(frame, 0, 2)];
    assert.ok(a.x + a.width <= b.x + 1e-9);
    const last = cellOf(frame, layers, layers + 1);
    assert.ok(last.x + last.width <= width && last.y + last.height <= frame.height);
  }
});

test("a connection travels from its arc's middle to its cell", () => {
  const curve = arc(arcsFrame(1000, 6), 1, 4);
  const cell = cellOf(matrixFrame(1000, 6), 1, 4);
  const [x, y] = apex(curve);
  const begin = between(curve, cell, 0);
  assert.equal(begin.arc, 1);
  assert.deepEqual([begin.box.x, begin.box.y, begin.box.width], [x, y, 0]);
  const end = between(curve, cell, 1);
  assert.equal(end.arc, 0);
  for (const side of ["x", "y", "width", "height"])
    assert.ok(Math.abs(end.box[side] - cell[side]) < 1e-9);
});

test("the ledger names every channel once, in the order of concatenation", () => {
  const block = scene();
  assert.deepEqual(
    ledgerOf(block, 4).map(({ start, stop, words }) => `${channelWords(start, stop)}: ${words}`),
    [
      "channels 0–63: block input",
      "channels 64–95: layer 1",
      "channels 96–127: layer 2",
      "channels 128–159: layer 3",
    ],
  );
  assert.deepEqual(ledgerOf(block, 0), []);
  const all = ledgerOf(block, 7);
  assert.equal(all.length, 7);
  assert.equal(all[6].stop, 256);
  assert.deepEqual(writtenBy(block, 4), [160, 192]);
});

test("readers are those that were seen reading", () => {
  const block = scene();
  assert.deepEqual(readersOf(block, 4), [5, 6]);
  assert.equal(readersWords(block, 2), "layers 3, 4, 5 and 6, and the output");
  assert.equal(readersWords(block, 5), "layer 6 and the output");
  assert.equal(readersWords(block, 6), "no later layer; it goes to the output");
  block.layers[4].reads = block.layers[4].reads.filter(({ source }) => source !== 4);
  assert.deepEqual(readersOf(block, 4), [6]);
  assert.equal(connectionsOf(block).length, 20);
});

test("the sentence has the actual numbers", () => {
  const block = scene();
  assert.deepEqual(numbersIn(sentenceOf(block, 4)), [4, 160, 4, 32, 2]);
  assert.match(sentenceOf(block, 1), /64 maps from 1 source,/);
  assert.match(sentenceOf(block, 6), /only to the output/);
  assert.match(sentenceOf(block, 7), /64 .* \+ 6 × 32 new = 256 maps/);
  assert.match(titleOf(block, 0), /input .* 6 layers/);
  assert.equal(wholeWords(block, 6, 21).title, "6 layers, 21 direct connections");
  assert.deepEqual(numbersIn(wholeWords(block, 2.5, 21).sentence), [3, 3, 1, 2]);
});

test("lists and sums are short where they would be long", () => {
  assert.equal(layerList([6]), "layer 6");
  assert.equal(layerList([3, 4, 5]), "layers 3, 4 and 5");
  assert.equal(layerList([3, 4, 5, 6, 7, 8]), "layers 3 to 8");
  assert.equal(layerList([1, 3, 5, 7, 9, 11]), "layers 1, 3, 5, 7, 9 and 11");
  assert.equal(sumWords(6, 6, 21), "1 + 2 + 3 + 4 + 5 + 6 = 6 × 7 / 2");
  assert.equal(sumWords(24, 24, 300), "1 + 2 + 3 + … + 24 = 24 × 25 / 2");
  assert.equal(sumWords(6, 2, 3), "1 + 2");
  assert.equal(sumWords(6, 2.9, 5), "1 + 2 + 2"); // what is drawn and what it sums to are one number
  assert.equal(sumWords(6, 0.5, 0), "none yet");
});

test("numbers stand in the ink that is easier to read", () => {
  assert.equal(inkOn("#F0E442"), "#000000");
  assert.equal(inkOn("#0072B2"), "#ffffff");
});

test("on a slide arcs and cells keep to the height that is left", () => {
  assert.equal(arcsFrame(900, 6, 290).height, 290);
  assert.ok(arcsFrame(900, 6, 2000).height < 500, "no higher than on a page");
  const frame = matrixFrame(900, 6, 290);
  assert.ok(frame.height <= 290 && frame.height > 290 - 7);
  const last = cellOf(frame, 6, 7);
  assert.ok(last.y + last.height <= frame.height);
});
