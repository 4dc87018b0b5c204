import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { onWake, Pulse, SILENCE } from "../../densenet_viz/stage/follow/pulse.js";

test("a line is lost after 25 s of silence, counted from the last beat", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  let lost = 0;
  const pulse = new Pulse(() => lost++);
  assert.equal(SILENCE, 25_000);
  pulse.beat();
  mock.timers.tick(24_000);
  pulse.beat();
  mock.timers.tick(24_999);
  assert.equal(lost, 0);
  mock.timers.tick(1);
  assert.equal(lost, 1);
  mock.timers.tick(100_000);
  assert.equal(lost, 1);
  pulse.beat();
  pulse.stop();
  mock.timers.tick(100_000);
  assert.equal(lost, 1);
  mock.timers.reset();
});

test("a page wakes when it is seen again, comes back from the history, or has a network again", () => {
  const page = Object.assign(new EventTarget(), { visibilityState: "hidden" });
  const window = new EventTarget();
  let woken = 0;
  onWake(page, window, () => woken++);
  const shown = (/** @type {boolean} */ persisted) =>
    window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));
  page.dispatchEvent(new Event("visibilitychange"));
  shown(false);
  window.dispatchEvent(new Event("offline"));
  assert.equal(woken, 0);
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  shown(true);
  window.dispatchEvent(new Event("online"));
  assert.equal(woken, 3);
});
