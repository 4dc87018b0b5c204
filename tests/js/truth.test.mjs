import assert from "node:assert/strict";
import test from "node:test";

import { pathOf, placed } from "../../densenet_viz/stage/truth/curve.js";
import {
  FINE,
  colourOf,
  dotted,
  kindOf,
  paintKept,
  striped,
} from "../../densenet_viz/stage/truth/paint.js";
import {
  percent,
  pixelWords,
  sentence,
  sliderWords,
} from "../../densenet_viz/stage/truth/words.js";
import { numbersIn } from "./words.mjs";

test("a share that is nearly nothing or all is not rounded to it", () => {
  const low = [0, 0.0001, 0.001, 0.0123, 0.0994, 0.0996, 0.5];
  assert.deepEqual(low.map(percent), ["0%", "under 0.1%", "0.1%", "1.2%", "9.9%", "10%", "50%"]);
  const high = [0.994, 0.995, 0.9985, 0.9995, 1];
  assert.deepEqual(high.map(percent), ["99%", "99.5%", "99.9%", "over 99.9%", "100%"]);
});

test("only nothing is 0% and only all is 100%", () => {
  for (let of = 1; of < 5000; of++) {
    const word = percent(of / 5000);
    assert.ok(!["0%", "0.0%", "100%", "100.0%"].includes(word), `${of} of 5000 is ${word}`);
    const off = /^\d/.test(word) ? Math.abs(parseFloat(word) - of / 50) : 0;
    assert.ok(off <= 0.5 + 1e-9, `${of} of 5000 is ${word}`);
  }
});

const COUNTS = { kept: 200, hits: 150, precision: 0.75, recall: 0.3, others: 0 };

test("a cut is told in one sentence", () => {
  assert.deepEqual(numbersIn(sentence(COUNTS, 4000, "ring")), [5, 75, 30]);
  assert.match(sentence(COUNTS, 4000, "ring"), /75% .*ring.* 30% .*ring/);
  assert.equal(sliderWords(COUNTS, 4000), "5.0% of the picture kept, precision 75%, recall 30%");
});

test("a pixel is told with its value and with the side of every line that it is on", () => {
  const masks = (ring, star) => [
    { label: "ring", inside: ring === 1 },
    { label: "star", inside: star === 1 },
  ];
  const told = (value, given, kept) => pixelWords([3, 40], value, given, kept);
  const [ring, star, both, none] = [masks(1, 0), masks(0, 1), masks(1, 1), masks(0, 0)];
  assert.equal(told(0.0123, ring, true), "x 3, y 40: +0.0123, inside the ring, kept");
  assert.equal(told(-2, star, false), "x 3, y 40: −2.00, inside the star, not kept");
  assert.equal(told(0, both, false), "x 3, y 40: 0, inside the ring and inside the star, not kept");
  assert.equal(told(1, none, true), "x 3, y 40: +1.00, outside, kept");
});

test("colours are read from their hexadecimal form", () => {
  assert.deepEqual(colourOf("#F0E442"), [240, 228, 66]);
  assert.deepEqual(colourOf("#000fff"), [0, 15, 255]);
});

test("a pixel is one of four kinds", () => {
  assert.deepEqual([kindOf(1, 1), kindOf(1, 0)], ["hit", "extra"]);
  assert.deepEqual([kindOf(0, 1), kindOf(0, 0)], ["missed", "rest"]);
});

/** How many fine pixels of one repetition of a pattern are drawn. */
function drawn(pattern) {
  let count = 0;
  for (let y = 0; y < 8; y++) for (let x = 0; x < 8; x++) count += pattern(x, y) ? 1 : 0;
  return count;
}

test("half of the stripes' ground is striped, along the diagonal and on into the next", () => {
  assert.equal(drawn(striped), 32);
  for (let y = 1; y < 20; y++) {
    for (let x = 0; x < 20; x++) {
      assert.equal(striped(x, y), striped(x + 1, y - 1));
      assert.equal(striped(x, y), striped(x + 8, y));
      assert.notEqual(striped(x, y), striped(x + 4, y));
    }
  }
});

test("a dot stands in the middle of its tile and apart from the next", () => {
  const places = [0, 1, 2, 3, 4, 5, 6, 7];
  const row = (y) => places.map((x) => (dotted(x + 16, y + 8) ? "#" : ".")).join("");
  const [bare, middle] = ["........", "..####.."];
  assert.deepEqual(places.map(row), [bare, bare, middle, middle, middle, middle, bare, bare]);
  assert.equal(drawn(dotted), 16);
});

