"""Two at once: one picture before two networks, or two pictures before one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from densenet_viz.stage.two.sides import Apart
from tests.browser.checks import (
    WIDER_THAN_WINDOW_JS,
    axe_findings,
    focus_as_by_keys,
    pixels_of,
)
from tests.browser.stages.conftest import Show
from tests.stage_scenes import two

LEFT, RIGHT = two.corner(2, 2), two.corner(6, 0)
APART = Apart(np.asarray(LEFT - RIGHT, np.float32) / 4, -0.25)


@pytest.fixture
def page(show: Show) -> Page:
    return show("two", two.scene(apart=APART))


def values(page: Page) -> list[float]:
    texts = page.locator(".two-column:not([hidden]) .two-value").all_inner_texts()
    return [float(text.replace("−", "-").rstrip("%")) for text in texts]


def choose(page: Page, scale: str) -> None:
    page.locator(f'.two [role=radio][value="{scale}"]').check()


def test_arrow_keys_read_one_place_in_both_maps_and_their_difference(page: Page) -> None:
    focus_as_by_keys(page.locator(".two-side .frame-canvas").first)
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator(".two .frame-pointed")).to_have_count(3)
    expect(page.locator(".two-readout")).to_contain_text("x 2, y 3: ")
    shares = [100 * heat[3, 2] / np.abs(heat).sum() for heat in (LEFT, RIGHT)]
    assert values(page) == pytest.approx([*shares, 100 * APART.heat[3, 2]], rel=0.02, abs=1e-3)
    expect(page.locator(".two-apart .two-sentence")).to_contain_text("−0.25")
    choose(page, "shared")
    focus_as_by_keys(page.locator(".two-side .frame-canvas").first)
    assert values(page)[:2] == pytest.approx([1, -0.01], rel=0.02)


def test_scales_and_opacity_are_answered_alone(page: Page) -> None:
    canvas = page.locator(".two-side .frame-canvas").nth(1)
    title = page.locator(".two .stage-title")
    seen, titles = {pixels_of(canvas)}, {title.inner_text()}
    page.get_by_role("slider", name="Opacity").fill("30")
    seen.add(pixels_of(canvas))
    choose(page, "own")
    titles.add(title.inner_text())
    assert len(seen) == len(titles) == 2
    expect(page.locator(".two-side .two-small").nth(1)).to_contain_text("±1")
    assert page.evaluate("() => window.told") == []


def pictures(**more: Any) -> Any:
    """Two pictures before one network, which are not linked."""
    right = replace(two.RIGHT, network=two.LEFT.network, called=two.LEFT.called)
    return two.scene(two.LEFT, right, "pictures", **more)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_pictures_on_a_phone_are_read_one_by_one(show: Show, scheme: str) -> None:
    page = show("two", pictures(), width=390, height=844, scheme=scheme)
    assert page.evaluate(WIDER_THAN_WINDOW_JS) == {"document": 0, "main": 0}
    first, second = (page.locator(".two-side .frame").nth(n).bounding_box() for n in (0, 1))
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]
    assert first["width"] > 150
    expect(page.locator(".two-apart")).to_be_hidden()
    page.locator(".two-side .frame-canvas").nth(1).tap(position={"x": 60, "y": 60})
    expect(page.locator(".two .frame-pointed")).to_have_count(1)
    texts = page.locator(".two-side .two-value").all_inner_texts()
    assert [bool(text) for text in texts] == [False, True]
    assert axe_findings(page) == []


def test_maps_come_one_after_the_other(show: Show) -> None:
    waiting = replace(two.RIGHT, attribution=None)
    page = show("two", two.scene(right=waiting, waiting="to come"))
    expect(page.locator(".two-state").nth(1)).to_have_text("to come")
    expect(page.locator(".two-done")).to_have_count(0)
    rough = replace(two.RIGHT, attribution=two.made(RIGHT, finished=False))
    page.evaluate("(scene) => window.nextScene(scene)", two.scene(right=rough))
    expect(page.locator(".two-done")).to_have_count(0)
    page.evaluate("(scene) => window.nextScene(scene)", two.scene())
    expect(page.locator(".two-done")).to_have_count(1)
    page.evaluate("(scene) => window.nextScene(scene)", pictures())  # another question
    expect(page.locator(".two-apart")).to_be_hidden()
