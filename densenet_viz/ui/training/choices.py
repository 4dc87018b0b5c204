"""What a visitor chooses of a training: the controls, the address, and what follows at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from densenet_viz.facts.families import FAMILIES, Family
from densenet_viz.learning.data import DATA
from densenet_viz.learning.settings import (
    ADDRESS_NAMES,
    MOST_EPOCHS,
    OPTIMISERS,
    Settings,
    SettingsError,
    settings_from,
    settings_in,
)

FAMILY_TITLES: dict[Family, str] = {
    "dense": "dense",
    "residual": "residual",
    "plain": "plain",
    "aggregated": "one-shot",
}
_NORMS = {"batch": "batch norm", "none": "none"}
_GROWTH = (2, 4, 6, 8, 10, 12, 16, 24)
_DEPTHS = (10, 16, 22, 28, 34, 40, 58, 76, 100)
_THETAS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_RATES = (3e-4, 1e-3, 2e-3, 4e-3, 6e-3, 0.01, 0.02, 0.05, 0.1, 0.3, 1.0)
_BATCHES = (16, 32, 64, 128, 256)
_CHOSEN = "_train_chosen"
_WRONG = "_train_wrong"
_FIELDS = (
    *("family", "data", "growth_rate", "depth", "compression", "bottleneck", "norm"),
    *("optimiser", "learning_rate", "batch", "epochs", "seed"),
)


def _key(field: str) -> str:
    return f"train_{field}"


def chosen() -> Settings:
    """The last settings that could be used; a new session takes them from the address."""
    if _CHOSEN not in st.session_state:
        try:
            st.session_state[_CHOSEN] = settings_in(st.query_params.to_dict())
        except SettingsError as error:
            st.session_state[_CHOSEN], st.session_state[_WRONG] = Settings(), str(error)
    found: Settings = st.session_state[_CHOSEN]
    return found


def choose_again(settings: Settings) -> None:
    """Sets all controls to these settings; call it from a callback."""
    st.session_state[_CHOSEN] = settings
    for field in _FIELDS:
        st.session_state[_key(field)] = getattr(settings, field)


def show_choices() -> tuple[Settings, str]:
    """Shows the controls; returns the settings, and why they cannot be used, or "".

    If they cannot be used, the settings are the last ones that could.
    """
    before = chosen()
    wrong = st.session_state.pop(_WRONG, "")
    if wrong:
        st.warning(f"{wrong} This page shows its default settings.")
    for field in _FIELDS:  # a control that was on no page meanwhile gets its value again
        st.session_state.setdefault(_key(field), getattr(before, field))
    _network_controls()
    _training_controls()
    values: dict[str, Any] = {field: st.session_state[_key(field)] for field in _FIELDS}
    if values["family"] != "dense":
        values["bottleneck"] = False
    try:
        settings = settings_from(values)
    except SettingsError as error:
        return before, str(error)
    st.session_state[_CHOSEN] = settings
    _into_address(settings)
    return settings, ""


def _network_controls() -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.segmented_control(
            "Family",
            FAMILIES,
            required=True,
            format_func=FAMILY_TITLES.__getitem__,
            key=_key("family"),
            help="How a layer’s maps reach later layers: dense appends them, residual adds them, "
            "plain replaces the old ones, one-shot joins all of a block once at its end.",
        )
        st.segmented_control(
            "Pictures",
            list(DATA),
            required=True,
            format_func=lambda name: DATA[name].title,
            key=_key("data"),
        )
        st.segmented_control(
            "Norm", list(_NORMS), required=True, format_func=_NORMS.__getitem__, key=_key("norm")
        )
    first, second, third = st.columns(3)
    _slider(
        first,
        "Growth rate k",
        "growth_rate",
        _GROWTH,
        "Maps that each dense layer adds. Another family gets as many parameters as the dense "
        "network of this k.",
    )
    _slider(second, "Depth", "depth", _DEPTHS, "Convolutions, and the classifier.")
    _slider(
        third,
        "Compression θ",
        "compression",
        _THETAS,
        "The share of the maps that a transition keeps (dense and one-shot).",
        disabled=st.session_state[_key("family")] not in ("dense", "aggregated"),
    )


def _training_controls() -> None:
    with st.expander("How it is trained"):
        left, right = st.columns(2)
        left.segmented_control(
            "Optimiser",
            list(OPTIMISERS),
            required=True,
            format_func=OPTIMISERS.__getitem__,
            key=_key("optimiser"),
        )
        _slider(
            right,
            "Highest learning rate",
            "learning_rate",
            _RATES,
            "The rate rises to this value and falls to 0. SGD needs a larger one than AdamW, "
            "about 0.1.",
        )
        left.slider(
            "Epochs",
            1,
            MOST_EPOCHS,
            key=_key("epochs"),
            help="How often the network sees each picture.",
        )
        _slider(right, "Batch", "batch", _BATCHES, "Pictures of one step.")
        left.number_input(
            "Seed",
            0,
            999_999,
            key=_key("seed"),
            help="Decides the first weights and the order of the pictures.",
        )
        right.checkbox(
            "Bottleneck 1×1",
            key=_key("bottleneck"),
            disabled=st.session_state[_key("family")] != "dense",
            help="A dense layer is then 1×1 (4k maps) and 3×3 (k maps).",
        )


def _slider(
    place: Any,
    label: str,
    field: str,
    options: Iterable[float],
    words: str,
    *,
    disabled: bool = False,
) -> None:
    """A slider over some values, and over the one that a link gave."""
    all_options = sorted({*options, st.session_state[_key(field)]})
    place.select_slider(
        label,
        all_options,
        key=_key(field),
        help=words,
        disabled=disabled,
        format_func=lambda value: f"{value:g}",
    )


def _into_address(settings: Settings) -> None:
    """Each parameter by itself: the values that are not the default."""
    address = settings.to_address()
    for name in ADDRESS_NAMES:
        if name in address:
            st.query_params[name] = address[name]
        elif name in st.query_params:
            del st.query_params[name]


def show_size(settings: Settings) -> None:
    """What the network is, before it is trained."""
    spec, row = settings.spec, settings.pictures
    st.markdown(
        f"**{spec.parameters:,} parameters**, {spec.multiply_adds / 1e6:.1f} million multiply-adds "
        f"for a picture of {row.size} × {row.size} px, {settings.steps:,} steps. "
        f"It learns from {row.train:,} {row.title}; {row.unseen} others are unseen."
    )
    if settings.data == "scenes":
        st.caption(
            "The scenes are cut around their object, and their background is darkened: so a small "
            "network can learn them in about ten epochs, best with batches of 32. Drawing them "
            "takes some seconds, once."
        )
