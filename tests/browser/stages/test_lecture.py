"""The lecture's player by itself, as a lecturer drives it: keys, clicker, second window, finger."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from densenet_viz.lecture.export import PLAYER_STYLES
from densenet_viz.lecture.pictures import scene_of
from densenet_viz.lecture.reading import deck_of
from densenet_viz.stage.modules import style
from tests.browser.checks import axe_findings
from tests.browser.lecture_fit import faults_of, go_to_slide
from tests.browser.stages.conftest import Show
from tests.small_models import small_model

DECK = """title: A short lecture
minutes: 20
author: A lecturer
---
# A short lecture

Pictures come from a network that runs.
???
Welcome **everybody**.
---
# Growth
picture: growth, block=1, k=4
step 0: layer=0
step 1: layer=1
step 2: layer=2

It starts with 16.
+
Layer 1 makes it 20.
+
Layer 2 makes it 24.
???
Point at the new column.
---
# A question

? How many after layer 6?
- [ ] 192
- [x] 256
---
# The block
picture: block, block=1

- every layer reads all before it
---
# The end

| layer | channels |
|---|---|
| 6 | 256 |
"""
SLIDES = ["A short lecture", "Growth", "A question", "The block", "The end"]
# What becomes of a key that is pressed: whether the browser still acts on it, and whether the
# page around hears of it.
PRESSED_JS = """(keys) => {
  const heard = [];
  const note = (event) => heard.push(event.key);
  document.addEventListener('keydown', note);
  const left = keys.filter((key) => document.querySelector('main').dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, composed: true })));
  document.removeEventListener('keydown', note);
  return { left, heard };
}"""


@cache
def scene() -> Any:
    deck = scene_of(deck_of(DECK), model=lambda _: small_model())
    return {**deck, "id": "short", "mode": "present", "style": style(*PLAYER_STYLES), "live": {}}


def focus(view: Locator) -> None:
    """Focuses a picture as soon as it takes the focus: while it is built, it is inert."""
    view.evaluate(
        "async (view) => { while (!view.matches(':focus')) {"
        " view.focus(); await new Promise(requestAnimationFrame); } }"
    )


class Lecture:
    """The lecture's parts, by what a lecturer calls them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialog = page.locator("dialog.lecture-dialog")
        self.slide = page.locator(".lecture-slide:not(.lecture-away)").first
        self.title = page.locator(".lecture-hall > .lecture-slide:not(.lecture-away) > h2")
        self.place = page.locator(".lecture-place")
        self.stage = self.slide.locator(".lecture-stage")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def at(self) -> str:
        return str(self.page.evaluate("() => location.hash"))

    def go(self, address: str) -> None:
        self.page.evaluate("(address) => { location.hash = address; }", address)
        expect(self.place).to_have_text(f"{address[1:].split('.')[0]} / {len(SLIDES)}")

    def shown(self, text: str) -> Locator:
        return self.slide.get_by_text(text, exact=True)


@pytest.fixture
def lecture(show: Show) -> Iterator[Lecture]:
    """The lecture at its first slide, started."""
    lecture = start(show, width=1920, height=1080)
    yield lecture
    for window in lecture.page.context.pages[1:]:
        window.close()


def start(show: Show, **how: Any) -> Lecture:
    lecture = Lecture(show("lecture", scene(), styles=PLAYER_STYLES, **how))
    lecture.page.locator(".lecture-main").click()
    expect(lecture.dialog).to_be_visible()
    expect(lecture.place).to_have_text(f"1 / {len(SLIDES)}")
    return lecture


ARRIVE_JS = """(told) => {
  const [files] = Object.values(globalThis.densenetVizModules).filter(
    (files) => 'hall/arrivals.js' in files);
  return import(files['hall/arrivals.js']).then(({ arrivals }) => {
    if (told) arrivals.tell(told);
    return arrivals.shown;
  });
}"""


