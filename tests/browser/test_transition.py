"""The transition page live: its address and its controls; the stage itself is in `stages/`."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from scripts.browser import settle


def test_other_compression_is_another_picture_that_keeps_its_pooling(open_page: Any) -> None:
    visit = open_page("transition?transition=2&theta=0.3", reduced_motion=True)
    page = visit.page
    counts = page.locator(".transition-label b")
    assert counts.all_inner_texts() == ["512", "153", "153"]
    largest = page.locator(".transition-pooling .stage-switch button").last
    largest.click()
    page.locator(".stage-controls input[name=theta]").press("ArrowRight")
    assert counts.last.inner_text() == "204"  # at once, before the server has answered
    expect(page.locator(".stage-badge")).to_have_attribute("data-kind", "live")
    assert counts.all_inner_texts() == ["512", "204", "204"]
    expect(largest).to_have_attribute("aria-checked", "true")
    settle(page)
    assert "theta=0.4" in page.url
    assert visit.errors == []
