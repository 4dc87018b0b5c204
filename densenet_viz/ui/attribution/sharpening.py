"""The attribution page's map: drawn at once, and redrawn while it is computed."""

from __future__ import annotations

import streamlit as st

from densenet_viz.results.attributions import Attribution
from densenet_viz.stage.attribution.scene import attribution_scene
from densenet_viz.ui.attribution import explained
from densenet_viz.ui.attribution.explaining import Question
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.jobs import Desk
from densenet_viz.ui.work.progress import POLL, show_bar
from densenet_viz.ui.work.unfinished import show_stopped, waiting_words


def show_map(question: Question, desk: Desk) -> Attribution | None:
    """The picture and its map, redrawn until it is finished; returns the finished map or None."""
    working = desk.state == "working"
    # Always a fragment, so that the stage keeps its place, and with it its crosshair and sliders.
    st.fragment(_draw, run_every=POLL if working else None)(question, desk, working)
    return _finished(desk)


def _finished(desk: Desk) -> Attribution | None:
    found: Attribution | None = desk.job.result if desk.job and desk.state == "done" else None
    return found


def _draw(question: Question, desk: Desk, working: bool) -> None:
    if working and desk.state != "working" and not desk.just_cancelled():
        st.rerun()  # the words and tables next to the map need the finished one
    attribution = _finished(desk) or (
        desk.job.preview if desk.job and desk.state == "working" else None
    )
    stage, below = st.container(), st.container()
    with below:  # first, so that a cancel is shown before the picture is packed
        if desk.state == "working":
            show_bar(desk, question.method.title)
        else:
            show_stopped(desk, question.method.title)
    with stage:
        show_stage(
            "attribution",
            attribution_scene(
                question.model.picture(question.picture.pixels),
                caption=question.picture.caption,
                method=question.method.title,
                target=question.target,
                is_top=question.is_top,
                verdict=explained.verdict(question),
                attribution=attribution,
                waiting=waiting_words(desk),
            ),
            key="attribution",
        )
