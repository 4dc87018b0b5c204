import assert from "node:assert/strict";
import test from "node:test";

import {
  fitted,
  highBefore,
  mostChannels,
  moved,
  rows,
  rowsWith,
  sharedUntil,
  target,
} from "../../densenet_viz/stage/variants/geometry.js";
import { cellsOf } from "../../densenet_viz/stage/variants/table.js";
import {
  ARRIVES,
  countAfter,
  formula,
  label,
  pace,
  passedAt,
  tally,
  wall,
  words,
  worth,
} from "../../densenet_viz/stage/variants/walk.js";

/** What `count_stops` in Python reads off an inventory; a test there holds it against live networks. */
function stopsOf(blocks, bottleneck) {
  const layer = bottleneck ? ["batch norm", "1×1", "batch norm", "3×3"] : ["batch norm", "3×3"];
  return [
    { kind: "stem", block: 0, layer: 0, items: ["7×7", "batch norm", "pooling"] },
    ...blocks.flatMap((layers, index) => [
      ...Array.from({ length: layers }, (_, at) => ({
        kind: "layer",
        block: index + 1,
        layer: at + 1,
        items: layer,
      })),
      ...(index + 1 < blocks.length
        ? [
            {
              kind: "transition",
              block: index + 1,
              layer: 0,
              items: ["batch norm", "transition", "pooling"],
            },
          ]
        : []),
    ]),
    { kind: "classifier", block: 0, layer: 0, items: ["batch norm", "pooling", "classifier"] },
  ];
}

const network = (called, blocks, { bottleneck = true, own = false } = {}) => ({
  id: `densenet${called}`,
  name: `DenseNet-${called}`,
  short: `${called}`,
  called,
  own,
  stops: stopsOf(blocks, bottleneck),
  badge: "live",
});
const stops = (one) => one.stops;
const D121 = network(121, [6, 12, 24, 16]);
const D264 = network(264, [6, 12, 64, 48]);
const PLAIN = network(17, [2, 3, 4, 3], { bottleneck: false, own: true });

// -- the walk -------------------------------------------------------------------------------

test("the names' numbers come out, and Keras's depths", () => {
  const depths = [
    [121, [6, 12, 24, 16], 242],
    [169, [6, 12, 32, 32], 338],
    [201, [6, 12, 48, 32], 402],
  ];
  for (const [called, blocks, keras] of depths) {
    const walk = stops(network(called, blocks));
    assert.equal(countAfter(walk, walk.length, "paper"), called);
    assert.equal(countAfter(walk, walk.length, "keras"), keras);
  }
  assert.equal(countAfter(stops(D264), 999, "paper"), 265);
});

test("what is given is counted, also where it is not what the name says", () => {
  const short = {
    ...D121,
    stops: D121.stops.filter((stop) => stop.block !== 4 || stop.layer < 16),
  };
  assert.equal(text(formula(short.stops, 999, "paper")), "1 + 2 × ( 6 + 12 + 24 + 15 ) + 3 + 1");
  const { title, sentence } = words(short, short.stops.length, "paper");
  assert.match(title, /^DenseNet-121 .*\b119\b/);
  assert.match(sentence, /^1 \+ 2 × \(6 \+ 12 \+ 24 \+ 15\) \+ 3 \+ 1 = 119, /);
});

test("without bottleneck a layer counts once", () => {
  const walk = stops(PLAIN);
  assert.equal(walk.length, 1 + 12 + 3 + 1);
  assert.equal(countAfter(walk, walk.length, "paper"), 17);
  assert.equal(worth(walk[1], "paper"), 1);
  assert.equal(worth(walk[1], "keras"), 2);
  assert.equal(tally(walk, walk.length).get("1×1"), undefined);
});

