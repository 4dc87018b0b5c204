"""The window that takes a visitor's own DenseNet: the file, what it cannot tell, a preview."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from densenet_viz.images.fitting import FITS, fit_as, grey
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.labels import CERTAIN, LABEL_BYTES, decode, read_labels
from densenet_viz.network.own.layout import PLAIN
from densenet_viz.network.own.loading import INPUT_SIZES, WeightFile, read_weight_file
from densenet_viz.network.own.preparation import (
    NORMALISATIONS,
    OUTPUTS,
    OWN_NUMBERS,
    PRESETS,
    Outputs,
    Preparation,
    read_colour,
)
from densenet_viz.network.own.spec import SIZE_LIMIT
from densenet_viz.results.traces import Picture
from densenet_viz.ui.own import holding
from densenet_viz.ui.plain_text import plain

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

TITLE = "Upload your own DenseNet"

_OPENED = "_own_opened"
_READ = "_own_read"
_REFUSED = "_own_refused"
_ROUND = "_own_round"
_WIDTH = 900
"""Of the window, in pixels."""
_FIELDS = ("own_size", "own_normalisation", "own_fit", "own_outputs", "own_mean", "own_std")


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
    if st.session_state.get(_OPENED):
        # An int: the largest of Streamlit's own sizes is too wide, and the others too narrow.
        st.dialog(TITLE, width=_WIDTH, on_dismiss=_close)(_window)(picture)


def _open() -> None:
    st.session_state[_OPENED] = True


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
            labels = _choose_labels(read.file, turn)
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
        _fill(read.file.preset, read.file.preparation)
    st.session_state[_READ] = read
    return read


def _fill(preset: str, preparation: Preparation) -> None:
    """Sets the controls to a preparation."""
    values = (
        preparation.input_size,
        preparation.normalisation,
        preparation.fit,
        preparation.outputs,
        ", ".join(f"{value:.4g}" for value in preparation.mean),
        ", ".join(f"{value:.4g}" for value in preparation.std),
    )
    st.session_state["own_preset"] = preset
    st.session_state.update(zip(_FIELDS, values, strict=True))


def _take_preset() -> None:
    name = st.session_state["own_preset"]
    kept: _Read = st.session_state[_READ]
    preparation = PRESETS[name]
    if kept.file is not None and kept.file.outputs == 1:
        preparation = replace(preparation, outputs="single")
    _fill(name, preparation)


def _show_refusal(error: OwnModelError) -> None:
    st.error(str(error))
    if error.lines:
        st.code(error.lines, language="python")


@dataclass(frozen=True, eq=False)
class _Labels:
    """A file of labels, and why it does not fit, if so."""

    data: bytes | None = None
    key: str = ""
    error: OwnModelError | None = None


def _choose_labels(file: WeightFile, turn: int) -> _Labels:
    one_is_enough = " The name of a yes is enough." if file.outputs == 1 else ""
    chosen = st.file_uploader(
        "Labels (optional)",
        key=f"own_labels_{turn}",
        max_upload_size=LABEL_BYTES // 1_000_000,
        help='One per line, CSV, or JSON: ["cat", "dog"], {"0": "cat"} or id2label.'
        + one_is_enough,
    )
    if chosen is None:
        return _Labels()
    data = chosen.getvalue()
    try:
        names = read_labels(data, file.spec.num_classes, single=file.outputs == 1)
        encoding = decode(data)[1]
    except OwnModelError as error:
        st.error(str(error))
        return _Labels(data, chosen.file_id, error)
    more = ", …" if len(names) > 5 else ""
    doubt = "" if encoding in CERTAIN else " If they look wrong, save the file as UTF-8."
    # Each label is set apart, so that one from right to left does not turn the others round.
    shown = plain(", ".join(f"\u2068{name}\u2069" for name in names[:5]))
    st.caption(f"{len(names):,} labels, read as {encoding}: {shown}{more}{doubt}")
    return _Labels(data, chosen.file_id)


def _show_choices(file: WeightFile, labels: _Labels, picture: Callable[[], Picture]) -> None:
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
        _choose_preparation(file)
    try:
        preparation = _chosen(file)
    except OwnModelError as error:
        st.error(str(error))
        return
    with preview:
        _show_preview(file, preparation, picture())
    _offer(file, labels, preparation)


def _choose_preparation(file: WeightFile) -> None:
    st.selectbox(
        "Prepared as by",
        list(PRESETS),
        key="own_preset",
        on_change=_take_preset,
        help="Fills the controls below as this code prepares its pictures. The first choice is a "
        "guess from the file.",
    )
    left, right = st.columns(2)
    low, high = INPUT_SIZES
    left.number_input(
        "Input size (px)",
        *(low, high),
        key="own_size",
        help="Side of the square pictures that it was trained on.",
    )
    right.selectbox(
        "Normalisation",
        [*NORMALISATIONS, OWN_NUMBERS],
        key="own_normalisation",
        help="The range of the values that the network gets: what is subtracted from the colours, "
        "and the divisor.",
    )
    if st.session_state["own_normalisation"] == OWN_NUMBERS:
        left, right = st.columns(2)
        left.text_input("Mean (of values from 0 to 1)", key="own_mean")
        right.text_input("Standard deviation", key="own_std")
    st.selectbox("Fit", list(FITS), key="own_fit", format_func=FITS.__getitem__)
    if file.outputs > 1:
        st.selectbox(
            "Outputs",
            [name for name in OUTPUTS if name != "single"],
            key="own_outputs",
            format_func=OUTPUTS.__getitem__,
            help="Whether the network names one class, or judges several findings by themselves.",
        )


def _offer(file: WeightFile, labels: _Labels, preparation: Preparation) -> None:
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


def _chosen(file: WeightFile) -> Preparation:
    """The preparation that the controls say.

    Raises:
        OwnModelError: the own numbers are not numbers.
    """
    state = st.session_state
    name = state["own_normalisation"]
    if name == OWN_NUMBERS:
        mean, std = read_colour(state["own_mean"]), read_colour(state["own_std"], above=0.0)
    else:
        mean, std = NORMALISATIONS[name]
    outputs: Outputs = "single" if file.outputs == 1 else state["own_outputs"]
    return Preparation(int(state["own_size"]), mean, std, state["own_fit"], outputs)


def _show_preview(file: WeightFile, preparation: Preparation, pixels: Picture) -> None:
    """The current picture as the network gets it, and the range of its values."""
    seen = fit_as(pixels, preparation.input_size, preparation.fit)
    if file.spec.input_channels == 1:
        seen = grey(seen)
    values = (seen / 255 - np.array(preparation.mean)) / np.array(preparation.std)
    side = preparation.input_size
    low, high = (f"{value:.4g}".replace("-", "−") for value in (values.min(), values.max()))
    st.image(
        seen,
        caption=f"As your network gets it: {side} × {side} px, values from {low} to {high}",
        width="stretch",
    )


def _load(file: WeightFile, labels: _Labels, preparation: Preparation, asked: object) -> None:
    """Turns the file into the session's model; if it is refused, nothing changes."""
    st.session_state.pop(_REFUSED, None)
    try:
        with st.spinner("Checking and loading your model …"):
            holding.hold(file, labels.data, preparation)
    except OwnModelError as error:
        st.session_state[_REFUSED] = asked, error
        return
    _close()
    st.rerun()