def test_the_first_slide_stands_before_any_picture_is_made(show: Show) -> None:
    whole = scene()
    words = {**whole, "id": "late", "scenes": {}}
    lecture = Lecture(show("lecture", words, styles=PLAYER_STYLES, width=1440, height=900))
    lecture.page.locator(".lecture-main").click()
    expect(lecture.title).to_have_text(SLIDES[0])
    expect(lecture.page.locator('.lecture[data-missing="2"]')).to_have_count(1)
    lecture.press("4", "Enter")  # ahead, to the block
    picture = lecture.slide.locator(".lecture-picture")
    expect(lecture.title).to_have_text("The block")
    expect(picture).to_have_attribute("aria-busy", "true")
    empty = picture.locator(".lecture-waiting").bounding_box()
    room = picture.locator(".lecture-room").bounding_box()
    assert empty is not None
    assert room is not None
    assert empty["height"] == pytest.approx(room["height"], abs=1), "as large as the picture"
    assert lecture.page.evaluate(ARRIVE_JS, None) == {"id": "late", "slide": 3}
    made = [slide["picture"]["key"] for slide in whole["slides"] if slide["picture"]]
    told = {"id": "another", "state": "working", "ready": made, "scenes": whole["scenes"]}
    lecture.page.evaluate(ARRIVE_JS, told)
    expect(picture.locator(".lecture-waiting")).to_be_visible()  # another deck's
    lecture.page.evaluate(ARRIVE_JS, {**told, "id": "late"})
    expect(lecture.stage.locator(".block-view, canvas").first).to_be_visible()
    expect(picture.locator(".lecture-waiting")).to_have_count(0)
    expect(picture).not_to_have_attribute("aria-busy", "true")
    expect(lecture.page.locator('.lecture[data-missing="0"]')).to_have_count(1)


def test_keys_go_on_and_back_through_steps_and_slides(lecture: Lecture) -> None:
    seen = []
    for key in ("ArrowRight", "Space", "n", "PageDown", "ArrowLeft", "p", "PageUp"):
        lecture.press(key)
        seen.append(lecture.at())
    assert seen == ["#2.0", "#2.1", "#2.2", "#3.0", "#2.2", "#2.1", "#2.0"]
    lecture.press("Shift+ArrowRight")
    assert lecture.at() == "#3.0"
    lecture.press("End")
    assert lecture.at() == "#5.0"
    lecture.press("Home")
    assert lecture.at() == "#1.0"


def test_a_number_and_enter_jump(lecture: Lecture) -> None:
    lecture.press("4", "Enter")
    assert lecture.at() == "#4.0"
    number = lecture.page.locator(".lecture-number")
    lecture.press("g")
    expect(number).to_be_visible()
    lecture.press("2")
    expect(number).to_contain_text("Growth")
    lecture.press("Enter")
    assert lecture.at() == "#2.0"
    expect(lecture.title).to_have_text("Growth")
    expect(number).to_be_hidden()


def test_a_step_shows_its_words_and_moves_the_stage(lecture: Lecture) -> None:
    lecture.go("#2.0")
    place = lecture.stage.locator(".stage-place")
    expect(lecture.shown("It starts with 16.")).to_be_visible()
    expect(lecture.shown("Layer 1 makes it 20.")).to_be_hidden()
    expect(lecture.stage.locator(".growth-count b").first).to_have_text("16")
    for layer in (1, 2):
        lecture.press("PageDown")
        expect(place).to_have_text(f"layer {layer} of 2")
    expect(lecture.shown("Layer 1 makes it 20.")).to_be_visible()


def test_steps_ask_nobody(lecture: Lecture) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    lecture.page.on("request", note)
    for _ in range(6):
        lecture.press("PageDown")
    assert lecture.at() == "#4.0"
    expect(lecture.stage.locator(".block-node").first).to_be_visible()
    lecture.page.remove_listener("request", note)
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == []
    assert lecture.page.evaluate("() => window.told") == []


def test_reload_key_and_the_apps_own_keys_do_nothing(lecture: Lecture) -> None:
    found = lecture.page.evaluate(PRESSED_JS, ["F5", "c", "r", "C", "R"])
    assert found["heard"] == []
    assert "F5" not in found["left"]
    assert lecture.at() == "#1.0"