test("what is walked past is tallied all the same", () => {
  const walk = stops(D121);
  const met = tally(walk, walk.length);
  assert.equal(met.get("batch norm"), 121);
  assert.equal(met.get("pooling"), 5); // max pool, three average pools, the global one
  assert.deepEqual(
    [met.get("7×7"), met.get("1×1"), met.get("3×3"), met.get("transition"), met.get("classifier")],
    [1, 58, 58, 3, 1],
  );
});

const text = (tokens) => tokens.map((token) => token.text).join(" ");

test("the formula fills part by part", () => {
  const walk = stops(D121);
  assert.equal(text(formula(walk, 0, "paper")), "0 + 2 × ( 0 + 0 + 0 + 0 ) + 0 + 0");
  const half = formula(walk, 1 + 6 + 1 + 12 + 1 + 7, "paper");
  assert.equal(text(half), "1 + 2 × ( 6 + 12 + 7 + 0 ) + 2 + 0");
  assert.deepEqual(
    half.filter((token) => token.state !== "sign").map((token) => token.state),
    ["done", "done", "done", "now", "todo", "now", "todo"],
  );
  assert.equal(text(formula(walk, walk.length, "paper")), "1 + 2 × ( 6 + 12 + 24 + 16 ) + 3 + 1");
  assert.equal(
    text(formula(walk, walk.length, "keras")),
    "120 convolutions + 121 batch norms + 1 classifier",
  );
  assert.equal(text(formula(stops(PLAIN), 99, "paper")), "1 + ( 2 + 3 + 4 + 3 ) + 3 + 1");
});

test("words name the actual numbers", () => {
  const walk = stops(D121);
  const said = (passed, rule = "paper", one = D121) => words(one, passed, rule);
  assert.equal(said(0).title, "Which layers does “121” count?");
  assert.match(said(1).title, /^Stem adds 1: .*\b1$/);
  assert.match(said(3).title, /^Block 1, layer 2 adds 2: .*\b5$/);
  assert.match(said(8).title, /^Transition 1 adds 1: .*\b14$/);
  assert.match(said(walk.length).title, /^120 convolutions \+ 1 classifier.* DenseNet-121$/);
  assert.match(
    said(walk.length).sentence,
    /^1 \+ 2 × \(6 \+ 12 \+ 24 \+ 16\) \+ 3 \+ 1 = 121\. .*121 batch norms and 5 poolings.* 242\.$/,
  );
  assert.equal(said(walk.length, "keras").title, "Keras’s depth of DenseNet-121 is 242");
  const largest = said(stops(D264).length, "paper", D264);
  assert.match(largest.title, /^DenseNet-264 .*\b265\b/);
  assert.match(
    largest.sentence,
    /= 265, by the rule .*; 264 is its number of convolutions, without the classifier\./,
  );
  assert.equal(said(17, "paper", PLAIN).title, "Yours would be called DenseNet-17");
});

test("stops have names, and a walk takes about a quarter of a minute", () => {
  assert.deepEqual(stops(PLAIN).slice(0, 4).map(label), [
    "stem",
    "block 1, layer 1",
    "block 1, layer 2",
    "transition 1",
  ]);
  assert.equal(pace(63), 222);
  assert.equal(pace(1000), 90);
  assert.equal(pace(5), 400);
});

test("what a stop adds is counted once it has arrived", () => {
  assert.equal(passedAt(0, 5), 0);
  assert.equal(passedAt(ARRIVES - 0.01, 5), 0);
  assert.equal(passedAt(ARRIVES, 5), 1);
  assert.equal(passedAt(3, 5), 3);
  assert.equal(passedAt(5, 5), 5);
});

// -- the wall -------------------------------------------------------------------------------

test("no brick is narrower than nothing, however narrow the room is", () => {
  for (const wrap of [true, false]) {
    for (const brick of wall(stops(D121), 1, wrap).bricks) assert.ok(brick.width >= 0);
  }
});

