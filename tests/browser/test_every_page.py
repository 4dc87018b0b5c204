"""What holds for every page of the page table, in each theme and on a phone."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FloatRect, Page

from densenet_viz.ui.pages import PAGES, PageRow
from scripts.screenshots import VIEWS, View
from tests.browser.checks import UNNAMED_PICTURES_JS, WIDER_THAN_WINDOW_JS, axe_findings

TAB_STOPS = 30
RING_PIXELS = 8
FOCUSED_JS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element || element === document.body) return null;
  const { x, y, width, height } = element.getBoundingClientRect();
  const label = element.ariaLabel || element.innerText || element.dataset.testid || '';
  const name = `${element.tagName.toLowerCase()} ${label.trim().slice(0, 40)}`;
  const isWholePage = element.dataset.testid === 'stMain';
  return { name, isWholePage, x, y, width, height };
}"""
BLUR_JS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  window.lastFocused = element;
  element.blur();
}"""


@dataclass(frozen=True)
class Seen:
    """A page as one view shows it."""

    row: PageRow
    view: View
    visit: Any

    @property
    def page(self) -> Page:
        page: Page = self.visit.page
        return page


CASES = [pytest.param((row, view), id=f"{row.name}-{view.name}") for row in PAGES for view in VIEWS]


@pytest.fixture(scope="module", params=CASES)
def seen(request: pytest.FixtureRequest, open_page: Any) -> Any:
    row, view = request.param
    visit = open_page(row.url_path, width=view.width, height=view.height, scheme=view.scheme)
    yield Seen(row, view, visit)
    visit.page.context.close()


def test_opens_without_an_error(seen: Seen) -> None:
    assert seen.page.get_by_test_id("stException").count() == 0
    assert seen.page.get_by_test_id("stDialog").count() == 0
    assert seen.visit.errors == []


def test_asks_nobody_but_the_app(seen: Seen) -> None:
    assert seen.visit.foreign == []


def test_has_its_title_and_one_first_heading(seen: Seen) -> None:
    assert seen.page.title() == f"{seen.row.title} · DenseNet Viz"
    assert seen.page.locator("h1").count() == 1
    assert seen.page.locator("h1").inner_text().strip()


def test_stands_in_the_theme_of_the_visitor(seen: Seen) -> None:
    scheme = "getComputedStyle(document.querySelector('[data-testid=\"stApp\"]')).colorScheme"
    assert seen.page.evaluate(scheme) == seen.view.scheme


def test_is_no_wider_than_the_window(seen: Seen) -> None:
    assert seen.page.evaluate(WIDER_THAN_WINDOW_JS) == {"document": 0, "main": 0}


def test_every_picture_has_words(seen: Seen) -> None:
    assert seen.page.evaluate(UNNAMED_PICTURES_JS) == []


def test_axe_finds_nothing_of_ours(seen: Seen) -> None:
    assert axe_findings(seen.page) == []


def pixels(page: Page, clip: FloatRect) -> np.ndarray[Any, np.dtype[np.int16]]:
    picture = Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB")
    return np.asarray(picture, dtype=np.int16)


def ring_around(focused: dict[str, Any], view: View) -> FloatRect | None:
    """The part of the window that shows an element and the ring around it."""
    left, top = max(focused["x"] - RING_PIXELS, 0), max(focused["y"] - RING_PIXELS, 0)
    right = min(focused["x"] + focused["width"] + RING_PIXELS, view.width)
    bottom = min(focused["y"] + focused["height"] + RING_PIXELS, view.height)
    if right - left < 1 or bottom - top < 1:
        return None
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}


def shows_focus(page: Page, focused: dict[str, Any], view: View) -> bool:
    """Whether the picture of the focused element changes when it loses the focus."""
    clip = ring_around(focused, view)
    if clip is None:
        return False
    with_focus = pixels(page, clip)
    page.evaluate(BLUR_JS)
    without = pixels(page, clip)
    page.evaluate("() => window.lastFocused.focus({ focusVisible: true, preventScroll: true })")
    return int((np.abs(with_focus - without).max(axis=2) > 24).sum()) >= 20


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_keyboard_focus_can_be_seen(row: PageRow, open_page: Any) -> None:
    page = open_page(row.url_path, reduced_motion=True).page
    unseen, stops = [], 0
    for _ in range(TAB_STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED_JS)
        if focused is None:
            break
        stops += 1
        if not focused["isWholePage"] and not shows_focus(page, focused, VIEWS[0]):
            unseen.append(focused["name"])
    assert stops >= len(PAGES)
    assert unseen == []
