"""The scissors: cells by pointer and by keys, presets, undo, and what the server is asked."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import numbers
from tests.browser.stages.conftest import Show
from tests.stage_scenes import scissors


@pytest.fixture
def page(show: Show) -> Page:
    return show("scissors", scissors.scene())


def cuts(page: Page, count: int) -> None:
    expect(page.locator(".stage")).to_have_attribute("data-cuts", str(count))


def test_the_answer_stands_beside_the_cuts(page: Page) -> None:
    cuts(page, 2)
    expect(page.locator(".stage")).to_have_attribute("data-state", "live")
    found = numbers(page.locator(".stage-sentence").inner_text())
    assert found[:2] == [2.5, -1.25]
    assert found[-2:] == [10, 12]
    expect(page.locator(".scissors-bars li").first).to_contain_text("50%")
    selected = page.locator(".scissors-cell[aria-selected=true]")
    expect(selected).to_have_count(1)  # the other one is in block 2
    expect(selected).to_have_attribute("data-reader", "2")


def test_a_click_cuts_and_a_second_one_joins(page: Page) -> None:
    cell = page.locator('.scissors-cell[data-source="1"][data-reader="3"]')
    cell.click()
    expect(cell).to_have_attribute("aria-selected", "true")
    cuts(page, 3)
    expect(page.locator(".stage")).to_have_attribute("data-state", "waiting")
    cell.click()
    expect(cell).to_have_attribute("aria-selected", "false")
    expect(page.locator(".stage")).to_have_attribute("data-state", "live")


def test_everything_by_keys(page: Page) -> None:
    first = page.locator('.scissors-cell[data-source="0"][data-reader="1"]')
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    last = page.locator('.scissors-cell[data-source="0"][data-reader="3"]')
    expect(last).to_be_focused()
    page.keyboard.press("ArrowRight")  # the end
    expect(last).to_be_focused()
    page.keyboard.press("Enter")
    cuts(page, 3)
    page.keyboard.press("Space")
    cuts(page, 2)
    page.keyboard.press("Control+z")
    cuts(page, 3)
    page.keyboard.press("Control+Shift+z")
    cuts(page, 2)


def test_dragging_cuts_all_cells_on_its_way(page: Page) -> None:
    page.get_by_role("button", name="Reconnect all").click()
    cuts(page, 0)
    boxes = [
        page.locator(f'.scissors-cell[data-source="0"][data-reader="{reader}"]').bounding_box()
        for reader in (1, 3)
    ]
    places = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=20)
    page.mouse.up()
    cuts(page, 3)


def test_a_preset_is_for_the_block_that_is_shown(page: Page) -> None:
    page.get_by_role("radio", name="block 2").click()
    page.get_by_role("button", name="only the nearest").click()
    cuts(page, 1 + 3)
    expect(page.locator(".scissors-cell[aria-selected=true]")).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    cuts(page, 2)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_the_search_can_be_taken_over(show: Show) -> None:
    page = show("scissors", scissors.scene((), (scissors.CUTS, 10)))
    expect(page.locator(".scissors-game")).to_contain_text("10")
    page.get_by_role("button", name="search").click()
    cuts(page, 2)
