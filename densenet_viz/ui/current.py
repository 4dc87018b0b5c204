"""The picture and the model that all pages share."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st
from streamlit.errors import StreamlitAPIException

from densenet_viz.facts.spec import VARIANTS
from densenet_viz.network.models import MODELS, UNTRAINED
from densenet_viz.scenes.generator import sample_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui import fetching
from densenet_viz.ui.controls import GROWTH, take_link
from densenet_viz.ui.own import form as own_form
from densenet_viz.ui.own import holding
from densenet_viz.ui.own.holding import OWN
from densenet_viz.ui.photographs import PHOTOGRAPHS, read_photograph
from densenet_viz.ui.suited import (
    BUNDLED,
    CHEATER,
    DEFAULT_PICTURE,
    chosen_model,
    note_choice,
    suit_model,
)
from densenet_viz.ui.uploads import UPLOADED, CurrentPicture, fitted, key_of, take_picture, uploaded

if TYPE_CHECKING:
    from densenet_viz.network.models import LoadedModel

Name = TypeVar("Name", bound=str)
RETRY_SECONDS = 60.0
_KNOWS = {
    **dict.fromkeys(VARIANTS, "ImageNet"),
    **dict.fromkeys((f"{name}{UNTRAINED}" for name in VARIANTS), "random weights"),
}
MODEL_TITLES = {
    BUNDLED: "121, drawn scenes",
    CHEATER: "121, drawn scenes, the cheater",
    **{
        name: f"{name.removeprefix('densenet').removesuffix(UNTRAINED)}, {_KNOWS[name]}"
        for name in MODELS
        if name in _KNOWS
    },
}
"""The title of each model in the choice of model, by name in `MODELS`."""
_ABSENT = "_absent"
LOADED: dict[str, LoadedModel] = {}
_LOADING = {name: Lock() for name in MODEL_TITLES}


def take_from_address(
    key: str,
    values: Collection[Name],
    title: Callable[[Name], str] = str,
    former: Mapping[str, Name] | None = None,
) -> None:
    """Lets a link name a choice by its short name (`?model=densenet201`), not only by its title.

    Call it before the widget of that key; an unknown name in a link changes nothing. A widget that
    is bound to the address knows only its titles and would remove a short name. So this function
    puts the title in its place and runs the page again.

    Args:
        key: of the widget, and of the address.
        values: the known short names.
        title: the widget's title for each (its `format_func`).
        former: names by titles that the widget had once, for links from that time.
    """
    asked = st.query_params.get(key)
    given = next((value for value in values if value == asked), (former or {}).get(asked or ""))
    if key in st.session_state or given is None:
        return
    st.session_state[key] = given
    if title(given) != given:
        with suppress(StreamlitAPIException):  # the page before also has a widget of that key
            st.query_params[key] = title(given)
            st.rerun()


MEANWHILE = "Until it is here, this page shows the bundled network of drawn scenes."


def choose(container: Any) -> CurrentPicture:
    """Shows the choice of model and picture, and the upload; returns the picture."""
    with container:
        choose_model()
        choose_picture()
        take_picture("Or upload your own", UPLOADED, "picture")
    return current_picture()


def choose_model() -> None:
    """Shows the choice of model, and the form for a visitor's own."""
    take_link(GROWTH, MODEL_TITLES)
    titles = MODEL_TITLES | holding.titles()
    holding.take(titles)
    if "model" in st.query_params and "model" not in st.session_state:
        note_choice()
    take_from_address("model", titles, titles.__getitem__)
    st.selectbox(
        "DenseNet",
        list(titles),
        key="model",
        format_func=titles.__getitem__,
        bind="query-params",
        on_change=note_choice,
        help="ImageNet weights are downloaded once, or read from DENSENET_VIZ_WEIGHTS.",
    )
    own_form.show(lambda: current_picture().pixels)


def choose_picture() -> None:
    """Shows the choice of picture by name."""
    names = [*CLASSES, *PHOTOGRAPHS, *([UPLOADED] if uploaded(UPLOADED) else [])]
    st.selectbox(
        "Picture",
        names,
        index=names.index(DEFAULT_PICTURE),
        key="picture",
        bind="query-params",
        on_change=suit_model,
    )


