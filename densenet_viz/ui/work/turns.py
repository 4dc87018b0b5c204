"""Measurements take turns, and the last of each kind and device is kept for all visitors.

A time means nothing while something else is computed. So a measurement has the whole machine:
sessions that ask for the running one share it, and all other jobs wait.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

import streamlit as st

from densenet_viz.facts.memory import memory_trouble
from densenet_viz.machine import spare_bytes
from densenet_viz.ui.work import queue as queues
from densenet_viz.ui.work.jobs import Desk, Report, desk
from densenet_viz.ui.work.line import Declined, Need
from densenet_viz.ui.work.progress import Notice
from densenet_viz.ui.work.unfinished import show_unfinished

Result = TypeVar("Result")
RunMeasurement = Callable[[Report, Callable[[], bool]], Result]

CANCELLED = "The measurement was cancelled. Earlier results stay."
FAILED = "The measurement failed. Try a smaller batch."
COMPUTES_IN_TURN = Need(cores=0)
"""Of a job that computes only inside `turn`."""


@contextmanager
def turn(cancelled: Callable[[], bool]) -> Iterator[None]:
    """Waits until nothing else is computed, and makes all other jobs wait.

    Raises:
        Cancelled: cancelled while it waited.
    """
    with queues.QUEUE.whole(cancelled):
        yield


def is_measuring() -> bool:
    """Whether something is being measured in this process."""
    return queues.QUEUE.is_measuring()


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
        key = (self._name, self._count, device, asked)
        self.desk.ask(key, compute, need=COMPUTES_IN_TURN)

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
        )
        if self.desk.job is not None:
            show_unfinished(self.desk, notice)
