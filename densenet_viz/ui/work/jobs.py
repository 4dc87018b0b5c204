"""Long computations in the background: with progress, an estimate, a way to stop, and a memory.

A `Desk` follows one job at a time; a session has one for each kind of job. The `Shop` behind all
desks runs each job in a thread of its own, lets desks that want the same thing share one job, and
keeps the last results, so that nothing is computed twice. Results from an upload are kept where the
asker says. A job that no desk wants any more stops itself.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Literal

import streamlit as st

from densenet_viz.machine import step_back
from densenet_viz.ui.work.keeping import Kept

Report = Callable[[float], None]

State = Literal["working", "done", "failed", "cancelled"]

KEPT = 32
"""Results that the app remembers; a map of 224 x 224 px takes 0.6 MB."""

PATIENCE = 30.0
"""Seconds that a job gets, when the app ends, to notice it; it looks before each pass."""

ENOUGH = 0.05
"""The part that has to be done before an estimate is worth saying."""

_LOG = logging.getLogger(__name__)


class Declined(Exception):
    """A job that cannot be done now; the words are the visitor's."""


class Job:
    """One computation, shared by the desks that want it; `kept` is where its result goes."""

    def __init__(self, key: Hashable, kept: Kept | None = None) -> None:
        self.key = key
        self.kept = kept
        self.progress = 0.0
        self.began: float | None = None
        """`time.monotonic()` of the first report; before it, the job waits for its turn."""
        self.result: Any = None
        self.preview: Any = None
        """The result as it stands, where the computation shows it on the way."""
        self.error: Exception | None = None
        self.stopped = False
        self.finished = threading.Event()
        self.seen = threading.Event()
        """Set with the first preview, and at the end."""
        self.wanted_by: weakref.WeakSet[Desk] = weakref.WeakSet()

    def report(self, part: float) -> None:
        if self.began is None:
            self.began = time.monotonic()
        self.progress = min(1.0, max(0.0, part))

    def remaining(self, now: float) -> float | None:
        """Seconds until the end, if it goes on as it went; None while too little is known."""
        if self.began is None or self.progress < ENOUGH:
            return None
        return (now - self.began) * (1 - self.progress) / self.progress


class Reporter:
    """What a computation tells of itself: how far it is, and what its result looks like so far."""

    def __init__(self, job: Job) -> None:
        self._job = job

    def __call__(self, part: float) -> None:
        self._job.report(part)

    def preview(self, value: Any) -> None:
        """A result that is not finished; whoever looks at the job may show it."""
        self._job.preview = value
        self._job.seen.set()


Compute = Callable[[Reporter, Callable[[], bool]], Any]
"""Takes where to report to and whom to ask whether to stop; a computation that is told to stop
raises anything it likes."""


class Shop:
    """Runs jobs, and keeps the last `kept` results that everybody may share."""

    def __init__(self, kept: int = KEPT) -> None:
        self._results = Kept(kept)
        self._lock = threading.Lock()
        self._running: dict[tuple[Kept, Hashable], Job] = {}
        self._threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        self._closed = False

    def want(self, desk: Desk, key: Hashable, compute: Compute, kept: Kept | None = None) -> Job:
        """The job for `key`: done, if its result is known; else running, started if need be.

        `kept` is where its result is looked for and kept; None is where everybody's are.
        """
        kept = kept or self._results
        with self._lock:
            known: object = kept.find(key, absent=self)
            if known is not self:
                return _done(key, known)
            job = self._running.get((kept, key))
            if job is None or job.stopped:
                job = self._running[kept, key] = Job(key, kept)
                job.wanted_by.add(desk)
                thread = threading.Thread(target=self._run, args=(job, compute), daemon=True)
                self._threads.add(thread)
                thread.start()
            job.wanted_by.add(desk)
            return job

    def drop(self, desk: Desk, job: Job) -> None:
        """`desk` does not want `job` any more."""
        with self._lock:
            job.wanted_by.discard(desk)

    def _unwanted(self, job: Job) -> bool:
        with self._lock:
            job.stopped = job.stopped or self._closed or not len(job.wanted_by)
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
            job.result = compute(Reporter(job), lambda: self._unwanted(job))
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


def _without_frames(error: Exception) -> Exception:
    """The error alone: frames would hold every network and tensor of the computation."""
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
    """What one session asked for last. Asking for something else lets go of what was before."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._cancelled = self._untold = False
        self.job: Job | None = None

    def ask(self, key: Hashable, compute: Compute, kept: Kept | None = None) -> Job:
        """The job for `key`. A job that was cancelled or failed stays so until `again`.

        `kept` is where the result is kept (`owners.kept_for`); None keeps it for everybody.
        """
        if self.job is None or self.job.key != key:
            self.leave()
            self.job = self._shop.want(self, key, compute, kept)
        return self.job

    @property
    def state(self) -> State:
        job = self.job
        if self._cancelled or job is None:
            return "cancelled"
        if not job.finished.is_set():
            return "working"
        return "done" if job.error is None else "failed"

    def cancel(self) -> None:
        """Lets go at once; the thread itself ends with its next look."""
        if self.job is not None and self.state == "working":
            self._shop.drop(self, self.job)
            self._cancelled = self._untold = True

    def just_cancelled(self) -> bool:
        """Whether a cancel has not been told yet; who asks tells it.

        A fragment answers it at once so, and lets the whole page run with its next look.
        """
        untold, self._untold = self._untold, False
        return untold

    def leave(self) -> None:
        """Forgets the job, and stops it if nobody else wants it."""
        if self.job is not None:
            self._shop.drop(self, self.job)
        self.job, self._cancelled, self._untold = None, False, False

    again = leave
    """So that the next `ask` starts anew after a cancel or an error."""


SHOP = Shop()
# A thread that is still inside torch when the interpreter ends would abort the whole process.
atexit.register(lambda: SHOP.close(PATIENCE))


def desk_key(name: str) -> str:
    """Where a session's state keeps its desk of that name."""
    return f"_desk_{name}"


def desk(name: str = "attribution") -> Desk:
    """This session's desk for one kind of job; what another desk follows goes on."""
    key = desk_key(name)
    if key not in st.session_state:
        st.session_state[key] = Desk(SHOP)
    mine: Desk = st.session_state[key]
    return mine


def leave(names: Iterable[str]) -> None:
    """Lets go of what this session's desks of those names follow."""
    for name in names:
        desk(name).leave()
