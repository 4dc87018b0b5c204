"""Runs a job on a page: its result, or what stands in the place of one that is not there."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import streamlit as st

from densenet_viz.attribution import AttributionError
from densenet_viz.ui.work.jobs import Compute, Desk
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.line import Declined, Need
from densenet_viz.ui.work.progress import POLL, Notice, show_progress

GLANCE = 0.25
"""Seconds that a quick method gets before the page shows a progress bar."""
LOOK = 0.8
"""Seconds that a page waits for the first preview of a map, before it begins to poll."""
FAILED = "Computing the map failed. Try again, or choose another method."


def run_job(
    desk: Desk,
    key: Hashable,
    compute: Compute,
    draw: Callable[[Any], None],
    notice: Notice,
    *,
    kept: Kept | None = None,
    need: Need | None = None,
    draw_preview: Callable[[Any], None] | None = None,
    every: float = POLL,
) -> None:
    """Asks for a job and draws its result; until then progress, or why there is no result.

    Args:
        desk: of the session, for this kind of job.
        key: all that the result depends on.
        compute: the job.
        draw: shows the result.
        notice: what is said of the job.
        kept: where the result is kept (`owners.kept_for`); None keeps it for everybody.
        need: what it takes; None if nothing is known.
        draw_preview: shows a result that is not finished.
        every: seconds between two looks at the job.
    """
    job = desk.ask(key, compute, kept, need)
    job.finished.wait(GLANCE)
    if desk.state == "done":
        draw(job.result)
    else:
        show_unfinished(desk, notice, draw_preview, every)


def show_unfinished(
    desk: Desk,
    notice: Notice,
    draw_preview: Callable[[Any], None] | None = None,
    every: float = POLL,
) -> None:
    """Shows progress, or why there is no result."""
    if desk.state == "working":
        show_progress(desk, notice, draw_preview, every)
    else:
        show_stopped(desk, notice)


def show_stopped(desk: Desk, notice: Notice) -> None:
    """Shows why there is no result, and a button that computes it."""
    if desk.state == "cancelled":
        st.info(notice.cancelled or f"Cancelled: {notice.title}.")
        _offer_again(desk, notice.resume, notice.again_key)
    elif desk.state == "failed":
        error = desk.job.error if desk.job else None
        told = isinstance(error, (AttributionError, Declined))
        st.error(str(error) if told else notice.failed or FAILED)
        _offer_again(desk, "Try again", notice.again_key)


def _offer_again(desk: Desk, label: str, key: str | None) -> None:
    if key is not None:
        st.button(label, on_click=desk.again, key=key)


def waiting_words(desk: Desk) -> str:
    """The words in the empty frame of the map."""
    return {
        "working": "The map is being computed.",
        "cancelled": "No map: it was cancelled.",
        "failed": "No map: computing it failed.",
        "done": "",
    }[desk.state]
