"""The attribution page's map: drawn at once, and redrawn while it is computed."""

from __future__ import annotations

from functools import partial

import streamlit as st

from densenet_viz.results.attributions import Attribution
from densenet_viz.stage.attribution.scene import attribution_scene
from densenet_viz.ui.attribution import explained
from densenet_viz.ui.attribution.explaining import MapQuestion
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.jobs import Desk
from densenet_viz.ui.work.progress import Notice, redraw, show_bar
from densenet_viz.ui.work.unfinished import show_stopped, waiting_words


def show_map(question: MapQuestion, desk: Desk) -> Attribution | None:
    """The picture and its map, redrawn until it is finished; returns the finished map or None."""
    # Its place stays, and with it the crosshair and the sliders.
    redraw(desk, partial(_draw, question, desk))
    return _finished(desk)


def _finished(desk: Desk) -> Attribution | None:
    found: Attribution | None = desk.job.result if desk.job and desk.state == "done" else None
    return found


def _draw(question: MapQuestion, desk: Desk) -> None:
    attribution = _finished(desk) or (
        desk.job.preview if desk.job and desk.state == "working" else None
    )
    notice = Notice(question.method.title)
    stage, below = st.container(), st.container()
    with below:  # first, so that a cancel is shown before the picture is packed
        if desk.state == "working":
            show_bar(desk, notice)
        else:
            show_stopped(desk, notice)
    with stage:
        show_stage(
            "attribution",
            attribution_scene(
                question.model.picture(question.picture.pixels),
                caption=question.picture.caption,
                method=question.method.title,
                target=question.subject,
                is_said=question.is_said,
                verdict=explained.verdict(question),
                attribution=attribution,
                explains=question.explains,
                waiting=waiting_words(desk),
                headline=explained.headline(question),
            ),
            key="attribution",
        )
