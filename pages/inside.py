"""Inside: from the whole network down to one number, on the current picture."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.current import choose, current_model
from densenet_viz.ui.inside import zoom
from densenet_viz.ui.parts import Part, choose_part

PARTS = {"zoom": Part("Zoom", zoom, zoom.show_zoom)}

st.title("Inside the network")
picture = choose(st.sidebar)
choose_part("part", PARTS)(current_model(), picture)
