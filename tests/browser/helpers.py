"""What several browser tests need: a stage's player, a finger, what sticks out, what was saved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import FloatRect, Locator, Page, expect

# How many pixels the page is wider than its window, in Streamlit's scroller and in the document.
WIDER_JS = """() => {
  const main = document.querySelector('[data-testid="stMain"]') ?? document.body;
  const page = document.documentElement;
  return Math.max(main.scrollWidth - main.clientWidth, page.scrollWidth - page.clientWidth);
}"""
# Resolves once the browser has told all observers that began before what is seen.
SEEN_JS = """() => new Promise((seen) => {
  new IntersectionObserver(() => seen()).observe(document.body);
})"""
FRAME = 100
"""Milliseconds: the longest that a player takes at once."""


class Player:
    """The player of a stage, by its parts and not by their names."""

    def __init__(self, page: Page, within: str = ".stage") -> None:
        self.node = page.locator(f"{within} .stage-player")
        buttons = self.node.locator("button")
        self.first, self.back, self.play, self.on = (buttons.nth(place) for place in range(4))
        self.slider = self.node.locator(".stage-slider")
        self.speed = self.node.locator(".stage-speed")

    def time(self) -> float:
        return float(self.slider.input_value())

    def expect_playing(self, playing: bool) -> None:
        expect(self.play).to_have_accessible_name("Pause" if playing else "Play")


def play(page: Page, milliseconds: int) -> None:
    """Lets a page whose time stands still go on, a tenth of a second a frame."""
    for _ in range(milliseconds // FRAME):
        page.clock.fast_forward(FRAME)


def numbers(text: str) -> list[float]:
    """All numbers of a text, in their order.

    >>> numbers("Layer 2: 96 in + 1,024 new, −0.5 each")
    [2.0, 96.0, 1024.0, -0.5]
    """
    found = re.findall(r"[-−]?\d[\d,]*(?:\.\d+)?", text)
    return [float(one.replace(",", "").replace("−", "-")) for one in found]


def box_of(part: Locator) -> FloatRect:
    """Where a part stands in the window, in CSS pixels; it has to be there."""
    box = part.bounding_box()
    assert box is not None
    return box


def expect_inside(parts: Iterable[Locator], width: int) -> None:
    """Holds that no part leaves a window of `width` pixels to the left or right."""
    for part in parts:
        box = box_of(part)
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def swipe(page: Page, part: Locator, by: int) -> None:
    """A finger that goes `by` px to the right over the middle of a part."""
    part.scroll_into_view_if_needed()
    box = box_of(part)
    finger = page.context.new_cdp_session(page)
    y = box["y"] + box["height"] / 2
    start = box["x"] + box["width"] / 2 - by / 2
    for kind, points in (
        ("touchStart", [{"x": start, "y": y}]),
        *(("touchMove", [{"x": start + by * share / 4, "y": y}]) for share in range(1, 5)),
        ("touchEnd", []),
    ):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    finger.detach()


def saved_by(page: Page, button: Locator, folder: Path) -> tuple[str, bytes]:
    """The name and bytes of the file that a click on `button` saves."""
    with page.expect_download(timeout=60_000) as download:
        button.click()
    path = folder / "saved"
    download.value.save_as(path)
    return download.value.suggested_filename, path.read_bytes()
