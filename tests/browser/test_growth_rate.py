"""The growth-rate page live: its address and its sliders; the stage itself is in `stages/`."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.browser import settle
from tests.browser.helpers import Player


@pytest.fixture(scope="module")
def page(open_page: Any) -> Page:
    opened: Page = open_page("growth_rate?k=24&layers=4", reduced_motion=True).page
    return opened


def slider(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} input[type=range]")


def new_maps(page: Page) -> list[str]:
    return [text for text in page.locator(".growth-plus").all_text_contents() if text]


def test_the_address_restores_the_view(page: Page) -> None:
    assert slider(page, "k").input_value() == "24"
    assert slider(page, "layers").input_value() == "4"
    page.locator(".stage-view").press("End")
    counts = page.locator(".growth-count b").all_text_contents()
    assert [text for text in counts if text] == ["64", "88", "112", "136", "160"]


def test_a_slider_changes_the_network_and_keeps_the_place(page: Page) -> None:
    page.locator(".stage-view").press("Home")
    page.locator(".stage-view").press("ArrowRight")
    page.locator(".stage-view").press("ArrowRight")
    slider(page, "k").press("ArrowRight")
    expect(page.locator(".growth-plus").first).to_have_text("+28")
    assert new_maps(page) == ["+28"] * 4
    assert Player(page).time() == 2
    settle(page)
    assert "k=28" in page.url
    slider(page, "k").press("ArrowRight")  # at the default, which leaves the address
    expect(page.locator(".growth-plus").first).to_have_text("+32")
    settle(page)
    assert page.url.endswith("/growth_rate?layers=4")
