"""Why it works: gradients and features of four families of networks."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.parts import Part, choose_part
from densenet_viz.ui.why import flow, similar, trained, training

PARTS = {
    "flow": Part("Gradient flow", flow, flow.show_flow),
    "training": Part("Along training", training, training.show_training),
    "trained": Part("Concatenate or add", trained, trained.show_trained),
    "similar": Part("Few parameters, and why", similar, similar.show_similar),
}

st.title("Why it works")
choose_part("part", PARTS)()
