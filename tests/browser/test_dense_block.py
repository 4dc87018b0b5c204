"""The dense-block page live: the block stands in the address; the stage itself is in `stages/`."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from scripts.browser import settle


def test_block_stands_in_the_address(open_page: Any) -> None:
    visit = open_page("dense_block?block=4", reduced_motion=True)
    page = visit.page
    count = page.locator(".block-count b")
    expect(count).to_have_text("136")
    page.locator(".block-node").nth(2).click()
    page.locator(".stage-controls").get_by_role("radio", name="3", exact=True).click()
    assert count.inner_text() == "300"  # at once, before the server has answered
    expect(page.locator(".stage-badge")).to_have_attribute("data-kind", "live")
    expect(page.get_by_test_id("stMain")).to_contain_text("300 direct connections")
    settle(page)
    assert "block=3" in page.url
    assert visit.errors == []
