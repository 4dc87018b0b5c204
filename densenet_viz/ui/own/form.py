"""The window that takes a visitor's own DenseNet: the file, what it cannot tell, a preview."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.layout import PLAIN
from densenet_viz.network.own.loading import WeightFile, read_weight_file
from densenet_viz.network.own.preparation import Preparation
from densenet_viz.network.own.spec import SIZE_LIMIT
from densenet_viz.results.traces import Picture
from densenet_viz.ui.own import holding
from densenet_viz.ui.own.labels import ChosenLabels, choose_labels
from densenet_viz.ui.own.preparing import (
    choose_preparation,
    chosen_preparation,
    fill,
    show_preview,
)
from densenet_viz.ui.plain_text import plain

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

TITLE = "Upload your own DenseNet"

_OPENED = "_own_opened"
"""The page on which the window is open: a browser's Back leaves the page, not the window."""
_READ = "_own_read"
_REFUSED = "_own_refused"
_ROUND = "_own_round"
_WIDTH = 900
"""Of the window, in pixels."""


@dataclass(frozen=True, eq=False)
class _Read:
    """A file that was read, or why it could not be; `key` names file and network."""

    key: tuple[str, str | None]
    file: WeightFile | None
    error: OwnModelError | None


def show(picture: Callable[[], Picture]) -> None:
    """The button that opens the window, and what is known of the uploaded network.

    Args:
        picture: gives the current picture, (H, W, 3) uint8, for the preview.
    """
    if holding.lost():
        st.info(holding.GONE)
    model = holding.own_model_or_none()
    if model is not None and st.session_state.get("model") == holding.OWN:
        for note in model.notes:
            st.caption(plain(note))
    st.button(TITLE, key="own_open", on_click=_open, icon=":material/upload_file:", width="stretch")
    if st.session_state.get(_OPENED, _page()) != _page():
        _close()
    if _OPENED in st.session_state:
        # An int: the largest of Streamlit's own sizes is too wide, and the others too narrow.
        st.dialog(TITLE, width=_WIDTH, on_dismiss=_close)(_window)(picture)


def _open() -> None:
    st.session_state[_OPENED] = _page()


def _page() -> str:
    """What tells this page of the app from the others."""
    context = get_script_run_ctx()
    return "" if context is None else context.page_script_hash


def _close() -> None:
    for key in (_OPENED, _READ, _REFUSED):
        st.session_state.pop(key, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _window(picture: Callable[[], Picture]) -> None:
    # A window stands beside the app, whose colour scheme it does not get: app.css reads this key.
    with st.container(key=f"own_form_{st.context.theme.type or 'light'}"):
        _form(picture)


def _form(picture: Callable[[], Picture]) -> None:
    """What the window shows: from top to bottom, what a visitor does."""
    turn = st.session_state.get(_ROUND, 0)  # a new number empties the form
    left, right = st.columns(2)
    weights = left.file_uploader(
        "Weights",
        key=f"own_weights_{turn}",
        max_upload_size=SIZE_LIMIT >> 20,  # server.maxUploadSize is the same
        help="What training code saved of a DenseNet: .pth, .pt, .tar, .ckpt, .bin or "
        ".safetensors. It stays in this session's memory.",
    )
    if weights is None:
        st.session_state.pop(_READ, None)
        st.session_state.pop(_REFUSED, None)
        right.caption(
            "Give the file that your training code saved. The app reads it, says what it found, "
            "and asks for what a weight file does not say. Nothing of the file runs, and it stays "
            "in this session’s memory."
        )
        return
    read = _read(weights, st.session_state.get("own_network"))
    if read.error is not None:
        _show_refusal(read.error)
    if read.file is not None:
        with right:
            labels = choose_labels(read.file, turn)
        _show_choices(read.file, labels, picture)


def _read(weights: UploadedFile, network: str | None) -> _Read:
    """What the file tells; read once for each file and network."""
    key = (weights.file_id, network)
    kept: _Read | None = st.session_state.get(_READ)
    if kept is not None and kept.key == key:
        return kept
    same_file = kept is not None and kept.key[0] == weights.file_id
    with st.spinner("Reading your file …"):
        try:
            holding.check_room(weights.size)
            read = _Read(
                key, read_weight_file(weights.getvalue(), network if same_file else None), None
            )
        except OwnModelError as error:
            read = _Read(key, None, error)
    if read.file is not None and not same_file:
        fill(read.file.preset, read.file.preparation)
    st.session_state[_READ] = read
    return read


def _show_refusal(error: OwnModelError) -> None:
    st.error(str(error))
    if error.lines:
        st.code(error.lines, language="python")


def _show_choices(file: WeightFile, labels: ChosenLabels, picture: Callable[[], Picture]) -> None:
    """What the file cannot tell, with the first guess, a preview and the button."""
    outputs = "1 output" if file.outputs == 1 else f"{file.outputs:,} outputs"
    colours = "one grey channel" if file.spec.input_channels == 1 else "three colours"
    st.markdown(f"**{file.spec.name}**, {outputs}, {colours}")
    for note in file.notes:
        st.caption(plain(note))
    if file.choices:
        st.selectbox(
            "Network in the file",
            file.choices,
            key="own_network",
            format_func=lambda name: name or PLAIN,
        )
    fields, preview = st.columns((2, 1), gap="medium")
    with fields:
        choose_preparation(file)
    try:
        preparation = chosen_preparation(file)
    except OwnModelError as error:
        st.error(str(error))
        return
    with preview:
        show_preview(file, preparation, picture())
    _offer(file, labels, preparation)


def _offer(file: WeightFile, labels: ChosenLabels, preparation: Preparation) -> None:
    """The button that loads the network, and why it could not be loaded."""
    asked = (file.digest, labels.key, preparation)
    st.caption(
        "A file does not say how its network computes. ReLUs, norms with eps 1e-5 and a 7 × 7 "
        "stem of stride 2 are assumed, and no answer is checked: compare one with your own code’s."
    )
    wrong = labels.error is not None
    pressed = st.button(
        "Load this model", width="stretch", key="own_load", type="primary", disabled=wrong
    )
    if pressed and not wrong:
        _load(file, labels, preparation, asked)
    refused: tuple[object, OwnModelError] | None = st.session_state.get(_REFUSED)
    if refused is not None and refused[0] == asked:
        _show_refusal(refused[1])


def _load(file: WeightFile, labels: ChosenLabels, preparation: Preparation, asked: object) -> None:
    """Turns the file into the session's model; if it is refused, nothing changes."""
    st.session_state.pop(_REFUSED, None)
    try:
        with st.spinner("Checking and loading your model …"):
            taken = file if labels.inside else replace(file, labels=None)
            holding.hold(taken, labels.data, preparation)
    except OwnModelError as error:
        st.session_state[_REFUSED] = asked, error
        return
    _close()
    st.rerun()
