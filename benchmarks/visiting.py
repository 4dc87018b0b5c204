"""Waiting for a first picture: on a first visit, after a page switch, and in the lecture."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from playwright.sync_api import Browser, Page

from benchmarks.browsing import MAIN_PICTURES, counted, note, visitor
from benchmarks.machine import load_average, mapped_files
from benchmarks.tables import SPREAD, Cell, Table, percentile, spread
from densenet_viz.ui.pages import PAGES
from scripts.browser import ROOT, free_port, serve, settle

EMPTY: Final = ROOT / "benchmarks" / "empty_app.py"
HEADING: Final = "[data-testid=stHeading]"
SLIDE: Final = "dialog[open] .lecture-slide:not(.lecture-away) h2"
WARM_SECONDS: Final = 240
EMPTY_PAGES: Final = ROOT / "benchmarks" / "empty_pages.py"
PAINT_JS: Final = """async (selector) => {
  const stage = await window.stopwatch.shows({ selector });
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  return { stage, paint: paint ? paint.startTime : NaN };
}"""
# All layout shifts, as [value, whether Chromium leaves it out]: those within 500 ms of a click.
SHIFTS_JS: Final = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(
    ...list.getEntries().map(({ value, hadRecentInput }) => [value, hadRecentInput]),
  )).observe({ type: 'layout-shift' });
}"""
SWITCH_JS: Final = """(picture) => {
  window.shifts.length = 0;
  window.measured = window.stopwatch.after('click', picture);
}"""
START_JS: Final = """async ([button, slide]) => {
  await window.stopwatch.shows({ selector: button });
  const ready = performance.now();
  for (const host of document.querySelectorAll('*'))
    host.shadowRoot?.querySelector(button)?.click();
  return { ready, slide: await window.stopwatch.shows({ selector: slide }) };
}"""


# -- first visit ------------------------------------------------------------------------------


def first_visit(browser: Browser, rounds: int) -> Table:
    """The overview and an empty Streamlit page in turn, each with a new server and profile."""
    measured: dict[str, list[float]] = {}
    torch_seen = False
    before = load_average()
    for _ in range(rounds):
        with serve(script=EMPTY) as url:
            for visit in ("first", "later"):
                note(measured, f"{visit}: an empty page", _paint(browser, url, HEADING)["stage"])
        port, began = free_port(), time.perf_counter()
        with serve(port) as url:
            note(measured, "server start until it answers", 1000 * (time.perf_counter() - began))
            torch_seen |= _home(browser, url, measured, "first", port)
            with visitor(browser) as page:  # the growth page needs all that is loaded ahead
                page.goto(f"{url}/growth_rate")
                settle(page)
            _home(browser, url, measured, "later", port)
    ratios = tuple(
        (
            f"{visit}: the overview's picture, times an empty page",
            *spread(
                [
                    own / floor
                    for own, floor in zip(
                        measured[f"{visit}: the overview's picture"],
                        measured[f"{visit}: an empty page"],
                        strict=True,
                    )
                ]
            ),
        )
        for visit in ("first", "later")
    )
    answer = "was" if torch_seen else "was not"
    return Table(
        f"First visit, {counted(rounds, 'pair')} of new servers",
        ("milliseconds", *SPREAD),
        (*((name, *spread(times)) for name, times in measured.items()), *ratios),
        "`first`: the first visit of a new server, `later`: when it has loaded everything, each "
        "with a new browser profile and an empty cache, from the request to the frame that shows "
        f"the picture, or the empty page's heading. torch {answer} in the server's memory when the "
        "first visit's answer arrived, so no page waited for it. The target: at the first visit, "
        f"1.3 times an empty page. Load average: {before} before, {load_average()} after.",
    )


def _paint(browser: Browser, url: str, picture: str) -> dict[str, float]:
    """Milliseconds from the request to a page's first contentful paint and to its picture."""
    with visitor(browser) as page:
        page.goto(url, wait_until="commit")
        times: dict[str, float] = page.evaluate(PAINT_JS, picture)
        return times


