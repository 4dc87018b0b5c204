"""The growth-rate page as a visitor uses it: address, slider, player, keys, finger."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.browser import settle

expect.set_options(timeout=20_000)  # a busy machine is no finding
START = "start, 6 layers"
CANVAS_JS = "(canvas) => canvas.toDataURL()"
# Counts what the page tells the server from now on.
COUNT_SENDS_JS = """() => {
  const send = WebSocket.prototype.send;
  window.sends = 0;
  WebSocket.prototype.send = function (data) { window.sends += 1; return send.call(this, data); };
}"""
# The scrub slider's values in every frame of a second.
FRAMES_JS = """(slider) => new Promise((resolve) => {
  const values = [];
  const end = performance.now() + 1000;
  const look = (now) => {
    values.push(Number(slider.value));
    if (now < end) requestAnimationFrame(look); else resolve(values);
  };
  requestAnimationFrame(look);
})"""


class Stage:
    """The stage's parts, by what a visitor calls them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.view = page.get_by_role("group", name="Growth stage")
        self.canvas = self.view.locator("canvas")
        self.title = page.get_by_role("heading", level=2).first
        self.sentence = page.locator(".stage-sentence")
        self.badge = page.locator(".stage-badge")
        self.place = page.locator(".stage-place")
        self.scrub = page.get_by_role("slider", name="Scrub by layer")
        self.scale = page.get_by_role("combobox", name="Colour scale of the maps")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def numbers(self, part: str) -> list[str]:
        """The counts under the columns (`count`), or the new maps above them (`plus`)."""
        texts = self.page.locator(
            {"count": ".growth-count b", "plus": ".growth-plus"}[part]
        ).all_text_contents()
        return [text for text in texts if text]

    def time(self) -> float:
        return float(self.scrub.input_value())


def control(page: Page, name: str) -> Locator:
    """One of the page's own sliders."""
    return page.get_by_role("slider", name=name)


def wider_than_window(page: Page) -> int:
    width: int = page.evaluate(
        """() => {
          const main = document.querySelector('[data-testid="stMain"]');
          const page = document.documentElement;
          return Math.max(main.scrollWidth - main.clientWidth, page.scrollWidth - page.clientWidth);
        }"""
    )
    return width


# -- the address ----------------------------------------------------------------------------


def test_the_address_restores_the_view(open_page: Any) -> None:
    page = open_page("growth_rate?k=24&layers=4", reduced_motion=True).page
    stage = Stage(page)
    assert control(page, "Growth rate k").input_value() == "24"
    assert control(page, "Layers").input_value() == "4"
    stage.button("One layer on").click()
    expect(stage.sentence).to_contain_text("Layer 1: 64 in + 24 new = 88.")
    stage.view.focus()
    page.keyboard.press("End")
    assert stage.numbers("count") == ["64", "88", "112", "136", "160"]
    assert stage.numbers("plus") == ["+24"] * 4
    expect(stage.place).to_have_text("layer 4 of 4")


def test_garbage_in_the_address_falls_back(open_page: Any) -> None:
    visit = open_page("growth_rate?k=frog&layers=-3&initial=1e9", reduced_motion=True)
    stage = Stage(visit.page)
    assert control(visit.page, "Growth rate k").input_value() == "32"
    expect(stage.place).to_have_text(START)
    assert stage.numbers("plus") == ["+32"] * 6
    assert visit.page.get_by_test_id("stException").count() == 0
    assert visit.errors == []


# -- the controls ---------------------------------------------------------------------------


def test_slider_k_changes_the_network_and_keeps_the_place(open_page: Any) -> None:
    page = open_page("growth_rate", reduced_motion=True).page
    stage = Stage(page)
    expect(stage.badge).to_contain_text("live · measured on this network · trained weights")
    stage.view.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(stage.sentence).to_contain_text("Layer 2: 96 in + 32 new = 128.")

    control(page, "Growth rate k").focus()
    page.keyboard.press("ArrowLeft")
    expect(stage.sentence).to_contain_text("Layer 2: 92 in + 28 new = 120.")
    assert stage.numbers("plus") == ["+28"] * 6
    expect(stage.place).to_have_text("layer 2 of 6")
    expect(stage.badge).to_contain_text("live · measured on this network · random weights")
    settle(page)
    assert page.url.endswith("/growth_rate?k=28")

    page.keyboard.press("ArrowRight")  # back at the default, which leaves the address
    expect(stage.badge).to_contain_text("trained weights")
    settle(page)
    assert page.url.endswith("/growth_rate")