def test_black_and_white_screens_come_back_where_they_were(lecture: Lecture) -> None:
    blank = lecture.page.locator(".lecture-blank")
    for key, colour in ((".", "rgb(0, 0, 0)"), ("b", "rgb(0, 0, 0)"), ("w", "rgb(255, 255, 255)")):
        lecture.press(key)
        expect(blank).to_be_visible()
        expect(blank).to_have_css("background-color", colour)
        lecture.press("PageDown")
        expect(blank).to_be_hidden()
        assert lecture.at() == "#1.0"


def test_full_screen_is_the_lecture_alone_and_goes_on_by_keys(lecture: Lecture) -> None:
    full = "() => document.fullscreenElement !== null"
    screen = lecture.page.locator(".lecture-screen")
    lecture.press("f")
    lecture.page.wait_for_function(full)
    room = screen.evaluate(
        "(node) => ({ own: node.getRootNode().fullscreenElement === node,"
        " wide: node.clientWidth - innerWidth, high: node.clientHeight - innerHeight })"
    )
    assert room == {"own": True, "wide": 0, "high": 0}
    lecture.press("PageDown")
    assert lecture.at() == "#2.0"
    assert lecture.page.evaluate(full), "a slide further it is still full screen"
    lecture.press("f")
    lecture.page.wait_for_function(f"() => !({full})()")
    assert lecture.at() == "#2.0"


def test_overview_shows_every_slide_and_goes_to_one(lecture: Lecture) -> None:
    picks = lecture.page.locator(".lecture-pick")
    for opener in ("o", "Escape"):
        lecture.press(opener)
        expect(picks).to_have_count(len(SLIDES))
        lecture.press("Escape")
        expect(picks).to_have_count(0)
    lecture.press("o", "ArrowRight", "ArrowRight", "Enter")
    assert lecture.at() == "#3.0"
    expect(picks).to_have_count(0)


def test_help_timer_and_pointer_come_and_go(lecture: Lecture) -> None:
    keys = lecture.page.locator(".lecture-help")
    lecture.press("?")
    expect(keys).to_be_visible()
    lecture.press("Escape")
    expect(keys).to_be_hidden()
    for key, part in (("t", ".lecture-timer"), ("l", ".lecture-dot")):
        expect(lecture.page.locator(part)).to_be_hidden()
        lecture.press(key)
        lecture.page.mouse.move(700, 500)
        expect(lecture.page.locator(part)).to_be_visible()
        lecture.press(key)
        expect(lecture.page.locator(part)).to_be_hidden()


def test_the_answer_is_told_by_its_key_or_its_step(lecture: Lecture) -> None:
    lecture.go("#3.0")
    right = lecture.slide.locator(".lecture-right")
    expect(right).to_have_count(0)
    lecture.press("a")
    expect(right).to_have_text("256")
    lecture.press("a")
    expect(right).to_have_count(0)
    lecture.press("PageDown")
    assert lecture.at() == "#3.1"
    expect(right).to_have_text("256")


def test_a_picture_has_its_own_keys_until_escape(lecture: Lecture) -> None:
    lecture.go("#2.0")
    view, place = lecture.stage.locator(".stage-view"), lecture.stage.locator(".stage-place")
    focus(view)
    lecture.press("ArrowRight", "ArrowRight")
    expect(place).to_have_text("layer 2 of 2")
    assert lecture.at() == "#2.0"
    lecture.press("PageDown")
    assert lecture.at() == "#2.1"
    focus(view)
    lecture.press("Escape", "ArrowRight")
    assert lecture.at() == "#2.2"


def test_a_slide_is_found_as_it_was_left_and_a_key_resets_it(lecture: Lecture) -> None:
    lecture.go("#2.0")
    view, place = lecture.stage.locator(".stage-view"), lecture.stage.locator(".stage-place")
    start = place.inner_text()
    focus(view)
    lecture.press("End")
    expect(place).to_have_text("layer 2 of 2")
    lecture.press("Escape", "Home", "2", "Enter")
    expect(lecture.title).to_have_text("Growth")
    expect(place).to_have_text("layer 2 of 2")
    lecture.press("k")
    expect(place).to_have_text(start)


