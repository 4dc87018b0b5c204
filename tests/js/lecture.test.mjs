import assert from "node:assert/strict";
import test from "node:test";

import { largest, leastWidth, narrower, smaller } from "../../densenet_viz/stage/lecture/fit.js";
import { HELP, actionOf } from "../../densenet_viz/stage/lecture/keys.js";
import { picked } from "../../densenet_viz/stage/lecture/overview.js";
import {
  changeAt,
  hashOf,
  inside,
  keyAt,
  moved,
  placeOf,
  plannedAt,
  valueAt,
} from "../../densenet_viz/stage/lecture/place.js";
import { Pressed } from "../../densenet_viz/stage/lecture/pressed.js";
import { isOver } from "../../densenet_viz/stage/lecture/slide.js";
import { swept } from "../../densenet_viz/stage/lecture/swipe.js";
import { againstPlan, clock } from "../../densenet_viz/stage/lecture/timer.js";
import { grouped } from "../../densenet_viz/stage/lecture/words.js";

const AT = { inPicture: false, onButton: false, typed: null, over: "", blank: false };
const on = (key, more = {}) => actionOf({ key, ...more }, { ...AT, ...more.at });

test("the keys that lecturers know", () => {
  /** @type {[string[], string][]} */
  const keys = [
    [["ArrowRight", " ", "n", "N", "PageDown"], "next"],
    [["ArrowLeft", "p", "P", "PageUp"], "back"],
    [["Home"], "first"],
    [["End"], "last"],
    [["g"], "ask"],
    [["o", "O", "Escape"], "overview"],
    [["b", "B", "."], "black"],
    [["w"], "white"],
    [["f"], "screen"],
    [["s"], "speaker"],
    [["t"], "timer"],
    [["l"], "pointer"],
    [["k"], "reset"],
    [["?"], "help"],
    [["q"], "leave"],
    [["0", "7"], "digit"],
    [["F5", "c", "C", "r", "R"], "nothing"],
  ];
  for (const [names, action] of keys) for (const key of names) assert.equal(on(key), action, key);
});

test("Shift goes past the steps, and other modifiers belong to the browser", () => {
  assert.equal(on("ArrowRight", { shiftKey: true }), "nextSlide");
  assert.equal(on("ArrowLeft", { shiftKey: true }), "backSlide");
  assert.equal(on("?", { shiftKey: true }), "help");
  assert.equal(on("F5", { shiftKey: true }), "nothing");
  for (const held of ["ctrlKey", "altKey", "metaKey"])
    assert.equal(on("r", { [held]: true }), null);
  for (const key of ["x", "F1", "Tab", "Enter", "Shift"]) assert.equal(on(key), null, key);
});

test("in a picture its own keys work, a clicker still turns, Esc comes out, C and R reach nobody else", () => {
  const inside = { at: { inPicture: true } };
  for (const key of ["ArrowRight", "ArrowLeft", "Home", " ", "k", "5", "b"])
    assert.equal(on(key, inside), null, key);
  assert.equal(on("PageDown", inside), "next");
  assert.equal(on("PageUp", inside), "back");
  assert.equal(on("Escape", inside), "release");
  assert.equal(on("F5", inside), "nothing");
  assert.equal(on("c", inside), "hush");
  assert.equal(on("R", inside), "hush");
});

test("a number is typed, mended, taken or dropped; an arrow goes on as ever", () => {
  const typing = { at: { typed: "1" } };
  assert.equal(on("2", typing), "digit");
  assert.equal(on("Backspace", typing), "erase");
  assert.equal(on("Enter", typing), "jump");
  assert.equal(on("Escape", typing), "cancel");
  assert.equal(on("ArrowRight", typing), "next");
});

test("on a dark screen any key brings the slide back and moves nothing", () => {
  const blank = { at: { blank: true } };
  for (const key of ["b", "ArrowRight", "PageDown", "Escape", "7", "x"])
    assert.equal(on(key, blank), "wake", key);
  assert.equal(on("F5", blank), "nothing");
  assert.equal(on("Shift", blank), null);
});

test("the overview has arrows and Enter to itself; buttons have Enter and Space", () => {
  const over = { at: { over: "overview" } };
  for (const key of ["ArrowRight", "ArrowDown", "Home", "Enter", "Tab", " "])
    assert.equal(on(key, over), null, key);
  assert.equal(on("Escape", over), "close");
  assert.equal(on("o", over), "close");
  assert.equal(on("n", over), "nothing");
  assert.equal(on("3", over), "digit");
  assert.equal(on("Escape", { at: { over: "help" } }), "close");
  assert.equal(on("ArrowRight", { at: { over: "help" } }), "next");
  assert.equal(on("Enter", { at: { onButton: true } }), null);
  assert.equal(on(" ", { at: { onButton: true } }), null);
  assert.equal(on("ArrowRight", { at: { onButton: true } }), "next");
});

