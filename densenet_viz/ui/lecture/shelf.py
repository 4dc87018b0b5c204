"""The lecture's pictures for all visitors: each is made once, whoever wants it."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from typing import cast

from densenet_viz.lecture.architecture import StageScene
from densenet_viz.lecture.networks import never
from densenet_viz.lecture.pictures import Make
from densenet_viz.ui.work.jobs import PATIENCE, Desk, Shop
from densenet_viz.ui.work.line import Need

KEPT = 64
"""Pictures that the app keeps: more than the shipped deck has; one takes about 0.3 MB."""


class Shelf:
    """A cache of the last pictures, by key: other windows and decks with the same picture use it.

    Threads may share it. Each picture is its own job: decks that want the same picture share it,
    other decks do not wait for it, and it stops when no deck wants it any more.

    Args:
        most: the most pictures that are kept.
    """

    def __init__(self, most: int) -> None:
        self._shop = Shop(most)

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
        need = Need(cores=1, kind=("picture", key.partition("-")[0]))
        job = mine.ask(key, lambda _report, cancelled: make(cancelled), need=need)
        try:
            return cast("StageScene", job.outcome(stopped))
        finally:
            mine.leave()

    def close(self) -> None:
        """Stops all jobs, and waits for their end."""
        self._shop.close(PATIENCE)


SHELF = Shelf(KEPT)
atexit.register(SHELF.close)
