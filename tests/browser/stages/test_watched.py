"""Two networks along their training: scrubbed by the browser alone, by player and chart."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.helpers import box_of
from tests.browser.stages.conftest import Show
from tests.stage_scenes.watched import watched


def test_every_part_follows_the_step(show: Show) -> None:
    page = show("watched", watched())
    title = page.locator(".watched .stage-title")
    best = page.locator(".watched-card").nth(1).locator(".watched-bar[data-best] .watched-label")
    kernels = page.locator(".watched-kernels").nth(1)
    follows = page.locator(".watched-table tbody tr").nth(1).locator("td").last
    expect(title).to_contain_text("100")
    expect(best).to_contain_text("heart")
    expect(follows).to_have_text("100%")
    last = kernels.get_attribute("src")
    page.get_by_role("button", name="To the start").click()
    expect(best).to_contain_text("star")
    expect(follows).to_have_text("10%")
    assert kernels.get_attribute("src") != last
    page.get_by_role("button", name="One kept step forward").press("Enter")
    expect(follows).to_have_text("50%")


def test_the_chart_goes_to_the_step_under_the_pointer(show: Show) -> None:
    page = show("watched", watched())
    box = box_of(page.locator(".watched-chart"))
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 60)
    expect(page.locator(".watched .stage-title")).to_contain_text("step 10,")
    page.mouse.click(box["x"] + 20, box["y"] + 60)
    expect(page.locator(".watched-table tbody td").first).to_have_text("10%")
