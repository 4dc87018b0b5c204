"""Measurements take turns, and the last of each kind and device is kept for all visitors.

A time means nothing while another measurement runs. So a process measures one thing at a time:
sessions that ask for the running measurement share it, and others wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

import streamlit as st

from densenet_viz.errors import Cancelled
from densenet_viz.facts.memory import memory_trouble
from densenet_viz.machine import spare_bytes
from densenet_viz.ui.work.jobs import Declined, Desk, Report, desk
from densenet_viz.ui.work.progress import Notice
from densenet_viz.ui.work.unfinished import show_unfinished

Result = TypeVar("Result")
RunMeasurement = Callable[[Report, Callable[[], bool]], Result]

WAITING = "waiting for another measurement to end"
CANCELLED = "The measurement was cancelled. Earlier results stay."
FAILED = "The measurement failed. Try a smaller batch."
_LOOK = 0.1
"""Seconds between two checks whether a waiting measurement is still wanted."""
TURN = threading.Lock()
"""Held by the one measurement that runs."""


@contextmanager
def turn(cancelled: Callable[[], bool]) -> Iterator[None]:
    """Waits until nothing is being measured, and makes other measurements wait.

    Raises:
        Cancelled: cancelled while it waited.
    """
    lock = TURN
    while not lock.acquire(timeout=_LOOK):
        if cancelled():
            raise Cancelled
    try:
        yield
    finally:
        lock.release()


def is_measuring() -> bool:
    """Whether something is being measured in this process."""
    return TURN.locked()


def ensure_memory(needed: int, device: str, advice: str) -> None:
    """
    Raises:
        Declined: it needs more memory than is free now.
    """
    trouble = memory_trouble(needed, spare_bytes(device), advice)
    if trouble is not None:
        raise Declined(trouble)


class Measurement(Generic[Result]):
    """One kind of measurement: its jobs, and its last results in this process."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0
        self._latest: dict[str, Result] = {}

    @property
    def latest(self) -> Mapping[str, Result]:
        """The last result of each measured device, sorted by the device's name."""
        return dict(sorted(self._latest.items()))

    @property
    def desk(self) -> Desk:
        """This session's desk."""
        return desk(self._name)

    def ask(self, device: str, asked: Hashable, measure: RunMeasurement[Result]) -> None:
        """Starts a measurement on `device`, or joins the running one if it is the same."""

        def compute(report: Report, cancelled: Callable[[], bool]) -> Result:
            with turn(cancelled):
                result = measure(report, cancelled)
                # Before the job ends: from now on the same question is a new one.
                self._latest, self._count = self._latest | {device: result}, self._count + 1
                return result

        self.desk.again()
        self.desk.ask((self._name, self._count, device, asked), compute)

    def shortage(self, needed: int, device: str, advice: str) -> str | None:
        """A sentence why a measurement would need too much memory; None if it would not.

        Also None while something is measured, because that memory will be free again. A
        measurement that waited checks again with `ensure_memory`.
        """
        if self.busy or is_measuring():
            return None
        return memory_trouble(needed, spare_bytes(device), advice)

    @property
    def busy(self) -> bool:
        """Whether this session waits for a result."""
        return self.desk.state == "working"

    def button(self, label: str, trouble: str | None, *, key: str) -> bool:
        """A button that starts a measurement, disabled while there is `trouble` or one is running.

        Returns:
            Whether it was pressed and there is no trouble.
        """
        hindered = self.busy or trouble is not None
        pressed = st.button(label, type="primary", disabled=hindered, key=key)
        return pressed and trouble is None

    def show_state(self, title: str) -> None:
        """Shows progress with a Cancel button, or why there is no result."""
        notice = Notice(
            title,
            cancelled=CANCELLED,
            failed=FAILED,
            cancel_key=f"cancel_{self._name}",
            again_key=None,
            waiting=lambda: WAITING,
        )
        if self.desk.job is not None:
            show_unfinished(self.desk, notice)
