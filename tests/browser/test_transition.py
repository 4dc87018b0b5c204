"""The transition page: mixing, pooling and compression on a real tensor."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def stage(page: Page) -> Locator:
    return page.locator(".stage[data-output]")


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def numbers(cells: Locator) -> list[float]:
    return [number(text) for text in cells.all_inner_texts()]


def test_first_transition_halves_twice(open_page: Any) -> None:
    visit = open_page("transition", reduced_motion=True)
    page = visit.page
    expect(page.locator(".stage-title")).to_have_text("Half as many maps, each half as wide")
    labels = page.locator(".transition-label b")
    assert labels.all_inner_texts() == ["256", "128", "128"]
    expect(page.get_by_text("live · measured on this network")).to_be_visible()
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("33,280")
    assert visit.errors == []


def test_bars_and_rest_make_the_mean(open_page: Any) -> None:
    page = open_page("transition", reduced_motion=True).page
    values = numbers(page.locator(".transition-list .value"))
    assert len(values) == 8 + 1 + 1
    assert sum(values[:-1]) == pytest.approx(values[-1], abs=0.006)
    expect(page.get_by_text("the other 248 together")).to_be_visible()


def test_output_map_is_chosen_by_key_button_and_pointer(open_page: Any) -> None:
    page = open_page("transition", reduced_motion=True).page
    grid = page.get_by_role("slider", name="Output map")
    grid.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(stage(page)).to_have_attribute("data-output", "17")
    expect(grid).to_have_attribute("aria-valuenow", "18")
    page.get_by_role("button", name="Output map before").click()
    expect(stage(page)).to_have_attribute("data-output", "16")
    label = page.locator(".transition-label.mixed").bounding_box()
    assert label
    page.mouse.move(label["x"] + label["width"] / 2, label["y"] + 40)
    expect(stage(page)).not_to_have_attribute("data-output", "16")
    page.mouse.move(5, 5)
    expect(stage(page)).to_have_attribute("data-output", "16")


def test_window_makes_one_number_of_four(open_page: Any) -> None:
    page = open_page("transition", reduced_motion=True).page
    page.get_by_role("button", name="To the start").click()
    for step in ("0", "1", "2"):
        expect(stage(page)).to_have_attribute("data-window", step)
        four = numbers(page.locator(".transition-four span"))
        one = numbers(page.locator(".transition-one span"))[0]
        assert one == pytest.approx(sum(four) / 4, abs=0.0011)
        page.get_by_role("button", name="One window on").click()
    page.get_by_role("radio", name="max").click()
    four = numbers(page.locator(".transition-four span"))
    assert numbers(page.locator(".transition-one span")) == [max(four)]
    expect(page.get_by_text("Not this network's way")).to_be_visible()
    expect(page.locator(".transition-label.result span")).to_have_text("2 × 2 maximum")


def test_window_plays_and_pauses(open_page: Any) -> None:
    page = open_page("transition").page
    page.locator(".transition-walk").scroll_into_view_if_needed()
    pause = page.get_by_role("button", name="Pause")
    expect(pause).to_be_visible()
    expect(stage(page)).to_have_attribute("data-window", re.compile(r"[1-9]"))
    pause.click()
    where = stage(page).get_attribute("data-window")
    page.wait_for_timeout(300)
    assert stage(page).get_attribute("data-window") == where


def test_other_compression_says_what_is_random(open_page: Any) -> None:
    visit = open_page("transition?transition=2&theta=0.3", reduced_motion=True)
    page = visit.page
    expect(page.locator(".stage-title")).to_have_text("153 of 512 maps, each half as wide")
    expect(page.locator(".stage-badge")).to_contain_text(
        "trained up to the norm, then a random 1 × 1 convolution for θ = 0.3"
    )
    expect(page.get_by_test_id("stAlert")).to_contain_text("no network was trained to keep 153")
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(f"{512 * 153 + 2 * 512:,}")
    assert visit.errors == []


def test_fits_a_phone(open_page: Any) -> None:
    page = open_page("transition?transition=3", width=390, height=844, reduced_motion=True).page
    assert page.evaluate(OVERFLOW) <= 0
    for part in (".transition-list", ".transition-walk canvas", ".transition-grid canvas"):
        box = page.locator(part).first.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
