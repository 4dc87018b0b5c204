"""The attribution page's parts: what is asked, the job that answers, and the words for it."""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from densenet_viz.attribution import METHODS, AttributionError, Method, Number
from densenet_viz.figures.colours import limit_of, overlay
from densenet_viz.images import to_png
from densenet_viz.network.models import LoadedModel, ModelUnavailable
from densenet_viz.results import Attribution, Prediction
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.stage.attribution import gallery_scene, number, percent, predictions_scene
from densenet_viz.stage.attribution import strongest_regions as regions_of
from densenet_viz.ui.current import UPLOADED, CurrentPicture, current_model, sample
from densenet_viz.ui.jobs import Desk, Job, Report
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.traces import trained_trace

TOP = "the most probable class"
GLANCE = 0.25
"""Seconds that a quick method gets before the page shows a progress bar."""
POLL = 0.3
"""Seconds between two looks at a job that takes longer."""
OVERLAY_OPACITY = 0.6
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
    samples = [(name, sample(name).pixels) for name in CLASSES]
    scene = gallery_scene(samples, picture.name, label="Drawn scenes to choose from")
    show_stage("attribution-gallery", scene, key="gallery", on_picked_change=_take_scene)


def _take_scene() -> None:
    name = _picked("gallery")
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
    name = _picked("bars")
    if isinstance(name, str):
        st.session_state["target"] = name


def _picked(key: str) -> Any:
    """What a stage told last."""
    told = st.session_state[key]["picked"]
    return told["name"] if told else None


def choose_method(model: LoadedModel) -> tuple[Method, dict[str, Any]]:
    """The method and its settings; controls come from the row in `METHODS`."""
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


@st.fragment(run_every=POLL)
def show_progress(desk: Desk, title: str) -> None:
    """A bar, an estimate and a way to stop; redraws itself until the job is settled."""
    job = desk.job
    if job is None or desk.state != "working":
        st.rerun()
    st.progress(job.progress, text=progress_words(title, job, time.monotonic()))
    st.button("Cancel", on_click=desk.cancel, key="cancel")


def progress_words(title: str, job: Job, now: float) -> str:
    """How far a job is, and how long it will still take."""
    if job.began is None:
        return f"{title}: waiting for the network"
    left = job.remaining(now)
    seconds = "" if left is None else f", about {max(1, round(left))} s left"
    return f"{title}: {job.progress:.0%}{seconds}"


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


# -- words -----------------------------------------------------------------------------------


def verdict(question: Question) -> str:
    """What the network says of the picture, and whether that is right where it is known."""
    top, target, truth = question.predictions[0], question.target, question.picture.truth
    says = f"It says {top.label}, with {percent(top.probability)}"
    if truth is not None and truth in question.model.labels:
        says += ", and is right" if truth == top.label else f", and is wrong: it is a drawn {truth}"
    if target.index != top.index:
        says += f"; it gives {target.label} {percent(target.probability)}"
    return f"{says}."


def show_limits_of_knowledge(model: LoadedModel, picture: CurrentPicture) -> None:
    """Says plainly when a picture is not of the kind that the model learned from."""
    if picture.name == UPLOADED and model.name == "scenes":
        st.warning(
            f"{model.knows} For your image it can only name the nearest of them: read its "
            "answer, and this map, as a guess. A network from ImageNet can be chosen beside."
        )
    elif picture.truth is not None and picture.truth not in model.labels:
        st.info(model.knows)


def show_words(question: Question, attribution: Attribution) -> None:
    """Under the map: what it answers, when not to trust it, what it cost, what it sums to."""
    method = question.method
    st.markdown(f"**What it answers.** {method.question}")
    st.markdown(f"**When not to trust it.** {method.caution}")
    passes = attribution.forward_passes
    back = method.cost(question.model.spec, question.settings).backward
    backward = f" and {back:,} back" if back else ""
    channels = (
        " Each pixel's value is the sum over its three colours."
        if len(attribution.values) == 3
        else ""
    )
    st.markdown(
        f"**What it cost.** {passes:,} pictures through the network{backward}, "
        f"{attribution.seconds:.2f} s. Values are in {method.unit}.{channels}"
    )
    if method.complete and attribution.convergence_delta is not None:
        st.markdown(f"**What it sums to.** {completeness_words(attribution)}")
    st.caption(f"Source: {method.paper}.")


def completeness_words(attribution: Attribution) -> str:
    """The promise of a complete method, with its numbers."""
    total = float(attribution.values.sum(dtype=np.float64))
    delta = attribution.convergence_delta or 0.0
    return (
        f"The whole map sums to {number(total)}; the score rises from the baseline to the picture "
        f"by {number(total - delta)}. They should be equal: the difference (convergence delta) is "
        f"{number(delta)}."
    )


def show_tables(question: Question, attribution: Attribution) -> None:
    """The predictions and the strongest regions, for who reads rather than looks."""
    with st.expander("The numbers as a table"):
        st.table(
            [
                {"Class": one.label, "Probability": percent(one.probability)}
                for one in question.predictions
            ],
            hide_index=True,
            alt="The most probable classes",
        )
        st.table(
            [
                {
                    "Region (px)": region.name,
                    "Sum of the map": number(region.total),
                    f"Part of what raises {question.target.label}": f"{region.share:.1%}",
                }
                for region in regions_of(attribution.heat)[:5]
            ],
            hide_index=True,
            alt="The strongest regions of the map",
        )


def show_downloads(question: Question, attribution: Attribution) -> None:
    """The map over the picture as PNG, and everything raw as NPZ; made when asked for."""
    stem = f"{question.method.name}-{question.target.index}"
    with st.container(horizontal=True):
        st.download_button(
            "Map as PNG",
            lambda: overlay_png(question, attribution),
            f"{stem}.png",
            "image/png",
            on_click="ignore",
        )
        st.download_button(
            "Raw values as NPZ",
            lambda: raw_npz(question, attribution),
            f"{stem}.npz",
            "application/octet-stream",
            on_click="ignore",
        )


def overlay_png(question: Question, attribution: Attribution) -> bytes:
    """The map over the picture at an opacity of 60%, with the limit that the screen shows."""
    picture = question.model.picture(question.picture.pixels)
    heat = attribution.heat
    return to_png(overlay(picture, heat, OVERLAY_OPACITY, limit_of(heat)))


def raw_npz(question: Question, attribution: Attribution) -> bytes:
    """What the map was made of and what came out, readable without pickle."""
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        values=attribution.values,
        picture=question.model.picture(question.picture.pixels),
        target=np.array(question.target.index),
        label=np.array(question.target.label),
        method=np.array(attribution.method),
        model=np.array(question.model.name),
        parameters=np.array(json.dumps(dict(attribution.parameters))),
        convergence_delta=np.array(
            np.nan if attribution.convergence_delta is None else attribution.convergence_delta
        ),
    )
    return buffer.getvalue()
