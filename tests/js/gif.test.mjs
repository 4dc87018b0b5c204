import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { Gif, momentsOf, paletteOf, sizeOf } from "../../densenet_viz/stage/export/gif.js";

// -- a reader by hand, after the GIF89a specification --------------------------------------------

/** The numbers of an LZW stream of 8-bit codes. */
function unpacked(bytes, least) {
  const [clear, end] = [1 << least, (1 << least) + 1];
  const out = [];
  let [table, width, bits, held, before] = [[], least + 1, 0, 0, null];
  for (const byte of bytes) {
    held |= byte << bits;
    bits += 8;
    while (bits >= width) {
      const code = held & ((1 << width) - 1);
      held >>>= width;
      bits -= width;
      if (code === end) return out;
      if (code === clear) {
        table = Array.from({ length: clear }, (_, value) => [value]).concat([[], []]);
        [width, before] = [least + 1, null];
        continue;
      }
      const entry = table[code] ?? [...before, before[0]];
      out.push(...entry);
      if (before && table.length < 4096) table.push([...before, entry[0]]);
      if (table.length === 1 << width && width < 12) width += 1;
      before = entry;
    }
  }
  throw new Error("the stream has no end");
}

/** Size, repeats and frames; each frame as RGB of the whole picture, as it is seen. */
function read(bytes) {
  assert.equal(Buffer.from(bytes.subarray(0, 6)).toString("latin1"), "GIF89a");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  const colours = (flags, at) =>
    Array.from({ length: 2 << (flags & 7) }, (_, i) => [
      ...bytes.subarray(at + 3 * i, at + 3 * i + 3),
    ]);
  const palette = colours(bytes[10], 13);
  let at = 13 + 3 * palette.length;
  const blocks = () => {
    const parts = [];
    for (; bytes[at]; at += bytes[at] + 1)
      parts.push(...bytes.subarray(at + 1, at + 1 + bytes[at]));
    at += 1;
    return parts;
  };
  const [frames, seen] = [[], Array(width * height).fill(null)];
  let [repeats, control] = [null, null];
  for (; bytes[at] !== 0x3b;) {
    if (bytes[at] === 0x21) {
      const kind = bytes[at + 1];
      at += 2;
      const data = blocks();
      if (kind === 0xff) repeats = data[12] | (data[13] << 8);
      else
        control = {
          clear: data[0] & 1,
          dispose: (data[0] >> 2) & 7,
          delay: 10 * (data[1] | (data[2] << 8)),
          none: data[3],
        };
    } else {
      assert.equal(bytes[at], 0x2c);
      assert.deepEqual(
        [1, 3, 5, 7].map((step) => view.getUint16(at + step, true)),
        [0, 0, width, height],
      );
      assert.equal(bytes[at + 9], 0, "one palette for all");
      const least = bytes[at + 10];
      at += 11;
      unpacked(blocks(), least).forEach((index, place) => {
        if (!control.clear || index !== control.none) seen[place] = palette[index];
      });
      frames.push({ ...control, picture: [...seen] });
    }
  }
  assert.equal(at, bytes.length - 1, "nothing after the end");
  return { width, height, repeats, frames };
}

const COLOURS = [
  [252, 251, 248],
  [0, 114, 178],
  [230, 159, 0],
];

/** RGBA of a picture given by indices of COLOURS. */
const rgba = (...indices) =>
  new Uint8ClampedArray(indices.flatMap((index) => [...COLOURS[index], 255]));

test("the vendored encoder is the one that is published", () => {
  const ours = readFileSync(
    new URL("../../densenet_viz/stage/export/gifenc.js", import.meta.url),
    "utf8",
  );
  const folder = new URL("../../node_modules/gifenc/", import.meta.url);
  const { version, license } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
  const theirs = readFileSync(new URL("dist/gifenc.esm.js", folder), "utf8").replace(
    /\n\/\/# sourceMappingURL=.*\s*$/,
    "\n",
  );
  assert.equal(license, "MIT");
  assert.ok(ours.startsWith(`// gifenc ${version},`));
  assert.ok(ours.includes(readFileSync(new URL("LICENSE.md", folder), "utf8").trim()));
  assert.equal(ours.slice(ours.indexOf("*/\n") + 3), theirs);
});

