"""What a network says of a picture: one pass for each pair, whichever page asks."""

from __future__ import annotations

import streamlit as st

from densenet_viz.network.loaded import LoadedModel
from densenet_viz.results.attributions import Answer
from densenet_viz.results.traces import Picture
from densenet_viz.ui.current import CurrentPicture, key_of

KEPT = 512
"""Answers that the app remembers; one of a thousand classes takes 4 kB."""


def answer_of(model: LoadedModel, picture: CurrentPicture) -> Answer:
    """What a model says of the current picture."""
    return _answer(model.name, picture.key, model, picture.pixels)


def answer_to(model: LoadedModel, pixels: Picture) -> Answer:
    """What a model says of (H, W, 3) uint8."""
    return _answer(model.name, key_of(pixels), model, pixels)


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _answer(name: str, key: str, _model: LoadedModel, _pixels: Picture) -> Answer:
    return _model.answer(_pixels)
