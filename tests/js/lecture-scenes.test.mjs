import assert from "node:assert/strict";
import test from "node:test";

const { Scenes } = await import("../../densenet_viz/stage/lecture/scenes.js");

/** Scenes of a server that has made some, and what was asked of it. @param {Record<string, string>} made */
function scenes(made) {
  const asked = /** @type {string[]} */ ([]);
  const all = new Scenes({ a: "A" }, async (key) => (asked.push(key), made[key] ?? null));
  return { all, asked };
}

test("who waits goes on when the last of the scenes is there", async () => {
  const { all } = scenes({});
  const told = /** @type {string[]} */ ([]);
  all.addEventListener("arrived", () => told.push("arrived"));
  const waiting = all.wait(["a", "b", "c"]).then(() => told.push("all"));
  all.put("b", "B");
  await Promise.resolve();
  assert.deepEqual(told, ["arrived"]);
  all.put("c", "C");
  all.put("c", "another");
  await waiting;
  assert.deepEqual(told, ["arrived", "arrived", "all"]);
  assert.equal(all.there.c, "C", "a scene that is there stays");
  await all.wait(["a", "b", "c"]);
});

test("each scene is asked for once, in the given order, and again only if it was not made", async () => {
  const made = /** @type {Record<string, string>} */ ({ b: "B" });
  const { all, asked } = scenes(made);
  await Promise.all([all.fetch(["c", "b", "a"]), all.fetch(["b", "c"])]);
  assert.deepEqual(asked, ["c", "b"]);
  assert.equal(all.has(["a", "b"]), true);
  assert.equal(all.has(["c"]), false);
  made.c = "C";
  await all.again();
  await all.again();
  assert.deepEqual(asked, ["c", "b", "c"]);
  assert.equal(all.has(["a", "b", "c"]), true);
});

test("a broken connection leaves a scene to be asked for again", async () => {
  let broken = true;
  const all = new Scenes({}, async () => {
    if (broken) throw new Error("no connection");
    return "A";
  });
  await all.fetch(["a"]);
  all.stop();
  assert.equal(all.has(["a"]), false);
  broken = false;
  await all.again();
  assert.equal(all.has(["a"]), true);
});
