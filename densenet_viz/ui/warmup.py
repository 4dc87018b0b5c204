"""Loads what the next page needs while the visitor reads the first one."""

from __future__ import annotations

import ast
import atexit
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Final

from densenet_viz.lecture.server import HALL
from densenet_viz.ui.pages import PAGES

ROOT: Final = Path(__file__).resolve().parents[2]
ELSEWHERE: Final = ("plotly.graph_objects", "pandas", "pyarrow")
"""What functions import when a page first shows a chart or a table."""

PAINT_SECONDS = 10.0
"""Seconds that loading waits at most for a browser to draw the first picture: importing torch would
slow that down."""

LOOK = 0.1
"""Seconds between two looks whether the app ends."""

HEAD_START = 0.5
"""Seconds after that, for the rest of the page."""

BREATH = 0.05
"""Seconds between two modules that are loaded ahead."""

PATIENCE = 30.0
"""Seconds that the app waits for the thread at its end: stopped inside torch, it would abort."""

_ENDING = threading.Event()
_LOG = logging.getLogger(__name__)


@cache
def warm_up() -> threading.Thread:
    """Starts, once in the life of the process, a thread that gets the bundled network ready.

    It fills the caches that pages use, so a page that opens sooner waits for the same load.
    Errors are logged; the page that needs the network shows them.
    """
    thread = threading.Thread(target=_load, name="warm-up", daemon=True)
    thread.start()
    atexit.register(_end, thread)
    return thread


def wait_for(picture: threading.Event, stopped: Callable[[], bool]) -> None:
    """Waits for a browser's first picture, `PAINT_SECONDS` at most, or until `stopped`."""
    end = time.monotonic() + PAINT_SECONDS
    while not picture.wait(LOOK) and not stopped() and time.monotonic() < end:
        pass


def _end(thread: threading.Thread) -> None:
    _ENDING.set()
    thread.join(PATIENCE)


def _load() -> None:
    if HALL.served:
        wait_for(HALL.painted, _ENDING.is_set)
    if _ENDING.wait(HEAD_START):
        return
    try:
        prepare()
    except Exception:
        _LOG.warning("Loading the bundled network in advance failed.", exc_info=True)


def import_pages() -> None:
    """Loads the modules that pages import, so that no page waits for them at its first visit.

    Between two modules it leaves the server some time: an import holds Python's lock.
    """
    for name in (*_imported(), *ELSEWHERE):
        if name not in sys.modules:
            if _ENDING.wait(BREATH):
                return
            import_module(name)


def _imported() -> Iterator[str]:
    """The names of the modules that the pages import."""
    for row in PAGES:
        for node in ast.walk(ast.parse((ROOT / row.path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                yield node.module


def prepare() -> None:
    """Loads the bundled networks and their fast forms, and computes the first pass and map."""
    from densenet_viz.attribution import METHODS
    from densenet_viz.attribution.twins import rounded_of
    from densenet_viz.ui.attribution.answers import answer_of
    from densenet_viz.ui.attribution.map_jobs import Ask, compute_map
    from densenet_viz.ui.current import bundled_model, sample
    from densenet_viz.ui.suited import CHEATER, DEFAULT_PICTURE
    from densenet_viz.ui.traces import trained_trace

    model, picture = bundled_model(), sample(DEFAULT_PICTURE)
    logits = answer_of(model, picture).logits
    name, row = next(iter(METHODS.items()))
    compute_map(Ask(model, picture, name, int(logits.argmax()), row.settings(model.spec, {})))
    trained_trace(model, picture)
    rounded_of(model)
    import_pages()
    bundled_model(CHEATER)
