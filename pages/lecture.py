"""The lecture: slides whose pictures are live, presented from this page."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.lecture.page import choose_deck, show_lecture

st.title("Lecture")
st.markdown(
    "Teach DenseNet with the app itself: the pictures on the slides are the **live** ones. Step "
    "with a clicker, play with a picture, go on; notes and time stand in a second window."
)
start = st.container()
deck = choose_deck(st.expander("Present a deck of your own", icon=":material/slideshow:"))
with start:
    show_lecture(deck)
