"""The lecture as a lecturer drives it: keys, clicker, second window, finger.

A short deck is brought, with each kind of slide and pictures that are quickly made; the project's
own lecture is checked in `tests/test_lecture_deck.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from scripts.browser import settle

expect.set_options(timeout=20_000)  # a busy machine is no finding
MADE_MILLISECONDS = 90_000
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
picture: growth, block=1
step 0: layer=0
step 1: layer=1
step 2: layer=2

It starts with 64.
+
Layer 1 makes it 96.
+
Layer 2 makes it 128.
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
COUNT_SENDS_JS = """() => {
  const send = WebSocket.prototype.send;
  window.sends = 0;
  WebSocket.prototype.send = function (data) { window.sends += 1; return send.call(this, data); };
}"""
# The smallest words of a slide, and whether anything sticks out of the window.
SIZES_JS = """(slide) => {
  const sizes = [];
  for (const each of slide.querySelectorAll('h2, p, li, td, th, figcaption, code')) {
    if (each.textContent.trim()) sizes.push(parseFloat(getComputedStyle(each).fontSize));
  }
  const { width, height } = slide.getBoundingClientRect();
  return { least: Math.min(...sizes), wider: slide.scrollWidth - slide.clientWidth, width, height };
}"""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Lecture:
    """The lecture's parts, by what a lecturer calls them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialog = page.get_by_role("dialog", name="Lecture: A short lecture")
        self.slide = page.locator(".lecture-slide:not(.lecture-away)").first
        self.title = page.locator(
            ".lecture-screen > .lecture-hall > .lecture-slide:not(.lecture-away) > h2"
        )
        self.place = page.locator(".lecture-place")
        self.stage = self.slide.locator(".lecture-stage")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def at(self) -> str:
        return str(self.page.evaluate("() => location.hash"))

    def go(self, address: str) -> None:
        self.page.evaluate("(address) => { location.hash = address; }", address)
        number = address[1:].split(".")[0]
        expect(self.page.locator(f'.lecture-hall > [data-slide="{number}"]').first).to_be_visible()
        expect(self.place).to_have_text(f"{number} / 5")

    def shown(self, text: str) -> Locator:
        return self.slide.get_by_text(text, exact=True)


def bring(page: Page) -> None:
    """Brings the deck, and waits until its pictures are made."""
    page.get_by_text("Present a deck of your own").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "short.md", "mimeType": "text/markdown", "buffer": DECK.encode()}
    )
    page.get_by_role("heading", name="A short lecture").wait_for(timeout=MADE_MILLISECONDS)
    settle(page)


@pytest.fixture(scope="module")
def visit(open_page: Any) -> Any:
    visit = open_page("lecture", width=1920, height=1080, reduced_motion=True)
    bring(visit.page)
    return visit


@pytest.fixture
def lecture(visit: Any) -> Iterator[Lecture]:
    """The lecture at its first slide."""
    lecture = Lecture(visit.page)
    if not lecture.dialog.is_visible():
        visit.page.get_by_role("button", name="Start the lecture").click()
    lecture.page.mouse.move(5, 5)
    lecture.page.evaluate("() => { location.hash = '#1.0'; }")
    expect(lecture.place).to_have_text("1 / 5")
    yield lecture
    for window in lecture.page.context.pages[1:]:
        window.close()
    assert visit.errors == []


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
    lecture.press("4", "Enter")
    assert lecture.at() == "#4.0"
    lecture.press("g")
    expect(lecture.page.locator(".lecture-number")).to_have_text("Slide number, then Enter")
    lecture.press("2")
    expect(lecture.page.locator(".lecture-number")).to_have_text("2  Growth")
    lecture.press("Enter")
    assert lecture.at() == "#2.0"
    expect(lecture.title).to_have_text("Growth")


def test_a_step_shows_its_words_and_moves_the_stage(lecture: Lecture) -> None:
    lecture.go("#2.0")
    expect(lecture.shown("It starts with 64.")).to_be_visible()
    expect(lecture.shown("Layer 1 makes it 96.")).to_be_hidden()
    expect(lecture.stage.locator(".stage-place")).to_have_text("start, 6 layers")
    lecture.press("PageDown")
    expect(lecture.shown("Layer 1 makes it 96.")).to_be_visible()
    expect(lecture.stage.locator(".stage-place")).to_have_text("layer 1 of 6")
    lecture.press("PageDown")
    expect(lecture.stage.locator(".stage-place")).to_have_text("layer 2 of 6")


