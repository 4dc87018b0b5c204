"""What a visitor waits for, measured inside the page by `stopwatch.js`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

from benchmarks.machine import mapped_files, processor_seconds
from benchmarks.tables import SPREAD, Cell, Table, percentile, spread
from densenet_viz.ui.pages import PAGES, PageRow
from scripts.browser import free_port, serve, settle

STOPWATCH: Final = Path(__file__).with_name("stopwatch.js").read_text(encoding="utf-8")
WINDOW: Final[ViewportSize] = {"width": 1440, "height": 900}
MAIN_PICTURES: Final = {
    "overview": ".overview-band",
    "growth_rate": ".stage-view:has(> .growth-over) > canvas[aria-label]",
    "dense_block": ".block-view > canvas[style]",
    "transition": ".transition-view canvas[style]",
    "inside": ".inside-strip polygon",
    "architectures": ".variants-row svg polygon",
    "nine_systems": ".scatter[aria-label^='Nine ImageNet'] svg text",
    "efficiency": ".scatter[aria-label^='Error on'] svg text",
    "memory": ".scatter[aria-label*='activation memory'] svg text",
    "attributions": ".attribution:not(.attribution-empty) > .attribution-pictures canvas[height]",
    "bench": ".bench-canvas[height]",
    "ground_truth": ".lineup .frame-canvas[height]",
    "lecture": ".lecture-card",
}
"""An element that exists when a page's main picture is drawn, by the page's name."""
FRAME_ROUNDS: Final = 3
"""The most rounds: each is the whole animation of 24 layers, 38 s."""
BAR_MILLISECONDS: Final = 20


@contextmanager
def visitor(browser: Browser) -> Iterator[Page]:
    """The page of a new visitor, with the stopwatch in it."""
    context = browser.new_context(viewport=WINDOW)
    try:
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.add_init_script(STOPWATCH)
        yield page
    finally:
        context.close()


# -- first paint ----------------------------------------------------------------------------

PAINT_JS: Final = """async (selector) => {
  const stage = await window.stopwatch.shows({ selector });
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return { stage, paint: paint ? paint.startTime : NaN };
}"""


def first_paint(browser: Browser, rounds: int) -> Table:
    """The home page on a server that has just started, and on one that has loaded everything."""
    measured: dict[str, list[float]] = {}
    torch_seen = False
    for _ in range(rounds):
        port, began = free_port(), time.perf_counter()
        with serve(port) as url:
            note(measured, "server start until it answers", 1000 * (time.perf_counter() - began))
            torch_seen |= _home(browser, url, measured, "first visit", port)
            with visitor(browser) as page:  # the growth page needs all that is loaded ahead
                page.goto(f"{url}/growth_rate")
                settle(page)
            _home(browser, url, measured, "later visit", port)
    rows = tuple((name, *spread(values)) for name, values in measured.items())
    answer = "was" if torch_seen else "was not"
    return Table(
        f"Home page, {counted(rounds, 'fresh server process', 'fresh server processes')}",
        ("milliseconds", *SPREAD),
        rows,
        f"torch {answer} in the server's memory when the first visit's answer arrived, so no page "
        "waited for it. Each visit uses a new browser profile with an empty cache.",
    )


def _home(
    browser: Browser, url: str, measured: dict[str, list[float]], name: str, port: int
) -> bool:
    """Times one visit; returns whether the server had torch loaded when its answer came."""
    answers: list[tuple[int, bool]] = []

    def arrived(message: str | bytes) -> None:
        answers.append((len(message), "libtorch" in mapped_files(f"--server.port={port}")))

    with visitor(browser) as page:
        page.on("websocket", lambda socket: socket.on("framereceived", arrived))
        page.goto(url, wait_until="commit")
        times = page.evaluate(PAINT_JS, MAIN_PICTURES["overview"])
        note(measured, f"{name}: first contentful paint", times["paint"])
        note(measured, f"{name}: the stage is drawn", times["stage"])
        settle(page)
    return max(answers)[1]  # the largest message holds the stage


# -- page switch ----------------------------------------------------------------------------

SWITCH_JS: Final = """(selector) => {
  window.measured = window.stopwatch.after('click', { selector });
}"""


def page_switch(browser: Browser, url: str, rounds: int) -> Table:
    """From the click on the menu to the frame that shows the page's main picture."""
    first: dict[str, list[float]] = {row.title: [] for row in PAGES}
    again: dict[str, list[float]] = {row.title: [] for row in PAGES}
    tour = [*PAGES[1:], PAGES[0]]
    for _ in range(rounds):
        with visitor(browser) as page:
            page.goto(url)
            settle(page)
            for times in (first, again):
                for row in tour:
                    times[row.title].append(_switch(page, row))
    rows = tuple((row.title, *spread(first[row.title]), *spread(again[row.title])) for row in PAGES)
    later = tuple(f"again: {name}" for name in SPREAD)
    return Table(
        f"Page switch, {counted(rounds, 'visitor')}, each page twice",
        ("milliseconds", *SPREAD, *later),
        rows,
        "From the click on the menu until the page's main picture is drawn; on Attributions, the "
        "map. The server has already loaded the network. The overview's first time is a return.",
    )


