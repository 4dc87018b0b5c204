"""The progress of a background job: a bar, an estimate and a Cancel button."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from densenet_viz.ui.work.jobs import Desk, Job
from densenet_viz.ui.work.line import Standing

POLL = 0.3
"""Seconds between two checks of a job."""
WAITING = "waiting for the network"
"""Shown for a job that has its turn and has not begun."""
MEASURING = "waiting for a measurement to end"


def _wait() -> str:
    return WAITING


@dataclass(frozen=True)
class Notice:
    """What a page says of a job on its way and at its end, and the keys of its buttons."""

    title: str
    note: str = ""
    """The words after the estimate, in brackets."""
    cancelled: str = ""
    """The sentence for a cancelled job; empty: the one for a map."""
    failed: str = ""
    """The sentence for an error that has no words for the visitor; empty: the one for a map."""
    resume: str = "Compute it now"
    """The label of the button that starts a cancelled job again."""
    cancel_key: str = "cancel"
    again_key: str | None = "again"
    """The key of the button that starts the job again; None if the page has its own button."""
    waiting: Callable[[], str] = _wait
    """Returns the words before the job begins."""


def redraw(desk: Desk, draw: Callable[[], None], every: float = POLL) -> None:
    """Draws now, and every `every` seconds while the desk's job runs; then reruns the page.

    It is always a fragment, so that what it draws keeps its place when the job ends.
    """
    job, working = desk.job, desk.state == "working"

    def draw_once() -> None:
        settled = working and desk.state != "working"
        if desk.job is not job or (settled and not desk.just_cancelled()):
            st.rerun()
        draw()

    st.fragment(draw_once, run_every=every if working else None)()


def show_progress(
    desk: Desk,
    notice: Notice,
    draw_preview: Callable[[Any], None] | None = None,
    every: float = POLL,
) -> None:
    """Shows the bar, and below it the unfinished result, until the job has ended."""

    def draw() -> None:
        if desk.state == "cancelled":
            st.info(f"Cancelled: {notice.title}.")
            return
        show_bar(desk, notice)
        if draw_preview is not None and desk.job is not None and desk.job.preview is not None:
            draw_preview(desk.job.preview)

    redraw(desk, draw, every)


def show_bar(desk: Desk, notice: Notice) -> None:
    """The bar and the button once, to be drawn by `redraw`."""
    if desk.job is None:
        return
    words = progress_words(notice.title, desk.job, notice.waiting())
    note = f" ({notice.note})" if notice.note else ""
    st.progress(desk.job.progress, text=words + note)
    st.button("Cancel", on_click=desk.cancel, key=notice.cancel_key)


def progress_words(title: str, job: Job, waiting: str = WAITING) -> str:
    """The progress of a job and the seconds that are left, or its place in the line."""
    standing = job.standing()
    done = f" {job.progress:.0%} done," if job.begun else ""
    if standing is not None:
        return f"{title}:{done} {standing_words(standing)}"
    if not job.begun:
        return f"{title}: {waiting}"
    left = job.remaining()
    seconds = "" if left is None else f", about {seconds_words(left)} left"
    return f"{title}: {job.progress:.0%}{seconds}"


def standing_words(standing: Standing) -> str:
    """Where a job waits, how long it is likely to wait, and for what.

    >>> standing_words(Standing(3, 12.3, measuring=False, free=None))
    'third in line, about 12 s to wait'
    >>> standing_words(Standing(1, 200.0, measuring=True, free=None))
    'waiting for a measurement to end, first in line, about 3 min to wait'
    >>> standing_words(Standing(1, 0.0, measuring=False, free=400_000_000))
    'waiting for memory (0.4 GB are free), first in line'
    """
    why, until = "", f", about {seconds_words(standing.seconds)} to wait"
    if standing.measuring:
        why = f"{MEASURING}, "
    elif standing.free is not None:
        why, until = f"waiting for memory ({standing.free / 1e9:.1f} GB are free), ", ""
    return f"{why}{ordinal(standing.number)} in line{until}"


def seconds_words(seconds: float) -> str:
    """A time in words; long ones in minutes.

    >>> seconds_words(0.2), seconds_words(89.0), seconds_words(150.0)
    ('1 s', '89 s', '2 min')
    """
    return f"{max(1, round(seconds))} s" if seconds < 90 else f"{round(seconds / 60)} min"


def ordinal(number: int) -> str:
    """A number that counts places, up to ten as a word.

    >>> [ordinal(number) for number in (1, 10, 11, 21, 112)]
    ['first', 'tenth', '11th', '21st', '112th']
    """
    if number <= len(_ORDINALS):
        return _ORDINALS[number - 1]
    teen = number % 100 in (11, 12, 13)
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth"),
    *("sixth", "seventh", "eighth", "ninth", "tenth"),
)
