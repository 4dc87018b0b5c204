import assert from "node:assert/strict";
import test from "node:test";

/** As much of an element as a picture without a stage needs. */
class Node extends EventTarget {
  children = [];
  classList = { toggle() {}, add() {}, remove() {} };
  textContent = "";
  setAttribute() {}
  append(...children) {
    this.children.push(...children);
  }
  attachShadow() {
    return (this.shadowRoot = new Node());
  }
  prepend() {}
  remove() {}
  removeAttribute() {}
  replaceChildren() {}
  querySelector() {
    return null;
  }
}
globalThis.document = /** @type {any} */ ({ createElement: () => new Node() });
globalThis.ResizeObserver = /** @type {any} */ (
  class {
    observe() {}
    disconnect() {}
  }
);

const { Picture } = await import("../../densenet_viz/stage/lecture/picture.js");

/** A stage whose module tells the test what it is shown. */
const MODULE =
  "data:text/javascript,export const mount = (root, scene) => globalThis.stageOf(scene);";

/** A live picture of k whose second step shows another scene; what it shows, and what it asks. */
function picture(
  scenes = /** @type {Record<string, string>} */ ({ first: "first", second: "second" }),
) {
  const shown = /** @type {string[]} */ ([]);
  const asked = /** @type {number[]} */ ([]);
  globalThis.stageOf = (scene) => (
    shown.push(scene),
    { update: (next) => shown.push(next), destroy: () => shown.push("end") }
  );
  const deck = /** @type {any} */ ({
    scenes,
    modules: { growth: MODULE },
    styles: {},
  });
  const scene = /** @type {any} */ ({
    stage: "growth",
    key: "first",
    alt: "",
    sentence: "",
    states: [{ step: 1, state: {}, key: "second" }],
  });
  const live = new Picture(deck, scene, {
    controls: [],
    ask: (_settings, question) => asked.push(question),
  });
  return { live, shown, asked, last: () => shown.at(-1) };
}

test("the answer to what is asked is shown", async () => {
  const { live, asked, last } = picture();
  await live.mount(0);
  assert.equal(last(), "first");
  live.ask("k", "40");
  live.answer({ id: asked[0], scene: "k = 40" });
  assert.equal(last(), "k = 40");
  assert.equal(live.state.textContent, "");
});

test("an answer that comes after the next step is dropped", async () => {
  const { live, asked, last } = picture();
  await live.mount(0);
  live.ask("k", "40");
  live.step(1);
  live.answer({ id: asked[0], scene: "k = 40" });
  assert.equal(last(), "second");
});

test("of two questions only the later one's answer is shown, in whatever order they come", async () => {
  const { live, asked, last } = picture();
  await live.mount(0);
  live.ask("k", "40");
  live.ask("k", "48");
  assert.ok(asked[1] > asked[0]);
  live.answer({ id: asked[1], scene: "k = 48" });
  live.answer({ id: asked[0], scene: "k = 40" });
  assert.equal(last(), "k = 48");
  live.ask("k", "8");
  live.answer({ id: asked[1], error: "late" });
  assert.equal(live.state.textContent, "computing …");
});

test("an answer to what was asked before a reset is dropped", async () => {
  const { live, asked, last } = picture();
  await live.mount(0);
  live.ask("k", "40");
  const reset = live.reset(0);
  live.answer({ id: asked[0], scene: "k = 40" });
  await reset;
  assert.equal(last(), "first");
});

test("a stage that loads shows the step where the slide is by then", async () => {
  const { live, last } = picture();
  const mounting = live.mount(0);
  live.mount(1);
  await mounting;
  assert.equal(last(), "second");
});

test("a stage that has loaded after its slide was given up is not mounted", async () => {
  const { live, shown } = picture();
  const mounting = live.mount(0);
  live.destroy();
  await mounting;
  assert.deepEqual(shown, []);
});

test("a picture whose scenes come later is busy until the last is there", async () => {
  const { live, shown, last } = picture({});
  const busy = /** @type {boolean[]} */ ([]);
  live.node.setAttribute = (name) => name === "aria-busy" && busy.push(true);
  live.node.removeAttribute = (name) => name === "aria-busy" && busy.push(false);
  const mounting = live.mount(0);
  assert.equal(live.ready, false);
  assert.deepEqual(busy, [true]);
  live.expect("cancelled");
  assert.match(live.waiting.textContent ?? "", /cancelled/);
  live.scenes.put("first", "first");
  live.step(1); // the presenter goes on meanwhile
  live.scenes.put("second", "second");
  await mounting;
  assert.deepEqual(busy, [true, false]);
  assert.equal(last(), "second");
  assert.ok(shown.every((scene) => scene === "second" || scene === "first"));
});
