"""How long a hall waits: from the clicker's key to the frame that shows the slide's picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

from playwright.sync_api import Browser, Page, ViewportSize

from benchmarks.browsing import visitor
from benchmarks.tables import Table, percentile
from scripts.browser import settle

PROJECTOR: Final[ViewportSize] = {"width": 1920, "height": 1080}
WALKS: Final = {
    "forward, a key a second": ("PageDown", 1000),
    "back, two keys a second": ("PageUp", 500),
}
"""A lecturer who hurries, and one who looks for a slide: the key, and milliseconds until the next,
from when the picture stands."""
READY: Final = 20_000
"""Milliseconds on the first slide, while a lecturer greets the hall."""
BUILD_SECONDS: Final = 180
UNSEEN: Final = "a jump at once to what nothing has drawn yet"
PRESS_JS: Final = "() => { window.measured = window.stopwatch.turned(); }"


class Turned(NamedTuple):
    """One key: what it showed, and how long it took."""

    slide: bool
    """Whether it showed another slide, not a step of the same slide."""
    milliseconds: float


@contextmanager
def _presenting(browser: Browser, url: str, *, rest: float = READY) -> Iterator[Page]:
    """A window that has shown the first slide for some time."""
    with visitor(browser) as page:
        page.set_viewport_size(PROJECTOR)
        page.goto(f"{url}/lecture")
        settle(page, seconds=BUILD_SECONDS)
        page.get_by_role("button", name="Start the lecture").click()
        page.wait_for_timeout(rest)
        yield page


def _walk(page: Page, key: str, rest: float) -> Iterator[Turned]:
    """Presses one key until nothing changes any more."""
    while (one := _press(page, [key])) is not None:
        yield one
        page.wait_for_timeout(rest)


def _press(page: Page, keys: Sequence[str]) -> Turned | None:
    """Presses keys one after the other and times the last; None if the slide did not change."""
    *before, last = keys
    for key in before:
        page.keyboard.press(key)
    page.evaluate(PRESS_JS)
    page.keyboard.press(last)
    told: dict[str, Any] | None = page.evaluate("() => window.measured")
    return told and Turned(told["slide"], told["total"])


def slides(browser: Browser, url: str, rounds: int) -> Table:
    """The whole included deck by keys, forward and back, and jumps to slides not yet drawn."""
    turned: dict[str, list[Turned]] = {}
    for _ in range(rounds):
        with _presenting(browser, url) as page:
            for name, (key, rest) in WALKS.items():
                turned.setdefault(name, []).extend(_walk(page, key, rest))
        for slide in (9, 17, 21):
            with _presenting(browser, url, rest=0) as page:
                one = _press(page, [*str(slide), "Enter"])
                turned.setdefault(UNSEEN, []).extend([one] if one else [])
    return Table(
        f"Key to picture in the lecture, {rounds} × the whole deck",
        ("milliseconds", "slides", "median", "95th percentile", "highest", *_OF_STEPS),
        tuple((way, *_cells(keys)) for way, keys in turned.items()),
        "1920 × 1080 px, no rerun of the page's script. From the key to the frame that shows the "
        "slide with its picture. The target: 95th percentile at most 100 ms; the last row shows "
        "the time without drawing slides ahead.",
    )


_OF_STEPS: Final = ("steps", "median of a step", "95th percentile of a step", "highest of a step")


def _cells(keys: Sequence[Turned]) -> Iterator[float]:
    for slide in (True, False):
        times = [key.milliseconds for key in keys if key.slide is slide]
        yield len(times)
        yield from (percentile(times, part) if times else 0.0 for part in (50, 95, 100))
