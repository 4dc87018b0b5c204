import assert from "node:assert/strict";
import test from "node:test";

import { adapt } from "../../densenet_viz/stage/streamlit.js";

/** As much of an element as a stage's place needs. */
class Place {
  children = [];
  style = {};
  attributes = new Set();

  append(...children) {
    for (const child of children) child.parent = this;
    this.children.push(...children);
  }

  remove() {
    this.parent.children.splice(this.parent.children.indexOf(this), 1);
  }

  setAttribute(name) {
    this.attributes.add(name);
  }
}

/** What waits for the next frame. */
let frames = [];
const nextFrame = () => frames.splice(0).forEach((each) => each());
globalThis.requestAnimationFrame = (each) => frames.push(each);
globalThis.document = { createElement: () => new Place() };

/** A component whose stage notes what happens to it, and a place for it. */
function component() {
  const told = [];
  const call = adapt((_root, scene) => {
    told.push(`mount ${scene}`);
    return {
      update: (next) => told.push(`update ${next}`),
      destroy: () => told.push("destroy"),
    };
  });
  const parentElement = new Place();
  return {
    told,
    parentElement,
    give: (scene) => call({ data: [scene], parentElement, setStateValue() {} }),
  };
}

test("a new scene goes to the stage that stands", () => {
  const { told, parentElement, give } = component();
  give("a");
  give("b");
  assert.deepEqual(told, ["mount a", "update b"]);
  assert.equal(parentElement.children.length, 1);
});

test("the end of a call that a later one has followed leaves the stage alone", () => {
  const { told, parentElement, give } = component();
  const first = give("a");
  const second = give("b");
  first();
  assert.deepEqual(told, ["mount a", "update b"]);
  assert.equal(parentElement.children.length, 1);
  second();
  assert.deepEqual(told, ["mount a", "update b", "destroy"]);
  assert.equal(parentElement.children.length, 0);
});

test("after its end a place can have a stage again, which an old end does not touch", () => {
  const { told, parentElement, give } = component();
  const first = give("a");
  first();
  give("b");
  first();
  assert.deepEqual(told, ["mount a", "destroy", "mount b"]);
  assert.equal(parentElement.children.length, 1);
});

test("a stage is shown, and its place marked, when its height is the same in two frames", () => {
  const { parentElement, give } = component();
  frames = [];
  give("a");
  const [root] = parentElement.children;
  const heights = [0, 0, 300, 400, 400];
  const states = [];
  root.lastElementChild = { getBoundingClientRect: () => ({ bottom: heights.shift() }) };
  heights.shift();
  for (let frame = 0; frame < 4; frame++) {
    states.push([root.style.visibility, parentElement.attributes.has("data-drawn")]);
    nextFrame();
  }
  states.push([root.style.visibility, parentElement.attributes.has("data-drawn")]);
  const hidden = ["hidden", false];
  assert.deepEqual(states, [hidden, hidden, hidden, hidden, ["", true]]);
  assert.equal(frames.length, 0);
});