const COLOURS = { hit: [255, 0, 0], extra: [0, 0, 255], paper: [210, 210, 210], ink: [1, 1, 1] };

/** A picture of 2 x 2: hit, extra; missed, rest. Its fine pixels' colours, by the pixel. */
function painted(picture) {
  const side = 2 * FINE;
  const out = new Uint8ClampedArray(4 * side * side);
  const rgba = Uint8ClampedArray.from(picture.flatMap((colour) => [...colour, 255]));
  const [kept, mask] = [Uint8Array.from([1, 1, 0, 0]), Uint8Array.from([1, 0, 1, 0])];
  paintKept(out, rgba, 2, kept, mask, COLOURS);
  const found = [[], [], [], []];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = 4 * (y * side + x);
      found[2 * (y >= FINE) + (x >= FINE)].push({ x, y, colour: [...out.subarray(at, at + 4)] });
    }
  }
  return found;
}

const GREY = Array(4).fill([100, 100, 100]);

test("each kind is painted in its own way on every one of its fine pixels", () => {
  const [hit, extra, missed, rest] = painted(GREY);
  // Kept: 0.85 x 100 + 0.15 x 210 = 116.5 below; not kept: 0.3 x 100 + 0.7 x 210 = 177.
  for (const { colour } of hit) assert.deepEqual(colour, [225, 26, 26, 255]);
  for (const { x, y, colour } of extra) {
    assert.deepEqual(colour, striped(x, y) ? [9, 9, 244, 255] : [88, 88, 88, 255]);
  }
  for (const { x, y, colour } of missed) {
    assert.deepEqual(colour, dotted(x, y) ? [45, 45, 45, 255] : [177, 177, 177, 255]);
  }
  for (const { colour } of rest) assert.deepEqual(colour, [177, 177, 177, 255]);
});

test("every kind shows without colour: one is plain, one striped, one dotted, one bare", () => {
  const kinds = painted(GREY).map((pixels) => {
    const dark = pixels.map(({ colour }) => colour[0]);
    return [new Set(dark).size, dark.filter((value) => value === Math.min(...dark)).length];
  });
  assert.deepEqual(kinds, [
    [1, 16],
    [2, 6],
    [2, 4],
    [1, 16],
  ]);
});

test("the picture's own colours do not show, so that none is taken for the legend's", () => {
  const [hit, , , rest] = painted([
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 0, 0],
  ]);
  // Red under a map is a grey of 154.6: 0.3 of it and 0.7 of the paper.
  for (const { colour } of rest) assert.deepEqual(colour, [193, 193, 193, 255]);
  for (const { colour } of hit) assert.equal(colour[1], colour[2]);
});

test("the corners of the curve's axes stand inside the drawing, precision upward", () => {
  const [left, bottom] = placed(0, 0, 400, 300);
  const [right, top] = placed(1, 1, 400, 300);
  assert.ok(0 < left && left < right && right < 400);
  assert.ok(0 < top && top < bottom && bottom < 300);
  assert.deepEqual(placed(0.5, 0.25, 400, 300), [(left + right) / 2, bottom - (bottom - top) / 4]);
});

test("the axes take the width that there is, and leave as much for their words", () => {
  const margin = (width, height) => {
    const [left, bottom] = placed(0, 0, width, height);
    const [right, top] = placed(1, 1, width, height);
    return [left, width - right, top, height - bottom];
  };
  assert.deepEqual(margin(300, 240), margin(900, 380));
  // Words of 14 px: "100%" on the left, and below a line of them that begins 21 px down.
  assert.ok(margin(300, 240)[0] >= 42 && margin(300, 240)[3] >= 25);
});

test("the curve's path goes through its points in their order", () => {
  const curve = [
    [0, 1],
    [0.5, 0.75],
    [1, 0.25],
  ];
  const path = pathOf(curve, 400, 300);
  assert.match(path, /^M[\d.]+ [\d.]+L[\d.]+ [\d.]+L[\d.]+ [\d.]+$/);
  const points = path
    .slice(1)
    .split("L")
    .map((at) => at.split(" ").map(Number));
  for (const [index, [x, y]] of points.entries()) {
    const [across, down] = placed(...curve[index], 400, 300);
    assert.ok(Math.abs(x - across) <= 0.0501 && Math.abs(y - down) <= 0.0501);
  }
  assert.equal(pathOf([], 400, 300), "");
});
