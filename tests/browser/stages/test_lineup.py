"""Which one cheats: nothing is seen before it is told, and maps are read side by side."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from densenet_viz.stage.lineup.scene import Witness, lineup_scene
from tests.browser.checks import focus_as_by_keys, wait_until_painted
from tests.browser.stages.conftest import Show
from tests.stage_scenes import maps

MIDDLE = maps.SIDE // 2
FIRST = Witness("Model A", maps.RING, right=True, on_object=0.75, on_tag=0.125)
SECOND = Witness("Model B", maps.STAR, right=False, on_object=0.25, on_tag=0.5)
MASK, TAG = np.zeros((2, maps.SIDE, maps.SIDE), bool)
MASK[20:40, 24:44], TAG[2:12, 2:12] = True, True
# How far the first map has appeared so many milliseconds after it was told, on the page's clock.
APPEARED_JS = """async ([scene, moments]) => {
  const root = document.querySelector('main').shadowRoot;
  const card = root.querySelectorAll('.lineup-card')[1];
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  let now = 1e6;
  performance.now = () => now;
  window.nextScene(scene);
  const seen = [];
  for (const moment of moments) {
    now = 1e6 + moment;
    await frame();
    await frame();
    seen.push(Number(card.style.getPropertyValue('--told')));
  }
  delete performance.now;
  return seen;
}"""


def scene(first: Witness, second: Witness, **changes: Any) -> Any:
    given: dict[str, Any] = {
        "caption": "a drawn ring",
        "truth": "ring",
        "tag": "star",
        "mask": MASK,
        "tag_mask": TAG,
    }
    return lineup_scene(maps.picture(), witnesses=(first, second), **(given | changes))


def asked() -> Any:
    return scene(*(replace(one, answer=None) for one in (FIRST, SECOND)))


def told() -> Any:
    return scene(*(replace(one, heat=maps.heat(n)) for n, one in enumerate((FIRST, SECOND))))


def answers(page: Page) -> list[str]:
    return page.locator(".lineup-card:not(.lineup-picture) .lineup-answer").all_inner_texts()


def test_a_line_up_goes_from_question_to_maps_and_back(show: Show) -> None:
    page = show("lineup", asked())
    assert answers(page) == ["…", "…"]
    expect(page.locator(".lineup-tag")).to_have_text("")
    expect(page.locator(".lineup-readout")).to_be_hidden()
    page.evaluate("(scene) => window.nextScene(scene)", scene(FIRST, SECOND))
    assert answers(page) == ["ring", "star"]
    expect(page.locator(".lineup-tag")).to_contain_text("star")
    rights = page.locator(".lineup-mark[data-right]")
    assert [one.get_attribute("data-right") for one in rights.all()] == ["true", "false"]
    expect(page.locator(".lineup-told")).to_have_count(0)
    expect(page.locator("canvas[tabindex='0']")).to_have_count(0)
    page.evaluate("(scene) => window.nextScene(scene)", told())
    expect(page.locator(".lineup-told")).to_have_count(2)
    shares = page.locator(".lineup-shares b").all_inner_texts()
    assert shares == ["75%", "12%", "25%", "50%"]
    outlines = page.locator(".lineup-told .frame-lines .frame-line")
    expect(outlines).to_have_count(4)  # the object and the tag, on both maps
    page.evaluate("(scene) => window.nextScene(scene)", asked())
    expect(page.locator(".lineup-told")).to_have_count(0)
    assert answers(page) == ["…", "…"]


def test_maps_appear_little_by_little(show: Show) -> None:
    page = show("lineup", scene(FIRST, SECOND), reduced_motion=False)
    wait_until_painted(page)
    seen = page.evaluate(APPEARED_JS, [told(), [0, 300, 600, 3000]])
    assert seen == sorted(set(seen))
    assert (seen[0], seen[-1]) == (0, 1)


def test_without_motion_maps_are_there_at_once(show: Show) -> None:
    page = show("lineup", scene(FIRST, SECOND))
    wait_until_painted(page)
    assert page.evaluate(APPEARED_JS, [told(), [0, 300]]) == [1, 1]


def test_arrow_keys_read_the_same_place_in_both_maps(show: Show) -> None:
    page = show("lineup", told())
    readout = page.locator(".lineup-readout")
    focus_as_by_keys(page.locator(".lineup-told canvas").first)
    expect(readout).to_contain_text(f"x {MIDDLE}, y {MIDDLE}")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    x, y = MIDDLE + 1, MIDDLE - 10
    expect(readout).to_contain_text(f"x {x}, y {y}")
    said = re.findall(r"Model [AB] ([+−][\d.]+)", readout.inner_text())
    values = [float(one.replace("−", "-")) for one in said]
    assert values == pytest.approx([maps.heat(n)[y, x] for n in (0, 1)], rel=0.01)
    expect(page.locator(".frame-pointed")).to_have_count(3)
    page.keyboard.press("Home")
    expect(readout).to_contain_text(f"x 0, y {y}")