def current_picture() -> CurrentPicture:
    """The chosen picture, or the default scene."""
    name = st.session_state.get("picture", DEFAULT_PICTURE)
    if name == UPLOADED and (upload := uploaded(UPLOADED)):
        return fitted(upload)
    return sample(name if name in CLASSES or name in PHOTOGRAPHS else DEFAULT_PICTURE)


@cache
def sample(name: str) -> CurrentPicture:
    """A sample: always the same pixels. The scene of a class was never used in training."""
    if name in PHOTOGRAPHS:
        pixels = read_photograph(name)
        return CurrentPicture(name, pixels, key_of(pixels), None)
    scene = sample_scene(name)
    return CurrentPicture(name, scene.image, key_of(scene.image), name)


def set_picture(name: str) -> None:
    """Makes a sample or the upload the current picture; call it from a callback."""
    if name in CLASSES or name in PHOTOGRAPHS or (name == UPLOADED and uploaded(UPLOADED)):
        st.session_state["picture"] = name
        suit_model()


def current_model() -> LoadedModel:
    """The chosen model, or the bundled one with a sentence why the chosen one is missing.

    While the weights of the chosen one are downloaded, the page shows how far that is.
    """
    from densenet_viz.network.models import ModelUnavailable

    name = chosen_model()
    try:
        if (model := arrived_model(name, fetching.DESK)) is not None:
            return model
        st.caption(MEANWHILE)
    except ModelUnavailable as error:
        if name == BUNDLED:
            raise
        st.warning(f"{error} This page shows the bundled network instead.")
    return bundled_model()


def arrived_model(name: str, desk: str) -> LoadedModel | None:
    """A model; None while its weights are not here: then the page shows their download.

    `desk` is the name of the desk that follows the download.

    Raises:
        ModelUnavailable: it cannot be loaded; the message is one sentence.
    """
    if name not in LOADED and fetching.is_absent(name):
        if not fetching.arrives(name, desk):
            fetching.show_download(name, desk)
            return None
    else:
        fetching.stop(desk)
    return model_named(name)


def model_named(name: str) -> LoadedModel:
    """A model by its name in the choice of model, loaded with a progress bar.

    Raises:
        ModelUnavailable: it cannot be loaded; the message is one sentence.
    """
    from densenet_viz.network.models import ModelUnavailable

    if name == OWN:
        return holding.own_model_or_none() or bundled_model()
    if name != BUNDLED and (why := _fetch(name)) is not None:
        raise ModelUnavailable(why)
    return _loaded(name, None)


def bundled_model(name: str = BUNDLED) -> LoadedModel:
    """A model that comes with the project; needs no session, so any thread may call this."""
    return _loaded(name, None)


def _fetch(name: str) -> str | None:
    """Loads a model with a progress bar; returns why that failed, or None.

    A failure is remembered for a minute, so that moving a control does not start a download again.
    """
    from densenet_viz.network.models import ModelUnavailable

    refusals: dict[str, tuple[float, str]] = st.session_state.setdefault(_ABSENT, {})
    since, why = refusals.get(name, (-RETRY_SECONDS, ""))
    if time.monotonic() - since < RETRY_SECONDS:
        return why
    bar = st.empty()

    def draw(part: float) -> None:
        bar.progress(part, f"Loading DenseNet-{MODEL_TITLES[name]}")

    try:
        _loaded(name, draw)
    except ModelUnavailable as error:
        refusals[name] = (time.monotonic(), str(error))
        return str(error)
    finally:
        bar.empty()
    return None


def _loaded(name: str, on_progress: Callable[[float], None] | None) -> LoadedModel:
    """The one copy of a model that all sessions share; a second caller waits for the first.

    This does not use Streamlit's cache, which would replay one session's progress bar in another.
    """
    from densenet_viz.network.models import load_model

    with _LOADING[name]:
        if name not in LOADED:
            LOADED[name] = load_model(name, on_progress=on_progress)
        return LOADED[name]
