"""The picture and the model that all pages share."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

import streamlit as st

from densenet_viz.images import MAX_BYTES, ImageError, load_image
from densenet_viz.network.models import MODELS, UNTRAINED
from densenet_viz.results import Picture
from densenet_viz.scenes.generator import draw_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.spec import VARIANTS
from densenet_viz.ui import own_model
from densenet_viz.ui.controls import GROWTH, take_link
from densenet_viz.ui.own_model import OWN

if TYPE_CHECKING:
    from densenet_viz.network.models import LoadedModel

UPLOADED = "your image"
BUNDLED = "scenes"
CHEATER = "cheater"
RETRY_SECONDS = 60.0
DEFAULT_PICTURE = "ring"
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
"""What the choice of model calls each, by name in `MODELS`."""
_UPLOAD = "_upload"
_REFUSED = "_refused"
_ABSENT = "_absent"
_MODELS: dict[str, LoadedModel] = {}
_LOADING = {name: Lock() for name in MODEL_TITLES}


@dataclass(frozen=True, eq=False)
class CurrentPicture:
    """The picture that every page works on; `key` is the SHA-256 of its pixels."""

    name: str
    pixels: Picture
    key: str
    truth: str | None
    """The object's class where the picture is a drawn scene."""

    @property
    def caption(self) -> str:
        return "your image" if self.truth is None else f"a drawn {self.truth}"


def take_from_address(key: str, values: Collection[str]) -> None:
    """Lets a link name a choice by its short name (`?model=densenet201`), not its title alone.

    To be called before the widget of that key; a link that names nothing known changes nothing.
    """
    given = st.query_params.get(key)
    if key not in st.session_state and given in values:
        st.session_state[key] = given


def choose(container: Any) -> CurrentPicture:
    """Shows the choice of model, picture and upload; returns the picture."""
    take_link(GROWTH, MODEL_TITLES)
    titles = MODEL_TITLES | own_model.titles()
    own_model.take(titles)
    take_from_address("model", titles)
    with container:
        st.selectbox(
            "DenseNet",
            list(titles),
            key="model",
            format_func=titles.__getitem__,
            bind="query-params",
            help="ImageNet weights are downloaded once, or read from DENSENET_VIZ_WEIGHTS.",
        )
        own_model.show()
        names = [*CLASSES, *([UPLOADED] if _UPLOAD in st.session_state else [])]
        st.selectbox(
            "Picture",
            names,
            index=names.index(DEFAULT_PICTURE),
            key="picture",
            bind="query-params",
        )
        st.file_uploader(
            "Or bring your own",
            type=["png", "jpg", "jpeg", "webp"],
            key="upload_widget",
            on_change=_take_upload,
            max_upload_size=MAX_BYTES >> 20,
            help="PNG, JPEG or WebP up to 10 MB. It stays in this session's memory.",
        )
        if refused := st.session_state.get(_REFUSED):
            st.error(refused)
    return current_picture()


def current_picture() -> CurrentPicture:
    """The chosen picture; the default scene where nothing was chosen."""
    name = st.session_state.get("picture", DEFAULT_PICTURE)
    if name == UPLOADED and _UPLOAD in st.session_state:
        upload: CurrentPicture = st.session_state[_UPLOAD]
        return upload
    return sample(name if name in CLASSES else DEFAULT_PICTURE)


@st.cache_resource(show_spinner=False)
def sample(name: str) -> CurrentPicture:
    """The shipped scene of a class: always the same pixels, and never one of training's."""
    scene = draw_scene(0, "sample", CLASSES.index(name))
    return CurrentPicture(name, scene.image, _key(scene.image), name)


def _take_upload() -> None:
    """Checks what was brought; a refused file leaves the current picture as it was."""
    file = st.session_state.get("upload_widget")
    st.session_state.pop(_REFUSED, None)
    if file is None:
        return
    try:
        pixels = load_image(file.getvalue())
    except ImageError as error:
        st.session_state[_REFUSED] = str(error)
        return
    st.session_state[_UPLOAD] = CurrentPicture(UPLOADED, pixels, _key(pixels), None)
    st.session_state["picture"] = UPLOADED


def _key(pixels: Picture) -> str:
    digest = hashlib.sha256(repr(pixels.shape).encode())
    digest.update(pixels.tobytes())
    return digest.hexdigest()


def current_model() -> LoadedModel:
    """The chosen model; the bundled one, with a sentence why, where the chosen one is absent."""
    name = st.session_state.get("model", BUNDLED)
    if name == OWN:
        return own_model.brought() or bundled_model()
    if name != BUNDLED:
        why = _fetch(name)
        if why is None:
            return _loaded(name, None)
        st.warning(f"{why} Until then this page shows the bundled network.")
    return bundled_model()


def bundled_model(name: str = BUNDLED) -> LoadedModel:
    """A model that comes with the project; needs no session, so any thread may ask."""
    return _loaded(name, None)


def _fetch(name: str) -> str | None:
    """Loads a model with a progress bar; returns why it cannot be had, or None where it can.

    A refusal holds for a minute, so that moving a control does not ask the network each time.
    """
    from densenet_viz.network.models import ModelUnavailable

    refusals: dict[str, tuple[float, str]] = st.session_state.setdefault(_ABSENT, {})
    since, why = refusals.get(name, (-RETRY_SECONDS, ""))
    if time.monotonic() - since < RETRY_SECONDS:
        return why
    bar = st.empty()

    def draw(part: float) -> None:
        bar.progress(part, f"Getting DenseNet-{MODEL_TITLES[name]}")

    try:
        _loaded(name, draw)
    except ModelUnavailable as error:
        refusals[name] = (time.monotonic(), str(error))
        return str(error)
    finally:
        bar.empty()
    return None


def _loaded(name: str, on_progress: Callable[[float], None] | None) -> LoadedModel:
    """The one copy of a model that all sessions share; who comes second waits for the first.

    Not Streamlit's cache: that would replay one session's progress bar in another's page.
    """
    from densenet_viz.network.models import load_model

    with _LOADING[name]:
        if name not in _MODELS:
            _MODELS[name] = load_model(name, on_progress=on_progress)
        return _MODELS[name]
