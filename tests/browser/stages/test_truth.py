"""A map against the true outline: the threshold is answered at once, and all numbers agree."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from densenet_viz.stage.truth.scene import truth_scene
from tests.browser.checks import focus_as_by_keys, pixels_of
from tests.browser.stages.conftest import Show
from tests.stage_scenes import maps
from tests.stage_scenes.truth import curve

MIDDLE = maps.SIDE // 2
MASK, OTHER = np.zeros((2, maps.SIDE, maps.SIDE), bool)
MASK[16:36, 20:40], OTHER[2:12, 40:60] = True, True


def scene(**changes: Any) -> Any:
    given: dict[str, Any] = {
        "caption": "a drawn ring",
        "method": "Saliency",
        "target": maps.RING,
        "curve": curve(),
        "shares": {"on the object": 0.625, "near it": 1.0},
    }
    return truth_scene(maps.picture(), MASK, maps.heat(0), **(given | changes))


@pytest.fixture
def page(show: Show) -> Page:
    return show("truth", scene())


def numbers(page: Page) -> list[str]:
    """What is kept, precision and recall."""
    return page.locator(".truth-number b").all_inner_texts()


def cut(kept: int) -> tuple[float, float]:
    """Precision and recall of the strongest pixels, in percent."""
    hits = MASK.ravel()[np.argsort(-maps.heat(0).ravel(), kind="stable")[:kept]].sum()
    return 100 * hits / kept, 100 * hits / MASK.sum()


def test_the_threshold_moves_numbers_curve_and_picture(page: Page) -> None:
    slider = page.locator(".truth-slider input")
    seen, pictures = [], []
    for key in ("Home", "PageUp", "PageUp", "End"):
        slider.press(key)
        pictures.append(pixels_of(page.locator(".truth .frame-canvas")))
        kept, precision, recall = numbers(page)
        seen.append((kept, precision, recall))
        spoken = str(slider.get_attribute("aria-valuetext"))
        assert all(number in spoken for number in (kept, precision, recall))
        dot = page.locator(".truth-dot").get_attribute("data-at")
        assert dot == f"{recall} {precision}"
        pixels = page.locator(".truth-number small").first.inner_text().split(" of ")[0]
        given = [float(one.rstrip("%")) for one in (precision, recall)]
        assert given == pytest.approx(cut(int(pixels.replace(",", ""))), abs=0.6)
    assert len(set(pictures)) == len(pictures)
    for column in zip(*seen, strict=True):  # each number moves
        assert len(set(column)) >= 3
    assert page.evaluate("() => window.told") == []


def test_as_much_as_the_object_makes_precision_equal_recall(page: Page) -> None:
    page.locator(".truth-slider input").press("Home")
    page.locator("button.truth-button").click()
    kept, precision, recall = numbers(page)
    assert precision == recall
    assert page.locator(".truth-number small").first.inner_text().startswith(f"{MASK.sum()} of ")
    page.locator(".truth-slider input").press("ArrowRight")
    assert numbers(page)[0] != kept


def test_views_and_outline_switch_by_keyboard(page: Page) -> None:
    canvas, views = page.locator(".truth .frame-canvas"), page.locator(".truth-views [role=radio]")
    views.first.focus()
    pictures = []
    for place in (0, 1, 2, 0):
        expect(views.nth(place)).to_be_checked()
        pictures.append(pixels_of(canvas))
        page.keyboard.press("ArrowRight")
    assert len(set(pictures)) == 3
    assert pictures[3] == pictures[0]
    outline = page.locator(".truth .frame-lines path.frame-line")
    expect(outline).to_have_count(1)
    page.locator(".truth-check input").press("Space")
    expect(outline).to_have_count(0)
    page.keyboard.press("Space")
    expect(outline).to_have_count(1)


def test_arrow_keys_read_values_of_the_map(page: Page) -> None:
    readout = page.locator(".truth-readout")
    focus_as_by_keys(page.locator(".truth .frame-canvas"))
    page.keyboard.press("ArrowLeft")
    for key, x, y in (("Shift+ArrowUp", MIDDLE - 1, MIDDLE - 10), ("Home", 0, MIDDLE - 10)):
        page.keyboard.press(key)
        found = re.fullmatch(r"x (\d+), y (\d+): (\S+), (.+), (?:not )?kept", readout.inner_text())
        assert found is not None
        assert (int(found[1]), int(found[2])) == (x, y)
        value = float(found[3].replace("−", "-"))
        assert value == pytest.approx(maps.heat(0)[y, x], rel=0.01)
        assert ("ring" in found[4]) is bool(MASK[y, x])


def test_the_same_picture_keeps_its_threshold_and_another_one_does_not(page: Page) -> None:
    expect(page.locator(".truth-shares dd")).to_have_text(["62%", "100%"])
    page.locator(".truth-slider input").press("End")
    page.locator(".truth .frame-canvas").focus()
    kept = numbers(page)[0]
    other = scene(method="Grad-CAM", other_mask=OTHER, other_label="arrow")
    page.evaluate("(scene) => window.nextScene(scene)", other)
    assert numbers(page)[0] == kept
    expect(page.locator(".truth-legend")).to_contain_text("arrow")
    expect(page.locator(".truth .frame-lines path.frame-dashed")).to_have_count(1)
    moved = truth_scene(
        maps.picture(1),
        OTHER,
        maps.heat(0),
        caption="a drawn star",
        method="Saliency",
        target=maps.STAR,
        curve=curve(),
        shares={},
    )
    page.evaluate("(scene) => window.nextScene(scene)", moved)
    assert numbers(page)[0] != kept
    assert numbers(page)[1] == numbers(page)[2]
