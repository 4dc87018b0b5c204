"""The one line for all computing of this process: threads wait in it for their turn.

A thread takes a place (`Queue.taking`), and asks between two passes whether a much shorter job
waits (`Queue.pause`): then it stops until it is its turn again. `line` says who is next. A thread
that waits for another job's end has no place meanwhile (`Need.cores` is 0), so that no job can
wait for itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from densenet_viz.errors import Cancelled
from densenet_viz.facts.memory import memory_trouble
from densenet_viz.machine import cores, pausing, spare_bytes
from densenet_viz.ui.work.line import Declined, Free, Line, Need, Place, Standing

LOOK = 0.25
"""Seconds between two checks of a waiting job: whether it is still wanted, whether it fits now."""
PATIENCE = 30.0
"""Seconds that a job waits for memory which no other job will give back."""

Stopped = Callable[[], bool]
_HERE = threading.local()


class Queue:
    """See the top of this file.

    Args:
        line: who runs and who waits; None for this machine's.
        clock: returns seconds.
        free: tells the free memory of a device; only for a new line.
    """

    def __init__(
        self,
        processors: int | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        free: Free = spare_bytes,
    ) -> None:
        self._line = Line(processors or cores(), free)
        self._free = free
        self.now = clock
        self._lock = threading.Lock()
        self._turns: dict[Place, threading.Event] = {}

    @contextmanager
    def taking(self, place: Place, stopped: Stopped) -> Iterator[None]:
        """Waits for the place's turn, and gives the place back at the end.

        Raises:
            Cancelled: `stopped` returned True while it waited.
            Declined: it can never run now; the message says why.
        """
        outer = here()
        if place.need.cores == 0:
            place.turn(self.now(), running=True)
        else:
            self._join(place)
        _HERE.place = place
        try:
            if place.need.cores != 0:
                self._wait(place, stopped)
            yield
        finally:
            _HERE.place = outer
            self._leave(place)

    def pause(self, place: Place, stopped: Stopped) -> None:
        """Lets a much shorter job go first, if one waits. Call it between two passes.

        What the thread holds is lent meanwhile (`machine.lending`). It does nothing in a thread
        that has not the place.

        Raises:
            Cancelled: `stopped` returned True while it waited.
        """
        if here() is not place or not place.running:
            return
        with self._lock:
            if place not in self._turns:  # it computes nothing, so it takes no turn
                return
            if not self._line.should_pause(place, self.now()):
                return
        with pausing():
            with self._lock:
                self._again(place)
            self._wait(place, stopped)

    @contextmanager
    def whole(self, stopped: Stopped) -> Iterator[None]:
        """Waits until nothing else runs, and lets nothing else begin: for a measurement.

        A thread that has a place gives it back while it waits, so that two measurements do not
        wait for each other.

        Raises:
            Cancelled: `stopped` returned True while it waited.
        """
        place = here()
        if place is None:
            new = Place(Need())
            new.whole = True
            with self.taking(new, stopped):
                yield
            return
        place.whole = True
        with self._lock:
            self._again(place)
        try:
            self._wait(place, stopped)
            yield
        finally:
            with self._lock:
                place.whole = False
                self._admit()

    @contextmanager
    def away(self, stopped: Stopped) -> Iterator[None]:
        """This thread waits for something else: its place is free meanwhile.

        Raises:
            Cancelled: `stopped` returned True while it waited for its place again.
        """
        place = here()
        if place is None or place not in self._turns:
            yield
            return
        self._leave(place)
        yield
        self._join(place)
        self._wait(place, stopped)

    def is_measuring(self) -> bool:
        """Whether something has the whole machine."""
        with self._lock:
            return any(place.whole for place in self._line.running)

    def standing(self, place: Place) -> Standing | None:
        """Where a job waits, or the job that it waits for; None if neither waits."""
        while (other := place.behind) is not None:
            place = other
        with self._lock:
            return self._line.standing(place, self.now())

    # -- the line, with the lock ------------------------------------------------------------

    def _join(self, place: Place) -> None:
        with self._lock:
            self._line.join(place, self.now())
            self._turns[place] = threading.Event()
            self._admit()

    def _leave(self, place: Place) -> None:
        with self._lock:
            self._line.leave(place, self.now())
            self._turns.pop(place, None)
            self._admit()

    def _again(self, place: Place) -> None:
        """From running to waiting; the caller holds the lock."""
        if place in self._turns:
            self._turns[place].clear()
            place.turn(self.now(), running=False)
        else:  # a job that computed nothing until now
            self._line.join(place, self.now())
            self._turns[place] = threading.Event()
        self._admit()

    def _admit(self) -> None:
        for place in self._line.admit(self.now()):
            self._turns[place].set()

    def _wait(self, place: Place, stopped: Stopped) -> None:
        began = self.now()
        while not self._turns[place].wait(LOOK):
            if stopped():
                raise Cancelled
            with self._lock:
                if place.short is not None:
                    self._admit()
                    self._ensure_hope(place, self.now() - began)

    def _ensure_hope(self, place: Place, waited: float) -> None:
        """
        Raises:
            Declined: it waits for memory, and nothing runs that will give memory back.
        """
        if place.short is None or self._line.running or waited < PATIENCE:
            return
        advice = "try again later, or choose a smaller network or another method"
        trouble = memory_trouble(place.need.memory, place.short, advice)
        raise Declined(trouble or advice)


def here() -> Place | None:
    """The place of the job that this thread runs."""
    place: Place | None = getattr(_HERE, "place", None)
    return place


def seconds_run() -> float:
    """Seconds that this thread's job has run, without its waits; without a job, the clock's."""
    place = here()
    return QUEUE.now() if place is None else place.ran(QUEUE.now())


QUEUE = Queue()
"""The one line of this process."""
