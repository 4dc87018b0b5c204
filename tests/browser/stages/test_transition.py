"""The transition stage: mixing and pooling, by pointer, by key, played and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.helpers import WIDER_JS, Player, box_of, expect_inside, numbers, play
from tests.browser.stages import scenes
from tests.browser.stages.conftest import Show


@pytest.fixture
def page(show: Show) -> Page:
    page = show("transition", scenes.transition())
    expect(page.locator(".stage")).to_have_attribute("data-output", re.compile(r"\d"))
    return page


def values(cells: Locator) -> list[float]:
    return [one for text in cells.all_inner_texts() for one in numbers(text)]


def expect_output(page: Page, output: int) -> None:
    expect(page.locator(".stage")).to_have_attribute("data-output", str(output))


def test_the_maps_are_halved_in_number_and_in_size(page: Page) -> None:
    assert values(page.locator(".transition-label b")) == [32, 16, 16]
    sizes = page.locator(".transition-label small").all_inner_texts()
    assert [numbers(size)[-1] for size in sizes] == [16, 16, 8]


def test_bars_and_rest_make_the_mean(page: Page) -> None:
    found = values(page.locator(".transition-list .value"))
    assert len(found) == 8 + 1 + 1  # the strongest inputs, the rest together, the sum
    assert sum(found[:-1]) == pytest.approx(found[-1], abs=0.006)
    expect(page.locator(".transition-list")).to_contain_text(str(32 - 8))


def test_output_map_is_chosen_by_key_button_and_pointer(page: Page) -> None:
    grid = page.locator(".transition-grid")
    grid.focus()
    page.keyboard.press("Home")
    expect_output(page, 0)
    page.keyboard.press("ArrowRight")
    expect_output(page, 1)
    page.keyboard.press("ArrowDown")
    expect(grid).not_to_have_attribute("aria-valuenow", "2")
    page.keyboard.press("End")
    expect_output(page, 15)
    expect(grid).to_have_attribute("aria-valuenow", "16")
    back, on = page.locator(".transition-mixing .stage-button").all()
    back.click()
    expect_output(page, 14)
    mixed = box_of(page.locator(".transition-label.mixed"))
    page.mouse.move(mixed["x"] + mixed["width"] / 2 + 8, mixed["y"] + 40)  # on a tile
    expect(page.locator(".stage")).not_to_have_attribute("data-output", "14")
    page.mouse.move(5, 5)
    expect_output(page, 14)
    on.click()
    expect_output(page, 15)


def test_window_makes_one_number_of_four(page: Page) -> None:
    player = Player(page)
    four, one = page.locator(".transition-four span"), page.locator(".transition-one span")
    player.first.click()
    for step in range(3):
        expect(page.locator(".stage")).to_have_attribute("data-window", str(step))
        assert values(one) == [pytest.approx(sum(values(four)) / 4, abs=0.0011)]
        player.on.click()


def test_the_maximum_is_shown_as_not_the_networks_own(page: Page) -> None:
    average, largest = page.locator(".stage-switch button").all()
    note = page.locator(".transition-note")
    own = note.inner_text()
    average.press("ArrowRight")
    expect(largest).to_be_focused()
    expect(largest).to_have_attribute("aria-checked", "true")
    four = values(page.locator(".transition-four span"))
    assert values(page.locator(".transition-one span")) == [max(four)]
    expect(page.locator(".transition-label.result span")).to_contain_text("max")
    expect(note).not_to_have_text(own)
    average.click()
    expect(note).to_have_text(own)


def test_a_random_convolution_is_said(page: Page) -> None:
    badge = page.locator(".stage-badge")
    expect(badge).not_to_contain_text("random")
    page.evaluate("nextScene", {**scenes.transition(), "own": False, "compression": 0.3})
    expect(badge).to_contain_text("random")
    expect(badge).to_contain_text("0.3")


def test_window_plays_and_pauses(show_timed: Show) -> None:
    page = show_timed("transition", scenes.transition())
    page.locator(".transition-walk").scroll_into_view_if_needed()
    player, stage = Player(page), page.locator(".stage")
    player.expect_playing(True)
    play(page, 1000)
    expect(stage).to_have_attribute("data-window", re.compile("[1-9]"))
    player.play.click()
    where = stage.get_attribute("data-window")
    play(page, 500)
    assert stage.get_attribute("data-window") == where
    player.play.click()
    player.speed.select_option("4")
    play(page, 6000)
    player.expect_playing(False)
    assert player.time() == 8 * 8


def test_fits_a_phone(show: Show) -> None:
    page = show("transition", scenes.transition(), width=390, height=844)
    expect(page.locator(".stage")).to_have_attribute("data-output", re.compile(r"\d"))
    assert page.evaluate(WIDER_JS) <= 0
    parts = (".transition-list", ".transition-walk canvas", ".transition-grid canvas")
    expect_inside([page.locator(part).first for part in parts], 390)


# -- controls -------------------------------------------------------------------------------


def test_another_share_is_counted_at_once_and_its_maps_are_awaited(show: Show) -> None:
    page = show("transition", scenes.explored_transition())
    theta, badge = page.locator("input[name=theta]"), page.locator(".stage-badge")
    expect(badge).to_have_attribute("data-kind", "live")
    assert values(page.locator(".transition-costs b"))[0] == 32 * 16 + 2 * 32
    theta.press("ArrowLeft")
    assert badge.get_attribute("data-kind") == "computed"
    assert values(page.locator(".transition-label b")) == [32, 12, 12]
    assert values(page.locator(".transition-costs b"))[0] == 32 * 12 + 2 * 32
    # The details are those of the maps before: they wait.
    expect(page.locator(".transition-list")).to_be_hidden()
    page.wait_for_function("window.told.length === 1")
    assert page.evaluate("window.told[0][1].values") == {"transition": 1, "theta": 0.4}
    assert page.url.endswith("?theta=0.4")
    theta.press("ArrowRight")  # back to what is there
    assert badge.get_attribute("data-kind") == "live"
    expect(page.locator(".transition-list")).to_be_visible()
    page.evaluate("nextScene", scenes.explored_transition(theta=0.4, asked=1))  # too late
    assert theta.input_value() == "0.5"
    page.evaluate("nextScene", scenes.explored_transition(asked=2))
    assert badge.get_attribute("data-kind") == "live"
