"""Divides a batch into shares, each computed by a thread with one processor.

torch by itself lets all its threads work on each operation together and wait for each other after
it. A DenseNet has several hundred small operations: if another program uses a processor, every
operation waits for the slowed thread. Threads that wait for each other once a batch avoid this (on
two processors with a load of 8, a gradient took 0.3 s instead of 1.0 s; on quiet ones the same).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Lock, Thread, local
from typing import TypeVar

import torch

from densenet_viz.machine import step_back

Share = TypeVar("Share")


_OUTER = local()
_SETTING = Lock()
"""Held while a thread's number of processors is set."""


def processors() -> int:
    """How many threads may share this thread's work."""
    with _SETTING:  # a thread's number is set at its first use: not while another sets its own
        return getattr(_OUTER, "count", 0) or torch.get_num_threads()


@contextmanager
def alone() -> Iterator[None]:
    """This thread's own operations use one processor; shared work still uses all.

    Use it for code with many small operations between its batches: torch's threads would wait for
    each other after each operation, as in a network.
    """
    with _taking_one(processors()):
        yield


@contextmanager
def without_sharing() -> Iterator[None]:
    """All work of this thread uses one processor, also work that it could share."""
    with _taking_one(1):
        yield


@contextmanager
def _taking_one(shared: int) -> Iterator[None]:
    """One processor for this thread's own operations, and `shared` for its shared work."""
    outer = getattr(_OUTER, "count", 0)
    own = _set_own_threads(1)
    _OUTER.count = shared
    try:
        yield
    finally:
        _set_own_threads(own)
        _OUTER.count = outer


def _set_own_threads(count: int) -> int:
    """Sets the number of processors for this thread's operations alone; returns the one before.

    `torch.set_num_threads` also sets the number that new threads start with. That number is read
    before, in a new thread, and restored afterwards in another one, by one caller at a time. So no
    caller can mistake another caller's number for it.
    """
    with _SETTING:
        before = torch.get_num_threads()
        at_start = _in_new_thread(torch.get_num_threads)
        torch.set_num_threads(count)
        _in_new_thread(lambda: torch.set_num_threads(at_start))
    return before


def _in_new_thread(work: Callable[[], Share]) -> Share:
    results: list[Share] = []
    thread = Thread(target=lambda: results.append(work()))
    thread.start()
    thread.join()
    return results[0]


def in_shares(work: Callable[[int, int], Share], count: int) -> list[Share]:
    """`work(start, stop)` for parts of range(count), at the same time and in order.

    There are as many parts as processors for this thread; a single part uses one, too. An
    exception in `work` is raised here.
    """
    parts = min(processors(), count)
    if parts <= 1:
        return [by_itself(lambda: work(0, count))]
    bounds = [count * part // parts for part in range(parts + 1)]
    return list(_POOL.get().map(work, bounds[:-1], bounds[1:]))


def by_itself(work: Callable[[], Share]) -> Share:
    """Runs `work()` in a thread with one processor, for many operations too small to share."""
    if torch.get_num_threads() == 1:
        return work()
    return _POOL.get().submit(work).result()


class _Pool:
    """The threads, started at the first use and kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._threads: ThreadPoolExecutor | None = None

    def get(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._threads is None:
                self._threads = _started(processors())
        return self._threads


def _started(count: int) -> ThreadPoolExecutor:
    """Threads in each of which torch uses one processor."""
    threads = ThreadPoolExecutor(count, "share", initializer=_use_one)
    meeting = Barrier(count)
    list(threads.map(lambda _: meeting.wait(), range(count)))  # so that all are started now
    return threads


def _use_one() -> None:
    step_back()
    _set_own_threads(1)


_POOL = _Pool()
