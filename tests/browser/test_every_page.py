"""What holds for every page of the page table, in each theme, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Page, expect

from densenet_viz.ui.pages import PAGES, PageRow
from scripts.browser import settle
from scripts.screenshots import View
from tests.browser.checks import UNNAMED_PICTURES_JS, WIDER_THAN_WINDOW_JS, axe_findings
from tests.browser.conftest import PATIENCE_MILLISECONDS, Visit

FIRST = (View("light", "light", 1440, 900), View("dark-phone", "dark", 390, 844))
OTHERS = (View("dark", "dark", 1440, 900), View("light-phone", "light", 390, 844))
LIGHTER = {
    "bench": "?maps=Saliency&maps=Grad-CAM",
    "why_it_works": "?flow_depth=10&flow_k=3",
}
"""In the first tier the bench makes two maps instead of seven, so its kept height is not theirs;
and Why it works measures networks of 10 layers instead of 58."""
GROWING = frozenset({"architectures", "lecture", "nine_systems"})
"""Pages that are complete at once and go on in the background, with pictures for later slides or
with counts of live networks: the first tier looks at them meanwhile."""
CASES = [
    pytest.param(row, view, id=f"{row.name}-{view.name}", marks=marks)
    for views, marks in ((FIRST, ()), (OTHERS, pytest.mark.slow))
    for view in views
    for row in PAGES
]
MADE_MILLISECONDS = 600_000
TAB_STOPS = 20
RING_PIXELS = 8

SCHEME_JS = """() =>
  getComputedStyle(document.querySelector('[data-testid="stApp"]')).colorScheme"""
FOCUSED_JS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  if (!element || element === document.body) return null;
  const { x, y, width, height } = element.getBoundingClientRect();
  const label = element.ariaLabel || element.innerText || element.dataset.testid || '';
  const name = `${element.tagName.toLowerCase()} ${label.trim().slice(0, 40)}`;
  const isWholePage = element.dataset.testid === 'stMain';
  const isOfMenu = element.closest('[data-testid="stSidebar"]') !== null;
  return { name, isWholePage, isOfMenu, x, y, width, height };
}"""
# The stages of a page, for which it kept another height than they have: [key, kept, real].
ROOMS_JS = """(part) => [...document.querySelectorAll('.stElementContainer:has([data-drawn])')]
  .map((room) => {
    const drawn = room.querySelector('[data-drawn]');
    const real = room.getBoundingClientRect().height;
    drawn.removeAttribute('data-drawn');
    const kept = parseFloat(getComputedStyle(room).minHeight) || 0;
    drawn.setAttribute('data-drawn', '');
    return [room.className.match(/st-key-[^ ]+/)?.[0], kept, real];
  })
  .filter(([, kept, real]) => Math.abs(kept - real) > Math.max(12, part * real))"""
SAME_HEIGHT = 0.15
"""Other fonts, and another machine's words, change a height by less than this part."""
BLUR_JS = """() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  window.lastFocused = element;
  element.blur();
}"""


@pytest.fixture(scope="module")
def window(app_url: str, browser: Browser) -> Iterator[Visit]:
    """One window for all pages, which keeps what it has loaded of the app."""
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        visit = Visit(context.new_page())
        visit.listen(app_url)
        yield visit


def look_at(window: Visit, url: str, view: View, *, until_made: bool = True) -> Page:
    """Opens an address as somebody with this screen and theme would, with an empty record.

    Without `until_made`, progress bars may still run.
    """
    page = window.page
    page.goto("about:blank")
    page.set_viewport_size({"width": view.width, "height": view.height})
    # On a phone without motion, at a desk with it: so each page is opened both ways.
    motion: Any = "reduce" if view.width < 500 else "no-preference"
    page.emulate_media(color_scheme=view.scheme, reduced_motion=motion)
    window.errors.clear()
    window.foreign.clear()
    page.goto(url)
    settle(page)
    # Between two steps of its work a page may look settled.
    if until_made:
        expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=MADE_MILLISECONDS)
        settle(page)
    return page


@pytest.mark.parametrize(("row", "view"), CASES)
def test_page_opens_as_it_should(window: Visit, app_url: str, row: PageRow, view: View) -> None:
    first = view in FIRST
    lighter = LIGHTER.get(row.name, "") if first else ""
    address = f"{app_url}/{row.url_path}{lighter}"
    page = look_at(window, address, view, until_made=not (first and row.name in GROWING))
    heading = page.locator("h1")
    page.emulate_media(reduced_motion="reduce")  # axe shall see nothing that fades
    found = {
        "exceptions": page.get_by_test_id("stException").count(),
        "dialogs": page.get_by_test_id("stDialog").count(),
        "title": page.title(),
        "first headings": heading.count(),
        "theme": page.evaluate(SCHEME_JS),
        "wider than the window": page.evaluate(WIDER_THAN_WINDOW_JS),
        "pictures without words": page.evaluate(UNNAMED_PICTURES_JS),
        "axe": axe_findings(page),
        "stages without their room": [] if lighter else page.evaluate(ROOMS_JS, SAME_HEIGHT),
        "errors": window.errors,
        "asked of others": window.foreign,
    }
    assert found == {
        "exceptions": 0,
        "dialogs": 0,
        "title": f"{row.title} · DenseNet Viz",
        "first headings": 1,
        "theme": view.scheme,
        "wider than the window": {"document": 0, "main": 0},
        "pictures without words": [],
        "axe": [],
        "stages without their room": [],
        "errors": [],
        "asked of others": [],
    }
    assert heading.inner_text().strip()


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


@pytest.mark.parametrize(
    "row",
    [PAGES[0], *(pytest.param(row, marks=pytest.mark.slow) for row in PAGES[1:])],
    ids=lambda row: row.name,
)
def test_keyboard_focus_can_be_seen(window: Visit, app_url: str, row: PageRow) -> None:
    """On the first page also in the menu, which is the same on the others."""
    view = View("still", "light", 1440, 900)
    page = look_at(window, f"{app_url}/{row.url_path}", view)
    page.emulate_media(reduced_motion="reduce")
    unseen, stops = [], 0
    for _ in range(TAB_STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED_JS)
        if focused is None:
            break
        stops += 1
        if focused["isWholePage"] or (focused["isOfMenu"] and row is not PAGES[0]):
            continue
        if not shows_focus(page, focused, view):
            unseen.append(focused["name"])
    assert stops >= len(PAGES)
    assert unseen == []
