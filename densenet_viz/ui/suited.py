"""Which model suits the picture: drawn shapes have theirs, and photographs have ImageNet's.

A choice that the visitor made stays.
"""

from __future__ import annotations

import streamlit as st

from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui import fetching

BUNDLED = "scenes"
CHEATER = "cheater"
DRAWN = (BUNDLED, CHEATER)
"""The models that know drawn shapes only."""
IMAGENET = "densenet121"
"""The model that is offered for photographs."""
DEFAULT_PICTURE = "ring"

_STAYS = "_model_stays"
"""The session's key: whether the visitor chose the model."""
_SUITED = "_model_suited"
"""The session's key: whether the model was chosen because it suits the picture."""


def chosen_model() -> str:
    """The name of the chosen model, which may still be downloading."""
    name: str = st.session_state.get("model", BUNDLED)
    return name


def note_choice() -> None:
    """Remembers that the visitor chose the model, so that it stays."""
    st.session_state[_STAYS] = True
    st.session_state.pop(_SUITED, None)


def choose_imagenet() -> None:
    """Chooses the model for photographs; call it from a callback."""
    fetching.again()
    st.session_state["model"] = IMAGENET
    note_choice()


def suit_model() -> None:
    """Lets the model suit the picture, unless the visitor chose one; call it from a callback.

    A picture that is no drawn scene gets the ImageNet model, if its weights are on this machine.
    """
    drawn = st.session_state.get("picture", DEFAULT_PICTURE) in CLASSES
    if drawn:
        if st.session_state.pop(_SUITED, False):
            st.session_state["model"] = BUNDLED
        return
    free = chosen_model() == BUNDLED and not st.session_state.get(_STAYS)
    if free and fetching.is_here(IMAGENET):
        st.session_state["model"] = IMAGENET
        st.session_state[_SUITED] = True
