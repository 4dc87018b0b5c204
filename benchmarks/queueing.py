"""Many visitors at once, and the bench's seven maps: how long each waits, and what is announced."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import accumulate, count
from statistics import median
from typing import Any, Final
from urllib.parse import quote_plus

from playwright.sync_api import Browser, Page

from benchmarks.browsing import counted, visitor
from benchmarks.machine import processor_seconds
from benchmarks.tables import Cell, Table
from densenet_viz.attribution import METHODS
from densenet_viz.network.models import LoadedModel, load_model
from densenet_viz.scenes.generator import draw_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui.attribution.expecting import need_of
from densenet_viz.ui.attribution.map_jobs import Ask, compute_map
from densenet_viz.ui.uploads import CurrentPicture, key_of
from densenet_viz.ui.work.jobs import Desk, Reporter, Shop
from densenet_viz.ui.work.queue import Queue
from densenet_viz.ui.work.visitors import Visitor
from scripts.browser import settle

VISITORS: Final = 10
METHOD: Final = "integrated-gradients"
PATIENCE: Final = 200.0
CLOCKS: Final = ("by the wall", "by the processor")
Ends = tuple[float, float]
"""When something ended, by both clocks."""
_ASKED: Final = count()


# -- ten visitors -----------------------------------------------------------------------------


def visitors_at_once(_browser: Browser, _url: str, rounds: int) -> Table:
    """Ten visitors want a map each: one after the other, without turns, and with turns."""
    model = load_model("scenes")
    _ends([_question(model, 0)], Queue())  # what is slow only the first time is not counted
    rows: list[tuple[Cell, ...]] = []
    for number in range(1, rounds + 1):
        scenes = range(VISITORS * number, VISITORS * (number + 1))
        alone = _summed([_ends([_question(model, one)], Queue())[0] for one in scenes])
        # As many cores as all ten want together: nobody waits for a turn.
        together = _ends([_question(model, one) for one in scenes], Queue(VISITORS * 64))
        in_turn = _ends([_question(model, one) for one in scenes], Queue())
        for clock, name in enumerate(CLOCKS):
            whole, middle = alone[-1][clock], median(end[clock] for end in together)
            for words, ends in (("all at once", together), ("with turns", in_turn)):
                own = [end[clock] for end in ends]
                rows.append(
                    (
                        *(f"round {number}, {name}: {words}", whole, median(own), max(own)),
                        *(max(own) / whole, median(own) / middle),
                    )
                )
    return Table(
        f"{VISITORS} visitors' integrated gradients at once, {counted(len(rows) // 4, 'round')}",
        (
            *("seconds", "sum of ten alone", "median", "last", "last / sum"),
            "median / median of all at once",
        ),
        tuple(rows),
        f"{model.title}, the same {VISITORS} pictures for all three; from the question to the map "
        "of each visitor. The processor's clock counts only this process's work, so other "
        "programs hardly change it. The targets with turns: the last no later than 1.15 times "
        "the sum, the median at most 0.6 of that of all at once.",
    )


def _question(model: LoadedModel, number: int) -> Ask:
    """A map that nobody has asked for, of a scene."""
    scene = draw_scene(1, "sample", number)
    key = f"{key_of(scene.image)}-{next(_ASKED)}"
    row = METHODS[METHOD]
    picture = CurrentPicture("a scene", scene.image, key, None)
    return Ask(model, picture, METHOD, scene.label, row.settings(model.spec, {}))


def _now() -> Ends:
    return time.perf_counter(), time.process_time()


def _since(began: Ends) -> Ends:
    wall, processor = _now()
    return wall - began[0], processor - began[1]


def _summed(ends: Sequence[Ends]) -> list[Ends]:
    """The end of each job, if one begins when the one before ends."""
    walls, processors = zip(*ends, strict=True)
    return list(zip(accumulate(walls), accumulate(processors), strict=True))


def _ends(questions: Sequence[Ask], queue: Queue) -> list[Ends]:
    """Seconds from the question to each visitor's map, in the order of the ends."""
    ends: list[Ends] = []
    shop, began = Shop(queue=queue), _now()

    def compute(ask: Ask, report: Reporter, stopped: Callable[[], bool]) -> Any:
        made = compute_map(ask, report, stopped, report.preview)
        ends.append(_since(began))
        return made

    desks = [Desk(shop, Visitor(lambda: True)) for _ in questions]
    jobs = [
        desk.ask(ask.key, partial(compute, ask), need=need_of([ask.to_compute]))
        for desk, ask in zip(desks, questions, strict=True)
    ]
    for job in jobs:
        if not job.finished.wait(PATIENCE) or job.error is not None:
            raise RuntimeError(f"a map was not made: {job.error}")
    return ends


# -- the bench --------------------------------------------------------------------------------

ANNOUNCED: Final = re.compile(r"(\d+)%, about (\d+) (s|min)")
EVERY: Final = 100
"""Milliseconds between two looks at the page."""
FROM: Final = 0.1
"""The part of the whole time from which the announced time counts."""


def bench_maps(browser: Browser, url: str, rounds: int) -> Table:
    """The bench's default maps of a new picture, and the time that the page announces."""
    rows = []
    for number in range(rounds):
        name = CLASSES[-1 - number % len(CLASSES)]
        with visitor(browser) as page:
            page.goto(f"{url}/nine_systems")  # Streamlit and the browser are ready
            settle(page)
            rows.append((f"round {number + 1}", *_bench(page, f"{url}/bench", name)))
    return Table(
        f"The bench's seven default maps, {counted(rounds, 'round')}",
        (
            *("seconds", "all maps", "server's processor time", "announced at a tenth"),
            "worst error, % of the whole",
        ),
        tuple(rows),
        "A drawn scene of 128 px that nobody has asked for, on a warm server, from the address to "
        "the last map. `announced at a tenth`: the page's words after a tenth of that time, plus "
        "what was over. The error of the announced time is taken at all looks from a tenth of the "
        "way on. The targets: 20 s, and 30%.",
    )


def _bench(page: Page, address: str, name: str) -> tuple[float, float, float, float]:
    server, told = processor_seconds("python"), []
    began = time.perf_counter()
    page.goto(f"{address}?picture={quote_plus(name)}")
    bars, done = page.get_by_test_id("stProgress"), page.locator(".bench-done")
    while True:
        words, now = " ".join(bars.all_inner_texts()), time.perf_counter() - began
        if not words and done.count():
            break
        if now > PATIENCE:
            raise RuntimeError("the bench did not end")
        if (found := ANNOUNCED.search(words)) is not None:
            left = float(found[2]) * (60 if found[3] == "min" else 1)
            told.append((now, now + left))
        page.wait_for_timeout(EVERY)
    counting = [whole for at, whole in told if at >= FROM * now]
    server = processor_seconds("python") - server
    if not counting:
        return now, server, float("nan"), float("nan")
    return now, server, counting[0], 100 * max(abs(whole - now) for whole in counting) / now
