"""The attribution page's question: what is asked, and the job that answers it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from densenet_viz.attribution import METHODS, AttributionError, Method, Number
from densenet_viz.images import fit
from densenet_viz.network.models import LoadedModel, ModelUnavailable
from densenet_viz.results import Attribution, Prediction
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.stage.attribution import gallery_scene, predictions_scene
from densenet_viz.ui.current import (
    CurrentPicture,
    current_model,
    sample,
    take_from_address,
)
from densenet_viz.ui.jobs import Desk, Report
from densenet_viz.ui.progress import show_progress
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.traces import trained_trace

TOP = "the most probable class"
THUMBNAIL = 64
GLANCE = 0.25
"""Seconds that a quick method gets before the page shows a progress bar."""
FAILED = "The map could not be computed; please try again, or choose another method."


@dataclass(frozen=True, eq=False)
class Question:
    """All that a map depends on. Two questions with the same `key` have the same answer."""

    model: LoadedModel
    picture: CurrentPicture
    predictions: tuple[Prediction, ...]
    target: Prediction
    method: Method
    settings: Mapping[str, Any]

    @property
    def key(self) -> tuple[Any, ...]:
        settings = tuple(sorted(self.settings.items()))
        return (
            self.model.name,
            self.picture.key,
            self.method.name,
            self.target.index,
            settings,
        )

    @property
    def is_top(self) -> bool:
        return self.target.index == self.predictions[0].index

    def compute(self, report: Report, cancelled: Callable[[], bool]) -> Attribution:
        import captum.attr  # noqa: F401  # a second that the method's own time should not count

        from densenet_viz.attribution import attribute

        return attribute(
            self.model,
            self.picture.pixels,
            method=self.method.name,
            target=self.target.index,
            on_progress=report,
            cancelled=cancelled,
            **self.settings,
        )


# -- what is asked --------------------------------------------------------------------------


def model_or_stop() -> LoadedModel:
    """The current model; where there is none at all, one sentence and the end of the page."""
    try:
        return current_model()
    except ModelUnavailable as error:
        st.error(str(error))
        st.stop()


def predictions_of(
    model: LoadedModel, picture: CurrentPicture
) -> tuple[tuple[Prediction, ...], Callable[[int], Prediction]]:
    """The five most probable classes, and how to get any other one's probability."""
    logits = trained_trace(model, picture).logits
    assert logits is not None
    return model.predictions(logits), lambda index: model.prediction(logits, index)


def class_names(labels: Sequence[str]) -> tuple[str, ...]:
    """A name for each class, by index; labels that occur twice get their number.

    >>> class_names(("star", "crane", "crane"))
    ('star', 'crane (class 1)', 'crane (class 2)')
    """
    counts = Counter(labels)
    return tuple(
        label if counts[label] == 1 else f"{label} (class {index})"
        for index, label in enumerate(labels)
    )


def choose_scene(picture: CurrentPicture) -> None:
    """The drawn scenes as small pictures; a click makes one the current picture."""
    scene = {**_gallery(), "chosen": picture.name}
    show_stage("attribution-gallery", scene, key="gallery", on_picked_change=_take_scene)


@cache
def _gallery() -> dict[str, Any]:
    thumbnails = [(name, fit(sample(name).pixels, THUMBNAIL)) for name in CLASSES]
    return gallery_scene(thumbnails, "", label="Drawn scenes to choose from")


def _take_scene() -> None:
    name = _told("gallery").get("name")
    if name in CLASSES:
        st.session_state["picture"] = name


def choose_target(
    model: LoadedModel,
    predictions: tuple[Prediction, ...],
    prediction: Callable[[int], Prediction],
    truth: str | None,
) -> Prediction:
    """The bars of the five most probable classes, and a list of all; returns the chosen one."""
    names = class_names(model.labels)
    first = [names[one.index] for one in predictions]
    options = [TOP, *first, *(name for name in names if name not in first)]
    bars = st.container()
    name = st.selectbox("Class to explain", options, key="target", bind="query-params")
    chosen = predictions[0] if name in (None, TOP) else prediction(names.index(name))
    scene = predictions_scene(predictions, dict(enumerate(names)), chosen.index, truth)
    with bars:
        show_stage("attribution-bars", scene, key="bars", on_picked_change=_take_target)
    return chosen


def _take_target() -> None:
    """The first bar stands for whatever is most probable, in the next picture too."""
    told = _told("bars")
    if isinstance(name := told.get("name"), str):
        st.session_state["target"] = TOP if told.get("first") else name


def _told(key: str) -> Mapping[str, Any]:
    """What a stage told last."""
    told: Mapping[str, Any] | None = st.session_state[key]["picked"]
    return told or {}


def choose_method(model: LoadedModel) -> tuple[Method, dict[str, Any]]:
    """The method and its settings; controls come from the row in `METHODS`."""
    take_from_address("method", METHODS)
    name = st.selectbox(
        "Method",
        list(METHODS),
        key="method",
        format_func=lambda name: METHODS[name].title,
        bind="query-params",
    )
    method = METHODS[name]
    parameters = method.parameters(model.spec)
    if not parameters:
        return method, {}
    settings: dict[str, Any] = {}
    with st.expander("Settings of the method"):
        for row in parameters:
            key = f"{model.name}-{name}-{row.name}"
            if isinstance(row, Number):
                title = f"{row.title} ({row.unit})" if row.unit else row.title
                settings[row.name] = st.slider(title, row.low, row.high, row.default, key=key)
            else:
                place = row.choices.index(row.default)
                settings[row.name] = st.selectbox(row.title, row.choices, place, key=key)
    return method, settings


# -- the job ---------------------------------------------------------------------------------


def show_unfinished(desk: Desk, title: str) -> None:
    """What stands in the place of a map that is not there: progress, or why there is none."""
    state = desk.state
    if state == "working":
        show_progress(desk, title)
    elif state == "cancelled":
        st.info(f"{title} was cancelled. The picture and the prediction stay as they are.")
        st.button("Compute it after all", on_click=desk.again)
    else:
        error = desk.job.error if desk.job else None
        st.error(str(error) if isinstance(error, AttributionError) else FAILED)
        st.button("Try again", on_click=desk.again)


def waiting_words(desk: Desk) -> str:
    """What stands in the empty frame of the map."""
    return {
        "working": "The map is being computed.",
        "cancelled": "No map: it was cancelled.",
        "failed": "No map: it could not be computed.",
        "done": "",
    }[desk.state]
