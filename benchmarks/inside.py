"""On the page Inside: the frames of a zoom, a deeper level, and the answer after a cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Browser, Page

from benchmarks.browsing import counted, visitor
from benchmarks.tables import Cell, Table, percentile
from densenet_viz.scenes.shapes import CLASSES
from scripts.browser import settle

LAYER: Final = "denseblock3.denselayer12"
ZOOM_MILLISECONDS: Final = 600
"""How long frames are counted: a zoom takes 440 ms, and the deeper level is filled meanwhile."""
CUTS: Final = 5
"""Connections cut, one after the other, in each round."""

WATCH_JS: Final = """([event, place, filled, milliseconds]) => {
  const root = `[data-place="${place}"]`;
  const frames = new Promise((resolve) =>
    addEventListener(event, () => {
      const times = [];
      const began = performance.now();
      const tick = (now) => {
        times.push(now);
        if (now - began < milliseconds) requestAnimationFrame(tick);
        else resolve(times.slice(1).map((time, index) => time - times[index]));
      };
      requestAnimationFrame(tick);
    }, { capture: true, once: true }),
  );
  window.measured = Promise.all([
    window.stopwatch.after(event, { selector: root }),
    window.stopwatch.after(event, { selector: filled ? `[data-filled="${place}"]` : root }),
    frames,
  ]);
}"""
CUT_JS: Final = """(cuts) => {
  const live = `.stage[data-cuts="${cuts}"][data-state="live"]`;
  window.measured = window.stopwatch.after('pointerdown', { selector: live });
}"""


class _Times:
    """Milliseconds, all rounds together."""

    def __init__(self) -> None:
        self.shown: list[float] = []
        self.detailed: list[float] = []
        self.inwards: list[float] = []
        self.outwards: list[float] = []
        self.cut: list[float] = []


def inside(browser: Browser, url: str, rounds: int) -> Table:
    """Each round goes from the network to one number and back, and cuts some connections."""
    times = _Times()
    for index in range(rounds):
        picture = CLASSES[index % len(CLASSES)]  # another one: nothing of it is kept
        with visitor(browser) as page:
            page.goto(f"{url}/inside?picture={picture}")
            settle(page)
            _go_in(page, times)
            _come_out(page, times)
        with visitor(browser) as page:
            page.goto(f"{url}/inside?part=scissors&picture={picture}")
            settle(page)
            _cut(page, times)
    rows = (
        _row("frame time while zooming in", times.inwards, 20),
        _row("frame time while zooming out", times.outwards, 20),
        _row("a deeper level shows something", times.shown, 150),
        _row("a deeper level in full detail", times.detailed, 500),
        _row("a cut connection, to the answer", times.cut, 200),
    )
    return Table(
        f"Inside the bundled network, {counted(rounds, 'round')}",
        ("milliseconds", "times", "median", "95th percentile", "highest", "target"),
        rows,
        "A round clicks from the network to block 3, a layer, a channel and one number, comes back "
        "with Escape, and cuts connections one after the other, on a picture that the server has "
        "not seen. From the click to the frame that shows the level, and to the one with all of "
        "its detail from the network that ran. Targets are for the 95th percentile on two cores.",
    )


def _row(name: str, values: list[float], target: int) -> tuple[Cell, ...]:
    return (name, len(values), *(percentile(values, share) for share in (50, 95, 100)), target)


def _go_in(page: Page, times: _Times) -> None:
    block = LAYER.partition(".")[0]
    view = page.locator(".inside-view")
    ways: list[tuple[str, Callable[[], None]]] = [
        (block, lambda: view.locator(f"[data-to='{block}']").first.click()),
        (LAYER, lambda: view.locator(f"[data-to='{LAYER}']").first.click()),
        (f"{LAYER} 0", lambda: page.locator(".inside-tiles canvas").click(position=_CORNER)),
        (
            f"{LAYER} 0 0 0",
            lambda: page.locator(".inside-channel .frame-canvas").click(position=_CORNER),
        ),
    ]
    for place, go in ways:
        page.evaluate(WATCH_JS, ["click", place, True, ZOOM_MILLISECONDS])
        go()
        shown, detailed, frames = page.evaluate("() => window.measured")
        times.shown.append(shown["total"])
        times.detailed.append(detailed["total"])
        times.inwards += frames
        settle(page)


_CORNER: Final = {"x": 5, "y": 5}


def _come_out(page: Page, times: _Times) -> None:
    for place in (f"{LAYER} 0", LAYER, LAYER.partition(".")[0], ""):
        page.evaluate(WATCH_JS, ["keydown", place, False, ZOOM_MILLISECONDS])
        page.keyboard.press("Escape")
        times.outwards += page.evaluate("() => window.measured")[2]
        settle(page)


def _cut(page: Page, times: _Times) -> None:
    for count in range(1, CUTS + 1):
        page.evaluate(CUT_JS, count)
        page.locator(f'.scissors-cell[data-source="0"][data-reader="{count}"]').click()
        times.cut.append(page.evaluate("() => window.measured")["total"])
        settle(page)
