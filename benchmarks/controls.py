"""From a control to new numbers and to live maps, beside Streamlit's own round trip."""

from __future__ import annotations

from statistics import median
from typing import Final, Literal, NamedTuple

from playwright.sync_api import Browser, Locator, Page

from benchmarks.browsing import counted, main_thread_seconds, visitor
from benchmarks.tables import Cell, Table, percentile
from densenet_viz.scenes.shapes import CLASSES
from scripts.browser import ROOT, serve, settle

LAYERS: Final = (6, 24, 48)
FIRST: Final = 4
"""The growth rate at which the keys begin: each press is another network."""
PRESSES: Final = 11
MOVES: Final = 22
FLOOR: Final = ROOT / "benchmarks" / "floor_app.py"
START_JS: Final = "() => { window.told = window.stopwatch.choices(); }"
START_TEXT_JS: Final = """(selector) => {
  window.told = window.stopwatch.changes(selector);
}"""
EMPTY_TEXT: Final = '[data-testid="stText"]'
OWN_TEXT: Final = ".variants-own .stage-number b"
"""The parameters of a visitor's own network."""
DONE_JS: Final = """([count, part]) =>
  window.told.length === count && !Number.isNaN(window.told.at(-1)[part])"""


class Choice(NamedTuple):
    """Milliseconds from one event to its number, and to its live maps (nan if another came)."""

    number: float
    maps: float


def control_to_picture(browser: Browser, url: str, rounds: int) -> Table:
    """Every press of a key and every move of a drag on the growth page's slider k."""
    pressed: dict[int, list[Choice]] = {layers: [] for layers in LAYERS}
    dragged: dict[int, list[Choice]] = {layers: [] for layers in LAYERS}
    own: dict[int, list[float]] = {layers: [] for layers in LAYERS}
    floor: list[Choice] = []
    variant: list[Choice] = []
    with serve(script=FLOOR) as empty:
        _empty(browser, empty)  # the first visit loads the page's files
        for index in range(rounds):
            picture = CLASSES[index % len(CLASSES)]
            for layers in LAYERS:
                page = f"{url}/growth_rate?picture={picture}&layers={layers}&k={FIRST}"
                pressed[layers] += _pressed(browser, page)
                choices, spent = _dragged(browser, page)
                dragged[layers] += choices
                own[layers].append(spent)
            variant += _variant(browser, url)
            floor += _empty(browser, empty)
    rows = [
        *(_row(f"{n} layers, key to numbers", pressed[n], "number") for n in LAYERS),
        *(
            _row(f"{n} layers, drag to numbers", dragged[n], "number", median(own[n]))
            for n in LAYERS
        ),
        *(_row(f"{n} layers, key to live maps", pressed[n], "maps") for n in LAYERS),
        _row("your own network on Architectures, key to its numbers", variant, "number"),
        _row("an empty script, key to its number", floor, "number"),
    ]
    return Table(
        f"Control to picture on the growth page, {counted(rounds, 'round')}",
        ("milliseconds", "choices", "median", "95th percentile", "highest", "main thread's own"),
        tuple(rows),
        "From the key or the move of the pointer to the end of the frame that shows the new "
        "numbers and shapes, and to the one with the live maps of a network that was never built "
        "before. Targets: numbers 33 ms at the 95th percentile; maps 300 ms with 6 layers and 600 "
        "ms with 24. The last row is the same for a Streamlit script with one slider and its "
        "value: no page that waits for the server can be faster. The last column is processor "
        "time of the page's main thread per choice, the measurement included.",
    )


def _row(
    name: str, choices: list[Choice], part: Literal["number", "maps"], own: Cell = ""
) -> tuple[Cell, ...]:
    times = [time for each in choices for time in (getattr(each, part),) if time == time]
    return (name, len(times), *(percentile(times, share) for share in (50, 95, 100)), own)


def _slider(page: Page) -> Locator:
    return page.locator(".stage-controls input[name=k]")


def _pressed(browser: Browser, address: str) -> list[Choice]:
    """One key after the other, each when the maps of the one before are there."""
    with visitor(browser) as page:
        page.goto(address)
        settle(page)
        page.get_by_role("button", name="To the start").click()
        _slider(page).focus()
        page.evaluate(START_JS)
        for press in range(1, PRESSES + 1):
            page.keyboard.press("ArrowRight")
            page.wait_for_function(DONE_JS, arg=[press, "maps"])
        return _told(page)


def _dragged(browser: Browser, address: str) -> tuple[list[Choice], float]:
    """One drag over the whole slider; only its last choice is sent, and gets maps.

    Returns:
        The choices, and the main thread's own milliseconds per choice until the drag ended.
    """
    with visitor(browser) as page:
        page.goto(address)
        settle(page)
        page.get_by_role("button", name="To the start").click()
        box = _slider(page).bounding_box()
        assert box is not None
        page.evaluate(START_JS)
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + 10, y)
        page.mouse.down()
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
        began = main_thread_seconds(devtools)
        for move in range(1, MOVES + 1):
            page.mouse.move(box["x"] + 10 + (box["width"] - 20) * move / MOVES, y)
            page.evaluate("() => new Promise(requestAnimationFrame)")
        spent = 1000 * (main_thread_seconds(devtools) - began)
        page.mouse.up()
        page.wait_for_function("() => !Number.isNaN(window.told.at(-1).maps)")
        told = _told(page)
        return told, spent / len(told)


def _empty(browser: Browser, url: str) -> list[Choice]:
    with visitor(browser) as page:
        page.goto(url)
        settle(page)
        page.get_by_role("slider").focus()
        return _changes(page, EMPTY_TEXT)


def _variant(browser: Browser, url: str) -> list[Choice]:
    """Its strip, and its place in the count, the table and the chart of the page."""
    with visitor(browser) as page:
        page.goto(f"{url}/architectures?k={FIRST}&bottleneck=false")  # never one of the five
        settle(page)
        _slider(page).focus()
        return _changes(page, OWN_TEXT)


def _changes(page: Page, selector: str) -> list[Choice]:
    """Each key until an element's text is another one."""
    page.evaluate(START_TEXT_JS, selector)
    for press in range(1, PRESSES + 1):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(DONE_JS, arg=[press, "number"])
    return _told(page)


def _told(page: Page) -> list[Choice]:
    told = page.evaluate("() => window.told.map(({ number, maps }) => [number, maps])")
    return [Choice(number, maps) for number, maps in told]
