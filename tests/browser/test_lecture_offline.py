"""The whole shipped lecture with the network cut after its start: nothing is missing."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from densenet_viz.lecture.deck import OWN
from densenet_viz.lecture.reading import read_deck

# It walks through every slide.
pytestmark = pytest.mark.slow

MADE_MILLISECONDS = 600_000
SHOWN_MILLISECONDS = 30_000
# The slide that is shown: whether its picture stands, and what of it could not be loaded.
SLIDE_JS = """() => {
  const find = (selector, root) => {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const host of root.querySelectorAll('*')) {
      const inside = host.shadowRoot && find(selector, host.shadowRoot);
      if (inside) return inside;
    }
    return null;
  };
  const slide = find('.lecture-hall > .lecture-slide:not(.lecture-away)', document);
  const host = slide.querySelector('.lecture-stage');
  const stage = host?.shadowRoot.querySelector('.stage');
  const drawings = [...(stage?.querySelectorAll('canvas, svg, img, table, [role="grid"]') ?? [])];
  const room = (each) => each.getBoundingClientRect();
  return {
    number: Number(slide.dataset.slide),
    title: slide.querySelector('h2').textContent,
    picture: Boolean(host),
    stands: Boolean(stage?.childElementCount) && !host.matches('.lecture-fitting'),
    drawings: drawings.filter((each) => room(each).width > 20 && room(each).height > 20).length,
    broken: [...slide.querySelectorAll('img'), ...(stage?.querySelectorAll('img') ?? [])]
      .filter((image) => !image.complete || image.naturalWidth === 0).length,
  };
}"""
STANDS_JS = f"() => {{ const slide = ({SLIDE_JS})(); return !slide.picture || slide.stands; }}"


@pytest.fixture(scope="module")
def started(open_page: Any) -> Any:
    visit = open_page("lecture", width=1280, height=720, reduced_motion=True)
    visit.page.locator('.lecture[data-missing="0"]').wait_for(timeout=MADE_MILLISECONDS)
    start = visit.page.locator(".lecture-main")
    start.click(timeout=MADE_MILLISECONDS)
    expect(visit.page.get_by_role("dialog")).to_be_visible()
    return visit


def test_nothing_is_missing_when_the_network_is_cut_after_the_start(started: Any) -> None:
    page: Page = started.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    deck = read_deck(OWN)
    for number, slide in enumerate(deck.slides, 1):
        page.wait_for_function(STANDS_JS, timeout=SHOWN_MILLISECONDS)
        shown = page.evaluate(SLIDE_JS)
        assert (shown["number"], shown["title"]) == (number, slide.title)
        assert shown["picture"] is (slide.picture is not None)
        assert shown["broken"] == 0
        if shown["picture"]:
            assert shown["drawings"] > 0, slide.title
        for _ in range(slide.steps + 1):
            page.keyboard.press("ArrowRight")
    # Chromium asks for the window's icon whenever the address changes; no slide shows it.
    icon = page.evaluate("() => document.querySelector('link[rel~=icon]').href")
    # And on a busy machine the app still loads ahead what other pages need of Streamlit.
    needed = [url for url in asked if not url.startswith(("data:", "blob:")) and url != icon]
    assert [url for url in needed if "/static/" not in url] == []
    # What could not be loaded was the icon; the rest would be errors of the player.
    assert [error for error in started.errors if "ERR_INTERNET_DISCONNECTED" not in error] == []


def test_the_network_back_again_the_page_goes_on(started: Any) -> None:
    page: Page = started.page
    page.context.set_offline(False)
    page.keyboard.press("Home")
    expect(page.locator(".lecture-place")).to_have_text(f"1 / {len(read_deck(OWN).slides)}")
