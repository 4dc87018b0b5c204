"""The lecture's page: a deck is brought, a live picture asks the server, a phone follows.

How the player answers keys, clicker and finger is tested in `stages/test_lecture.py`. All tests
share one window and stand in the order in which a lecturer goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.browser import settle
from tests.browser.conftest import Opener, Visit

PATIENCE = 240_000
DECK = """title: A short lecture
minutes: 20
---
# A short lecture

Pictures come from a network that runs.
---
# Growth
picture: growth, block=1
step 0: layer=0
step 1: layer=1

It starts with 64.
+
Layer 1 makes it 96.
---
# A question

? How many after layer 6?
- [ ] 192
- [x] 256
"""
CHOOSER = '.st-key-lecture_deck input[type="file"]'


@pytest.fixture(scope="module")
def visit(open_page: Opener) -> Iterator[Visit]:
    visit = open_page("lecture", width=1440, height=1080, reduced_motion=True)
    visit.page.get_by_test_id("stExpander").locator("summary").last.click()
    yield visit
    assert visit.errors == []


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.page


def bring(page: Page, text: str) -> None:
    file = {"name": "short.md", "mimeType": "text/markdown", "buffer": text.encode()}
    page.locator(CHOOSER).set_input_files(file)


def at_slide(number: int) -> re.Pattern[str]:
    """What a phone says of where it is begins with this number."""
    return re.compile(rf"^\D*{number}\b")


def test_a_wrong_deck_is_told_with_its_line(page: Page) -> None:
    bring(page, "title: x\n---\nno title\n")
    expect(page.get_by_test_id("stAlert")).to_contain_text("line 3", timeout=PATIENCE)


def test_a_deck_that_is_brought_is_played(page: Page) -> None:
    bring(page, DECK)
    title = page.locator(".lecture-card-title")
    expect(title).to_have_text("A short lecture", timeout=PATIENCE)
    settle(page)
    page.locator(".lecture-main").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(2):
        page.keyboard.press("PageDown")
    assert page.url.endswith("#2.1")
    expect(page.locator(".lecture-stage .stage-place").first).to_have_text("layer 1 of 6")


def test_a_live_picture_is_answered_by_the_server(page: Page) -> None:
    slide = page.locator(".lecture-slide:not(.lecture-away)").first
    slider = slide.locator(".lecture-tools input")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    slide.locator(".stage-view").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    after = slide.locator(".growth-count b").nth(1)
    expect(after).to_have_text(str(64 + 28), timeout=PATIENCE)
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(slider).to_have_value("32")
    assert page.url.endswith("#2.1")


def test_a_phone_follows_the_presenters_page(page: Page, app_url: str, browser: Browser) -> None:
    page.keyboard.press("q")
    expect(page.get_by_role("dialog")).to_have_count(0)
    room = page.locator(".rooms")
    room.locator("button").first.click()
    code = room.locator(".rooms-code")
    expect(code).not_to_be_empty(timeout=PATIENCE)
    assert room.locator(".rooms-qr").evaluate("(image) => image.naturalWidth") > 100
    joined = f"{app_url}/follow/{code.inner_text().replace(' ', '')}"
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        phone = context.new_page()
        phone.goto(joined)
        place = phone.locator(".follow-place")
        expect(place).to_have_text(at_slide(2), timeout=PATIENCE)
        expect(room.locator(".rooms-count")).to_contain_text("1", timeout=PATIENCE)
        page.locator(".lecture-main").click()
        page.keyboard.press("Home")
        for slide in (2, 3):
            page.keyboard.press("Shift+ArrowRight")
            expect(place).to_have_text(at_slide(slide), timeout=PATIENCE)
        title = page.locator(".lecture-hall > .lecture-slide:not(.lecture-away) > h2")
        same = phone.locator(".lecture-slide:not(.lecture-away) h2")
        expect(same).to_have_text(title.inner_text())


def test_leaving_shows_the_page_again(page: Page) -> None:
    page.keyboard.press("q")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".lecture-main")).to_be_visible()
    assert "#" not in page.url
