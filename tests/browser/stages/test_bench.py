"""The bench's grid: one scale for all maps, linked zoom and crosshair, no server asked."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.checks import WIDER_THAN_WINDOW_JS, axe_findings, focus_as_by_keys, pixels_of
from tests.browser.stages.conftest import Show
from tests.stage_scenes import maps

PANELS = 1 + len(maps.NAMES)
MIDDLE = maps.SIDE // 2
TRANSFORMS_JS = "(nodes) => nodes.map((node) => node.style.transform)"


@cache
def scene() -> Any:
    return maps.bench()


@pytest.fixture
def page(show: Show) -> Page:
    opened = show("bench", scene())
    expect(opened.locator(".bench-done")).to_have_count(1)
    return opened


def canvas(page: Page, place: int) -> Locator:
    return page.locator(".bench-canvas").nth(place)


def choose(page: Page, value: str) -> None:
    page.locator(f'.bench [role=radio][value="{value}"]').check()


def zoom(page: Page) -> float:
    """How much all panels are enlarged, the same in each."""
    (one,) = set(page.locator(".bench-canvas").evaluate_all(TRANSFORMS_JS))
    return float(str(one).removeprefix("scale(").partition(")")[0])


def values(page: Page) -> list[float]:
    """What stands under the maps."""
    texts = page.locator(".bench-value").all_inner_texts()[1:]
    return [float(text.replace("−", "-").rstrip("%")) for text in texts]


def test_scale_view_opacity_contrast_and_zoom_are_answered_alone(page: Page) -> None:
    seen = {pixels_of(canvas(page, 2))}
    choose(page, "shared")
    seen.add(pixels_of(canvas(page, 2)))
    page.get_by_role("slider", name="Contrast").fill("40")
    seen.add(pixels_of(canvas(page, 2)))
    page.get_by_role("slider", name="Opacity").fill("50")
    seen.add(pixels_of(canvas(page, 2)))
    choose(page, "map")
    seen.add(pixels_of(canvas(page, 2)))
    assert len(seen) == 5
    page.get_by_role("button", name="Zoom in").click()
    assert zoom(page) == pytest.approx(1.5)
    assert page.evaluate("() => window.told") == []


def test_each_scale_says_what_full_colour_means(page: Page) -> None:
    title, under = page.locator(".stage-title"), page.locator(".bench-under")
    limits = page.locator(".bench-limits span")
    strength = float(np.abs(maps.heat(2)).sum())
    expect(page.locator('.bench [role=radio][value="share"]')).to_be_checked()  # the units differ
    assert f"{strength:,.0f}" in under.nth(3).inner_text()
    before = title.inner_text()
    choose(page, "own")
    expect(title).not_to_have_text(before)
    own = [scene()["panels"][place]["map"]["ends"]["own"] for place in range(3)]
    for place in range(3):
        assert f"±{own[place]:.3g}" in under.nth(1 + place).inner_text()
    choose(page, "shared")
    expect(title).to_have_text(before)
    end = scene()["scales"][0]["end"]
    assert limits.all_inner_texts() == [f"−{end:.1f}", "0", f"+{end:.1f}"]
    assert under.nth(1).inner_text() == "slope"


def test_arrow_keys_read_the_same_pixel_in_every_panel(page: Page) -> None:
    choose(page, "shared")
    focus_as_by_keys(canvas(page, 1))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    x, y = MIDDLE + 1, MIDDLE - 10
    expect(page.locator(".bench-readout")).to_contain_text(f"x {x}, y {y}")
    expect(page.locator(".bench-pointed")).to_have_count(PANELS)
    at = [float(maps.heat(place)[y, x]) for place in range(3)]
    assert values(page) == pytest.approx(at, rel=0.02)
    red, green, blue = maps.picture()[y, x]
    expect(page.locator(".bench-value").first).to_have_text(f"RGB {red}, {green}, {blue}")
    choose(page, "share")
    focus_as_by_keys(canvas(page, 1))
    shares = [100 * one / np.abs(maps.heat(place)).sum() for place, one in enumerate(at)]
    assert values(page) == pytest.approx(shares, rel=0.02)
    page.keyboard.press("Escape")
    expect(page.locator(".bench-pointed")).to_have_count(0)


def test_pointing_marks_the_same_pixel_in_every_panel(page: Page) -> None:
    canvas(page, 2).hover(position={"x": 40, "y": 60})
    expect(page.locator(".bench-pointed")).to_have_count(PANELS)
    lines = page.locator(".bench-down").evaluate_all("nodes => nodes.map(node => node.style.left)")
    assert len(set(lines)) == 1
    page.mouse.move(1, 1)
    expect(page.locator(".bench-pointed")).to_have_count(0)


def test_keys_zoom_all_panels_around_the_crosshair(page: Page) -> None:
    canvas(page, 3).focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("+")
    assert zoom(page) == pytest.approx(1.5**3)
    part = page.locator(".bench-part")
    expect(part).to_contain_text("3.4×: x 0–18")
    page.keyboard.press("End")  # the part follows the crosshair
    expect(part).to_contain_text("3.4×: x 45–63")
    page.keyboard.press("-")
    assert zoom(page) == pytest.approx(1.5**2)
    page.keyboard.press("0")
    assert zoom(page) == 1


def test_the_wheel_zooms_in_a_clicked_panel_and_scrolls_elsewhere(page: Page) -> None:
    page.evaluate("""() => {
      window.wheels = 0;
      addEventListener('wheel', () => { window.wheels += 1; });
    }""")
    page.locator(".stage-title").click()
    canvas(page, 1).hover(position={"x": 30, "y": 30})
    page.mouse.wheel(0, -100)
    page.wait_for_function("() => window.wheels === 1")
    assert zoom(page) == 1
    canvas(page, 1).click(position={"x": 30, "y": 30})
    page.mouse.wheel(0, -240)
    expect(page.locator(".bench-part")).to_contain_text("2.0×")


def test_dragging_moves_all_panels_and_a_double_click_goes_back(page: Page) -> None:
    page.get_by_role("button", name="Zoom in").click()
    before = canvas(page, 0).evaluate("(node) => node.style.transform")
    box = page.locator(".bench-frame").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 80, steps=4)
    page.mouse.up()
    assert canvas(page, 2).evaluate("(node) => node.style.transform") != before
    assert zoom(page) == pytest.approx(1.5)
    page.locator(".bench-frame").nth(2).dblclick(position={"x": 50, "y": 50})
    assert zoom(page) == 1


def test_a_map_alone_has_the_colours_of_its_values(page: Page) -> None:
    """At full contrast, a pixel far below zero is blue and one far above orange."""
    choose(page, "map")
    page.get_by_role("slider", name="Contrast").fill("100")
    pixels_of(canvas(page, 1))
    data = canvas(page, 1).evaluate(
        "(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
    )
    painted = np.array(data).reshape(maps.SIDE, maps.SIDE, 4)
    heat = maps.heat(0)
    for place, colour in ((heat.argmin(), (27, 111, 188)), (heat.argmax(), (176, 82, 0))):
        row, column = np.unravel_index(int(place), heat.shape)
        np.testing.assert_allclose(painted[row, column, :3], colour, atol=1)


def test_maps_come_one_by_one_and_what_was_chosen_stays(show: Show) -> None:
    page = show("bench", maps.bench(*maps.panels(0)))
    expect(page.locator(".bench-panel")).to_have_count(PANELS)
    expect(page.locator(".bench-state").nth(1)).to_have_text("to come")
    choose(page, "own")
    page.get_by_role("button", name="Zoom in").click()
    for done, sharpening in ((1, 0), (2, 1), (3, 0)):
        next_scene = maps.bench(*maps.panels(done, sharpening))
        page.evaluate("(scene) => window.nextScene(scene)", next_scene)
        finished = done - sharpening
        state = page.locator(".bench-state").nth(1 + finished)
        if finished < 3:
            expect(state).not_to_be_empty()
            expect(page.locator(".bench-done")).to_have_count(0)
    expect(page.locator(".bench-done")).to_have_count(1)
    expect(page.locator('.bench [role=radio][value="own"]')).to_be_checked()
    assert zoom(page) == pytest.approx(1.5)


def test_a_phone_shows_two_columns_and_reads_by_touch(show: Show) -> None:
    page = show("bench", scene(), width=390, height=844)
    assert page.evaluate(WIDER_THAN_WINDOW_JS) == {"document": 0, "main": 0}
    boxes = [canvas(page, place).bounding_box() for place in range(PANELS)]
    assert [box["y"] == boxes[0]["y"] for box in boxes] == [True, True, False, False]  # type: ignore[index]
    assert min(box["width"] for box in boxes) > 150  # type: ignore[index]
    canvas(page, 1).tap(position={"x": 80, "y": 80})
    expect(page.locator(".bench-pointed")).to_have_count(PANELS)
    page.get_by_role("button", name="Zoom in").tap()
    assert zoom(page) == pytest.approx(1.5)
    assert axe_findings(page) == []  # with a crosshair and a part
    canvas(page, 1).focus()
    page.keyboard.press("0")
    pinch(canvas(page, 1), 15, 45)
    assert zoom(page) == pytest.approx(3, rel=0.1)


def pinch(over: Locator, near: float, far: float) -> None:
    """Two fingers, each `near` pixels from the middle at first and `far` in the end."""
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = over.page.context.new_cdp_session(over.page)

    def touch(kind: str, away: float | None) -> None:
        points = [] if away is None else [{"x": x - away, "y": y}, {"x": x + away, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", near)
    for step in range(1, 7):
        touch("touchMove", near + (far - near) * step / 6)
    touch("touchEnd", None)
    session.detach()


def test_without_motion_panels_move_at_once(page: Page, show: Show) -> None:
    duration = "(node) => getComputedStyle(node).transitionDuration"
    assert canvas(page, 1).evaluate(duration) == "0s"
    page = show("bench", scene(), reduced_motion=False)
    assert canvas(page, 1).evaluate(duration) != "0s"
