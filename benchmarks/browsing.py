"""A visitor's page with `stopwatch.js` in it, and the frames while a stage plays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize

from benchmarks.machine import processor_seconds
from benchmarks.tables import Cell, Table, percentile
from scripts.browser import settle

STOPWATCH: Final = Path(__file__).with_name("stopwatch.js").read_text(encoding="utf-8")
WINDOW: Final[ViewportSize] = {"width": 1440, "height": 900}
MAIN_PICTURES: Final = {
    "overview": ".overview-band",
    "growth_rate": ".stage-view:has(> .growth-over) > canvas[aria-label]",
    "dense_block": ".block-view > canvas[style]",
    "transition": ".transition-view canvas[style]",
    "inside": ".inside-strip polygon",
    "why_it_works": ".gradients-picture .gradients-line",
    "architectures": ".variants-row svg polygon",
    "nine_systems": ".scatter[aria-label^='Nine ImageNet'] svg text",
    "efficiency": ".scatter[aria-label^='Error on'] svg text",
    "memory": ".scatter[aria-label*='activation memory'] svg text",
    "attributions": ".attribution:not(.attribution-empty) > .attribution-pictures canvas[height]",
    "bench": ".bench-canvas[height]",
    "ground_truth": ".lineup .frame-canvas[height]",
    "hands_on": "[data-testid='stMain'] button[kind='primary']",
    "lecture": ".lecture-card",
}
"""An element that exists when a page's main picture is drawn, by the page's name; a visitor of
Hands on gets a picture only after a click."""
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


PLAYED: Final = {
    "24 layers, k = 32": "layers=24",
    "24 layers, k = 48": "layers=24&k=48",
}


def frame_times(browser: Browser, url: str, rounds: int) -> Table:
    """The time between frames while the growth stage plays from its first layer to its last."""
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
