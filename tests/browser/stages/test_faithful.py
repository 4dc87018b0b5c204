"""Measures of faithfulness: pixels go and come by keyboard, and numbers are the curves'."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from densenet_viz.stage.faithful.scene import Line, faithful_scene
from tests.browser.checks import pixels_of
from tests.browser.stages.conftest import Show
from tests.stage_scenes import maps

STEPS = 8
MEAN = (120, 110, 100)
MASK = np.zeros((maps.SIDE, maps.SIDE), bool)
MASK[20:40, 24:44] = True
COLOURS_JS = """(canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""


def line(seed: int, title: str) -> Line:
    """A method with an order of its own, and curves that no other one has."""
    order = np.argsort(np.argsort(-maps.heat(seed).ravel())).astype(np.int32)
    fall = np.linspace(1, 0, STEPS + 1) ** (1 + seed)
    return Line(
        title=title,
        heat=maps.heat(seed),
        rank=order.reshape(maps.SIDE, maps.SIDE),
        deletion=tuple(map(float, fall)),
        insertion=tuple(map(float, fall[::-1])),
        values={"deletion": float(fall.mean()), "insertion": float(fall.mean())},
    )


METHODS = (line(0, "Saliency"), line(1, "Occlusion"))
CARDS = len(METHODS) + 1


def scene(*methods: Line) -> Any:
    return faithful_scene(
        maps.picture(),
        np.full_like(maps.picture(), 90),
        MEAN,
        caption="a drawn ring",
        label="ring",
        methods=methods or METHODS,
        references=[line(2, "Random map")],
        planned=[one.title for one in METHODS],
        mask=MASK,
        notes=["Mind this."],
    )


@pytest.fixture
def page(show: Show) -> Page:
    return show("faithful", scene())


def pictures(page: Page) -> Locator:
    return page.locator(".faithful-card canvas")


def different(page: Page) -> int:
    """How many different pictures the cards show."""
    return len({pixels_of(pictures(page).nth(place)) for place in range(CARDS)})


def test_pixels_go_and_come_by_keyboard(page: Page) -> None:
    readout, radios = page.locator(".faithful-readout"), page.locator(".stage-switch [role=radio]")
    expect(pictures(page)).to_have_count(CARDS)
    page.locator(".stage-play").focus()
    page.keyboard.press("Home")
    expect(readout).to_contain_text(re.compile("^0%"))
    assert different(page) == 1  # the whole picture
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text(re.compile("^12%|^13%"))
    assert different(page) == CARDS
    page.keyboard.press("End")
    expect(readout).to_contain_text(re.compile("^100%"))
    assert pictures(page).first.evaluate(COLOURS_JS) == 1  # the mean colour alone
    radios.first.press("ArrowRight")
    expect(radios.nth(1)).to_have_attribute("aria-checked", "true")
    assert pictures(page).first.evaluate(COLOURS_JS) > 100  # the picture is back
    page.keyboard.press("ArrowRight")
    expect(radios.nth(2)).to_have_attribute("aria-checked", "true")
    expect(page.locator(".frame-line")).to_have_count(CARDS)  # the true outline on the maps
    assert different(page) == CARDS
    assert page.evaluate("() => window.told") == []


def test_the_numbers_of_a_step_are_the_curves(page: Page) -> None:
    page.locator(".stage-play").focus()
    page.keyboard.press("Home")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    shown = page.locator(".faithful-value b").all_inner_texts()
    numbers = [float(text.rstrip("%")) for text in shown[:2]]
    assert numbers == pytest.approx([100 * one.deletion[2] for one in METHODS], abs=0.051)
    page.locator("summary").click()
    row = page.locator(".faithful-plain tbody tr").nth(2)
    expect(row.locator("th")).to_have_text("25%")
    assert row.locator("td").all_inner_texts()[:CARDS] == shown


def test_another_method_comes_and_the_step_stays(show: Show) -> None:
    page = show("faithful", scene(METHODS[0]))
    expect(pictures(page)).to_have_count(2)
    page.locator(".stage-play").focus()
    page.keyboard.press("End")
    page.evaluate("(scene) => window.nextScene(scene)", scene())
    expect(pictures(page)).to_have_count(CARDS)
    expect(page.locator(".faithful-readout")).to_contain_text(re.compile("^100%"))
    expect(page.locator(".faithful-best").first).to_be_visible()
