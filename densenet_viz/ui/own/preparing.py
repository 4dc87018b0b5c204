"""What a weight file cannot tell of how its pictures are prepared: the controls and a preview."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from densenet_viz.images.fitting import FITS, fit_as, grey
from densenet_viz.network.own.loading import INPUT_SIZES, WeightFile
from densenet_viz.network.own.preparation import (
    NORMALISATIONS,
    OUTPUTS,
    OWN_NUMBERS,
    PRESETS,
    Outputs,
    Preparation,
    read_colour,
)
from densenet_viz.results.traces import Picture

_FIELDS = ("own_size", "own_normalisation", "own_fit", "own_outputs", "own_mean", "own_std")


def fill(preset: str, preparation: Preparation) -> None:
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


def choose_preparation(file: WeightFile) -> None:
    """Shows the controls; `fill` has set them."""
    st.selectbox(
        "Prepared as by",
        list(PRESETS),
        key="own_preset",
        on_change=_take_preset,
        args=(file.outputs,),
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


def _take_preset(outputs: int) -> None:
    name = st.session_state["own_preset"]
    preparation = PRESETS[name]
    if outputs == 1:
        preparation = replace(preparation, outputs="single")
    fill(name, preparation)


def chosen_preparation(file: WeightFile) -> Preparation:
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


def show_preview(file: WeightFile, preparation: Preparation, pixels: Picture) -> None:
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
