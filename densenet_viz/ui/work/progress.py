"""The progress of a background job: a bar, an estimate and a Cancel button."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from densenet_viz.ui.work.jobs import Desk, Job

POLL = 0.3
"""Seconds between two checks of a job."""
WAITING = "waiting for the network"
"""Shown for a job that has not begun."""


@st.fragment(run_every=POLL)
def show_progress(
    desk: Desk,
    title: str,
    *,
    key: str = "cancel",
    waiting: Callable[[], str] = lambda: WAITING,
) -> None:
    """Redraws itself until the job has ended, and then reruns the page.

    `key` is the button's; `waiting` returns the words before the job begins.
    """
    job = desk.job
    if job is None or desk.state != "working":
        if desk.just_cancelled():
            st.info(f"Cancelled: {title}.")
            return
        st.rerun()
    show_bar(desk, title, key=key, waiting=waiting)


def show_bar(
    desk: Desk, title: str, *, key: str = "cancel", waiting: Callable[[], str] = lambda: WAITING
) -> None:
    """Draws the bar and the button once, for a fragment that also redraws other things."""
    if desk.job is None:
        return
    st.progress(
        desk.job.progress, text=progress_words(title, desk.job, time.monotonic(), waiting())
    )
    st.button("Cancel", on_click=desk.cancel, key=key)


def progress_words(title: str, job: Job, now: float, waiting: str = WAITING) -> str:
    """The progress of a job, and the seconds that are left."""
    if job.began is None:
        return f"{title}: {waiting}"
    left = job.remaining(now)
    seconds = "" if left is None else f", about {max(1, round(left))} s left"
    return f"{title}: {job.progress:.0%}{seconds}"
