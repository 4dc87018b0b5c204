"""The overview live: it leads into the other pages; its strip is in `stages/`."""

from __future__ import annotations

from typing import Any

from scripts.browser import settle


def test_a_way_leads_into_its_page(open_page: Any) -> None:
    page = open_page(reduced_motion=True).page
    page.locator(".st-key-way-transition").get_by_role("link").click()
    page.wait_for_url("**/transition")
    settle(page)
    assert page.get_by_test_id("stException").count() == 0
