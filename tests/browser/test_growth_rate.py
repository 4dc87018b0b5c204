"""The growth-rate page live: its address and its controls; the stage itself is in `stages/`."""

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
    return page.locator(f".stage-controls input[name={key}]")


def new_maps(page: Page) -> list[str]:
    return [text for text in page.locator(".growth-plus").all_text_contents() if text]


def expect_live(page: Page) -> None:
    """The answer of the server is there, and no other is on its way."""
    expect(page.locator(".stage-badge")).to_have_attribute("data-kind", "live")
    settle(page)


def test_the_address_restores_the_view(page: Page) -> None:
    assert slider(page, "k").input_value() == "24"
    assert slider(page, "layers").input_value() == "4"
    page.locator(".stage-view").press("End")
    counts = page.locator(".growth-count b").all_text_contents()
    assert [text for text in counts if text] == ["64", "88", "112", "136", "160"]


def test_a_control_changes_the_network_and_keeps_the_place(page: Page) -> None:
    page.locator(".stage-view").press("Home")
    page.locator(".stage-view").press("ArrowRight")
    page.locator(".stage-view").press("ArrowRight")
    slider(page, "k").press("ArrowRight")
    assert new_maps(page) == ["+28"] * 4  # at once, before the server has answered
    expect_live(page)
    assert new_maps(page) == ["+28"] * 4
    assert Player(page).time() == 2
    assert "k=28" in page.url
    slider(page, "k").press("ArrowRight")  # at the default, which leaves the address
    assert new_maps(page) == ["+32"] * 4
    expect_live(page)
    assert page.url.endswith("/growth_rate?layers=4")


def test_after_quick_changes_the_last_one_stands(page: Page) -> None:
    for key in ("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowLeft"):
        slider(page, "initial").press(key)
    expect_live(page)
    assert slider(page, "initial").input_value() == "32"
    assert page.locator(".growth-count b").first.text_content() == "32"
    assert "initial=32" in page.url
