import assert from "node:assert/strict";
import test from "node:test";

import {
  askedAt,
  askedWords,
  catchUpWords,
  codeIn,
  placeOf,
  same,
  tidy,
  waitBefore,
} from "../../densenet_viz/stage/follow/state.js";
import { sharesOf } from "../../densenet_viz/stage/shared/answer-bars.js";
import {
  answeredWords,
  followersWords,
  isLocal,
  Latest,
  localWords,
  Ordered,
  spaced,
} from "../../densenet_viz/stage/hall/hall-state.js";
import { numbersIn } from "./words.mjs";

/** @param {Partial<import("../../densenet_viz/stage/follow/state.js").State>} [other] */
const state = (other = {}) => ({
  version: 1,
  slide: 2,
  step: 0,
  reached: 2,
  revealed: {},
  ...other,
});
const question = { text: "How many?", options: ["64", "96"], right: null, step: 1, reveal: 2 };
const slides = /** @type {any} */ ([
  { question: null, steps: 0 },
  { question, steps: 2 },
  { question: null, steps: 1 },
]);

test("a phone waits longer after each failure, by chance, and at most half a minute and a half of that", () => {
  assert.deepEqual(
    [0, 1, 2].map((tries) => waitBefore(tries, 0.5)),
    [500, 1000, 2000],
  );
  assert.equal(waitBefore(0, 0), 250);
  assert.equal(waitBefore(0, 1), 750);
  assert.equal(waitBefore(50, 0.5), 30_000);
});

test("the code comes from the address, as it is written", () => {
  assert.equal(codeIn("/follow/cdf-347"), "CDF347");
  assert.equal(codeIn("/app/follow/CDF%20347/"), "CDF347");
  assert.equal(codeIn("/follow"), "");
  assert.equal(codeIn("/follow/"), "");
  assert.equal(tidy(" cdf 347\n"), "CDF347");
});

test("places count from nought, the hall's slides from one", () => {
  assert.deepEqual(placeOf(state({ step: 3 })), { slide: 1, step: 3 });
  assert.ok(same({ slide: 1, step: 3 }, placeOf(state({ step: 3 }))));
  assert.ok(!same({ slide: 1, step: 2 }, placeOf(state({ step: 3 }))));
});

test("catching up says where the hall is", () => {
  assert.match(catchUpWords(state({ slide: 7 }), { slide: 2, step: 0 }), /slide 7/);
  const [later, earlier] = [2, 0].map((step) =>
    catchUpWords(state({ step }), { slide: 1, step: 1 }),
  );
  assert.match(later, /catch up/);
  assert.match(earlier, /go back/);
});

test("a question is asked when the hall or the phone has come to its step", () => {
  assert.equal(askedAt(slides, state({ slide: 1, reached: 1 }), { slide: 1, step: 2 }, {}), null);
  assert.equal(askedAt(slides, state(), { slide: 1, step: 0 }, {}), null);
  assert.equal(askedAt(slides, state({ step: 1 }), { slide: 0, step: 0 }, {}), null);
  const asked = askedAt(slides, state({ step: 1 }), { slide: 1, step: 0 }, { 2: 1 });
  assert.deepEqual(asked, {
    slide: 2,
    text: "How many?",
    options: ["64", "96"],
    open: true,
    chosen: 1,
    counts: null,
    right: null,
  });
  assert.ok(askedAt(slides, state({ slide: 3, reached: 3 }), { slide: 1, step: 0 }, {})?.open);
});

test("a told question shows what the hall chose and no longer takes choices", () => {
  const told = state({ step: 2, revealed: { 2: { counts: [3, 1], right: 1 } } });
  const asked = askedAt(slides, told, { slide: 1, step: 2 }, { 2: 0 });
  assert.deepEqual([asked?.open, asked?.counts, asked?.right], [false, [3, 1], 1]);
  assert.ok(asked);
  const numbers = (change) => numbersIn(askedWords({ ...asked, ...change }));
  assert.deepEqual(numbers({}), [96, 64, 4], "the right answer, the choice, the number of answers");
  assert.deepEqual(numbers({ chosen: 1 }), [96, 4]);
  assert.match(askedWords({ ...asked, chosen: 1 }), /right/);
  assert.deepEqual(numbers({ chosen: null, counts: [0, 1] }), [96, 1]);
  assert.deepEqual(numbers({ right: null }), [4]);
  assert.match(asked ? askedWords({ ...asked, open: true, chosen: null }) : "", /nobody sees who/);
});

test("bars are parts of all answers", () => {
  assert.deepEqual(sharesOf([3, 1]), [0.75, 0.25]);
  assert.deepEqual(sharesOf([0, 0]), [0, 0]);
});

test("of many moves the first is sent, then only the newest", async () => {
  /** @type {number[]} */
  const sent = [];
  /** @type {(() => void)[]} */
  const answers = [];
  const latest = new Latest((/** @type {number} */ thing) => {
    sent.push(thing);
    return new Promise((resolve) => answers.push(() => resolve(undefined)));
  });
  const done = latest.give(1);
  latest.give(2);
  latest.give(3);
  assert.deepEqual(sent, [1]);
  answers[0]();
  await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual(sent, [1, 3]);
  answers[1]();
  await done;
  latest.give(4);
  assert.deepEqual(sent, [1, 3, 4]);
});

test("a move that fails does not stop the next one", async () => {
  /** @type {number[]} */
  const sent = [];
  const latest = new Latest(
    (/** @type {number} */ thing) => (sent.push(thing), Promise.reject(new Error("no line"))),
  );
  await latest.give(1);
  await latest.give(2);
  assert.deepEqual(sent, [1, 2]);
});

test("an answer counts unless a later question's has come before it", () => {
  const polls = new Ordered();
  const [first, second, third] = [polls.ask(), polls.ask(), polls.ask()];
  assert.equal(polls.take(second), true);
  assert.equal(polls.take(first), false);
  assert.equal(polls.take(second), false);
  assert.equal(polls.take(third), true);
});

test("an address that only this machine knows is said to be one", () => {
  for (const origin of ["http://localhost:8501", "http://127.0.0.1:8501", "http://[::1]:8501"]) {
    assert.ok(isLocal(origin), origin);
    assert.match(localWords(origin), /Phones cannot open this/);
  }
  for (const origin of ["http://192.168.0.7:8501", "https://lectures.example"])
    assert.equal(localWords(origin), "", origin);
});

test("codes and counts in words", () => {
  assert.equal(spaced("CDF347HKMN"), "CDF34 7HKMN");
  assert.equal(followersWords(1), "1 phone follows");
  assert.equal(followersWords(300), "300 phones follow");
  assert.equal(answeredWords([2, 3], 40), "5 of 40 answered");
  assert.equal(answeredWords([2, 3], 4), "5 of 5 answered");
});
