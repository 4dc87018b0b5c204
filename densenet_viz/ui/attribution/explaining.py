"""The attribution page's question: its controls, and the job that answers it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from densenet_viz.attribution import Method
from densenet_viz.attribution.logit_or_probability import meaning, why_only_logit
from densenet_viz.images.pictures import fit
from densenet_viz.network.models import UNTRAINED, LoadedModel, ModelUnavailable
from densenet_viz.results.attributions import (
    EXPLAINS,
    Attribution,
    Explains,
    Prediction,
    compared,
)
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.stage.attribution.scene import (
    AttributionGalleryScene,
    gallery_scene,
    predictions_scene,
    with_picture,
)
from densenet_viz.stage.attribution.words import HALF
from densenet_viz.stage.drop.scene import drop_scene
from densenet_viz.ui.attribution.answers import answer_of
from densenet_viz.ui.attribution.expecting import need_of
from densenet_viz.ui.attribution.map_jobs import Ask, compute_map, results_of
from densenet_viz.ui.attribution.methods import choose_method, settings_controls
from densenet_viz.ui.current import (
    choose_picture,
    current_model,
    sample,
    set_picture,
    take_from_address,
)
from densenet_viz.ui.photographs import PHOTOGRAPHS, SOURCES
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.suited import DRAWN, chosen_model
from densenet_viz.ui.uploads import UPLOADED, CurrentPicture, take_picture, uploaded
from densenet_viz.ui.work.jobs import Reporter
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.line import NOTHING, Need

TOP = "the most probable class"
NOBODY = "no other class"
_NUMBERED = re.compile(r"\(class \d+\)$")
THUMBNAIL = 64
MOST_LISTED = 50
"""The most findings whose probabilities are listed."""
_UPLOAD_INPUT = ".st-key-upload_widget input[type=file]"


@dataclass(frozen=True, eq=False)
class MapQuestion:
    """All that a map depends on. Two questions with the same `key` have the same answer."""

    model: LoadedModel
    picture: CurrentPicture
    predictions: tuple[Prediction, ...]
    target: Prediction
    method: Method
    settings: Mapping[str, Any]
    explains: Explains = "logit"
    against: Prediction | None = None
    """The class whose logit is subtracted, if two classes are compared."""

    @property
    def ask(self) -> Ask:
        asked = (self.method.name, self.target.index, self.settings, self.explains)
        other = None if self.against is None else self.against.index
        return Ask(self.model, self.picture, *asked, other)

    @property
    def subject(self) -> Prediction:
        """The explained class, with the other one in its label."""
        other = None if self.against is None else self.against.label
        return replace(self.target, label=compared(self.target.label, other))

    @property
    def key(self) -> tuple[Any, ...]:
        return self.ask.key

    @property
    def kept(self) -> Kept:
        """Where the job's result is kept."""
        return results_of(*self.ask.sources)

    @property
    def need(self) -> Need:
        """What the job takes while it runs; a map that is known waits for no turn."""
        if self.ask.known is not None:
            return NOTHING
        return need_of([self.ask.to_compute])

    @property
    def is_said(self) -> bool:
        """Whether the network says the class: it is the most probable, or a finding over 50%."""
        if self.against is not None:
            return False
        if not self.model.exclusive:
            return self.target.probability > HALF
        return self.target.index == self.predictions[0].index

    def compute(self, report: Reporter, cancelled: Callable[[], bool]) -> Attribution:
        return compute_map(self.ask, report, cancelled, report.preview)


# -- controls -------------------------------------------------------------------------------


def model_or_stop() -> LoadedModel:
    """The current model; if there is none, shows one sentence and stops the page."""
    try:
        return current_model()
    except ModelUnavailable as error:
        st.error(str(error))
        st.stop()


def predictions_of(
    model: LoadedModel, picture: CurrentPicture
) -> tuple[tuple[Prediction, ...], Callable[[int], Prediction]]:
    """The five most probable classes, and a function for any class's probability."""
    logits = answer_of(model, picture).logits
    return model.predictions(logits), lambda index: model.prediction(logits, index)


def class_names(labels: Sequence[str]) -> tuple[str, ...]:
    """A unique name for each class, by index; names that could be confused get a number.

    >>> class_names(("star", "crane", "crane"))
    ('star', 'crane (class 1)', 'crane (class 2)')
    >>> class_names(("crane (class 1)", "the most probable class"))
    ('crane (class 1) (class 0)', 'the most probable class (class 1)')
    """
    counts = Counter(labels)
    return tuple(
        f"{label} (class {index})"
        if counts[label] > 1 or label == TOP or _NUMBERED.search(label)
        else label
        for index, label in enumerate(labels)
    )


def show_picture_choice() -> tuple[DeltaGenerator, DeltaGenerator]:
    """The upload (also by drop or paste) and the names.

    Returns:
        The place below the upload for what the network does not know of the picture, which a phone
        has in its first screen, and the place for the gallery.
    """
    upload_side, name_side = st.columns([6, 4], gap="medium")
    with upload_side:
        take_picture("Your own picture: upload, drop or paste it", UPLOADED, "picture")
        show_stage("drop", drop_scene(_UPLOAD_INPUT), key="drop")
        limits = st.container()
    with name_side:
        choose_picture()
    return limits, st.container()


