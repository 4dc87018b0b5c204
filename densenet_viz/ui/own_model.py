"""The visitor's own DenseNet: uploaded on any page that has a choice of model.

The session keeps one such model in memory, and drops it when it ends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakSet

import streamlit as st

from densenet_viz.network.own.loading import (
    INPUT_SIZES,
    LABEL_BYTES,
    NORMALISATIONS,
    SIZE_LIMIT,
    OwnModelError,
)
from densenet_viz.network.own.loading import own_model as opened

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from densenet_viz.network.models import LoadedModel

OWN = "your-model"
"""Its name in the choice of model and in links."""
MOST_HELD = 2 * 1024**3
"""Bytes of weights that all sessions' models may have together."""
GONE = (
    "This link names a model that a visitor uploaded; only that visitor’s session had it. This "
    "page shows the bundled network instead."
)

_MODEL = "_own_model"
_NEW = "_own_is_new"
_REFUSED = "_own_refused"
_LOST = "_own_lost"
_ROUND = "_own_round"
_ONE_AT_A_TIME = Lock()
HELD: WeakSet[LoadedModel] = WeakSet()


@dataclass(frozen=True, eq=False)
class Brought:
    """A wrapper around the session's model, so that Streamlit does not inspect the model."""

    model: LoadedModel


def own_model_or_none() -> LoadedModel | None:
    """The session's own model, if it has one."""
    kept: Brought | None = st.session_state.get(_MODEL)
    return kept.model if kept else None


def titles() -> dict[str, str]:
    """Its title in the choice of model, by name; empty if the session has none."""
    model = own_model_or_none()
    return {} if model is None else {OWN: f"{model.title[:1].lower()}{model.title[1:]}"}


def take(names: Collection[str]) -> None:
    """Makes a newly uploaded model the current one; notes when a link names a missing one.

    Call it before the choice of model, with the names that it offers, the bundled one first.
    """
    if st.session_state.pop(_NEW, False):
        st.session_state["model"] = OWN
    given = st.query_params.get("model", "")
    if OWN not in names and (given == OWN or given.startswith("your model (")):
        st.session_state[_LOST] = True
    bundled, *others = names
    if OWN in names or st.session_state.get("model", bundled) in others:  # a choice was made since
        st.session_state.pop(_LOST, None)


def show() -> None:
    """The form that uploads a model, and one sentence if the model was refused."""
    if st.session_state.get(_LOST):
        st.info(GONE)
    refused = st.session_state.get(_REFUSED)
    with st.expander("Upload your own DenseNet", expanded=bool(refused)):
        _show_form()
        if refused:
            st.error(refused)


def _show_form() -> None:
    turn = st.session_state.get(_ROUND, 0)  # a new number empties the form
    low, high = INPUT_SIZES
    with st.form("own_model", border=False):
        weights = st.file_uploader(
            "Weights",
            type=["safetensors", "pth", "pt"],
            key=f"own_weights_{turn}",
            max_upload_size=SIZE_LIMIT >> 20,  # server.maxUploadSize is the same
            help="The state dict of a DenseNet with torchvision's names and any number of "
            "classes. It stays in this session's memory.",
        )
        labels = st.file_uploader(
            "Labels (optional)",
            type=["txt", "json"],
            key=f"own_labels_{turn}",
            max_upload_size=LABEL_BYTES // 1_000_000,
            help='One per line, or JSON: ["cat", "dog"] or {"0": "cat", "1": "dog"}.',
        )
        size = st.number_input(
            "Input size (px)",
            *(low, high, 224),
            key="own_size",
            help="Side of the square pictures that it was trained on.",
        )
        normalisation = st.selectbox(
            "Normalisation",
            list(NORMALISATIONS),
            key="own_normalisation",
            help="What was subtracted from the colours in training, and the divisor.",
        )
        if st.form_submit_button("Load this model", width="stretch", key="own_load"):
            with st.spinner("Checking and loading your model …"):
                _load(weights, labels, int(size), normalisation)
            st.rerun()


def _load(
    weights: UploadedFile | None, labels: UploadedFile | None, size: int, normalisation: str
) -> None:
    """Turns the files into the session's model; if they are refused, nothing changes."""
    st.session_state.pop(_REFUSED, None)
    try:
        model = _checked(weights, labels, size, normalisation)
    except OwnModelError as error:
        st.session_state[_REFUSED] = str(error)
        return
    st.session_state[_MODEL] = Brought(model)
    st.session_state[_NEW] = True
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _checked(
    weights: UploadedFile | None, labels: UploadedFile | None, size: int, normalisation: str
) -> LoadedModel:
    """The model of the files; the process opens one model at a time.

    Raises:
        OwnModelError: there is no file, it cannot be used, or there is too little memory for it.
    """
    if weights is None:
        raise OwnModelError("Choose a weight file first, a .safetensors or a .pth.")
    mean, std = NORMALISATIONS[normalisation]
    with _ONE_AT_A_TIME:
        mine = own_model_or_none()
        held = sum(4 * model.spec.parameters for model in HELD if model is not mine)
        if held + weights.size > MOST_HELD:
            raise OwnModelError(
                "Other visitors’ models fill this machine’s memory now. Try again later."
            )
        model = opened(
            weights.getvalue(),
            labels.getvalue() if labels else None,
            input_size=size,
            mean=mean,
            std=std,
        )
        HELD.add(model)
    return model
