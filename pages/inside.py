"""Inside: down to one number, who reads whom, and what happens when connections are cut."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.current import choose, current_model
from densenet_viz.ui.inside import layers, reuse, scissors, zoom
from densenet_viz.ui.parts import Part, choose_part

PARTS = {
    "zoom": Part("Zoom", zoom, zoom.show_zoom),
    "reuse": Part("Who reads whom", reuse, reuse.show_reuse),
    "layers": Part("Without layers", layers, layers.show_layers),
    "scissors": Part("Scissors", scissors, scissors.show_scissors),
}

st.title("Inside the network")
picture = choose(st.sidebar)
choose_part("part", PARTS)(current_model(), picture)
