"""A phone of 390 px follows a lecture: by the routes alone, and beside the presenter's own page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from densenet_viz.lecture.pictures import scene_of
from densenet_viz.lecture.reading import deck_of
from scripts.browser import settle
from tests.lecture_server import ORIGIN, Client, served

PATIENCE = 60_000  # a busy machine is no finding
# Pictures by arithmetic only, so that no network has to be loaded.
DECK = """title: Dense
minutes: 4
---
# What is DenseNet?

Everything at once.
---
# One strip
picture: overview

---
# And layer 6?

? Layer 1 made it 96, layer 2 made it 128. And layer 6?
- [ ] 192
- [x] 256
- [ ] 384
+
It is **256**.
---
# The end

Words.
"""
WIDER_JS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALLEST_JS = """() => Math.min(...[...document.querySelectorAll('button, input')]
  .filter((each) => each.checkVisibility())
  .map((each) => Math.min(each.offsetWidth, each.offsetHeight)))"""


def no_model(name: str) -> Any:
    raise AssertionError(f"no network is needed, and {name} was asked for")


@dataclass
class Lecture:
    """A room for the deck above, and how its presenter acts."""

    client: Client
    code: str
    token: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.client.port}/follow"

    def act(self, what: str, **content: int) -> Any:
        status, told = self.client.post(f"/hall/{self.code}/{what}", self.token, **content)
        assert status == 200, told
        return told


@pytest.fixture
def lecture() -> Iterator[Lecture]:
    with served() as client:
        key = client.hall.publish(scene_of(deck_of(DECK), model=no_model))
        told = client.post("/hall/open", deck=key, origin=ORIGIN)[1]
        yield Lecture(client, told["code"], told["token"])


@dataclass
class Phone:
    page: Page
    errors: list[str]

    def slide(self) -> str:
        return self.page.locator(".lecture-slide:not(.lecture-away) h2").inner_text()


def phone_of(context: BrowserContext, address: str) -> Phone:
    phone = Phone(context.new_page(), [])
    phone.page.on("pageerror", lambda error: phone.errors.append(str(error)))
    phone.page.on(
        "console",
        lambda message: phone.errors.append(message.text) if message.type == "error" else None,
    )
    phone.page.goto(address)
    return phone


@pytest.fixture
def small(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    yield context
    context.close()


def test_a_phone_joins_follows_leaves_catches_up_and_answers(
    lecture: Lecture, small: BrowserContext
) -> None:
    phone = phone_of(small, lecture.url)
    page = phone.page
    page.get_by_label("Code on the screen in the hall").fill("cdf 34")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("status").first).to_contain_text("10 letters and digits")
    page.get_by_label("Code").fill(f"{lecture.code[:5].lower()} {lecture.code[5:]}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What is DenseNet?")).to_be_visible()
    expect(page.get_by_text(f"Following {lecture.code}")).to_be_visible()
    assert page.url.endswith(f"/follow/{lecture.code}")
    phone.errors.clear()  # the browser notes the refused code

    lecture.act("move", slide=2, step=0)
    expect(page.get_by_role("heading", name="One strip")).to_be_visible()
    expect(page.locator(".lecture-stage canvas, .lecture-stage svg").first).to_be_visible()
    assert page.evaluate(WIDER_JS) <= 0

    page.get_by_role("button", name="Back", exact=True).click()  # the follower leaves
    expect(page.get_by_role("heading", name="What is DenseNet?")).to_be_visible()
    lecture.act("move", slide=3, step=0)
    catch_up = page.locator("button.follow-main[type=button]")
    expect(catch_up).to_contain_text("3")
    catch_up.click()
    expect(page.get_by_role("heading", name="And layer 6?", exact=True)).to_be_visible()
    expect(catch_up).to_be_hidden()

    page.get_by_role("button", name="384").click()
    expect(page.locator(".follow-said")).to_contain_text("384")
    page.get_by_role("button", name="256").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="256")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="256")).to_be_focused()
    assert page.evaluate(SMALLEST_JS) >= 44
    assert page.evaluate(WIDER_JS) <= 0
    counts = {"2": None, "3": [0, 1, 0]}
    assert lecture.act("tally")["questions"]["3"]["counts"] == counts["3"]
    expect(page.locator(".answer-bars")).to_have_count(0)

    lecture.act("move", slide=3, step=1)  # this step tells it
    expect(page.locator(".follow-said")).to_contain_text("256")
    expect(page.locator(".answer-right")).to_contain_text("256")
    assert phone.errors == []


def test_a_picture_that_is_made_later_comes_to_the_phones(small: BrowserContext) -> None:
    whole = scene_of(deck_of(DECK), model=no_model)
    with served() as client:
        key = client.hall.publish({**whole, "scenes": {}})
        told = client.post("/hall/open", deck=key, origin=ORIGIN)[1]
        lecture = Lecture(client, told["code"], told["token"])
        phone = phone_of(small, f"{lecture.url}/{lecture.code}")
        page = phone.page
        lecture.act("move", slide=2, step=0)
        expect(page.get_by_role("heading", name="One strip")).to_be_visible()
        picture = page.locator(".lecture-slide:not(.lecture-away) .lecture-picture")
        expect(picture).to_have_attribute("aria-busy", "true")
        expect(picture.locator(".lecture-waiting")).to_be_visible()
        assert page.evaluate(WIDER_JS) <= 0
        for name, scene in whole["scenes"].items():
            client.hall.add_picture(key, name, scene)
        lecture.act("tally")
        expect(picture.locator(".lecture-stage svg, .lecture-stage canvas").first).to_be_visible()
        expect(picture.locator(".lecture-waiting")).to_have_count(0)
        assert phone.errors == []


def test_a_phone_that_was_away_comes_back_where_the_hall_is(
    lecture: Lecture, small: BrowserContext
) -> None:
    phone = phone_of(small, f"{lecture.url}/{lecture.code}")
    page = phone.page
    expect(page.get_by_text(f"Following {lecture.code}")).to_be_visible()
    follower = page.evaluate("() => sessionStorage.getItem(sessionStorage.key(0))")
    lecture.act("move", slide=3, step=0)
    page.get_by_role("button", name="192").click()
    expect(page.get_by_role("button", name="192")).to_have_attribute("aria-pressed", "true")
    small.set_offline(True)
    for events in [*lecture.client.hall.crowds[lecture.code].streams.values()]:
        events[0].leave()
    expect(page.locator(".follow-line")).not_to_contain_text(lecture.code)
    lecture.act("move", slide=4, step=0)
    small.set_offline(False)
    expect(page.get_by_role("heading", name="The end")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="The end")).to_be_visible()
    assert lecture.client.hall.rooms.find(lecture.code).followers == {follower}
    lecture.act("close")
    page.wait_for_function("() => sessionStorage.length === 0")  # it ended, and nothing is kept
    expect(page.locator(".follow-line")).not_to_contain_text(lecture.code)


def test_a_phone_that_was_away_when_the_lecture_ended_is_told_so(
    lecture: Lecture, small: BrowserContext
) -> None:
    phone = phone_of(small, f"{lecture.url}/{lecture.code}")
    page = phone.page
    expect(page.get_by_text(f"Following {lecture.code}")).to_be_visible()
    small.set_offline(True)
    for events in [*lecture.client.hall.crowds[lecture.code].streams.values()]:
        events[0].leave()
    expect(page.locator(".follow-line")).not_to_contain_text(lecture.code)
    lecture.act("close")
    small.set_offline(False)
    page.wait_for_function("() => sessionStorage.length === 0")  # it ended, and nothing is kept
    expect(page.locator(".follow-line")).not_to_contain_text(lecture.code)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_a_phones_page_can_be_read_by_everybody(
    lecture: Lecture, small: BrowserContext, scheme: Any
) -> None:
    phone = phone_of(small, f"{lecture.url}/{lecture.code}")
    phone.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # words fade in
    lecture.act("move", slide=3, step=0)
    phone.page.get_by_role("button", name="192").click()
    for step in (0, 1):
        lecture.act("move", slide=3, step=step)
        expect(phone.page.locator(".answer-bars")).to_have_count(step)
        found = Axe().run(phone.page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.slow  # with the project's own lecture, whose pictures take long
def test_presenter_and_phone_beside_each_other(
    open_page: Any, app_url: str, small: BrowserContext
) -> None:
    visit = open_page("lecture")
    page: Page = visit.page
    page.get_by_role("button", name="Let students follow").click(timeout=4 * PATIENCE)
    shown = page.locator(".rooms-card .rooms-code")
    expect(shown).to_have_text(re.compile(r"^\w{5} \w{5}$"))
    code = shown.inner_text().replace(" ", "")
    expect(page.get_by_text("Phones cannot open this")).to_be_visible()
    assert page.locator(".rooms-card .rooms-qr").evaluate("(image) => image.naturalWidth") > 100

    phone = phone_of(small, f"{app_url}/follow/{code}")
    expect(phone.page.get_by_text(f"Following {code}")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_text("1 phone follows").first).to_be_visible()
    page.get_by_role("button", name="Start the lecture").click()
    for slide in (2, 3):
        page.keyboard.press("Shift+ArrowRight")
        expect(phone.page.locator(".follow-place")).to_contain_text(f"Slide {slide} of")
    title = page.locator(".lecture-slide:not(.lecture-away) h2").inner_text()
    assert phone.slide() == title
    page.reload()  # the window still leads its room
    settle(page)
    expect(page.locator(".lecture-place")).to_contain_text("3 /", timeout=PATIENCE)
    page.keyboard.press("Shift+ArrowRight")
    expect(phone.page.locator(".follow-place")).to_contain_text("Slide 4 of", timeout=PATIENCE)
    assert phone.errors == []
    assert visit.errors == []
