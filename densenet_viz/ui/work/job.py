"""One long computation: its place in the line, its progress, and its result."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Hashable
from typing import Any, Protocol

from densenet_viz.errors import Cancelled
from densenet_viz.ui.work import queue as queues
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.line import Place, Standing


class Wanting(Protocol):
    """Somebody who wants a job's result, such as a visitor's desk."""

    def is_here(self) -> bool:
        """Whether anybody still waits there."""


class Job:
    """One computation, shared by the desks that want it; `kept` is where its result goes."""

    def __init__(
        self,
        key: Hashable,
        kept: Kept | None = None,
        place: Place | None = None,
        queue: queues.Queue | None = None,
    ) -> None:
        self.key = key
        self.kept = kept
        self.place = place or Place()
        self.result: Any = None
        self.preview: Any = None
        """The unfinished result, if the computation gives one."""
        self.error: Exception | None = None
        self.stopped = False
        self.finished = threading.Event()
        self.seen = threading.Event()
        """Set with the first preview, and at the end."""
        self.wanted_by: weakref.WeakSet[Wanting] = weakref.WeakSet()
        self._queue = queue or queues.QUEUE

    @property
    def progress(self) -> float:
        """How much is done, 0 to 1."""
        return self.place.part

    @property
    def begun(self) -> bool:
        """Whether the computation has reported anything; it has not while it waits for its turn."""
        return self.place.begun

    def report(self, part: float, left: float | None = None) -> None:
        """Takes the part that is done, and the seconds that are left, if they are known."""
        self.place.report(part, left, self._queue.now())

    def remaining(self) -> float | None:
        """Seconds until the end, if it may run; None while too little is known."""
        return self.place.known_left(self._queue.now())

    def standing(self) -> Standing | None:
        """Where it waits in the line; None if it does not wait."""
        return self._queue.standing(self.place)

    def outcome(self, stopped: Callable[[], bool]) -> Any:
        """The result, when it is there. A job may ask it of another job: it has no turn meanwhile.

        Raises:
            Cancelled: `stopped` returned True.
            Exception: what the computation raised.
        """
        mine = queues.here() or Place()
        with self._queue.away(stopped):
            mine.behind = self.place
            try:
                while not self.finished.wait(queues.LOOK):
                    if stopped():
                        raise Cancelled
            finally:
                mine.behind = None
        if self.error is not None:
            raise self.error
        return self.result


class Reporter:
    """Takes a computation's progress and its unfinished result."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, part: float, left: float | None = None) -> None:
        self._job.report(part, left)

    def preview(self, value: Any) -> None:
        """Takes an unfinished result, which pages may show."""
        self._job.preview = value
        self._job.seen.set()
