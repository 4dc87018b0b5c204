"""Long computations in the background: with progress, an estimate, a way to cancel, and a cache.

A `Desk` follows one job at a time; a session has one for each kind of job. The `Shop` behind all
desks runs each job in its own thread when it is its turn (`queue`), lets desks that want the same
result share one job, and keeps the last results, so that nothing is computed twice. The caller
chooses where results from an upload are kept. A job that no desk of an open page wants any more
stops itself.
"""

from __future__ import annotations

import atexit
import logging
import threading
import weakref
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import Any, Literal

import streamlit as st

from densenet_viz.errors import Cancelled
from densenet_viz.machine import step_back
from densenet_viz.ui.work import queue as queues
from densenet_viz.ui.work.experience import EXPERIENCE
from densenet_viz.ui.work.job import Job, Reporter
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.line import Need, Place
from densenet_viz.ui.work.visitors import Visitor, this_visitor

__all__ = ["Compute", "Desk", "Job", "Report", "Reporter", "Shop", "desk", "leave"]

Report = Callable[[float], None]

State = Literal["working", "done", "failed", "cancelled"]

KEPT = 32
"""Results that the app keeps; a map of 224 x 224 px takes 0.6 MB."""

PATIENCE = 30.0
"""Seconds that the app waits for a job at its end; a job checks before each pass."""

_LOG = logging.getLogger(__name__)


Compute = Callable[[Reporter, Callable[[], bool]], Any]
"""Takes a reporter, and a function that says whether to stop; a computation that has to stop may
raise any exception."""


class Shop:
    """Runs jobs, and keeps the last `kept` results for all visitors.

    `queue` is where its jobs wait; None is the one of the process.
    """

    def __init__(self, kept: int = KEPT, queue: queues.Queue | None = None) -> None:
        self._own_queue = queue
        self._results = Kept(kept)
        self._lock = threading.Lock()
        self._running: dict[tuple[Kept, Hashable], Job] = {}
        self._threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        self._closed = False

    def want(
        self,
        desk: Desk,
        key: Hashable,
        compute: Compute,
        kept: Kept | None = None,
        need: Need | None = None,
    ) -> Job:
        """The job for `key`: done, if its result is known; else running, and started if needed.

        `kept` is the cache for its result; None is the one for all visitors.
        """
        kept = kept or self._results
        with self._lock:
            known: object = kept.find(key, absent=self)
            if known is not self:
                return _done(key, known)
            job = self._running.get((kept, key))
            if job is None or job.stopped:
                job = self._running[kept, key] = self._new(desk, key, kept, need or Need())
                job.wanted_by.add(desk)
                thread = threading.Thread(target=self._run, args=(job, compute), daemon=True)
                self._threads.add(thread)
                thread.start()
            job.wanted_by.add(desk)
            return job

    def _new(self, desk: Desk, key: Hashable, kept: Kept, need: Need) -> Job:
        if need.seconds is None:
            need = replace(need, seconds=EXPERIENCE.expected(need.kind, need.work))
        outer = queues.here()
        visitor = outer.visitor if desk.visitor is None and outer is not None else desk.visitor
        return Job(key, kept, Place(need, visitor), self._queue)

    @property
    def _queue(self) -> queues.Queue:
        return self._own_queue or queues.QUEUE

    def drop(self, desk: Desk, job: Job) -> None:
        """Notes that `desk` does not want `job` any more."""
        with self._lock:
            job.wanted_by.discard(desk)

    def _unwanted(self, job: Job) -> bool:
        with self._lock:
            wanted = any(desk.is_here() for desk in job.wanted_by)
            job.stopped = job.stopped or self._closed or not wanted
            return job.stopped

    def close(self, patience: float) -> None:
        """Stops every job, and waits up to `patience` seconds for each thread to end."""
        with self._lock:
            self._closed = True
            threads = list(self._threads)
        for thread in threads:
            thread.join(patience)

    def _run(self, job: Job, compute: Compute) -> None:
        step_back()
        try:
            job.result = self._in_turn(job, compute)
        except Exception as error:
            if not job.stopped:
                _LOG.warning("A computation ended with an error.", exc_info=True)
            job.error = _without_frames(error)
        with self._lock:
            kept = job.kept or self._results
            if job.error is None:
                kept.put(job.key, job.result)
            if self._running.get((kept, job.key)) is job:
                del self._running[kept, job.key]
        job.seen.set()
        job.finished.set()

    def _in_turn(self, job: Job, compute: Compute) -> Any:
        queue, place = self._queue, job.place

        def unwanted() -> bool:
            return self._unwanted(job)

        def stopped() -> bool:
            if unwanted():
                return True
            try:
                queue.pause(place, unwanted)
            except Cancelled:
                return True
            return False

        with queue.taking(place, unwanted):
            result = compute(Reporter(job), stopped)
            EXPERIENCE.note(place.need.kind, place.need.work, queues.seconds_run())
        return result