def test_a_step_asks_the_server_nothing(lecture: Lecture) -> None:
    lecture.go("#4.0")
    expect(lecture.stage.locator(".block-node").first).to_be_visible()
    lecture.press("Home")
    lecture.page.evaluate(COUNT_SENDS_JS)
    asked: list[str] = []
    lecture.page.on("request", lambda request: asked.append(request.url))
    for _ in range(6):
        lecture.press("PageDown")
    assert lecture.at() == "#4.0"
    assert lecture.page.evaluate("() => window.sends") == 0
    # The browser itself asks for the page's icon when the address changes.
    assert {url for url in asked if not url.startswith("data:") and "/media/" not in url} == set()


def test_reload_key_and_the_apps_own_keys_do_nothing(lecture: Lecture) -> None:
    lecture.page.evaluate("() => { window.kept = true; }")
    lecture.page.evaluate(COUNT_SENDS_JS)
    lecture.press("F5", "Shift+F5", "c", "r", "C", "R")
    lecture.page.wait_for_timeout(500)
    assert lecture.page.evaluate("() => window.kept && window.sends") == 0
    assert lecture.page.get_by_test_id("stDialog").count() == 0
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
    expect(lecture.title).to_have_text("Growth")
    assert lecture.page.evaluate(full), "a slide further it is still full screen"
    lecture.press("f")
    lecture.page.wait_for_function(f"() => !({full})()")
    assert lecture.at() == "#2.0"


def test_overview_shows_every_slide_and_goes_to_one(lecture: Lecture) -> None:
    for opener in ("o", "Escape"):
        lecture.press(opener)
        expect(lecture.page.locator(".lecture-pick")).to_have_count(5)
        lecture.press("Escape")
        expect(lecture.page.locator(".lecture-pick")).to_have_count(0)
    lecture.press("o", "ArrowRight", "ArrowRight", "Enter")
    assert lecture.at() == "#3.0"
    expect(lecture.page.locator(".lecture-pick")).to_have_count(0)


def test_help_lists_the_keys_and_timer_and_pointer_come_and_go(lecture: Lecture) -> None:
    lecture.press("?")
    expect(lecture.page.get_by_role("group", name="Keys")).to_contain_text("one step back")
    lecture.press("Escape")
    expect(lecture.page.get_by_role("group", name="Keys")).to_be_hidden()
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
    view = lecture.page.get_by_role("group", name="Growth stage")
    place = lecture.stage.locator(".stage-place")
    expect(place).to_have_text("start, 6 layers")
    view.focus()
    lecture.press("ArrowRight", "ArrowRight", "ArrowRight")
    expect(place).to_have_text("layer 3 of 6")
    assert lecture.at() == "#2.0"
    lecture.press("PageDown")
    assert lecture.at() == "#2.1"
    view.focus()
    lecture.press("Escape", "ArrowRight")
    assert lecture.at() == "#2.2"


def test_a_slide_is_found_as_it_was_left_and_a_key_resets_it(lecture: Lecture) -> None:
    lecture.go("#2.0")
    place = lecture.stage.locator(".stage-place")
    view = lecture.page.get_by_role("group", name="Growth stage")
    expect(view).to_be_visible()
    view.focus()
    lecture.press("End")
    expect(place).to_have_text("layer 6 of 6")
    lecture.press("Escape", "Home", "2", "Enter")
    expect(lecture.title).to_have_text("Growth")
    expect(place).to_have_text("layer 6 of 6")
    lecture.press("k")
    expect(place).to_have_text("start, 6 layers")


def test_k_is_moved_on_the_slide_itself(lecture: Lecture) -> None:
    lecture.go("#2.0")
    slider = lecture.page.get_by_role("slider", name="Growth rate k")
    slider.focus()
    lecture.press("ArrowLeft")
    title = lecture.stage.locator(".stage-badge")
    expect(title).to_contain_text("random weights")
    view = lecture.page.get_by_role("group", name="Growth stage")
    view.focus()
    lecture.press("ArrowRight")
    expect(lecture.stage.locator(".growth-count b").nth(1)).to_have_text("92")
    assert lecture.at() == "#2.0"
    lecture.press("Escape", "k")
    expect(title).to_contain_text("trained weights")
    expect(slider).to_have_value("32")


