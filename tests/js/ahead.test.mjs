// What is loaded ahead of need: without a connection it ends, and nobody sees an error.

import assert from "node:assert/strict";
import test from "node:test";

import { loadAhead } from "../../densenet_viz/stage/ahead.js";

globalThis.navigator ??= /** @type {Navigator} */ ({}); // Node 20 has none

test("a lost connection ends it after what was loaded", async (t) => {
  const asked = [];
  t.mock.method(globalThis, "fetch", async (address) => {
    asked.push(address);
    if (address.endsWith("/b.js")) throw new TypeError("Failed to fetch");
    if (address.endsWith("/painted")) return Response.json({ files: ["/a.js", "/b.js", "/c.js"] });
    return new Response("");
  });
  assert.equal(await loadAhead("http://app", "/painted"), 1);
  assert.deepEqual(
    asked,
    ["/painted", "/a.js", "/b.js"].map((path) => `http://app${path}`),
  );
});