test("a block of L bottleneck layers is two rows of L equal bricks", () => {
  const walk = stops(D121);
  const built = wall(walk, 930, false);
  const block = built.bricks.filter(
    (brick) => walk[brick.stop].block === 3 && walk[brick.stop].kind === "layer",
  );
  for (const kind of ["1×1", "3×3"]) {
    const row = block.filter((brick) => brick.kind === kind);
    assert.equal(row.length, 24);
    assert.equal(new Set(row.map((brick) => brick.y)).size, 1);
    assert.equal(new Set(row.map((brick) => brick.width.toFixed(6))).size, 1);
  }
});

for (const [width, wrap] of [
  [930, false],
  [358, true],
]) {
  test(`every brick stands inside ${width} px, and none on another`, () => {
    for (const one of [D121, D264, PLAIN]) {
      const built = wall(stops(one), width, wrap);
      for (const { x, y, width: wide, height } of built.bricks) {
        assert.ok(wide > 1, `${one.name} has bricks ${wide} px wide`);
        assert.ok(x >= 0 && x + wide <= width + 1e-6);
        assert.ok(y >= 0 && y + height <= built.height);
      }
      const sorted = [...built.bricks].sort((a, b) => a.y - b.y || a.x - b.x);
      for (const [index, brick] of sorted.entries()) {
        const next = sorted[index + 1];
        if (next && next.y === brick.y) assert.ok(brick.x + brick.width <= next.x + 1e-6);
      }
    }
  });
}

test("a caption stands under the middle of its block, and under each single stop", () => {
  const walk = stops(D121);
  const built = wall(walk, 930, false);
  assert.equal(built.captions.length, 4 + 5);
  const [first, last] = [built.columns[1].x, built.columns[6].x];
  assert.ok(
    Math.abs(built.captions.find((caption) => caption.block === 1).x - (first + last) / 2) < 1e-9,
  );
});

test("on a narrow screen each block has its line", () => {
  const walk = stops(D121);
  const grounds = new Set(wall(walk, 358, true).captions.map((caption) => caption.y));
  assert.equal(grounds.size, 4);
});

// -- the strips -----------------------------------------------------------------------------

const part = (kind, reads, leaves, pixels, layers = 0) => ({ kind, reads, leaves, pixels, layers });
const SHALLOW = [
  part("stem", 3, 4, 20),
  part("block", 4, 8, 10, 2),
  part("transition", 8, 4, 10),
  part("block", 4, 10, 5, 3),
  part("classifier", 10, 6, 1),
];
const DEEP = [
  part("stem", 3, 4, 20),
  part("block", 4, 8, 10, 2),
  part("transition", 8, 4, 10),
  part("block", 4, 20, 5, 8),
  part("classifier", 20, 6, 1),
];
const SIZES = {
  width: 400,
  tallest: 200,
  textWidth: 100,
  textHeight: 60,
  head: 20,
  fixed: { gap: 2, funnel: 8, classifier: 4 },
};
const [shallow, deep] = rows([SHALLOW, DEEP], SIZES);

test("all strips stand on one scale, and the largest fills it", () => {
  assert.ok(Math.abs(deep.strip.length - 400) < 1e-9);
  assert.equal(deep.peak, 200);
  assert.equal(shallow.peak, 100); // 10 channels of 20
  assert.ok(shallow.strip.length < 400);
});

test("what two networks share stands at the same place", () => {
  assert.deepEqual(shallow.strip.places.slice(0, 3), deep.strip.places.slice(0, 3));
  assert.equal(shallow.strip.places[3].start, deep.strip.places[3].start);
});

test("a row leaves room for its words above what stands beneath them", () => {
  assert.equal(highBefore(shallow.strip, 0), 0);
  assert.equal(highBefore(shallow.strip, 1000), 100);
  assert.equal(deep.height, 220);
  assert.equal(shallow.height, Math.max(120, highBefore(shallow.strip, 100) + 60));
});

