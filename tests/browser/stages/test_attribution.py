"""The map over its picture, and the bars and small pictures beside it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from densenet_viz.stage.attribution.scene import gallery_scene, predictions_scene
from tests.browser.checks import focus_as_by_keys, pixels_of
from tests.browser.stages.conftest import Show
from tests.stage_scenes import maps

MIDDLE = maps.SIDE // 2


@pytest.fixture
def page(show: Show) -> Page:
    return show("attribution", maps.single())


def drawn(page: Page) -> Locator:
    return page.locator(".attribution-canvas").nth(1)


def test_a_map_of_zeros_shows_words_and_no_scale(show: Show) -> None:
    zeros = replace(maps.attribution(0), values=0 * maps.attribution(0).values)
    page = show("attribution", maps.single(attribution=zeros))
    expect(page.locator(".attribution-words")).to_contain_text("zero")
    expect(page.locator(".attribution-words")).to_be_visible()
    for part in ("scale", "limits", "meaning"):
        expect(page.locator(f".attribution-{part}")).to_be_hidden()
    page.locator(".attribution-canvas").nth(1).hover()
    expect(page.locator(".attribution-readout")).to_contain_text("no effect")


def test_opacity_threshold_and_view_are_answered_alone(page: Page) -> None:
    seen = {pixels_of(drawn(page))}
    page.get_by_role("slider", name="Opacity").fill("100")
    seen.add(pixels_of(drawn(page)))
    page.get_by_role("slider", name="Hide the weakest").fill("90")
    seen.add(pixels_of(drawn(page)))
    for view in ("map", "picture"):
        page.locator(f'.attribution [role=radio][value="{view}"]').check()
        seen.add(pixels_of(drawn(page)))
    assert len(seen) == 5
    assert pixels_of(drawn(page)) == pixels_of(page.locator(".attribution-canvas").first)
    assert page.evaluate("() => window.told") == []


def test_arrow_keys_read_values(page: Page) -> None:
    readout = page.locator(".attribution-readout")
    focus_as_by_keys(drawn(page))
    expect(page.locator(".attribution-pointed")).to_have_count(2)
    for key, x, y in (
        ("ArrowRight", MIDDLE + 1, MIDDLE),
        ("Shift+ArrowUp", MIDDLE + 1, MIDDLE - 10),
        ("Home", 0, MIDDLE - 10),
    ):
        page.keyboard.press(key)
        said = re.fullmatch(r"x (\d+), y (\d+): (\S+) \(.+\)", readout.inner_text())
        assert said is not None
        assert (int(said[1]), int(said[2])) == (x, y)
        assert float(said[3].replace("−", "-")) == pytest.approx(maps.heat(0)[y, x], rel=0.01)


def test_a_finger_reads_a_value(show: Show) -> None:
    page = show("attribution", maps.single(), width=390, height=844, scheme="dark")
    drawn(page).scroll_into_view_if_needed()
    box = drawn(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".attribution-readout")).to_contain_text(f"x {MIDDLE}, y {MIDDLE}: ")


def test_a_map_is_awaited_sharpens_and_stays_as_it_was_looked_at(show: Show) -> None:
    page = show("attribution", maps.single(None))
    expect(page.locator(".attribution-empty")).to_have_count(1)
    expect(drawn(page)).to_have_attribute("tabindex", "-1")
    expect(page.locator(".attribution-readout")).to_be_hidden()
    early = maps.single(attribution=maps.attribution(1, finished=False))
    page.evaluate("(scene) => window.nextScene(scene)", early)
    expect(page.locator(".attribution-empty")).to_have_count(0)
    title = page.locator(".stage-title").inner_text()
    page.locator('.attribution [role=radio][value="map"]').check()
    rough = pixels_of(drawn(page))
    page.evaluate("(scene) => window.nextScene(scene)", maps.single())
    expect(page.locator(".stage-title")).not_to_have_text(title)
    assert pixels_of(drawn(page)) != rough
    expect(page.locator('.attribution [role=radio][value="map"]')).to_be_checked()


def test_a_bar_tells_its_class_and_keeps_the_focus(show: Show) -> None:
    names = {1: "ring", 0: "star"}
    given = (maps.RING, maps.STAR)
    page = show("attribution-bars", predictions_scene(given, names, 1, "ring"))
    bars = page.locator(".bars-bar")
    expect(bars.first).to_have_attribute("aria-pressed", "true")
    expect(bars.first).to_have_attribute("aria-label", re.compile("^ring: 75.0%, "))
    bars.nth(1).click()
    name, told = page.evaluate("() => window.told.at(-1)")
    assert (name, told["name"], told["first"]) == ("picked", "star", False)
    page.evaluate("(scene) => window.nextScene(scene)", predictions_scene(given, names, 0, "ring"))
    expect(bars.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(bars.nth(1)).to_be_focused()
    page.keyboard.press("Enter")  # the same class once more is still a choice
    assert page.evaluate("() => window.told.length") == 2


def test_small_pictures_are_walked_along_by_arrow_keys(show: Show) -> None:
    samples = [(name, maps.picture(place)) for place, name in enumerate(("ring", "star"))]
    page = show("attribution-gallery", gallery_scene(samples, "ring", label="Pictures"))
    expect(page.get_by_role("radio", name="ring")).to_be_checked()
    page.get_by_role("radio", name="ring").focus()
    page.keyboard.press("ArrowRight")
    name, told = page.evaluate("() => window.told.at(-1)")
    assert (name, told["name"]) == ("picked", "star")
