"""The inside page live: details come from the server, and the address follows; the rest is in
`stages/`."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from scripts.browser import settle

LAYER = "denseblock4.denselayer3"


def test_places_are_detailed_by_the_server_and_bound_to_the_address(open_page: Any) -> None:
    visit = open_page(f"inside?at={LAYER}", reduced_motion=True)
    page = visit.page
    stage = page.locator(".stage[data-level]")
    expect(stage).to_have_attribute("data-filled", LAYER)
    page.locator(".inside-tiles").press("Enter")
    expect(stage).to_have_attribute("data-filled", f"{LAYER} 0")
    page.locator(".inside-channel .frame-canvas").click(position={"x": 5, "y": 5})
    expect(stage).to_have_attribute("data-filled", f"{LAYER} 0 0 0")
    settle(page)
    assert page.url.endswith(f"?at={LAYER}&channel=0&y=0&x=0")
    page.go_back()
    expect(stage).to_have_attribute("data-place", f"{LAYER} 0")
    settle(page)
    picture = page.get_by_role("combobox", name="Picture")
    picture.scroll_into_view_if_needed()  # its list closes when the side bar scrolls
    picture.click()
    picture.fill("star")
    page.keyboard.press("Enter")
    settle(page)
    expect(stage).to_have_attribute("data-filled", f"{LAYER} 0")
    assert f"at={LAYER}&channel=0" in page.url
    assert "picture=star" in page.url
    page.reload()
    settle(page)
    expect(stage).to_have_attribute("data-filled", f"{LAYER} 0")
    assert visit.errors == []