test("frames come back pixel by pixel, with their times, and for ever again", () => {
  const pictures = [
    rgba(0, 0, 1, 1, 2, 2),
    rgba(0, 1, 1, 1, 2, 2),
    rgba(0, 1, 1, 1, 2, 2),
    rgba(2, 1, 0, 1, 2, 0),
  ];
  const file = new Gif(3, 2, COLOURS);
  pictures.forEach((picture, index) => file.add(picture, index === 3 ? 2000 : 100));
  const { width, height, repeats, frames } = read(file.bytes());
  assert.deepEqual([width, height, repeats], [3, 2, 0]);
  assert.deepEqual(
    frames.map(({ delay }) => delay),
    [100, 100, 100, 2000],
  );
  // "Leave it as it is": what is transparent shows the picture before.
  assert.deepEqual(
    frames.map(({ clear, dispose }) => [clear, dispose]),
    [
      [0, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ],
  );
  frames.forEach(({ picture }, index) =>
    assert.deepEqual(
      picture.flatMap((colour) => [...colour, 255]),
      [...pictures[index]],
    ),
  );
});

test("large pictures with many colours come back, too, and what stands still costs next to nothing", () => {
  const side = 120;
  const noise = (seed) => {
    let state = seed;
    return Uint8Array.from(
      { length: side * side },
      () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 23,
    );
  };
  const grey = Array.from({ length: 255 }, (_, value) => [value, value, value]);
  const picture = (values) =>
    new Uint8ClampedArray([...values].flatMap((value) => [value, value, value, 255]));
  const [one, other] = [picture(noise(1)), picture(noise(2))];
  const moving = new Gif(side, side, grey);
  for (const each of [one, other]) moving.add(each, 100);
  const still = new Gif(side, side, grey);
  for (let i = 0; i < 2; i++) still.add(one, 100);
  const { frames } = read(moving.bytes());
  // rgb565 decides which colours are alike: five bits of red and blue.
  frames[1].picture.forEach(([red, green, blue], place) => {
    assert.ok(Math.abs(red - other[4 * place]) <= 8 && red === green && green === blue);
  });
  assert.ok(still.bytes().length < 0.6 * moving.bytes().length);
});

test("the palette leaves room for the colour that says nothing", () => {
  const spread = new Uint8ClampedArray(4 * 4096);
  for (let i = 0; i < 4096; i++) spread.set([16 * (i & 15), i & 240, (i >> 4) & 240, 255], 4 * i);
  assert.equal(paletteOf([spread, spread]).length, 255);
  const two = paletteOf([rgba(1, 1), rgba(1, 2)]).map((colour) => colour.slice(0, 3));
  assert.deepEqual(
    two.sort((a, b) => a[0] - b[0]),
    [COLOURS[1], COLOURS[2]],
  );
});

test("a picture each tenth of a second, from the start to the end, where it rests", () => {
  const moments = momentsOf(24, 1600);
  assert.equal(moments.length, 24 * 16 + 1);
  assert.deepEqual([moments[0].time, moments[16].time, moments.at(-1).time], [0, 1, 24]);
  assert.equal(
    moments.slice(0, -1).reduce((sum, { delay }) => sum + delay, 0),
    24 * 1600,
  );
  assert.equal(moments.at(-1).delay, 2000);
  assert.deepEqual(
    momentsOf(1, 40).map(({ time }) => time),
    [0, 1],
  );
});

test("as sharp as a slide needs, and small enough to send", () => {
  assert.deepEqual(sizeOf(960, 500, 6), { width: 960, height: 500, scale: 1 });
  assert.equal(sizeOf(1920, 800, 6).width, 960);
  const phone = sizeOf(390, 700, 6);
  assert.ok(phone.width < 600 && phone.width * phone.height <= 960 * 600 * 1.01);
  assert.equal(sizeOf(200, 100, 6).scale, 2);
  const long = sizeOf(1031, 640, 24);
  assert.ok(Math.abs(long.width * long.height - 10_000_000 / 24) < 2000);
  assert.ok(Math.abs(long.width / long.height - 1031 / 640) < 0.01);
});
