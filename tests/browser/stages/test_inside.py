"""The inside stage: from the network to one number and back, by click, key, address and trail."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.checks import axe_findings
from tests.browser.helpers import SEEN_JS, WIDER_JS
from tests.browser.stages.conftest import Show
from tests.stage_scenes.inside import LAYER, scene

KEYS = ("at", "channel", "y", "x")


def told(page: Page) -> list[Any]:
    """The places that the stage told the server, with whether it has kept their details."""
    said = page.evaluate("window.told")
    return [({key: one[key] for key in KEYS}, one["kept"]) for name, one in said if name == "place"]


def expect_place(page: Page, *parts: object) -> None:
    expect(page.locator(".stage")).to_have_attribute("data-place", " ".join(map(str, parts)))


def answer(page: Page, *parts: Any) -> None:
    """The server's scene of a place, with its detail."""
    page.evaluate("nextScene", scene(*parts))
    if parts:
        expect(page.locator(".stage")).to_have_attribute("data-filled", " ".join(map(str, parts)))


def to(page: Page, *parts: object) -> Locator:
    """The link to a place, in the view and not in the trail."""
    return page.locator(f".inside-view [data-to='{' '.join(map(str, parts))}']").first


def test_clicks_lead_from_the_network_to_one_number(show: Show) -> None:
    page = show("inside", scene())
    to(page, "denseblock1").click()
    expect_place(page, "denseblock1")
    assert told(page) == [({"at": "denseblock1", "channel": None, "y": None, "x": None}, False)]
    expect(page.locator(".inside-bar").first).to_be_visible()  # arithmetic, before any answer
    answer(page, "denseblock1")
    expect(page.locator(".inside-thumbs")).to_have_count(3)
    to(page, LAYER).click()
    expect(page.locator(".inside-waiting").first).to_be_visible()
    answer(page, LAYER)
    expect(page.locator(".inside-waiting")).to_have_count(0)
    expect(page.locator(".inside-seen")).to_have_count(2)  # as written, and the transition's view
    page.locator(".inside-tiles canvas").click(position={"x": 12, "y": 12})
    expect_place(page, LAYER, 0)
    answer(page, LAYER, 0)
    page.locator(".inside-channel .frame-canvas").click(position={"x": 4, "y": 4})
    expect_place(page, LAYER, 0, 0, 0)
    answer(page, LAYER, 0, 0, 0)
    sums = page.locator(".inside-totals tr")
    expect(sums).to_have_count(3)  # all 16 inputs are shown: there is no rest
    assert told(page)[-1][0] == {"at": LAYER, "channel": 0, "y": 0, "x": 0}


def test_the_classifier_is_a_sum_for_each_class(show: Show) -> None:
    page = show("inside", scene())
    to(page, "classifier").click()
    expect_place(page, "classifier")
    answer(page, "classifier")
    for name in page.get_by_role("radio").all():
        name.click()
        cells = page.locator(".inside-totals td").all_inner_texts()
        summed, made = (float(cell.replace("−", "-")) for cell in cells[-2:])
        assert summed == pytest.approx(made, rel=1e-4, abs=1e-5)
    page.keyboard.press("Escape")
    expect(to(page, "classifier")).to_be_focused()


def test_keys_go_in_and_escape_goes_back(show: Show) -> None:
    page = show("inside", scene("denseblock1"))
    to(page, LAYER).focus()
    page.keyboard.press("Enter")
    expect_place(page, LAYER)
    expect(page.locator(".stage-title")).to_be_focused()
    answer(page, LAYER)
    page.locator(".inside-tiles").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect_place(page, LAYER, 1)
    answer(page, LAYER, 1)
    page.locator(".inside-channel .frame-canvas").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".stage")).to_have_attribute("data-level", "number")
    for place in ((LAYER, 1), (LAYER,), ("denseblock1",)):
        page.keyboard.press("Escape")
        expect_place(page, *place)
    expect(to(page, LAYER)).to_be_focused()
    page.keyboard.press("Escape")
    expect_place(page)
    page.keyboard.press("Escape")
    expect_place(page)


