"""The overview's strip: it rests, steps, tells what is pointed at, plays, and runs down a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import Player, box_of, numbers, play
from tests.browser.stages import scenes
from tests.browser.stages.conftest import Show

PARTS = 10
"""Picture, stem, four blocks, three transitions, classifier."""


@pytest.fixture
def page(show: Show) -> Page:
    return show("overview", scenes.overview())


def title(page: Page) -> str:
    return page.locator(".stage-title").inner_text()


def test_strip_rests_on_the_whole_network_with_reduced_motion(page: Page) -> None:
    player = Player(page)
    player.expect_playing(False)
    assert player.time() == float(player.slider.get_attribute("max") or 0) > 0
    assert page.locator(".overview-part").count() == PARTS
    assert numbers(title(page)) == [64, 1024]


def test_steps_count_the_channels_up(page: Page) -> None:
    player = Player(page)
    player.first.click()
    assert player.time() == 0
    for channels in (64, 96, 128):
        player.on.click()
        expect(page.locator(".overview-count")).to_have_text(str(channels))
    expect(page.locator(".overview-plus")).to_have_text("+32")
    assert numbers(title(page)) == [2, 96, 32]  # layer 2 reads 96 and adds 32


def test_pointing_at_a_part_tells_its_numbers(page: Page) -> None:
    whole = title(page)
    part = page.locator(".overview-part").nth(6)  # block 3
    part.focus()
    assert numbers(title(page)) == [3, 256, 1024]
    assert page.locator("g:not(.overview-dim) > [class]").count() > 0
    part.blur()
    assert title(page) == whole
    page.locator(".overview-target").nth(3).hover()  # transition 1
    assert numbers(title(page)) == [1]
    expect(page.locator(".overview-part").nth(3)).to_have_class(
        "overview-part overview-transition overview-pointed"
    )


def test_another_network_is_drawn_anew(page: Page) -> None:
    page.evaluate("nextScene", scenes.overview("densenet201"))
    assert numbers(title(page)) == [64, 1920]
    assert page.locator(".overview").count() == 1
    assert page.locator(".stage").evaluate("(stage) => stage.lastChild.className") == "stage-save"


def test_it_plays_by_itself_to_the_end_where_motion_is_welcome(show_timed: Show) -> None:
    page = show_timed("overview", scenes.overview())
    player = Player(page)
    steps = float(player.slider.get_attribute("max") or 0)
    player.expect_playing(True)
    play(page, 1000)
    assert 0 < player.time() < 4
    player.speed.select_option("4")
    play(page, round(420 * steps / 4) + 200)
    player.expect_playing(False)
    assert player.time() == steps


def test_on_a_phone_the_strip_runs_down(show: Show) -> None:
    page = show("overview", scenes.overview(), width=390, height=844)
    expect(page.locator(".overview")).to_have_class("overview overview-down")
    box = box_of(page.locator(".overview-svg"))
    assert box["height"] > 2 * box["width"]
    assert box["x"] + box["width"] <= 390
