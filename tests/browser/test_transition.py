"""The transition page live: its address and its slider; the stage itself is in `stages/`."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from scripts.browser import settle


def test_other_compression_is_another_picture_that_keeps_its_pooling(open_page: Any) -> None:
    visit = open_page("transition?transition=2&theta=0.3", reduced_motion=True)
    page = visit.page
    counts = page.locator(".transition-label b")
    assert counts.all_inner_texts() == ["512", "153", "153"]
    largest = page.locator(".stage .stage-switch button").last
    largest.click()
    page.locator(".st-key-theta input[type=range]").press("ArrowRight")
    expect(counts.last).to_have_text("204")
    expect(largest).to_have_attribute("aria-checked", "true")
    settle(page)
    assert "theta=0.4" in page.url
    assert visit.errors == []
