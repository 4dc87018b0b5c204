"""The growth stage: player, keys, finger, scale, another network, motion, a phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from densenet_viz.stage.shared.packing import only_new
from tests.browser.helpers import (
    WIDER_JS,
    Player,
    box_of,
    expect_inside,
    numbers,
    play,
    swipe,
)
from tests.browser.stages import scenes
from tests.browser.stages.conftest import Show

COUNTS = [8, 12, 16, 20, 24, 28, 32]
CANVAS_JS = "(canvas) => canvas.toDataURL()"
STEP = 1600
"""Milliseconds that a layer takes."""


@pytest.fixture
def page(show: Show) -> Page:
    return show("growth", scenes.growth())


def expect_done(page: Page, layers: int) -> None:
    """Holds that so many layers have written, by the picture and by the player."""
    expect(page.locator(".stage")).to_have_attribute("data-done", str(layers))
    assert Player(page).time() == layers


def counted(page: Page, part: str = ".growth-count b") -> list[int]:
    texts = page.locator(part).all_text_contents()
    return [int(text.strip("+")) for text in texts if text]


def test_each_step_adds_up_and_the_picture_is_described(page: Page) -> None:
    player, sentence = Player(page), page.locator(".stage-sentence")
    player.on.click()
    expect_done(page, 1)
    assert numbers(sentence.inner_text())[:4] == [1, 8, 4, 12]
    expect(page.locator(".stage-view canvas")).to_have_accessible_name(sentence.inner_text())
    player.on.click()
    expect_done(page, 2)
    assert numbers(sentence.inner_text())[:4] == [2, 12, 4, 16]
    player.back.click()
    expect_done(page, 1)
    player.first.click()
    expect_done(page, 0)


def test_keys_step_and_go_to_the_ends(page: Page) -> None:
    page.locator(".stage-view").focus()
    done = []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft"):
        page.keyboard.press(key)
        done.append(Player(page).time())
    assert done == [1, 2, 1, 6, 6, 0, 0]


def test_at_the_end_all_maps_are_there(page: Page) -> None:
    page.locator(".stage-view").press("End")
    expect_done(page, 6)
    assert counted(page) == COUNTS
    assert counted(page, ".growth-plus") == [4] * 6
    assert COUNTS[-1] in numbers(page.locator(".stage-title").inner_text())


def test_scrubbing_shows_any_layer(page: Page) -> None:
    slider = Player(page).slider
    slider.fill("3")
    expect_done(page, 3)
    assert numbers(slider.get_attribute("aria-valuetext") or "") == [3, 6]


def test_the_scale_is_switched_without_the_server(page: Page) -> None:
    canvas, legend = page.locator(".stage-view canvas"), page.locator(".growth-legend")
    expect_done(page, 0)
    before = canvas.evaluate(CANVAS_JS)
    page.locator(".growth-scale select").select_option("all")
    low, high = numbers(legend.inner_text())
    assert low < high
    assert canvas.evaluate(CANVAS_JS) != before
    page.locator(".growth-scale select").select_option("map")
    assert numbers(legend.inner_text()) == []
    assert canvas.evaluate(CANVAS_JS) == before
    assert page.evaluate("window.told") == []


def test_another_network_keeps_the_place(page: Page) -> None:
    page.locator(".stage-view").press("ArrowRight")
    page.locator(".stage-view").press("ArrowRight")
    page.evaluate("nextScene", scenes.growth(growth_rate=2))
    expect_done(page, 2)
    assert counted(page, ".growth-plus") == [2] * 6
    assert numbers(page.locator(".stage-sentence").inner_text())[:4] == [2, 10, 2, 12]


def test_fewer_layers_end_the_player_earlier(page: Page) -> None:
    page.locator(".stage-view").press("End")
    page.evaluate("nextScene", scenes.growth(layers=2))
    expect_done(page, 2)
    assert counted(page) == COUNTS[:3]


@pytest.mark.parametrize("trained", [True, False])
def test_the_badge_says_whose_weights_they_are(show: Show, trained: bool) -> None:
    badge = show("growth", {**scenes.growth(), "trained": trained}).locator(".stage-badge")
    expect(badge).to_have_attribute("data-kind", "live")
    expect(badge).to_contain_text("trained" if trained else "random")


# -- controls -------------------------------------------------------------------------------


@pytest.fixture
def explored(show: Show) -> Page:
    return show("growth", scenes.explored())


def control(page: Page, name: str) -> Locator:
    return page.locator(f".stage-controls input[name={name}]")


def kind(page: Page) -> str | None:
    return page.locator(".stage-badge").get_attribute("data-kind")


def told(page: Page) -> list[Any]:
    """What the stage has sent as the visitor's choice, oldest first."""
    sent: list[Any] = page.evaluate("window.told.map(([name, value]) => value)")
    return sent