def choose_sample(picture: CurrentPicture) -> None:
    """Small pictures that suit the model, the upload among them; a click chooses one."""
    scene = _gallery(photographs=_wants_photographs())
    if (mine := uploaded(UPLOADED)) is not None:
        scene = with_picture(scene, mine.name, fit(mine.pixels, THUMBNAIL))
    scene = {**scene, "chosen": picture.name}
    show_stage("attribution-gallery", scene, key="gallery", on_picked_change=_take_sample)


def _wants_photographs() -> bool:
    """Whether the chosen model learned from photographs, or from what its visitor knows."""
    return chosen_model() not in DRAWN and not chosen_model().endswith(UNTRAINED)


@cache
def _gallery(*, photographs: bool) -> AttributionGalleryScene:
    names: Sequence[str] = list(PHOTOGRAPHS) if photographs else CLASSES
    label = "Photographs" if photographs else "Drawn scenes"
    thumbnails = [(name, fit(sample(name).pixels, THUMBNAIL)) for name in names]
    return gallery_scene(thumbnails, "", label=f"{label} to choose from")


def _take_sample() -> None:
    set_picture(str(_told("gallery").get("name")))


def show_sources(picture: CurrentPicture) -> None:
    """Who made the sample photographs, where they are shown."""
    if _wants_photographs() or picture.name in PHOTOGRAPHS:
        st.caption(f"{SOURCES}.")


def choose_class(names: Sequence[str], predictions: Sequence[Prediction]) -> int:
    """The class to explain, as an index of `names`: the most probable ones come first."""
    first = [names[one.index] for one in predictions]
    options = [TOP, *first, *(name for name in names if name not in first)]
    name = st.selectbox("Class to explain", options, key="target", bind="query-params")
    return predictions[0].index if name in (None, TOP) else names.index(name)


def choose_target(
    model: LoadedModel,
    predictions: tuple[Prediction, ...],
    prediction: Callable[[int], Prediction],
    truth: str | None,
) -> Prediction:
    """The bars of the five most probable classes, and a list of all; returns the chosen one."""
    names = class_names(model.labels)
    bars = st.container()
    index = choose_class(names, predictions)
    chosen = prediction(index)
    scene = predictions_scene(predictions, dict(enumerate(names)), chosen.index, truth)
    with bars:
        show_stage("attribution-bars", scene, key="bars", on_picked_change=_take_target)
        if not model.exclusive:
            shown, count = len(predictions), len(model.labels)
            these = f" These are the {shown} highest of {count:,}." if shown < count else ""
            st.caption(
                "Each finding has a probability of its own (sigmoid): they do not add up to "
                f"100%.{these}"
            )
    return chosen


def choose_against(
    model: LoadedModel,
    predictions: Sequence[Prediction],
    prediction: Callable[[int], Prediction],
    target: Prediction,
) -> Prediction | None:
    """The choice of another class to compare the explained one with; None for no other class."""
    names = class_names(model.labels)
    first = [names[one.index] for one in predictions]
    options = [NOBODY, *first, *(name for name in names if name not in first)]
    options.remove(names[target.index])
    take_from_address("against", options)
    name = st.selectbox(
        "Against another class",
        options,
        key="against",
        bind="query-params",
        disabled=st.session_state.get("explain") == "probability",
        help="The map then shows what raises the class above the other one: the logit of one minus "
        "the logit of the other. Probabilities are not compared.",
    )
    if name in (None, NOBODY) or st.session_state.get("explain") == "probability":
        return None
    return prediction(names.index(name))


def _take_target() -> None:
    """The first bar means the most probable class, also for the next picture."""
    told = _told("bars")
    if isinstance(name := told.get("name"), str):
        st.session_state["target"] = TOP if told.get("first") else name


def _told(key: str) -> Mapping[str, Any]:
    """What a stage sent last."""
    told: Mapping[str, Any] | None = st.session_state[key]["picked"]
    return told or {}


def choose_explanation(model: LoadedModel) -> tuple[Method, dict[str, Any], Explains]:
    """The method, its settings, and what it explains; controls come from the row in `METHODS`."""
    method = choose_method("method")
    below = st.container()
    settings: dict[str, Any] = {}
    if method.parameters(model.spec):
        with st.expander("Settings of the method"):
            settings = settings_controls(model, method)
    with below:
        why = why_only_logit(method, settings)
        only = f"{method.title} explains the logit only: {why}" if why else ""
        return method, settings, choose_explains(model, only)


def choose_explains(model: LoadedModel, only_logit: str = "") -> Explains:
    """The choice between logit and probability, bound to the address.

    Args:
        model: whose outputs say what the choice means.
        only_logit: why there is no choice; "" if there is one.
    """
    take_from_address("explain", EXPLAINS)
    chosen: Explains = st.segmented_control(
        "Explain",
        list(EXPLAINS),
        default="logit",
        required=True,
        key="explain",
        bind="query-params",
        disabled=bool(only_logit),
    )
    st.caption(only_logit or meaning(chosen, model))
    return "logit" if only_logit else chosen
