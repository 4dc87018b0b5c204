"""The lecture: slides whose pictures are live, presented from this page."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.lecture.page import choose_deck, show_lecture

st.title("Lecture")
st.markdown(
    "Teach DenseNet with the app itself: the pictures on the slides are **live**. Step with a "
    "clicker, play with a picture, continue. A second window shows notes and time."
)
start = st.container()
deck = choose_deck(st.expander("Present your own deck", icon=":material/slideshow:"))
with start:
    making = show_lecture(deck)
making.show_pictures()