test("every key of the help does something", () => {
  const names = {
    "→": "ArrowRight",
    "←": "ArrowLeft",
    Space: " ",
    "Page Down": "PageDown",
    "Page Up": "PageUp",
    Esc: "Escape",
  };
  for (const [keys] of HELP) {
    for (const name of keys.filter(
      (key) => !key.startsWith("Shift ") && !["Enter", "Tab"].includes(key),
    )) {
      assert.notEqual(on(names[name] ?? name), null, name);
    }
  }
});

const slide = (steps, minutes = 2) => ({ steps, minutes });
const DECK = [slide(0), slide(2, 3), slide(1, 4)];

test("on and back through steps and slides, and no further than the ends", () => {
  let at = { slide: 0, step: 0 };
  const seen = [];
  for (let count = 0; count < 7; count++) seen.push(hashOf((at = moved(at, "next", DECK))));
  assert.deepEqual(seen, ["#2.0", "#2.1", "#2.2", "#3.0", "#3.1", "#3.1", "#3.1"]);
  const back = [];
  for (let count = 0; count < 6; count++) back.push(hashOf((at = moved(at, "back", DECK))));
  assert.deepEqual(back, ["#3.0", "#2.2", "#2.1", "#2.0", "#1.0", "#1.0"]);
  assert.deepEqual(moved({ slide: 1, step: 1 }, "nextSlide", DECK), { slide: 2, step: 0 });
  assert.deepEqual(moved({ slide: 2, step: 0 }, "nextSlide", DECK), { slide: 2, step: 1 });
  assert.deepEqual(moved({ slide: 1, step: 1 }, "backSlide", DECK), { slide: 0, step: 0 });
  assert.deepEqual(moved({ slide: 1, step: 1 }, "first", DECK), { slide: 0, step: 0 });
  assert.deepEqual(moved({ slide: 0, step: 0 }, "last", DECK), { slide: 2, step: 0 });
  assert.deepEqual(moved({ slide: 1, step: 1 }, "timer", DECK), { slide: 1, step: 1 });
});

test("an address names a place, and never one that is not there", () => {
  assert.deepEqual(placeOf("#2.1", DECK), { slide: 1, step: 1 });
  assert.deepEqual(placeOf("#3", DECK), { slide: 2, step: 0 });
  assert.deepEqual(placeOf("#99.99", DECK), { slide: 2, step: 1 });
  assert.deepEqual(placeOf("#0", DECK), { slide: 0, step: 0 });
  for (const hash of ["", "#", "#a", "#1.", "#-1", "#1.2.3", "#99999"])
    assert.equal(placeOf(hash, DECK), null, hash);
  assert.deepEqual(inside({ slide: -4, step: 9 }, DECK), { slide: 0, step: 0 });
});

test("a picture's change and scene at a step are the last up to it", () => {
  const picture = {
    key: "a",
    states: [
      { step: 1, state: { layer: 1 } },
      { step: 2, state: {}, key: "b" },
      { step: 4, state: { layer: 2 } },
    ],
  };
  assert.deepEqual(
    [0, 1, 2, 3, 4, 9].map((step) => changeAt(picture, step)),
    [-1, 0, 1, 1, 2, 2],
  );
  assert.deepEqual(
    [-1, 0, 1, 2].map((change) => keyAt(picture, change)),
    ["a", "a", "b", "b"],
  );
});

test("the plan goes on with the steps", () => {
  assert.equal(plannedAt(DECK, { slide: 0, step: 0 }), 0);
  assert.equal(plannedAt(DECK, { slide: 1, step: 0 }), 2);
  assert.equal(plannedAt(DECK, { slide: 1, step: 1 }), 3);
  assert.equal(plannedAt(DECK, { slide: 2, step: 1 }), 7);
});

test("the clock, and how it stands against the plan", () => {
  assert.deepEqual([0, 59_999, 60_000, 425_000, 3_600_000, -5].map(clock), [
    "0:00",
    "0:59",
    "1:00",
    "7:05",
    "60:00",
    "0:00",
  ]);
  assert.equal(againstPlan(5 * 60_000, 5.2), "on time");
  assert.equal(againstPlan(7 * 60_000, 5), "2 min behind the plan");
  assert.equal(againstPlan(60_000, 4), "3 min ahead of the plan");
});