CHANGE_JS = """(input, value) => {
  input.value = String(value);
  input.dispatchEvent(new Event('input', { bubbles: true }));
}"""


def test_a_control_redraws_at_once_and_the_maps_follow(explored: Page) -> None:
    page = explored
    page.locator(".stage-view").press("End")
    assert kind(page) == "live"
    control(page, "k").press("ArrowRight")
    assert kind(page) == "computed"
    assert counted(page) == [8, 13, 18, 23, 28, 33, 38]
    assert counted(page, ".growth-plus") == [5] * 6
    expect(page.locator(".stage-number b").first).to_have_text("8,346")
    assert control(page, "k").get_attribute("aria-valuetext") == "Number k 5"
    expect(control(page, "k")).to_be_focused()
    expect_done(page, 6)  # the key moved the control and not the player
    page.wait_for_function("window.told.length === 1")
    (sent,) = told(page)
    assert (sent["asked"], sent["values"]["k"]) == (1, 5)
    assert page.url.endswith("?k=5")
    page.evaluate("nextScene", scenes.explored(growth_rate=5, asked=1))
    assert kind(page) == "live"
    expect(page.locator(".stage-number b").first).to_have_text("8,346")


def test_a_late_answer_does_not_replace_a_newer_choice(explored: Page) -> None:
    page = explored
    for _ in range(2):
        control(page, "k").press("ArrowRight")
    page.evaluate("nextScene", scenes.explored(growth_rate=5, asked=1))
    assert (kind(page), control(page, "k").input_value()) == ("computed", "6")
    assert counted(page, ".growth-plus")[0] == 6
    page.evaluate("nextScene", scenes.explored(growth_rate=6, asked=2))
    assert kind(page) == "live"
    # Another model: its numbers are the controls' now, although the visitor did not move them.
    page.evaluate("nextScene", scenes.explored(growth_rate=3, layers=2, asked=2))
    assert [control(page, name).input_value() for name in ("k", "layers")] == ["3", "2"]
    assert kind(page) == "live"


def test_maps_that_the_page_holds_are_not_needed_again(explored: Page) -> None:
    page = explored
    page.evaluate("nextScene", scenes.explored(growth_rate=5))
    control(page, "layers").press("ArrowRight")
    page.wait_for_function("window.told.length === 1")
    held = told(page)[0]["held"]
    answer = only_new(scenes.explored(growth_rate=5, layers=7, asked=1), held)
    assert sum(group["maps"]["data"] is None for group in answer["groups"]) == 7
    page.evaluate("nextScene", answer)
    assert kind(page) == "live"
    # Should any be missing, the stage asks for all of them.
    lost = scenes.explored(growth_rate=3, asked=1)
    page.evaluate("nextScene", only_new(lost, [group["maps"]["name"] for group in lost["groups"]]))
    assert [(sent["asked"], sent["held"]) for sent in told(page)[1:]] == [(2, [])]