def _switch(page: Page, row: PageRow) -> float:
    page.evaluate(SWITCH_JS, MAIN_PICTURES[row.name])
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=row.title).click()
    total: float = page.evaluate("() => window.measured")["total"]
    settle(page)
    return total


# -- frames ---------------------------------------------------------------------------------

PLAYED: Final = {
    "24 layers, k = 32": "layers=24",
    "24 layers, k = 48": "layers=24&k=48",
}


def frame_times(browser: Browser, url: str, rounds: int) -> Table:
    """The time between frames while the growth stage plays from its first layer to its last."""
    rounds = min(rounds, FRAME_ROUNDS)
    played: dict[str, list[Playing]] = {name: [] for name in PLAYED}
    for _ in range(rounds):
        for name, query in PLAYED.items():
            played[name].append(_play(browser, f"{url}/growth_rate?{query}"))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *_frame_cells(times)) for name, times in played.items()
    )
    return Table(
        f"Frame time of the growth stage while it plays, {counted(rounds, 'round')}",
        (
            *("milliseconds", "frames", "median", "95th percentile", "99th percentile"),
            *(
                "longest",
                f"% over {BAR_MILLISECONDS} ms",
                "main thread's own",
                "whole browser's own",
            ),
        ),
        rows,
        "The whole animation at speed 1, 38 s a round. The target: 24 layers, 95th percentile at "
        f"most {BAR_MILLISECONDS} ms. The last two columns are processor time per frame, which "
        "other work on the machine does not change: a frame takes 16.7 ms if the main thread needs "
        "less than that.",
    )


@dataclass(frozen=True)
class Playing:
    """One round: milliseconds between frames, and the processor's milliseconds for all of them."""

    frames: list[float]
    main_thread: float
    browser: float


def _frame_cells(rounds: list[Playing]) -> tuple[float, ...]:
    times = [time for each in rounds for time in each.frames]
    return (
        len(times),
        *(float(percentile(times, share)) for share in (50, 95, 99)),
        max(times),
        100 * sum(time > BAR_MILLISECONDS for time in times) / len(times),
        sum(each.main_thread for each in rounds) / len(times),
        sum(each.browser for each in rounds) / len(times),
    )


def _play(browser: Browser, address: str) -> Playing:
    with visitor(browser) as page:
        page.goto(address)
        settle(page)
        page.get_by_role("button", name="To the start").click()
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        main, whole = main_thread_seconds(devtools), processor_seconds("chrom")
        frames: list[float] = page.evaluate("() => window.stopwatch.frames()")
        main, whole = main_thread_seconds(devtools) - main, processor_seconds("chrom") - whole
    return Playing(frames, 1000 * main, 1000 * whole)


def main_thread_seconds(devtools: CDPSession) -> float:
    """Processor time of the page's main thread so far."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    seconds: float = next(each["value"] for each in metrics if each["name"] == "TaskDuration")
    return seconds


def note(measured: dict[str, list[float]], name: str, value: float) -> None:
    measured.setdefault(name, []).append(value)


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number of things in words.

    >>> counted(1, "round"), counted(3, "round")
    ('1 round', '3 rounds')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"