def test_the_trail_is_made_of_links_and_the_address_leads_back(show: Show) -> None:
    page = show("inside", scene(LAYER, 2, 1, 1))
    trail = page.locator(".inside-trail li a")
    expect(trail).to_have_count(5)
    expect(trail.last).to_have_attribute("aria-current", "page")
    assert [one.get_attribute("href") for one in trail.all()][1:4] == [
        "?at=denseblock1",
        f"?at={LAYER}",
        f"?at={LAYER}&channel=2",
    ]
    trail.nth(1).click()
    expect_place(page, "denseblock1")
    trail.first.click()
    expect_place(page)
    answer(page)
    page.evaluate("nextScene", scene("denseblock1"))  # the browser's Back, by way of the server
    expect_place(page, "denseblock1")
    page.locator(".inside-trail a[rel=next]").click()
    expect_place(page, "transition1")


def test_the_kernel_slides_without_the_server(show: Show) -> None:
    page = show("inside", scene(LAYER, 2, 1, 1))
    number = page.locator(".inside-number")
    seen = set()
    page.locator(".inside-window").focus()
    for key, y, x in (("ArrowRight", 1, 2), ("ArrowDown", 2, 2), ("ArrowLeft", 2, 1)):
        page.keyboard.press(key)
        expect_place(page, LAYER, 2, y, x)
        total, made = (float(str(number.get_attribute(f"data-{of}"))) for of in ("total", "made"))
        assert total == pytest.approx(made, rel=1e-4, abs=1e-6)
        seen.add(total)
    assert len(seen) == 3
    page.wait_for_function("window.told.at(-1)?.[1].x === 1 && window.told.at(-1)[1].y === 2")
    assert told(page)[-1] == ({"at": LAYER, "channel": 2, "y": 2, "x": 1}, True)
    choice = page.locator(".inside-terms button").nth(5)
    choice.click()
    expect(choice).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".inside-cells span")).to_have_count(3 * 9)


def test_details_are_kept_and_late_answers_move_nothing(show: Show) -> None:
    page = show("inside", scene("denseblock1"))
    to(page, LAYER).click()
    page.keyboard.press("Escape")
    expect_place(page, "denseblock1")
    expect(page.locator(".inside-thumbs")).to_have_count(3)  # kept
    page.evaluate("nextScene", scene(LAYER))  # asked for before: too late
    expect_place(page, "denseblock1")
    to(page, LAYER).click()
    expect(page.locator(".inside-waiting")).to_have_count(0)  # the late answer was kept, too
    page.evaluate("nextScene", scene("stem"))  # nobody asked: the address has changed
    expect_place(page, "stem")


def test_without_a_detail_it_asks_for_it(show: Show) -> None:
    page = show("inside", scene(LAYER, detailed=False))
    assert told(page) == [({"at": LAYER, "channel": None, "y": None, "x": None}, False)]


def test_numbers_on_demand(show: Show) -> None:
    page = show("inside", scene())
    first = page.locator("a.inside-part .inside-first").nth(1)
    expect(first).to_have_text(re.compile("16 → 24"))
    page.get_by_role("radio", name="Parameters").click()
    expect(first).not_to_have_text(re.compile("→"))


def test_a_part_grows_and_the_old_view_goes(show: Show) -> None:
    page = show("inside", scene(), reduced_motion=False)
    to(page, "denseblock1").click()
    moving = page.evaluate(
        "() => document.getElementById('place').shadowRoot.getAnimations().length"
    )
    assert moving >= 2
    expect(page.locator(".inside-level")).to_have_count(1)
    expect(page.locator(".inside-block")).to_be_visible()


@pytest.mark.parametrize(
    "place",
    [
        ("denseblock1",),
        (LAYER,),
        (LAYER, 0),
        (LAYER, 0, 3, 3),
        ("stem", 0, 9, 9),
        ("transition1", 1),
        ("classifier",),
    ],
    ids=lambda place: "-".join(map(str, place)),
)
def test_each_level_fits_a_phone_and_can_be_read(show: Show, place: tuple[Any, ...]) -> None:
    page = show("inside", scene(*place), width=390, height=844, scheme="dark")
    page.evaluate(SEEN_JS)
    assert page.evaluate(WIDER_JS) <= 0
    assert axe_findings(page) == []