def test_the_speaker_has_notes_next_slide_and_time_in_step(lecture: Lecture) -> None:
    with lecture.page.context.expect_page() as opened:
        lecture.press("s")
    speaker = opened.value
    expect(speaker.locator(".speaker-notes")).to_have_text("Welcome everybody.")
    expect(speaker.locator(".speaker-next-title")).to_have_text("Growth")
    expect(speaker.locator(".speaker-planned")).to_contain_text("20")
    speaker.keyboard.press("PageDown")
    expect(speaker.locator(".speaker-title")).to_have_text("Growth")
    expect(lecture.title).to_have_text("Growth")
    assert lecture.at() == "#2.0"
    lecture.press("PageDown")
    expect(speaker.locator(".speaker-place")).to_contain_text("2 of 5")
    expect(speaker.locator(".speaker-notes")).to_have_text("Point at the new column.")
    expect(speaker.locator(".speaker-next .lecture-slide > h2")).to_have_text("A question")
    speaker.get_by_role("button", name="Back", exact=True).click()
    assert lecture.at() == "#2.0"


@pytest.mark.parametrize(("width", "height", "least"), [(1920, 1080, 28), (1024, 768, 0)])
def test_slides_fit_wide_and_square_projectors(
    lecture: Lecture, width: int, height: int, least: float
) -> None:
    """A picture with words, a block, and a table."""
    lecture.page.set_viewport_size({"width": width, "height": height})
    faults = {}
    for slide, step in ((2, 2), (4, 0), (5, 0)):
        go_to_slide(lecture.page, slide, step, len(SLIDES))
        faults[slide] = faults_of(lecture.page, slide, least)
    assert faults == {2: [], 4: [], 5: []}


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_axe_finds_nothing_on_slides(show: Show, scheme: str) -> None:
    lecture = start(show, width=1440, scheme=scheme)
    for slide, step in ((1, 0), (2, 1), (3, 1), (5, 0)):
        go_to_slide(lecture.page, slide, step, len(SLIDES))
        assert axe_findings(lecture.page) == []


def test_a_phone_swipes_and_has_large_buttons(show: Show) -> None:
    lecture = start(show, width=390, height=844)
    for by, slide in ((-160, 2), (160, 1), (20, 1)):  # one that hardly moves means nothing
        swipe(lecture.page, by)
        expect(lecture.place).to_have_text(f"{slide} / {len(SLIDES)}")
    for button in lecture.page.locator(".lecture-foot button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def swipe(page: Page, by: int) -> None:
    """A finger that goes `by` px to the right over the slide's title."""
    box = page.locator(".lecture-hall > .lecture-slide:not(.lecture-away) > h2").bounding_box()
    assert box is not None
    finger = page.context.new_cdp_session(page)
    y, start = box["y"] + box["height"] / 2, 195 - by / 2
    for kind, points in (
        ("touchStart", [{"x": start, "y": y}]),
        *(("touchMove", [{"x": start + by * part / 4, "y": y}]) for part in range(1, 5)),
        ("touchEnd", []),
    ):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    finger.detach()


def test_leaving_shows_the_card_again(lecture: Lecture) -> None:
    lecture.press("q")
    expect(lecture.dialog).to_be_hidden()
    assert lecture.at() == ""
    expect(lecture.page.locator(".lecture-main")).to_be_visible()


def test_a_press_counts_even_where_another_deck_comes_under_the_finger(show: Show) -> None:
    page = show("lecture", scene(), styles=PLAYER_STYLES, width=390)
    page.locator(".lecture-main").hover()
    page.mouse.down()
    other = {**scene(), "id": "other", "title": "Second"}
    page.evaluate("(scene) => window.nextScene(scene)", other)
    page.mouse.up()
    expect(page.locator("dialog.lecture-dialog")).to_be_visible()
    expect(page.locator("dialog.lecture-dialog")).to_have_attribute("aria-label", "Lecture: Second")
