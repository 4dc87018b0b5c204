"""A visitor draws a digit, and up to two trained networks answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from densenet_viz.learning.data import DATA
from densenet_viz.results.learning import Look
from densenet_viz.results.traces import Picture
from densenet_viz.stage.digit.scene import MOST, digit_scene, read_cells
from densenet_viz.ui.narrow import controls_place
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.training.live import describe, offer_training
from densenet_viz.ui.training.session import Entry, trainings

if TYPE_CHECKING:
    from densenet_viz.learning.looking import Method

KEYS = ("train_asked", "train_method")
DESKS: tuple[str, ...] = ()
STAGE = "digit"
METHODS: dict[Method, str] = {"saliency": "gradient", "grad-cam": "Grad-CAM"}
_PICTURE = "_train_drawn"
"""The session's key for the last picture and what it is: (pixels, caption)."""


def show_part() -> None:
    """The whole part: which trainings answer, the drawing, and the answers."""
    known = [
        entry
        for entry in trainings().entries()
        if entry.settings.data == "digits" and entry.network is not None
    ]
    if not known:
        offer_training("No training on digits is over yet. A trained network answers here.")
        return
    _draw(known)


@st.fragment
def _draw(known: list[Entry]) -> None:
    """A fragment: a stroke does not run the rest of the page again."""
    names = [entry.name for entry in known]
    kept = [name for name in st.session_state.get("train_asked", []) if name in names]
    st.session_state["train_asked"] = (kept or names[-MOST:])[:MOST]
    with (
        controls_place("digit"),
        st.container(horizontal=True, gap="medium", vertical_alignment="bottom"),
    ):
        asked = st.pills(
            f"Who answers (up to {MOST})", names, selection_mode="multi", key="train_asked"
        )
        method = st.segmented_control(
            "Map",
            list(METHODS),
            default="saliency",
            required=True,
            format_func=METHODS.__getitem__,
            key="train_method",
            help="Which pixels the answer follows. Grad-CAM needs a dense network with batch norm; "
            "for others the gradient is shown.",
        )
        number = st.number_input(
            "An unseen digit", 1, DATA["digits"].unseen, key="train_unseen", width=170
        )
        st.button("Take it", on_click=_take_unseen, args=(int(number),), key="train_take")
    picture, caption = st.session_state.get(_PICTURE, (None, ""))
    shown = [entry for entry in known if entry.name in asked][:MOST]
    looks = [] if picture is None else [_asked(entry, picture, method) for entry in shown]
    from densenet_viz.learning.looking import CELLS

    scene = digit_scene(CELLS, DATA["digits"].labels, picture, caption, looks)
    show_stage("digit", scene, key=STAGE, on_drawn_change=_take_drawn)
    if caption:
        st.caption(f"The networks get {caption}.")


def _asked(entry: Entry, picture: Picture, method: Method) -> tuple[str, Look]:
    return f"{entry.name}: {describe(entry.settings)}", entry.looker().look(picture, method)


def _take_drawn() -> None:
    from densenet_viz.learning.looking import CELLS, picture_of

    told = (st.session_state.get(STAGE) or {}).get("drawn")
    cells = read_cells(told.get("cells") if isinstance(told, dict) else None, CELLS)
    picture = None if cells is None else picture_of(cells)
    words = "your drawing, enlarged until it fills 8 × 8 pixels, as the digits of the data set do"
    st.session_state[_PICTURE] = (picture, "" if picture is None else words)


def _take_unseen(number: int) -> None:
    from densenet_viz.learning.samples import samples_of

    samples = samples_of("digits")
    place = min(max(number, 1), len(samples.unseen)) - 1
    truth = samples.labels[samples.unseen_labels[place]]
    pixels = np.asarray(samples.unseen[place])
    st.session_state[_PICTURE] = (pixels, f"the unseen digit {number}, which is a {truth}")
