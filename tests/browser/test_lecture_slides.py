"""Every slide of the project's own lecture, as a hall sees it: size, room, contrast, names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from densenet_viz.lecture.deck import OWN
from densenet_viz.lecture.reading import read_deck
from tests.browser.checks import axe_findings

MADE_MILLISECONDS = 240_000
READY_MILLISECONDS = 30_000
STEPS = [slide.steps for slide in read_deck(OWN).slides]
LEAST_AT_1080 = 28
"""CSS pixels of the smallest letters on a screen of 1080 lines."""

# A slide is ready when its picture, if it has one, is mounted and has found its size.
READY_JS = """(number) => {
  const slide = window.slideOf(number);
  const host = slide?.querySelector('.lecture-stage');
  const still = !host || (host.shadowRoot.querySelector('.stage') && host.style.zoom
    && !host.matches('.lecture-fitting'));
  return slide && !slide.classList.contains('lecture-away') && still;
}"""
# What of a slide is too small, cut off, or has to be scrolled to. A letter's size is told by how
# tall its line is, so that zoom and an SVG's scale count, too.
FAULTS_JS = """([number, least]) => {
  const slide = window.slideOf(number);
  const seen = { visibilityProperty: true, opacityProperty: true };
  const ROOMS = '.lecture-room, .lecture-words, .lecture-table, .lecture-slide';
  const faults = [];
  const tall = new Map();
  const tallOf = ({ fontFamily, fontWeight }) => {
    const key = `${fontFamily}|${fontWeight}`;
    if (!tall.has(key)) {
      const probe = document.createElement('span');
      probe.textContent = 'Hg';
      probe.style.cssText = 'position:fixed;left:0;top:0;font-size:100px;line-height:1';
      Object.assign(probe.style, { fontFamily, fontWeight });
      document.body.append(probe);
      const range = document.createRange();
      range.selectNodeContents(probe);
      tall.set(key, range.getClientRects()[0].height / 100);
      probe.remove();
    }
    return tall.get(key);
  };
  const cutBy = (rect, from) => {
    const above = (node) => node.parentElement ?? node.getRootNode().host;
    for (let node = from; node && node.tagName !== 'DIALOG'; node = above(node)) {
      const style = getComputedStyle(node);
      if (style.overflowX === 'visible' && style.overflowY === 'visible') continue;
      const box = node.getBoundingClientRect();
      const across = rect.left < box.left - 2 || rect.right > box.right + 2;
      if (across || rect.top < box.top - 3 || rect.bottom > box.bottom + 3) return node;
    }
    return null;
  };
  const look = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.currentNode; node; node = walker.nextNode()) {
      if (node.shadowRoot) look(node.shadowRoot);
      const holder = node.parentElement;
      if (node.nodeType !== Node.TEXT_NODE) {
        const down = node.scrollHeight - node.clientHeight;
        const scrolls = node.matches?.(ROOMS);
        if (scrolls && down > 1 && node.checkVisibility(seen)) faults.push(`scrolls by ${down}`);
        continue;
      }
      const text = node.textContent.trim();
      if (!text || !holder?.checkVisibility(seen)) continue;
      if (holder.closest('style, title, option, .stage-hidden')) continue;
      if (holder.matches('figcaption') && holder.offsetWidth <= 1) continue; // only read out
      const range = document.createRange();
      range.selectNodeContents(node);
      const rect = [...range.getClientRects()].find(({ width, height }) => width > 0 && height > 0);
      if (!rect) continue;
      const size = rect.height / tallOf(getComputedStyle(holder));
      if (size < least - 0.4) faults.push(`${size.toFixed(1)} px: ${text}`);
      const cut = cutBy(rect, holder);
      if (cut) faults.push(`cut by ${cut.className}: ${text}`);
    }
  };
  look(slide);
  return faults;
}"""
FIND_JS = """window.slideOf = (number) => [...document.querySelectorAll('*')]
  .map((node) => node.shadowRoot).filter(Boolean)
  .flatMap((root) => [...root.querySelectorAll(`.lecture-hall > [data-slide="${number}"]`)])[0]"""


@pytest.fixture(scope="module")
def page(open_page: Any) -> Iterator[Page]:
    """The lecture, started."""
    visit = open_page("lecture", width=1920, height=1080, reduced_motion=True)
    page: Page = visit.page
    page.get_by_role("button", name="Start the lecture").click(timeout=MADE_MILLISECONDS)
    page.evaluate(FIND_JS)
    yield page
    assert visit.errors == []


def go(page: Page, slide: int, step: int) -> None:
    page.evaluate("(address) => { location.hash = address; }", f"#{slide}.{step}")
    expect(page.locator(".lecture-place")).to_have_text(f"{slide} / {len(STEPS)}")
    page.wait_for_function(READY_JS, arg=slide, timeout=READY_MILLISECONDS)
    page.wait_for_timeout(200)


@pytest.mark.parametrize(
    ("width", "height", "least"),
    [(1920, 1080, LEAST_AT_1080), (1280, 720, 0), (1024, 768, 0)],
    ids=["1080p", "720p", "4:3"],
)
def test_at_every_step_all_of_a_slide_is_large_and_in_sight(
    page: Page, width: int, height: int, least: float
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_timeout(600)
    faults = {}
    for slide, steps in enumerate(STEPS, start=1):
        for step in range(steps + 1):
            go(page, slide, step)
            found = page.evaluate(FAULTS_JS, [slide, least])
            if found:
                faults[f"{slide}.{step}"] = found
    assert faults == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_slide(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.wait_for_timeout(600)
    findings = {}
    for slide, steps in enumerate(STEPS, start=1):
        go(page, slide, steps)
        found = axe_findings(page)
        if found:
            findings[slide] = found
    assert findings == {}
