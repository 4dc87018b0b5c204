"""The bench's part about the ways through the network, in a browser: choices answer at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.browser import settle

PATIENCE = 180_000


@pytest.fixture(scope="module")
def visit(open_page: Any) -> Iterator[Any]:
    visit = open_page("bench?view=inside", reduced_motion=True)
    expect(visit.page.locator(".structure-bar").first).to_be_visible(timeout=PATIENCE)
    settle(visit.page)
    yield visit
    assert visit.errors == []
    assert visit.foreign == []


def pixels(page: Page) -> str:
    return str(page.locator(".structure-map canvas").first.evaluate("(one) => one.toDataURL()"))


def test_bars_cells_and_maps_follow_the_keyboard(visit: Any) -> None:
    page = visit.page
    chosen = page.locator(".structure-bar[aria-checked=true]")
    caption = page.locator(".structure-map b").first
    before, name = pixels(page), chosen.get_attribute("aria-label")
    chosen.press("ArrowUp")
    expect(chosen).to_be_focused()
    expect(chosen).not_to_have_attribute("aria-label", str(name))
    source = str(chosen.get_attribute("aria-label")).split(":")[0]
    expect(caption).to_have_text(re.compile(f"^{re.escape(source)} → transition 3: "))
    assert pixels(page) != before
    canvas = page.locator(".structure-canvas")
    for _ in range(30):
        canvas.press("ArrowLeft")
    canvas.press("Home")
    way = re.compile(r"^what entered \(transition 2\) → layer 1: .* Into layer 1: .*; out of it: ")
    expect(page.locator(".structure-readout")).to_have_text(way)
    expect(page.locator(".structure-bar")).to_have_count(2)  # its one source, and the sum


def test_a_block_s_bars_add_up_to_what_is_said(visit: Any) -> None:
    page = visit.page
    block = page.locator(".structure-block[aria-checked=true]")
    block.press("End")
    expect(page.locator(".stage-title")).to_contain_text("what block 4 added")
    labels = page.locator(".structure-bar").evaluate_all(
        "(bars) => bars.map((bar) => bar.getAttribute('aria-label'))"
    )
    numbers = [
        float(re.search(r": ([+−]?[\d.]+)", label)[1].replace("−", "-"))  # type: ignore[index]
        for label in labels
    ]
    assert len(numbers) == 18
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.05)
    page.locator(".structure-details summary").click()
    expect(page.locator(".structure-tables table")).to_have_count(2)
    expect(page.locator(".structure-tables table").last.locator("tbody tr")).to_have_count(18)


def test_it_fits_a_dark_phone(open_page: Any) -> None:
    phone = open_page("bench?view=inside", width=390, height=844, scheme="dark")
    expect(phone.page.locator(".structure-bar").first).to_be_visible(timeout=PATIENCE)
    settle(phone.page)
    wider = "(main) => main.scrollWidth - main.clientWidth"
    assert phone.page.locator('[data-testid="stMain"]').evaluate(wider) == 0
    assert phone.errors == []
