"""Inside: the network's connections cut, and what it answers then."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.current import choose, current_model
from densenet_viz.ui.inside import reuse, scissors
from densenet_viz.ui.parts import Part, choose_part

PARTS = {
    "scissors": Part("Scissors", scissors, scissors.show_scissors),
    "reuse": Part("Who reads whom", reuse, reuse.show_reuse),
}

st.title("Inside the network")
picture = choose(st.sidebar)
model = current_model()
choose_part("part", PARTS)(model, picture)
