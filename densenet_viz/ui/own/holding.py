"""The visitor's own DenseNet: uploaded on any page that has a choice of model, or trained here.

The session keeps one such model in memory, and drops it when it ends.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakSet

import streamlit as st

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.loading import own_model as opened

if TYPE_CHECKING:
    from densenet_viz.network.models import LoadedModel
    from densenet_viz.network.own.loading import WeightFile
    from densenet_viz.network.own.preparation import Preparation

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
_LOST = "_own_lost"
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


def hold(file: WeightFile, labels: bytes | None, preparation: Preparation) -> None:
    """Makes a file's network the session's model; the process opens one model at a time.

    Raises:
        OwnModelError: it cannot be used, or there is too little memory for it.
    """
    with _ONE_AT_A_TIME:
        check_room(4 * file.spec.parameters)
        model = opened(file, labels, preparation)
        _keep(model)


def hold_model(model: LoadedModel) -> None:
    """Makes a network that was trained here the session's model, and the current one.

    Raises:
        OwnModelError: there is too little memory for it.
    """
    with _ONE_AT_A_TIME:
        check_room(4 * model.spec.parameters)
        _keep(model)
    st.session_state["model"] = OWN


def _keep(model: LoadedModel) -> None:
    HELD.add(model)
    st.session_state[_MODEL] = Brought(model)
    st.session_state[_NEW] = True


def check_room(size: int) -> None:
    """Refuses `size` more bytes of weights if all sessions' models leave too little room.

    Raises:
        OwnModelError: there is too little memory.
    """
    mine = own_model_or_none()
    held = sum(4 * model.spec.parameters for model in HELD if model is not mine)
    if held + size > MOST_HELD:
        raise OwnModelError(
            "Other visitors’ models fill this machine’s memory now. Try again later."
        )


def lost() -> bool:
    """Whether a link named a model that this session does not have."""
    return bool(st.session_state.get(_LOST))
