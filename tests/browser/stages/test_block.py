"""The dense-block stage: every connection, by pointer, by key, played and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import WIDER_JS, Player, expect_inside, play
from tests.browser.stages import scenes
from tests.browser.stages.conftest import Show

OUTPUT = 7
"""The node after six layers."""


@pytest.fixture
def page(show: Show) -> Page:
    return show("block", scenes.block())


def expect_active(page: Page, node: int | str) -> None:
    expect(page.locator(".stage")).to_have_attribute("data-active", str(node))


def expect_count(page: Page, count: int) -> None:
    expect(page.locator(".block-count b")).to_have_text(str(count))


def test_six_layers_have_twenty_one_connections(page: Page) -> None:
    expect_count(page, 21)
    expect(page.locator(".block-count span")).to_contain_text("1 + 2 + 3 + 4 + 5 + 6")
    expect(page.locator(".block-node")).to_have_count(OUTPUT + 1)


def test_pointer_lights_a_layer_and_its_ledger(page: Page) -> None:
    expect_active(page, 4)
    page.locator(".block-node").nth(3).hover()
    expect_active(page, 3)
    lines = page.locator(".block-lines li")
    # Channels, who wrote them, and how many.
    assert [line.split() for line in lines.all_inner_texts()] == [
        ["channels", "0–7", "block", "input", "8"],
        ["channels", "8–11", "layer", "1", "4"],
        ["channels", "12–15", "layer", "2", "4"],
    ]
    expect(page.locator(".block-ledger p").last).to_contain_text("4, 5 and 6")
    page.mouse.move(5, 5)
    expect_active(page, 4)


def test_keys_walk_through_layers_and_light_all(page: Page) -> None:
    expect_active(page, 4)
    nodes = page.locator(".block-node")
    nodes.nth(4).focus()
    for key, node in (("ArrowRight", 5), ("End", OUTPUT), ("Home", 0)):
        page.keyboard.press(key)
        expect(nodes.nth(node)).to_be_focused()
        expect(nodes.nth(node)).to_have_attribute("aria-checked", "true")
        expect_active(page, node)
    page.keyboard.press("Escape")
    expect_active(page, "all")


def test_matrix_is_the_same_set_of_connections(page: Page) -> None:
    page.locator(".stage-switch button").last.click()
    expect(page.locator(".stage")).to_have_attribute("data-view", "matrix")
    expect_count(page, 21)
    page.locator(".block-node").nth(2).hover()
    expect_active(page, 2)


def test_arrows_turn_from_arcs_to_matrix_and_back(page: Page) -> None:
    arcs, matrix = page.locator(".stage-switch button").all()
    arcs.press("ArrowRight")
    expect(matrix).to_be_focused()
    expect(matrix).to_have_attribute("aria-checked", "true")
    matrix.press("ArrowLeft")
    expect(arcs).to_have_attribute("aria-checked", "true")
    expect(matrix).to_have_attribute("aria-checked", "false")


def test_a_map_is_read_pixel_by_pixel(page: Page) -> None:
    maps = page.locator(".block-maps")
    maps.press("ArrowRight")
    expect(maps).to_have_attribute("aria-valuenow", "2")
    expect(page.locator(".tiles-lens b")).to_contain_text("channel 21")  # 8 entered, 3 layers of 4
    page.locator(".tiles-lens canvas").first.hover(position={"x": 4, "y": 4})
    expect(page.locator(".tiles-value")).to_contain_text("row 1, column 1")


def test_another_block_is_another_count(page: Page) -> None:
    page.evaluate("nextScene", scenes.block(2))
    expect_count(page, 6)
    expect(page.locator(".block-node")).to_have_count(5)


def test_the_count_plays_once_and_ends_complete(show_timed: Show) -> None:
    page = show_timed("block", scenes.block())
    player = Player(page)
    player.expect_playing(True)
    play(page, 4000)
    player.expect_playing(False)
    expect_count(page, 21)
    expect_active(page, 4)
    page.evaluate("nextScene", scenes.block(2))
    play(page, 4000)
    expect_count(page, 6)


def test_steps_count_up(page: Page) -> None:
    player = Player(page)
    player.first.click()
    for count in (0, 1, 3, 6):
        expect_count(page, count)
        player.on.click()


def test_fits_a_phone(show: Show) -> None:
    page = show("block", scenes.block(), width=390, height=844)
    for view in page.locator(".stage-switch button").all():
        view.click()
        assert page.evaluate(WIDER_JS) <= 0
        expect_inside(page.locator(".block-node").all(), 390)


def test_another_block_is_counted_at_once_and_a_known_one_is_live(show: Show) -> None:
    page = show("block", scenes.explored_block())
    badge, count = page.locator(".stage-badge"), page.locator(".block-count b")
    one, two = page.locator(".stage-controls [role=radio]").all()
    two.click()
    assert (badge.get_attribute("data-kind"), count.inner_text()) == ("computed", "6")
    expect(page.locator(".block-show")).to_be_hidden()
    ledger = page.locator(".block-ledger").inner_text()
    page.wait_for_function("window.told.length === 1")
    assert page.url.endswith("?block=2")
    page.evaluate("nextScene", scenes.explored_block(2, asked=1))
    assert badge.get_attribute("data-kind") == "live"
    expect(page.locator(".block-show")).to_be_visible()
    # What was computed is what hooks recorded while the network ran.
    assert page.locator(".block-ledger").inner_text() == ledger
    one.click()
    assert (badge.get_attribute("data-kind"), count.inner_text()) == ("live", "21")
    page.evaluate("nextScene", scenes.explored_block(2, asked=1))  # too late
    assert count.inner_text() == "21"
