import assert from "node:assert/strict";
import test from "node:test";

import { droppedFile, pastedFile } from "../../densenet_viz/stage/drop/files.js";

const PICTURE = { name: "cat.png", type: "image/png" };
const WORDS = { name: "cat.txt", type: "text/plain" };

test("a drop gives its first file, whatever it is: the file input checks it", () => {
  assert.equal(droppedFile({ files: [WORDS, PICTURE] }), WORDS);
  assert.equal(droppedFile({ files: [] }), null);
  assert.equal(droppedFile(null), null);
});

test("a paste gives its first picture", () => {
  assert.equal(pastedFile({ types: ["Files"], files: [WORDS, PICTURE] }), PICTURE);
  assert.equal(pastedFile({ types: ["Files"], files: [WORDS] }), null);
  assert.equal(pastedFile(null), null);
});

test("words with a picture of them stay words", () => {
  assert.equal(pastedFile({ types: ["text/plain", "Files"], files: [PICTURE] }), null);
});
