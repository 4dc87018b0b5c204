"""Waiting for a first picture: on a first visit, after a page switch, and in the lecture."""

from __future__ import annotations

import time
from typing import Any, Final

from playwright.sync_api import Browser, Page

from benchmarks.browsing import MAIN_PICTURES, PAINT_JS, counted, note, visitor
from benchmarks.machine import load_average
from benchmarks.tables import SPREAD, Table, percentile, spread
from densenet_viz.ui.pages import PAGES, PageRow
from scripts.browser import ROOT, serve, settle

EMPTY: Final = ROOT / "benchmarks" / "empty_app.py"
HEADING: Final = "[data-testid=stHeading]"
SLIDE: Final = "dialog[open] .lecture-slide:not(.lecture-away) h2"
WARM_SECONDS: Final = 240
# All layout shifts, each with its time; Chromium does not count those within 500 ms of a click.
SHIFTS_JS: Final = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(
    ...list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput).map(({ value }) => value),
  )).observe({ type: 'layout-shift' });
}"""
SWITCH_JS: Final = """(selector) => {
  window.shifts.length = 0;
  window.measured = window.stopwatch.after('click', { selector });
}"""
START_JS: Final = """async ([button, slide]) => {
  await window.stopwatch.shows({ selector: button });
  const ready = performance.now();
  for (const host of document.querySelectorAll('*'))
    host.shadowRoot?.querySelector(button)?.click();
  return { ready, slide: await window.stopwatch.shows({ selector: slide }) };
}"""


def first_visit(browser: Browser, rounds: int) -> Table:
    """The overview and an empty Streamlit page in turn, each with a new server and profile."""
    measured: dict[str, list[float]] = {}
    before = load_average()
    for _ in range(rounds):
        for name, script, picture in (
            ("an empty page: its heading", EMPTY, HEADING),
            ("the overview: its picture", ROOT / "app.py", MAIN_PICTURES["overview"]),
        ):
            with serve(script=script) as url, visitor(browser) as page:
                page.goto(url, wait_until="commit")
                note(measured, name, page.evaluate(PAINT_JS, picture)["stage"])
    empty, own = measured.values()
    ratios = [mine / floor for mine, floor in zip(own, empty, strict=True)]
    return Table(
        f"First visit, {counted(rounds, 'pair')} of new servers",
        ("milliseconds", *SPREAD),
        (
            *((name, *spread(times)) for name, times in measured.items()),
            ("ratio of each pair", *spread(ratios)),
        ),
        f"From the request to the frame that shows it. The target: 1.3. Load average: {before} "
        f"before, {load_average()} after.",
    )


def shifts(browser: Browser, url: str, rounds: int) -> Table:
    """Page switches: the time to the main picture, and how much moves on the page."""
    first: dict[str, list[float]] = {}
    again: dict[str, list[float]] = {}
    moved: dict[str, list[float]] = {}
    for _ in range(rounds):
        with visitor(browser) as page:
            page.goto(url)
            settle(page)
            page.evaluate(SHIFTS_JS)
            for times in (first, again):
                for row in [*PAGES[1:], PAGES[0]]:
                    note(times, row.title, _switch(page, row))
                    note(moved, row.title, sum(page.evaluate("() => window.shifts")))
    rows = tuple(
        (title, *spread(first[title])[:1], *spread(again[title])[:1], max(moved[title]))
        for title in first
    )
    whole = [[time for each in times.values() for time in each] for times in (first, again)]
    last = (
        "95th percentile of all",
        *(float(percentile(times, 95)) for times in whole),
        max(max(each) for each in moved.values()),
    )
    return Table(
        f"What moves at a page switch, {counted(rounds, 'visitor')}, each page twice",
        ("milliseconds", "first: median", "again: median", "largest layout shift"),
        (*rows, last),
        "From the click on the menu to the main picture. The targets: a 95th percentile of 800 ms "
        "the first time and 500 ms again; a cumulative layout shift of 0.05 at most.",
    )


def _switch(page: Page, row: PageRow) -> float:
    page.evaluate(SWITCH_JS, MAIN_PICTURES[row.name])
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=row.title).click()
    total: float = page.evaluate("() => window.measured")["total"]
    settle(page)
    return total


def lecture_start(browser: Browser, rounds: int) -> Table:
    """The lecture's page: the start button, the first slide, and all pictures."""
    measured: dict[str, list[float]] = {}
    for _ in range(rounds):
        with serve() as url:
            for server in ("a new server", "a warm server"):
                with visitor(browser) as page:
                    began = time.perf_counter()
                    page.goto(f"{url}/lecture", wait_until="commit")
                    told: dict[str, Any] = page.evaluate(START_JS, [".lecture-main", SLIDE])
                    note(measured, f"{server}: the lecture can be started", told["ready"])
                    note(measured, f"{server}: the first slide", told["slide"])
                    made = page.locator('.lecture[data-missing="0"]')
                    made.wait_for(state="attached", timeout=1000 * WARM_SECONDS)
                    seconds = time.perf_counter() - began
                    note(measured, f"{server}: all pictures", 1000 * seconds)
    return Table(
        f"Start of the lecture, {counted(rounds, 'new server')}",
        ("milliseconds", *SPREAD),
        tuple((name, *spread(times)) for name, times in measured.items()),
        "From the request. Before, the first slide had to wait for all pictures. The targets: the "
        "first slide after 4 s on a new server, 2 s on a warm one.",
    )
