"""The overview's strip: it rests, steps, points and leads on."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.browser import settle

PARTS = 10  # picture, stem, four blocks, three transitions, classifier


@pytest.fixture(scope="module")
def page(open_page: Any) -> Page:
    """The overview with reduced motion, so that nothing moves by itself."""
    opened: Page = open_page(reduced_motion=True).page
    return opened


def title(page: Page) -> Any:
    return page.locator(".overview .stage-title")


def test_strip_rests_on_the_whole_network_with_reduced_motion(page: Page) -> None:
    expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    expect(title(page)).to_have_text("Narrower and deeper: 64 → 1,024 maps")
    assert page.locator(".overview-part").count() == PARTS


def test_steps_count_the_channels_up(page: Page) -> None:
    page.get_by_role("button", name="To the start").click()
    expect(title(page)).to_have_text("One picture goes in")
    for shown in ("64", "96", "128"):
        page.get_by_role("button", name="One step on").click()
        expect(page.locator(".overview-count")).to_have_text(shown)
    expect(title(page)).to_have_text("Layer 2 reads all 96, and adds 32")


def test_pointing_at_a_part_tells_its_numbers(page: Page) -> None:
    part = page.get_by_role("button", name="Block 3 grows from 256 to 1,024 maps")
    part.focus()
    expect(title(page)).to_have_text("Block 3 grows from 256 to 1,024 maps")
    part.blur()
    page.locator(".overview-target").nth(3).hover()
    expect(title(page)).to_have_text("Transition 1 halves maps and width")


def test_it_plays_by_itself_where_motion_is_welcome(open_page: Any) -> None:
    moving = open_page().page
    expect(moving.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    moving.get_by_role("button", name="Pause", exact=True).click()
    expect(moving.get_by_role("button", name="Play", exact=True)).to_be_visible()
    moving.close()


def test_on_a_phone_the_strip_runs_down(open_page: Any) -> None:
    phone = open_page(width=390, height=844, reduced_motion=True).page
    box = phone.locator(".overview-svg").bounding_box()
    assert box["height"] > 2 * box["width"]
    assert box["x"] + box["width"] <= 390
    phone.close()


def test_ways_lead_into_the_other_pages(page: Page) -> None:
    page.get_by_test_id("stMain").get_by_role("link", name="Transition").click()
    page.wait_for_url("**/transition")
    settle(page)
    assert page.get_by_test_id("stException").count() == 0