def test_fewer_layers_end_the_player_earlier(open_page: Any) -> None:
    page = open_page("growth_rate?layers=3", reduced_motion=True).page
    stage = Stage(page)
    stage.view.focus()
    page.keyboard.press("End")
    control(page, "Layers").focus()
    page.keyboard.press("ArrowLeft")
    expect(stage.place).to_have_text("layer 2 of 2")
    assert stage.time() == 2
    assert stage.numbers("count") == ["64", "96", "128"]


def test_the_scale_is_switched_without_the_server(open_page: Any) -> None:
    page = open_page("growth_rate", reduced_motion=True).page
    stage = Stage(page)
    before, legend = stage.canvas.evaluate(CANVAS_JS), page.locator(".growth-legend")
    page.evaluate(COUNT_SENDS_JS)
    stage.scale.select_option("all")
    expect(legend).to_contain_text("bright ")
    assert stage.canvas.evaluate(CANVAS_JS) != before
    stage.scale.select_option("map")
    expect(legend).to_contain_text("a map's lowest value")
    assert stage.canvas.evaluate(CANVAS_JS) == before
    settle(page)
    assert page.evaluate("() => window.sends") == 0
    control(page, "Growth rate k").press("ArrowLeft")  # what does ask the server is counted
    page.wait_for_function("() => window.sends > 0")


# -- the player -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def still(open_page: Any) -> Stage:
    """The default page where nothing moves by itself."""
    return Stage(open_page("growth_rate", reduced_motion=True).page)


def to_start(stage: Stage) -> None:
    stage.button("To the start").click()
    expect(stage.place).to_have_text(START)


def test_steps_say_the_lectures_lines(still: Stage) -> None:
    to_start(still)
    expect(still.title).to_have_text("It starts with 64 maps of the picture")
    still.button("One layer on").click()
    expect(still.sentence).to_contain_text("Layer 1: 64 in + 32 new = 96.")
    expect(still.canvas).to_have_accessible_name(still.sentence.inner_text())
    still.button("One layer on").click()
    expect(still.sentence).to_contain_text("Layer 2: 96 in + 32 new = 128.")
    still.button("One layer back").click()
    expect(still.sentence).to_contain_text("Layer 1: 64 in + 32 new = 96.")


def test_keys_step_and_go_to_the_ends(still: Stage) -> None:
    to_start(still)
    still.view.focus()
    places = {}
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft"):
        still.page.keyboard.press(key)
        places[len(places), key] = still.place.inner_text()
    assert [*places.values()] == [
        *("layer 1 of 6", "layer 2 of 6", "layer 1 of 6"),
        *("layer 6 of 6", "layer 6 of 6", START, START),
    ]


def test_the_end_says_that_nothing_was_overwritten(still: Stage) -> None:
    still.view.focus()
    still.page.keyboard.press("End")
    expect(still.title).to_have_text("256 maps, and not one was overwritten")
    assert still.numbers("count") == ["64", "96", "128", "160", "192", "224", "256"]


def test_scrubbing_shows_any_layer(still: Stage) -> None:
    still.scrub.fill("3")
    expect(still.place).to_have_text("layer 3 of 6")
    expect(still.scrub).to_have_attribute("aria-valuetext", "layer 3 of 6")
    expect(still.sentence).to_contain_text("Layer 3: 128 in + 32 new = 160.")


