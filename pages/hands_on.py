"""Hands on: a visitor trains a small network, and sees what changes in it."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.parts import Part, choose_part
from densenet_viz.ui.training import drawing, live, runs, tasks, watched

PARTS = {
    live.TRAIN: Part("Train", live, live.show_part),
    "watch": Part("Watch it learn", watched, watched.show_part),
    "runs": Part("Compare and take home", runs, runs.show_part),
    "draw": Part("Draw a digit", drawing, drawing.show_part),
    "tasks": Part("Tasks", tasks, tasks.show_part),
}

st.title("Train it yourself")
choose_part(live.PART, PARTS)()
