"""The bench's two checks in a browser: by keyboard, without the server, and on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from scripts.browser import settle
from tests.browser.checks import (
    UNNAMED_PICTURES_JS,
    WIDER_THAN_WINDOW_JS,
    axe_findings,
)
from tests.browser.conftest import Opener

PATIENCE = 180_000
SANITY, FAITHFUL = "bench?view=sanity", "bench?view=faithful"
STAGES = 11
COLOURS_JS = """(canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""


def wait_for(page: Page, stage: str) -> Locator:
    """The stage, once all that it shows is computed."""
    page.locator(stage).wait_for(timeout=PATIENCE)
    page.wait_for_function(
        "() => !document.querySelector('[data-testid=\"stProgress\"]')", timeout=PATIENCE
    )
    settle(page)
    return page.locator(stage)


@pytest.fixture(scope="module")
def sent() -> list[Any]:
    """What the browser has told the server."""
    return []


@pytest.fixture(scope="module")
def page(app_url: str, browser: Browser, sent: list[Any]) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1440, "height": 1100}) as context:
        opened = context.new_page()
        opened.on("websocket", lambda socket: socket.on("framesent", lambda one: sent.append(one)))
        opened.goto(app_url)
        yield opened


def drawn(canvas: Locator) -> str:
    canvas.page.wait_for_timeout(100)
    address: str = canvas.evaluate("(canvas) => canvas.toDataURL()")
    return address


def test_the_check_is_stepped_by_keyboard(page: Page, app_url: str, sent: list[Any]) -> None:
    page.goto(f"{app_url}/{SANITY}")
    stage = wait_for(page, ".sanity")
    readout = stage.locator(".sanity-readout")
    large = stage.locator(".sanity-card canvas")
    expect(large).to_have_count(4)
    expect(readout).to_contain_text("nothing learned is left")
    before = len(sent)
    stage.locator(".sanity-scroll").focus()
    page.keyboard.press("Home")
    expect(readout).to_contain_text("All weights as learned. Like the trained")
    trained, edges = drawn(large.nth(0)), drawn(large.nth(3))
    seen = {trained}
    for _ in range(STAGES - 1):
        page.keyboard.press("ArrowRight")
        seen.add(drawn(large.nth(0)))
    assert len(seen) == STAGES
    assert drawn(large.nth(3)) == edges  # no network moves it
    expect(readout).to_contain_text("Random down to the stem")
    expect(stage.locator(".sanity-names .sanity-now")).to_have_text("stem")
    page.keyboard.press("Home")
    assert drawn(large.nth(0)) == trained
    # Similarities by another measure, chosen with the arrows too.
    page.keyboard.press("End")
    values = stage.locator(".sanity-value b")
    strengths = values.all_inner_texts()
    stage.get_by_role("radio", name="strengths").focus()
    page.keyboard.press("ArrowRight")
    expect(stage.get_by_role("radio", name="signed values")).to_have_attribute(
        "aria-checked", "true"
    )
    assert values.all_inner_texts() != strengths
    assert len(sent) == before  # all that without the server
    assert axe_findings(page) == []


def test_the_check_plays_and_stops(page: Page) -> None:
    """Goes on from the test before."""
    stage = page.locator(".sanity")
    stage.get_by_role("button", name="To the start").click()
    stage.get_by_role("button", name="Play").click()
    expect(stage.locator(".sanity-readout")).to_contain_text("Random: classifier", timeout=5000)
    stage.get_by_role("button", name="Pause").click()
    still = drawn(stage.locator(".sanity-card canvas").nth(0))
    page.wait_for_timeout(400)
    assert drawn(stage.locator(".sanity-card canvas").nth(0)) == still


def test_pixels_go_and_come_by_keyboard(page: Page, app_url: str, sent: list[Any]) -> None:
    page.goto(f"{app_url}/{FAITHFUL}")
    stage = wait_for(page, ".faithful")
    readout = stage.locator(".faithful-readout")
    pictures = stage.locator(".faithful-card canvas")
    expect(pictures).to_have_count(5)
    before = len(sent)
    stage.locator(".stage-play").focus()
    page.keyboard.press("Home")
    expect(readout).to_contain_text("0% gone")
    assert len({drawn(pictures.nth(place)) for place in range(5)}) == 1  # the whole picture
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("6% gone")
    assert len({drawn(pictures.nth(place)) for place in range(5)}) == 5
    page.keyboard.press("End")
    expect(readout).to_contain_text("100% gone")
    assert pictures.nth(0).evaluate(COLOURS_JS) == 1  # the mean colour alone
    stage.get_by_role("radio", name="take away").focus()
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("100% back")
    assert pictures.nth(0).evaluate(COLOURS_JS) > 100  # the picture
    page.keyboard.press("ArrowRight")
    expect(stage.locator(".frame-line")).to_have_count(5)  # the true outline on the maps
    assert len({drawn(pictures.nth(place)) for place in range(5)}) == 5
    assert len(sent) == before
    assert axe_findings(page) == []


def test_the_numbers_of_a_step_are_the_curves(page: Page) -> None:
    """Goes on from the test before."""
    stage = page.locator(".faithful")
    stage.get_by_role("radio", name="take away").click()
    stage.locator(".stage-play").focus()
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    shown = stage.locator(".faithful-value b").all_inner_texts()
    stage.locator("summary").click()
    row = stage.locator(".faithful-plain tbody tr").filter(has_text=re.compile("^25%"))
    assert row.locator("td").all_inner_texts()[: len(shown)] == shown


@pytest.mark.parametrize(("address", "stage"), [(SANITY, ".sanity"), (FAITHFUL, ".faithful")])
def test_both_fit_a_phone(open_page: Opener, address: str, stage: str) -> None:
    visit = open_page(address, width=390, height=844, scheme="dark", reduced_motion=True)
    wait_for(visit.page, stage)
    assert visit.page.evaluate(WIDER_THAN_WINDOW_JS) == {"document": 0, "main": 0}
    assert visit.page.evaluate(UNNAMED_PICTURES_JS) == []
    assert visit.errors == []
    assert axe_findings(visit.page) == []
