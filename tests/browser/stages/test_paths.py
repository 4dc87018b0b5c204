"""The paths of the gradient back to a block's first layer, by their length."""

from __future__ import annotations

import math

from playwright.sync_api import expect

from tests.browser.stages.conftest import Show
from tests.stage_scenes import flows

LAYERS = 5


def test_arrow_keys_choose_a_length_and_draw_its_paths(show: Show) -> None:
    scene = flows.paths(LAYERS)
    assert [one["count"] for one in scene["lengths"]] == [math.comb(4, n) for n in range(5)]
    page = show("paths", scene)
    chosen = page.locator(".paths-length[aria-checked=true]")
    drawn = page.locator(".paths-arcs path")
    expect(page.locator(".paths-length")).to_have_count(len(scene["lengths"]))
    expect(drawn).to_have_count(1)  # the direct one
    chosen.press("ArrowDown")
    expect(chosen).to_be_focused()
    expect(chosen).to_have_attribute("aria-label", scene["lengths"][1]["sentence"])
    expect(page.locator(".paths-said")).to_have_text(scene["lengths"][1]["sentence"])
    assert drawn.count() > 1
    page.keyboard.press("End")
    expect(chosen).to_have_attribute("aria-label", scene["lengths"][-1]["sentence"])
    expect(drawn).to_have_count(LAYERS)  # through every layer, one step after the other
    page.evaluate("(scene) => window.nextScene(scene)", flows.paths(3))
    expect(page.locator(".paths-length")).to_have_count(3)
    expect(chosen).to_have_count(1)
