"""The lecture's pictures for all visitors: each is made once, whoever wants it."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import partial
from threading import BoundedSemaphore
from typing import cast

from densenet_viz.errors import Cancelled
from densenet_viz.lecture.inside import StageScene
from densenet_viz.lecture.networks import never
from densenet_viz.lecture.pictures import Make
from densenet_viz.ui.work.jobs import PATIENCE, Desk, Reporter, Shop

KEPT = 64
"""Pictures that the app keeps: more than the shipped deck has; one takes about 0.3 MB."""
AT_ONCE = 4
"""Pictures that are made at the same time, so that slow decks do not block a quick one."""
LOOK = 0.1
"""Seconds between two checks whether a picture is still wanted."""


class Shelf:
    """A cache of the last pictures, by key: other windows and decks with the same picture use it.

    Threads may share it. Each picture is its own job: decks that want the same picture share it,
    other decks do not wait for it, and it stops when no deck wants it any more.

    Args:
        most: the most pictures that are kept.
        at_once: the most pictures that are made at the same time; others wait.
    """

    def __init__(self, most: int, at_once: int = AT_ONCE) -> None:
        self._shop = Shop(most)
        self._places = BoundedSemaphore(at_once)

    def get(self, key: str, make: Make, stopped: Callable[[], bool] = never) -> StageScene:
        """The picture of a key, made if it is missing.

        Args:
            key: of the picture.
            make: makes it.
            stopped: called while it waits; returns True if the picture is not wanted any more.

        Raises:
            Cancelled: `stopped` returned True.
        """
        mine = Desk(self._shop)
        job = mine.ask(key, partial(self._compute, make))
        try:
            while not job.finished.wait(LOOK):
                if stopped():
                    raise Cancelled
        finally:
            mine.leave()
        if job.error is not None:
            raise job.error
        return cast("StageScene", job.result)

    def close(self) -> None:
        """Stops all jobs, and waits for their end."""
        self._shop.close(PATIENCE)

    def _compute(self, make: Make, _report: Reporter, stopped: Callable[[], bool]) -> StageScene:
        while not self._places.acquire(timeout=LOOK):
            if stopped():
                raise Cancelled
        try:
            return make(stopped)
        finally:
            self._places.release()


SHELF = Shelf(KEPT)
atexit.register(SHELF.close)