test("one more network does not change how high the others' rows are, whatever it is", () => {
  const long = [
    part("stem", 3, 4, 20),
    part("block", 4, 44, 10, 40),
    part("transition", 44, 22, 10),
    part("block", 22, 24, 5, 2),
    part("classifier", 24, 6, 1),
  ];
  const heights = (laid) => laid.slice(0, 2).map(({ height }) => height);
  const sizes = { ...SIZES, textWidth: 250 };
  const plain = rows([SHALLOW, DEEP, long], sizes);
  assert.notDeepEqual(heights(plain), heights(rows([SHALLOW, DEEP], sizes)));
  const laid = rowsWith([SHALLOW, DEEP], long, sizes);
  assert.deepEqual(heights(laid), heights(rows([SHALLOW, DEEP], sizes)));
  for (const { strip, height } of laid) assert.ok(highBefore(strip, 250) + 60 <= height);
});

test("equal neighbours of the table share one cell", () => {
  const column = (layers) => ({ title: "", lines: [{ layers, maps: "4 → 8" }] });
  const spans = (...columns) => cellsOf(columns.map(column), 0).map(({ span }) => span);
  assert.deepEqual(spans("a", "a", "b"), [2, 1]);
  assert.deepEqual(spans("a", "b", "a"), [1, 1, 1]);
});

test("the classifier counts by what it reads", () => {
  assert.equal(mostChannels(SHALLOW), 10);
});

test("a narrow block can be hit all the same", () => {
  assert.deepEqual(target({ start: 100, end: 110 }, 26), { left: 92, width: 26 });
  assert.deepEqual(target({ start: 100, end: 200 }, 26), { left: 100, width: 100 });
});

test("arrows go from strip to strip and block to block, and stay inside", () => {
  const places = [5, 5, 3];
  assert.deepEqual(moved({ row: 0, place: 0 }, "ArrowRight", places), { row: 0, place: 1 });
  assert.deepEqual(moved({ row: 1, place: 4 }, "ArrowDown", places), { row: 2, place: 2 });
  assert.deepEqual(moved({ row: 0, place: 0 }, "ArrowUp", places), { row: 0, place: 0 });
  assert.deepEqual(moved({ row: 0, place: 4 }, "ArrowRight", places), { row: 0, place: 4 });
  assert.deepEqual(moved({ row: 0, place: 2 }, "Home", places), { row: 0, place: 0 });
  assert.deepEqual(moved({ row: 0, place: 2 }, "End", places), { row: 0, place: 4 });
});

test("up to where all are alike: the last transition that stands at one place in all", () => {
  const funnel = shallow.strip.funnels[0];
  assert.equal(sharedUntil([shallow, deep]), funnel.end);
  const other = rows(
    [[part("stem", 3, 4, 20), part("block", 4, 10, 10, 3), ...SHALLOW.slice(2)], DEEP],
    SIZES,
  );
  assert.equal(sharedUntil(other), 0);
});

test("on a slide the strips are as tall as all of them fit below each other", () => {
  const sizes = { ...SIZES, tallest: 250 };
  const free = fitted([SHALLOW, DEEP], sizes, Infinity, 30);
  assert.deepEqual(free, rows([SHALLOW, DEEP], sizes));
  const used = (laid) => laid.reduce((sum, { height }) => sum + height + 30, 0);
  const room = used(free) - 40;
  const held = fitted([SHALLOW, DEEP], sizes, room, 30);
  assert.ok(used(held) <= room);
  assert.ok(held[1].peak < free[1].peak);
});

test("on a slide the bricks grow into the height that is left", () => {
  const walk = stops(D121);
  const [low, high] = [wall(walk, 930, false), wall(walk, 930, false, 220)];
  assert.ok(low.height < 220 && high.height <= 220);
  assert.ok(high.height > 200);
  assert.equal(wall(walk, 930, false, 10).height, low.height, "never lower than on a page");
});