def test_the_last_answer_has_the_last_word_on_the_address(explored: Page) -> None:
    page = explored
    for _ in range(2):
        control(page, "k").press("ArrowRight")
    page.wait_for_function("window.told.length")
    # Streamlit writes the address of an earlier choice, whose answer came late.
    page.evaluate("history.replaceState(null, '', '?k=5')")
    page.evaluate("nextScene", scenes.explored(growth_rate=6, asked=2))
    assert page.evaluate("location.search") == "?k=6"


def test_a_drag_sends_only_its_last_value(show_timed: Show) -> None:
    page = show_timed("growth", scenes.explored())
    slider = control(page, "layers")
    box = box_of(slider)
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.4, 0.6, 0.8):
        slider.evaluate(CHANGE_JS, round(48 * share))
        play(page, 500)
        assert kind(page) == "computed"
    assert told(page) == []
    page.mouse.up()
    play(page, 500)
    assert [sent["values"]["layers"] for sent in told(page)] == [38]


def test_numbers_seen_before_the_server_answers_are_live_again(explored: Page) -> None:
    control(explored, "k").press("ArrowRight")
    assert kind(explored) == "computed"
    control(explored, "k").press("ArrowLeft")
    assert kind(explored) == "live"


def test_the_switch_and_the_table_belong_to_the_same_network(explored: Page) -> None:
    control(explored, "bottleneck").press("Space")
    assert kind(explored) == "computed"
    assert explored.locator(".growth-pill small").first.text_content() == "3×3"
    explored.locator(".growth-details summary").click()
    rows = explored.locator(".growth-table tbody tr")
    expect(rows).to_have_count(7)
    cells = rows.last.locator("td").all_text_contents()
    assert cells[:4] == ["28", "4", "32", "16 × 16"]


# -- motion -----------------------------------------------------------------------------------


def test_it_plays_by_itself_and_space_pauses_and_goes_on(show_timed: Show) -> None:
    page = show_timed("growth", scenes.growth())
    player = Player(page)
    play(page, 800)
    assert player.time() == 0
    play(page, 200)
    player.expect_playing(True)
    play(page, STEP)
    paused = player.time()
    assert 0.9 < paused < 1.2
    page.locator(".stage-view").press("Space")
    player.expect_playing(False)
    play(page, STEP)
    assert player.time() == paused
    page.locator(".stage-view").press("Space")
    play(page, STEP // 4)
    assert player.time() == pytest.approx(paused + 0.25, abs=0.05)
    play(page, 6 * STEP)
    player.expect_playing(False)
    expect_done(page, 6)


def test_reduced_motion_plays_only_when_asked_and_in_whole_steps(show_timed: Show) -> None:
    page = show_timed("growth", scenes.growth(), reduced_motion=True)
    player = Player(page)
    play(page, 5000)
    assert player.time() == 0
    player.expect_playing(False)
    player.speed.select_option("4")
    page.locator(".stage-view").press("Space")
    times = set()
    for _ in range(9):
        play(page, 100)
        times.add(player.time())
    assert times == {0, 1, 2}


# -- a phone ----------------------------------------------------------------------------------


@pytest.fixture
def phone(show: Show) -> Page:
    return show("growth", scenes.growth(), width=390, height=844)


def test_a_phone_shows_all_of_it(phone: Page) -> None:
    expect_done(phone, 0)
    phone.locator(".stage-view").press("End")
    expect_done(phone, 6)
    assert phone.evaluate(WIDER_JS) <= 0
    player = Player(phone)
    buttons = (player.first, player.back, player.play, player.on)
    scale = phone.locator(".growth-scale select")
    expect_inside([*buttons, player.slider, player.speed, scale], 390)
    for button in buttons:
        assert min(box_of(button)["width"], box_of(button)["height"]) >= 44


def test_a_swipe_steps(phone: Page) -> None:
    view = phone.locator(".stage-view")
    expect_done(phone, 0)
    for by, layers in ((-140, 1), (-140, 2), (140, 1), (20, 1)):  # the last hardly moves
        swipe(phone, view, by)
        expect_done(phone, layers)