def test_reduced_motion_plays_only_when_asked_and_in_whole_steps(still: Stage) -> None:
    to_start(still)
    still.page.locator(".stage-speed").select_option("4")
    still.view.focus()
    still.page.keyboard.press("Space")
    values = still.scrub.evaluate(FRAMES_JS)
    still.button("Pause").click()
    assert len(set(values)) >= 2
    assert all(value == int(value) for value in values)


def test_reduced_motion_does_not_start_by_itself(open_page: Any) -> None:
    page = open_page("growth_rate", reduced_motion=True).page
    page.wait_for_timeout(1500)  # a moving stage starts after 900 ms
    assert Stage(page).time() == 0
    assert Stage(page).button("Play").count() == 1


def test_it_plays_by_itself_and_space_pauses_and_goes_on(open_page: Any) -> None:
    page = open_page("growth_rate").page
    stage = Stage(page)
    expect(stage.button("Pause")).to_be_visible()
    stage.view.focus()
    page.keyboard.press("Space")
    expect(stage.button("Play")).to_be_visible()
    paused = stage.time()
    assert paused > 0
    values = stage.scrub.evaluate(FRAMES_JS)
    assert set(values) == {paused}
    page.keyboard.press("Space")
    expect(stage.button("Pause")).to_be_visible()
    values = stage.scrub.evaluate(FRAMES_JS)
    assert values[-1] > paused
    assert values == sorted(values)
    assert any(value != int(value) for value in values)


# -- beside the stage -----------------------------------------------------------------------


def test_chart_table_and_code_stand_beside_it(still: Stage) -> None:
    page = still.page
    chart = page.get_by_test_id("stPlotlyChart")
    names = chart.evaluate(
        "(chart) => [chart, ...chart.querySelectorAll('*')].map((each) => each.ariaLabel ?? '')"
    )
    assert any("maps grow from 64 by 32 a layer to 256" in name for name in names)

    page.get_by_text("The numbers as a table").click()
    row = page.locator("tbody tr").last
    expect(row).to_contain_text("layer 6")
    expect(row).to_contain_text("channels 192–223: layer 5")
    page.get_by_text("This very network in PyTorch").click()
    code = page.get_by_test_id("stCode")
    expect(code).to_be_visible()
    expect(code).to_contain_text("growth_rate=32")


# -- a phone --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def phone(open_page: Any) -> Stage:
    return Stage(open_page("growth_rate", width=390, height=844, reduced_motion=True).page)


def swipe(stage: Stage, by: int) -> None:
    """A finger that goes `by` px to the right over the middle of the stage."""
    stage.view.scroll_into_view_if_needed()
    box = stage.view.bounding_box()
    assert box is not None
    finger = stage.page.context.new_cdp_session(stage.page)
    y = box["y"] + box["height"] / 2
    start = box["x"] + box["width"] / 2 - by / 2
    for kind, points in (
        ("touchStart", [{"x": start, "y": y}]),
        *(("touchMove", [{"x": start + by * part / 4, "y": y}]) for part in range(1, 5)),
        ("touchEnd", []),
    ):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    finger.detach()


def test_a_phone_shows_all_of_it(phone: Stage) -> None:
    assert wider_than_window(phone.page) <= 0
    phone.view.focus()
    phone.page.keyboard.press("End")
    assert wider_than_window(phone.page) <= 0
    names = ("To the start", "One layer back", "Play", "One layer on")
    controls = [
        *map(phone.button, names),
        *(phone.scrub, phone.scale, phone.page.locator(".stage-speed")),
        *(control(phone.page, name) for name in ("Growth rate k", "Layers")),
    ]
    for each in controls:
        each.scroll_into_view_if_needed()
        box = each.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    for name in names:
        box = phone.button(name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_a_swipe_steps(phone: Stage) -> None:
    to_start(phone)
    swipe(phone, -140)
    expect(phone.place).to_have_text("layer 1 of 6")
    swipe(phone, -140)
    expect(phone.place).to_have_text("layer 2 of 6")
    swipe(phone, 140)
    expect(phone.place).to_have_text("layer 1 of 6")
    swipe(phone, 20)  # a finger that hardly moves means nothing
    expect(phone.place).to_have_text("layer 1 of 6")
