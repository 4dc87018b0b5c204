"""What a page shows instead of a map that is missing or not finished."""

from __future__ import annotations

import streamlit as st

from densenet_viz.attribution import AttributionError
from densenet_viz.ui.work.jobs import Desk
from densenet_viz.ui.work.progress import show_progress

GLANCE = 0.25
"""Seconds that a quick method gets before the page shows a progress bar."""
LOOK = 0.8
"""Seconds that a page waits for the first preview of a map, before it begins to poll."""
FAILED = "Computing the map failed. Try again, or choose another method."


def show_unfinished(desk: Desk, title: str) -> None:
    """Shows progress, or why there is no map."""
    if desk.state == "working":
        show_progress(desk, title)
    else:
        show_stopped(desk, title)


def show_stopped(desk: Desk, title: str) -> None:
    """Shows why there is no map, and a button that computes it."""
    if desk.state == "cancelled":
        st.info(f"{title} was cancelled. The picture and the prediction stay as they are.")
        st.button("Compute it now", on_click=desk.again, key="again")
    elif desk.state == "failed":
        error = desk.job.error if desk.job else None
        st.error(str(error) if isinstance(error, AttributionError) else FAILED)
        st.button("Try again", on_click=desk.again, key="again")


def waiting_words(desk: Desk) -> str:
    """The words in the empty frame of the map."""
    return {
        "working": "The map is being computed.",
        "cancelled": "No map: it was cancelled.",
        "failed": "No map: computing it failed.",
        "done": "",
    }[desk.state]