def _home(
    browser: Browser, url: str, measured: dict[str, list[float]], visit: str, port: int
) -> bool:
    """Times one visit; returns whether the server had torch loaded when its answer came."""
    answers: list[tuple[int, bool]] = []

    def arrived(message: str | bytes) -> None:
        answers.append((len(message), "libtorch" in mapped_files(f"--server.port={port}")))

    with visitor(browser) as page:
        page.on("websocket", lambda socket: socket.on("framereceived", arrived))
        page.goto(url, wait_until="commit")
        times = page.evaluate(PAINT_JS, MAIN_PICTURES["overview"])
        note(measured, f"{visit}: the overview's first contentful paint", times["paint"])
        note(measured, f"{visit}: the overview's picture", times["stage"])
        settle(page)
    return max(answers)[1]  # the largest message holds the stage


# -- page switch ------------------------------------------------------------------------------

FLOOR: Final = "an empty page of an empty app"
"""The name of the row that says what Streamlit itself takes."""


class Switches(NamedTuple):
    """What happened at the switches to one page: milliseconds, and the layout shift of each."""

    first: list[float]
    again: list[float]
    shifts: list[float]
    early: list[float]
    """Layout shifts within 500 ms of the click, which Chromium does not count."""


def page_switch(browser: Browser, url: str, rounds: int) -> Table:
    """From the click on the menu to the page's main picture, and how much moves on the page."""
    switches = {title: Switches([], [], [], []) for title in (*(r.title for r in PAGES), FLOOR)}
    tour = [
        (row.title, row.title, {"selector": MAIN_PICTURES[row.name]})
        for row in (*PAGES[1:], PAGES[0])
    ]
    floor = [(FLOOR, name, {"selector": HEADING, "says": name}) for name in ("Second", "First")]
    with serve(script=EMPTY_PAGES) as empty:
        for _ in range(rounds):
            _tour(browser, url, tour, switches)
            _tour(browser, empty, floor, switches)
    rows = tuple(_switch_row(name, switches[name]) for name in switches)
    ours = [switches[row.title] for row in PAGES]
    last = _switch_row("95th percentile of all pages", _joined(ours), 95)
    return Table(
        f"Page switch, {counted(rounds, 'visitor')}, each page twice",
        ("milliseconds", "first", "again", "largest layout shift", "and before 500 ms"),
        (*rows, last),
        "Medians, from the click on the menu until the page's main picture is drawn; on "
        "Attributions, the map. The server has already loaded the network. The overview's first "
        "time is a return. The last row but one is Streamlit itself: an app of two pages, each "
        "with a heading. The targets: a 95th percentile of 800 ms the first time and 500 ms again; "
        "a cumulative layout shift of at most 0.05, in which Chromium does not count the first "
        "500 ms after a click; the last column is what moved then.",
    )


def _switch_row(name: str, of: Switches, share: float = 50) -> tuple[Cell, ...]:
    times = (float(percentile(one, share)) for one in (of.first, of.again))
    return (name, *times, max(of.shifts), max(of.early))


def _joined(each: Sequence[Switches]) -> Switches:
    return Switches(*([value for one in each for value in one[part]] for part in range(4)))


def _tour(
    browser: Browser,
    url: str,
    tour: Sequence[tuple[str, str, Mapping[str, str]]],
    switches: Mapping[str, Switches],
) -> None:
    """One visitor, who opens each page twice: (row, link, its picture)."""
    with visitor(browser) as page:
        page.goto(url)
        settle(page)
        page.evaluate(SHIFTS_JS)
        for again in (False, True):
            for name, link, picture in tour:
                of = switches[name]
                (of.again if again else of.first).append(_switch(page, link, picture))
                shifts = page.evaluate("() => window.shifts")
                of.shifts.append(sum(value for value, early in shifts if not early))
                of.early.append(sum(value for value, early in shifts if early))


def _switch(page: Page, link: str, picture: Mapping[str, str]) -> float:
    page.evaluate(SWITCH_JS, picture)
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=link).click()
    total: float = page.evaluate("() => window.measured")["total"]
    settle(page)
    return total


# -- the lecture ------------------------------------------------------------------------------


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