def test_the_speaker_has_notes_next_slide_and_time_in_step(lecture: Lecture) -> None:
    with lecture.page.context.expect_page() as opened:
        lecture.press("s")
    speaker = opened.value
    expect(speaker.locator(".speaker-notes")).to_have_text("Welcome everybody.")
    expect(speaker.locator(".speaker-next-title")).to_have_text("Growth")
    expect(speaker.locator(".speaker-planned")).to_have_text("20 min")
    speaker.keyboard.press("PageDown")
    expect(speaker.locator(".speaker-title")).to_have_text("Growth")
    expect(lecture.title).to_have_text("Growth")
    assert lecture.at() == "#2.0"
    lecture.press("PageDown")
    expect(speaker.locator(".speaker-place")).to_have_text("Slide 2 of 5 · step 1 of 2")
    expect(speaker.locator(".speaker-notes")).to_have_text("Point at the new column.")
    expect(speaker.locator(".speaker-next .lecture-slide > h2")).to_have_text("A question")
    speaker.get_by_role("button", name="Back", exact=True).click()
    assert lecture.at() == "#2.0"


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1440, 1080)])
def test_words_are_large_and_inside_on_wide_and_square_projectors(
    lecture: Lecture, width: int, height: int
) -> None:
    lecture.page.set_viewport_size({"width": width, "height": height})
    for slide in range(1, 6):
        lecture.go(f"#{slide}.0")
        sizes = lecture.slide.evaluate(SIZES_JS)
        assert sizes["least"] >= 28, slide
        assert sizes["wider"] <= 0, slide
        assert sizes["width"] == width
    lecture.page.set_viewport_size({"width": 1920, "height": 1080})


def axe_findings(page: Page) -> list[str]:
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
    return [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
        if "lecture" in str(node["target"]) or "dialog" in str(node["target"])
    ]


@pytest.mark.parametrize("address", ["#1.0", "#2.1", "#3.1", "#4.0", "#5.0"])
def test_axe_finds_nothing_on_a_slide(lecture: Lecture, address: str) -> None:
    lecture.go(address)
    assert axe_findings(lecture.page) == []


def test_leaving_shows_the_page_again(lecture: Lecture) -> None:
    lecture.press("q")
    expect(lecture.dialog).to_be_hidden()
    assert lecture.at() == ""
    expect(lecture.page.get_by_role("button", name="Start the lecture")).to_be_visible()


def test_a_wrong_deck_is_told_in_a_sentence(open_page: Any) -> None:
    page = open_page("lecture").page
    page.get_by_text("Present a deck of your own").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "bad.md", "mimeType": "text/markdown", "buffer": b"title: x\n---\nno title\n"}
    )
    expect(page.get_by_test_id("stAlert")).to_contain_text("line 3")


def swipe(page: Page, by: int) -> None:
    """A finger that goes `by` px to the right over the slide's title."""
    box = page.locator(".lecture-slide:not(.lecture-away) > h2").bounding_box()
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


def test_a_tap_counts_even_where_another_deck_comes_under_the_finger(open_page: Any) -> None:
    page = open_page("lecture", width=390, height=844, reduced_motion=True).page
    for title in ("First", "Second"):
        text = f"title: {title}\nminutes: 1\n---\n# {title}\n\nWords.\n"
        if title == "Second":
            box = page.get_by_role("button", name="Start the lecture").bounding_box()
            assert box is not None
            page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.mouse.down()
        page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
            {"name": f"{title}.md", "mimeType": "text/markdown", "buffer": text.encode()}
        )
        if title == "First":
            page.get_by_role("heading", name=title).wait_for(timeout=MADE_MILLISECONDS)
        page.wait_for_timeout(1000)
        settle(page)
    page.mouse.up()
    expect(page.get_by_role("dialog", name="Lecture: Second")).to_be_visible()


def test_a_phone_swipes_and_shows_all_of_a_slide(open_page: Any) -> None:
    page = open_page("lecture", width=390, height=844, reduced_motion=True).page
    bring(page)
    lecture = Lecture(page)
    page.get_by_role("button", name="Start the lecture").click()
    expect(lecture.place).to_have_text("1 / 5")
    swipe(page, -160)
    expect(lecture.place).to_have_text("2 / 5")
    expect(lecture.stage.locator(".stage-place")).to_be_visible()
    sizes = lecture.slide.evaluate(SIZES_JS)
    assert sizes["wider"] <= 0
    assert sizes["least"] >= 16
    swipe(page, 160)
    expect(lecture.place).to_have_text("1 / 5")
    swipe(page, 20)  # a finger that hardly moves means nothing
    expect(lecture.place).to_have_text("1 / 5")
    for name in ("Back", "Next", "Overview", "Keys"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