def _without_frames(error: Exception) -> Exception:
    """The error without its frames, which would keep all the computation's tensors in memory."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _done(key: Hashable, result: Any) -> Job:
    job = Job(key)
    job.result = result
    job.report(1.0)
    job.seen.set()
    job.finished.set()
    return job


class Desk:
    """The last job that one visitor asked for. When it asks for another, it drops that job.

    Without a visitor, somebody always wants it.
    """

    def __init__(self, shop: Shop, visitor: Visitor | None = None) -> None:
        self._shop = shop
        self.visitor = visitor
        self._cancelled = self._untold = False
        self.job: Job | None = None

    def ask(
        self,
        key: Hashable,
        compute: Compute,
        kept: Kept | None = None,
        need: Need | None = None,
    ) -> Job:
        """The job for `key`. A job that was cancelled or failed stays so until `again`.

        Args:
            key: all that the result depends on.
            compute: the job.
            kept: the cache for the result (`owners.kept_for`); None is the one for all visitors.
            need: what it takes; None if nothing is known.
        """
        if self.job is None or self.job.key != key or self._was_lost(self.job):
            self.leave()
            self.job = self._shop.want(self, key, compute, kept, need)
        return self.job

    def is_here(self) -> bool:
        """Whether its visitor's page is open."""
        return self.visitor is None or self.visitor.is_here()

    def _was_lost(self, job: Job) -> bool:
        """Whether it was stopped because the page seemed to be closed, and is open again."""
        return job.stopped and not self._cancelled

    @property
    def state(self) -> State:
        job = self.job
        if self._cancelled or job is None:
            return "cancelled"
        if not job.finished.is_set():
            return "working"
        return "done" if job.error is None else "failed"

    def cancel(self) -> None:
        """Drops the job at once; its thread ends at its next check."""
        if self.job is not None and self.state == "working":
            self._shop.drop(self, self.job)
            self._cancelled = self._untold = True

    def just_cancelled(self) -> bool:
        """Whether a cancel was not shown yet; the caller has to show it.

        So a fragment shows it at once, and reruns the whole page the next time.
        """
        untold, self._untold = self._untold, False
        return untold

    def leave(self) -> None:
        """Drops the job, and stops it if no other desk wants it."""
        if self.job is not None:
            self._shop.drop(self, self.job)
        self.job, self._cancelled, self._untold = None, False, False

    again = leave
    """Lets the next `ask` start the job again after a cancel or an error."""


SHOP = Shop()
# A thread that is inside torch when the interpreter ends would abort the whole process.
atexit.register(lambda: SHOP.close(PATIENCE))


def desk_key(name: str) -> str:
    """The session state's key for the desk of that name."""
    return f"_desk_{name}"


def desk(name: str = "attribution") -> Desk:
    """This session's desk for one kind of job; the jobs of other desks continue."""
    key = desk_key(name)
    if key not in st.session_state:
        st.session_state[key] = Desk(SHOP, this_visitor())
    mine: Desk = st.session_state[key]
    return mine


def leave(names: Iterable[str]) -> None:
    """Drops the jobs of this session's desks of those names."""
    for name in names:
        desk(name).leave()
