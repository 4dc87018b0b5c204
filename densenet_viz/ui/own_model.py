"""The visitor's own DenseNet: brought on any page that has a choice of model, kept in the session.

It stays in this session's memory, one at a time, and is gone with it.
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
"""What the choice of model, and a link, call it."""
MOST_HELD = 2 * 1024**3
"""Bytes of weights that all sessions' models may have together."""
GONE = (
    "This link names a model that a visitor had brought; it stayed in that session’s memory. "
    "Here is the bundled network instead."
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
    """The session's model, apart from what Streamlit looks into."""

    model: LoadedModel


def own_model_or_none() -> LoadedModel | None:
    """The session's own model, if it has one."""
    kept: Brought | None = st.session_state.get(_MODEL)
    return kept.model if kept else None


def titles() -> dict[str, str]:
    """What the choice of model calls it: empty where the session has none."""
    model = own_model_or_none()
    return {} if model is None else {OWN: f"{model.title[:1].lower()}{model.title[1:]}"}


def take(names: Collection[str]) -> None:
    """Makes a model that has just been brought the current one; says where a link names none.

    To be called before the choice of model, with the names that it offers.
    """
    if st.session_state.pop(_NEW, False):
        st.session_state["model"] = OWN
    given = st.query_params.get("model", "")
    if OWN not in names and (given == OWN or given.startswith("your model (")):
        st.session_state[_LOST] = True
    bundled, *others = names
    if OWN in names or st.session_state.get("model", bundled) in others:  # chosen since
        st.session_state.pop(_LOST, None)


def show() -> None:
    """The form that a model is brought with, and one sentence where it was refused."""
    if st.session_state.get(_LOST):
        st.info(GONE)
    refused = st.session_state.get(_REFUSED)
    with st.expander("Bring your own DenseNet", expanded=bool(refused)):
        _show_form()
        if refused:
            st.error(refused)


def _show_form() -> None:
    turn = st.session_state.get(_ROUND, 0)  # a new one forgets the files of the one before
    low, high = INPUT_SIZES
    with st.form("own_model", border=False):
        weights = st.file_uploader(
            "Weights",
            type=["safetensors", "pth", "pt"],
            key=f"own_weights_{turn}",
            max_upload_size=SIZE_LIMIT >> 20,  # server.maxUploadSize is the same
            help="The state dict of a DenseNet with torchvision's names, any number of classes. "
            "It stays in this session's memory.",
        )
        labels = st.file_uploader(
            "Labels (may be left out)",
            type=["txt", "json"],
            key=f"own_labels_{turn}",
            max_upload_size=LABEL_BYTES // 1_000_000,
            help='One a line, or JSON: ["cat", "dog"] or {"0": "cat", "1": "dog"}.',
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
            help="What was subtracted from the colours in training, and what they were divided by.",
        )
        if st.form_submit_button("Load this model", width="stretch", key="own_load"):
            with st.spinner("Checking and loading your model …"):
                _load(weights, labels, int(size), normalisation)
            st.rerun()


def _load(
    weights: UploadedFile | None, labels: UploadedFile | None, size: int, normalisation: str
) -> None:
    """Makes the files the session's model; where they are refused, all stays as it was."""
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
    """The model of the files, opened one at a time in the whole process.

    Raises:
        OwnModelError: there is no file, it cannot be used, or there is no room for it.
    """
    if weights is None:
        raise OwnModelError("Choose a weight file first, a .safetensors or a .pth.")
    mean, std = NORMALISATIONS[normalisation]
    with _ONE_AT_A_TIME:
        mine = own_model_or_none()
        held = sum(4 * model.spec.parameters for model in HELD if model is not mine)
        if held + weights.size > MOST_HELD:
            raise OwnModelError(
                "Other visitors’ models fill this machine’s memory just now; please try again "
                "later."
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