test("a sweep is wide and level", () => {
  assert.equal(swept(-120, 10), "next");
  assert.equal(swept(120, -10), "back");
  assert.equal(swept(-40, 0), null);
  assert.equal(swept(-120, 100), null);
});

test("bullets that follow each other are one list", () => {
  const blocks = ["p", "li", "li", "table", "li"].map((kind) => ({ kind, step: 0, spans: [] }));
  assert.deepEqual(
    grouped(blocks).map((group) => group.map(({ kind }) => kind).join()),
    ["p", "li,li", "table", "li"],
  );
});

test("the overview's keys move in its grid and stay in it", () => {
  assert.equal(picked(0, "ArrowRight", 10, 4), 1);
  assert.equal(picked(5, "ArrowUp", 10, 4), 1);
  assert.equal(picked(7, "ArrowDown", 10, 4), 7);
  assert.equal(picked(0, "ArrowLeft", 10, 4), 0);
  assert.equal(picked(3, "End", 10, 4), 9);
  assert.equal(picked(3, "Home", 10, 4), 0);
  assert.equal(picked(3, "x", 10, 4), null);
});

test("a picture's letters become as large as the slide's, where it is still wide enough", () => {
  assert.equal(largest(1800, 28, leastWidth("growth")), 2);
  assert.equal(largest(1800, 28, leastWidth("overview")), 2);
  assert.equal(largest(990, 28, leastWidth("growth")), 1.5);
  assert.ok(largest(990, 28, leastWidth("scatter")) < 1.1);
  assert.equal(largest(500, 28, leastWidth("growth")), 1);
});

test("a picture that is too tall is laid out narrower, then smaller, and never without end", () => {
  assert.equal(narrower(1200, 1.5, 660), 800);
  assert.equal(narrower(700, 2, 660), 660);
  assert.equal(narrower(500, 2, 660), 500);
  for (const tall of [0.99, 1.001, 1.2, 3]) {
    let zoom = 2;
    for (let tries = 0; tries < 40 && zoom > 0.6; tries++) {
      const next = smaller(zoom, tall);
      assert.ok(next < zoom);
      zoom = next;
    }
    assert.equal(zoom, 0.6);
  }
});

test("a control stands at what the deck shows at the step", () => {
  const control = {
    name: "k",
    label: "k",
    value: 12,
    steps: [
      [1, 24],
      [3, 32],
    ],
  };
  assert.deepEqual(
    [0, 1, 2, 3, 9].map((step) => valueAt(control, step)),
    ["12", "24", "24", "32", "32"],
  );
  assert.equal(valueAt({ name: "k", label: "k", value: 12 }, 5), "12");
});

test("a few words stand over a wide picture, and beside it where they are many or ask", () => {
  const words = (text, kind = "p") => ({ kind, step: 0, spans: [{ text }] });
  const slide = (more) => ({
    layout: "both",
    blocks: [words("Every layer reads all.")],
    question: null,
    picture: { stage: "growth" },
    ...more,
  });
  assert.equal(isOver(slide({})), true);
  assert.equal(isOver(slide({ layout: "picture", blocks: [] })), false);
  assert.equal(isOver(slide({ question: { text: "?", options: [], right: null } })), false);
  assert.equal(isOver(slide({ blocks: [words("long ".repeat(40))] })), false);
  assert.equal(isOver(slide({ blocks: [words("a bullet", "li")] })), false);
  assert.equal(isOver(slide({ picture: { stage: "lineup" } })), false);
  assert.equal(isOver(slide({ page: "hands_on" })), false);
});

test("what would exchange a pressed button waits for the click", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const [node, all] = [new EventTarget(), new EventTarget()];
  const pressed = new Pressed(node, all);
  const done = [];
  pressed.after(() => done.push("at once"));
  assert.deepEqual(done, ["at once"]);
  node.dispatchEvent(new Event("pointerdown"));
  pressed.after(() => done.push("first"));
  pressed.after(() => done.push("last"));
  context.mock.timers.tick(5000);
  assert.deepEqual(done, ["at once"], "still pressed");
  all.dispatchEvent(new Event("pointerup"));
  assert.deepEqual(done, ["at once"], "its click is still to come");
  context.mock.timers.tick(200);
  assert.deepEqual(done, ["at once", "last"]);
  pressed.stop();
  node.dispatchEvent(new Event("pointerdown"));
  pressed.after(() => done.push("stopped"));
  assert.equal(done.at(-1), "stopped");
});
