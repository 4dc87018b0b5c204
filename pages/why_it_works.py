"""Why it works: the gradient at every layer of four families of networks."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.parts import Part, choose_part
from densenet_viz.ui.why import flow

PARTS = {
    "flow": Part("Gradient flow", flow, flow.show_flow),
}

st.title("Why it works")
choose_part("part", PARTS)()
