"""The exported lecture, opened from a disk with the network off, and its handout on paper."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from densenet_viz.lecture.export import to_html
from densenet_viz.lecture.pictures import scene_of
from densenet_viz.lecture.printing import PrintError, to_pdf
from densenet_viz.lecture.reading import deck_of
from scripts.browser import find_chromium
from tests.small_models import small_model

DECK = """title: Dense & small
minutes: 4

---
# A first slide
layout: title
minutes: 1

Hello, **hall**.
???
Say hello to everybody.
---
# Layer by layer
minutes: 1
picture: growth, block=1, k=4
step 1: layer=1
step 2: layer=2

Each layer adds k maps.
+
It keeps all before it.
???
Count aloud: sixteen, twenty, twenty-four.
---
# Every connection
minutes: 1
picture: block, block=1
???
Point at a layer.
---
# A question
minutes: 1

? How many maps?
- [ ] 8
- [x] 24
???
Wait for hands.
"""
SLIDES = ["A first slide", "Layer by layer", "Every connection", "A question"]
# Colours that one canvas shows, and how many pixels are not of the most frequent one.
PAINTED_JS = """(canvas) => {
  const { width, height } = canvas;
  const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  const colours = new Map();
  for (let at = 0; at < data.length; at += 4) {
    const key = data.subarray(at, at + 4).join();
    colours.set(key, (colours.get(key) ?? 0) + 1);
  }
  return [colours.size, data.length / 4 - Math.max(...colours.values())];
}"""


@dataclass
class Opened:
    """The file in a window without a network, and what it asked for or complained about."""

    page: Page
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def route(self, route: Route) -> None:
        if route.request.url.startswith(("file:", "data:", "blob:")):
            route.continue_()
        else:
            self.asked.append(route.request.url)
            route.abort()

    def heading(self, title: str) -> Any:
        return self.page.get_by_role("heading", name=title, exact=True)


@pytest.fixture(scope="module")
def html() -> str:
    deck = deck_of(DECK)
    return to_html(scene_of(deck, model=lambda _: small_model()))


@pytest.fixture(scope="module")
def file(html: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stick") / "my lecture.html"
    path.write_text(html, encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: Browser, file: Path) -> Iterator[Callable[..., Opened]]:
    contexts = []

    def open_file(after: str = "", **options: Any) -> Opened:
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_offline(True)
        found = Opened(context.new_page())
        context.route("**/*", found.route)
        found.page.on("pageerror", lambda error: found.errors.append(str(error)))
        found.page.on(
            "console",
            lambda message: message.type == "error" and found.errors.append(message.text),
        )
        found.page.goto(f"{file.as_uri()}{after}")
        return found

    yield open_file
    for context in contexts:
        context.close()


def test_the_file_is_walked_through_by_keys(opened: Callable[..., Opened]) -> None:
    lecture = opened(viewport={"width": 1280, "height": 720})
    page = lecture.page
    for place, (keys, title) in enumerate(
        [([], SLIDES[0]), (["ArrowRight"], SLIDES[1]), (["Space", "n", "PageDown"], SLIDES[2])]
    ):
        for key in keys:
            page.keyboard.press(key)
        expect(lecture.heading(title)).to_be_visible()
        assert re.search(rf"#{place + 1}\.0$", page.url)
    picture = page.locator(".lecture-slide:not(.lecture-away) canvas").first
    expect(picture).to_be_visible()
    page.keyboard.press("End")
    expect(lecture.heading(SLIDES[3])).to_be_visible()
    page.keyboard.press("Home")
    expect(lecture.heading(SLIDES[0])).to_be_visible()
    assert lecture.errors == []
    assert lecture.asked == []


def test_a_picture_of_the_file_is_live(opened: Callable[..., Opened]) -> None:
    lecture = opened("#2.2", viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    slide = lecture.page.locator(".lecture-slide:not(.lecture-away)")
    canvas = slide.locator(".stage-view canvas")
    expect(canvas).to_be_visible()
    expect(slide.locator(".growth-count b").last).to_have_text("24")
    colours, painted = canvas.evaluate(PAINTED_JS)
    assert colours > 20
    assert painted > 1000
    slide.get_by_role("button", name="To the start").click()
    expect(slide.locator(".growth-count b").first).to_have_text("16")
    assert lecture.errors == []


def test_the_speaker_has_a_window_of_notes(opened: Callable[..., Opened]) -> None:
    lecture = opened("#1.0", viewport={"width": 1280, "height": 720})
    expect(lecture.heading(SLIDES[0])).to_be_visible()
    with lecture.page.expect_popup() as popup:
        lecture.page.keyboard.press("s")
    expect(popup.value.get_by_text("Say hello to everybody.")).to_be_visible()
    popup.value.keyboard.press("PageDown")
    expect(popup.value.get_by_text("Count aloud")).to_be_visible()
    expect(lecture.heading(SLIDES[1])).to_be_visible()
    assert lecture.errors == []
    assert lecture.asked == []


@pytest.mark.parametrize(("scheme", "dark"), [("light", False), ("dark", True)])
def test_the_file_follows_the_systems_theme(
    opened: Callable[..., Opened], scheme: str, dark: bool
) -> None:
    page = opened(color_scheme=scheme).page
    expect(page.locator(".lecture-slide").first).to_be_visible()
    ground = page.locator(".lecture-screen").evaluate("(n) => getComputedStyle(n).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 200) is dark


def test_words_are_there_without_a_script(opened: Callable[..., Opened]) -> None:
    page = opened(java_script_enabled=False).page
    for title in SLIDES:
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(page.get_by_text("Say hello to everybody.")).to_be_visible()


def test_ctrl_p_draws_the_handout_first(opened: Callable[..., Opened]) -> None:
    lecture = opened(viewport={"width": 1280, "height": 720})
    page = lecture.page
    expect(lecture.heading(SLIDES[0])).to_be_visible()
    page.evaluate("() => { window.print = () => { window.printed = (window.printed ?? 0) + 1; }; }")
    page.evaluate("""() => {
      window.notices = 0;
      new MutationObserver((changes) => {
        for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
          if (node.matches?.('.lecture-notice')) window.notices += 1;
        }
      }).observe(document.body, { childList: true });
    }""")
    page.keyboard.press("Control+p")
    page.wait_for_function("() => window.printed === 1")
    assert page.evaluate("() => window.notices") == 1
    expect(page.locator(".lecture-notice")).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.locator(".lecture-slide").first).to_be_hidden()
    canvases = page.locator(".handout-picture canvas")
    assert canvases.count() >= 2
    for place in (0, 1):
        assert canvases.nth(place).evaluate(PAINTED_JS)[1] > 1000
    assert lecture.errors == []
    assert lecture.asked == []


# -- the PDF --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pdf(html: str) -> bytes:
    path = find_chromium()
    assert path is not None
    return to_pdf(html, browser=Path(path), limit=120)


def pages(pdf: bytes) -> list[bytes]:
    return re.findall(rb"<<\s*/Type /Page\b(?!s).*?>>\s*endobj", pdf, re.DOTALL)


def pictures(pdf: bytes) -> list[tuple[int, bytes]]:
    """Width and bytes (3 a pixel) of the coloured pictures in a PDF."""
    found = []
    pattern = rb"<<([^>]{0,400}?/Subtype /Image[^>]{0,400}?)>>\s*stream\r?\n"
    for match in re.finditer(pattern, pdf):
        width, height, length = (
            int(re.findall(rb"/%s (\d+)" % name, match[1])[0])
            for name in (b"Width", b"Height", b"Length")
        )
        data = zlib.decompress(pdf[match.end() : match.end() + length])
        if len(data) == 3 * width * height:
            found.append((width, data))
    return found


def test_the_pdf_has_a_page_a_slide_on_a4(pdf: bytes) -> None:
    found = pages(pdf)
    assert len(found) == len(SLIDES)
    for page in found:
        box = re.search(rb"/MediaBox \[([\d. ]+)\]", page)
        assert box is not None
        assert [round(float(side)) for side in box[1].split()] == [0, 0, 595, 842]
    assert b"/Title (Dense & small)" in pdf


def test_the_pdf_holds_what_the_canvases_show(pdf: bytes) -> None:
    """Drawn at twice the size: the growth stage's canvas, and the block stage's arcs."""
    large = [picture for picture in pictures(pdf) if picture[0] >= 1800]
    assert len(large) >= 2
    for _, data in large:
        assert len({data[at : at + 3] for at in range(0, len(data), 3 * 101)}) > 20


def test_a_picture_that_cannot_be_drawn_is_no_handout(html: str) -> None:
    path = find_chromium()
    assert path is not None
    broken = html.replace('"layers":[', '"layers":7,"were":[')
    assert broken != html
    with pytest.raises(PrintError):
        to_pdf(broken, browser=Path(path), limit=120)
