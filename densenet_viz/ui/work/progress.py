"""The progress of a background job: a bar, an estimate and a Cancel button."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from densenet_viz.ui.work.jobs import Desk, Job

POLL = 0.3
"""Seconds between two checks of a job."""
WAITING = "waiting for the network"
"""Shown for a job that has not begun."""


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
    words = progress_words(notice.title, desk.job, time.monotonic(), notice.waiting())
    note = f" ({notice.note})" if notice.note else ""
    st.progress(desk.job.progress, text=words + note)
    st.button("Cancel", on_click=desk.cancel, key=notice.cancel_key)


def progress_words(title: str, job: Job, now: float, waiting: str = WAITING) -> str:
    """The progress of a job, and the seconds that are left."""
    if job.began is None:
        return f"{title}: {waiting}"
    left = job.remaining(now)
    seconds = "" if left is None else f", about {max(1, round(left))} s left"
    return f"{title}: {job.progress:.0%}{seconds}"
