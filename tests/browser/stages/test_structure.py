"""The paths through the network: blocks, bars, cells and maps follow keyboard and pointer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.checks import pixels_of
from tests.browser.stages.conftest import Show
from tests.stage_scenes import flows

SECOND = flows.blocks()[1]
AFTER = flows.LAYERS[1] + 1  # what reads the block's end


@pytest.fixture
def page(show: Show) -> Page:
    return show("structure", flows.structure())


def bars(page: Page) -> list[float]:
    """What the bars say, the sum last."""
    labels = [str(one.get_attribute("aria-label")) for one in page.locator(".structure-bar").all()]
    found = [re.search(r": ([+−]?[\d.]+)", label) for label in labels]
    return [float(one[1].replace("−", "-")) for one in found if one]


def chosen(page: Page) -> Locator:
    return page.locator(".structure-bar[aria-checked=true]")


def test_bars_are_the_flows_into_what_reads_the_block(page: Page) -> None:
    flow = [float(SECOND.matrix[source, AFTER - 1]) for source in range(AFTER)]
    assert bars(page) == pytest.approx([*flow, sum(flow)], rel=0.01, abs=0.01)


def test_arrow_keys_choose_a_bar_and_its_map(page: Page) -> None:
    canvas, caption = (page.locator(f".structure-map {part}").first for part in ("canvas", "b"))
    before, name = pixels_of(canvas), str(chosen(page).get_attribute("aria-label"))
    chosen(page).press("ArrowUp")
    expect(chosen(page)).to_be_focused()
    expect(chosen(page)).not_to_have_attribute("aria-label", name)
    source = str(chosen(page).get_attribute("aria-label")).split(":")[0]
    expect(caption).to_have_text(re.compile(f"^{re.escape(source)} → "))
    assert pixels_of(canvas) != before


def test_cells_are_walked_by_keys_and_pointed_at(page: Page) -> None:
    canvas = page.locator(".structure-canvas")
    for _ in range(AFTER):
        canvas.press("ArrowLeft")
    canvas.press("Home")
    said = page.locator(".structure-readout").inner_text()
    number = re.search(r"layer 1: ([+−]?[\d.]+)", said)
    assert number is not None
    assert float(number[1].replace("−", "-")) == pytest.approx(SECOND.matrix[0, 0], rel=0.01)
    expect(page.locator(".structure-bar")).to_have_count(2)  # its one source, and the sum
    box = canvas.bounding_box()
    assert box is not None
    seen = set()
    for part in (0.3, 0.5, 0.7, 0.9):
        canvas.hover(position={"x": box["width"] * part, "y": box["height"] * 0.4})
        seen.add(page.locator(".structure-readout").inner_text())
    assert len(seen) >= 3


def test_another_reader_has_its_own_sources(page: Page) -> None:
    readers = page.locator("select.stage-choice")
    for layer in (1, 3):
        readers.select_option(str(layer))
        flow = [float(SECOND.matrix[source, layer - 1]) for source in range(layer)]
        assert bars(page) == pytest.approx([*flow, sum(flow)], rel=0.01, abs=0.01)


def test_blocks_are_chosen_by_keys_and_have_tables(page: Page) -> None:
    page.locator(".structure-block[aria-checked=true]").press("Home")
    expect(page.locator(".structure[data-block='1']")).to_have_count(1)
    expect(page.locator(".structure-bar")).to_have_count(flows.LAYERS[0] + 2)
    page.locator(".structure-details summary").click()
    tables = page.locator(".structure-tables table")
    expect(tables).to_have_count(2)
    first = tables.last.locator("tbody tr").count()
    page.locator(".structure-block[aria-checked=true]").press("End")
    expect(tables.last.locator("tbody tr")).not_to_have_count(first)


def test_the_picture_under_the_maps_can_be_taken_away(page: Page) -> None:
    canvas = page.locator(".structure-map canvas").first
    under, button = pixels_of(canvas), page.locator("button.structure-button")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert pixels_of(canvas) != under
    button.click()
    assert pixels_of(canvas) == under
    assert page.evaluate("() => window.told") == []
