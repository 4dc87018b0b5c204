"""Where a network looked: a picture, the network's answer, and a map for any class."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.attribution import explained, explaining
from densenet_viz.ui.attribution.checking import CHECK, show_check
from densenet_viz.ui.attribution.map_files import show_files
from densenet_viz.ui.attribution.sharpening import show_map
from densenet_viz.ui.current import choose
from densenet_viz.ui.work.jobs import desk as session_desk
from densenet_viz.ui.work.unfinished import LOOK

st.title("What did the network look at?")
st.markdown(
    "The network names a drawn scene, or [your own picture](#choose-a-picture). The map shows "
    "which pixels raise the score of a class and which lower it."
)
picture_side, answer_side = st.columns([7, 3], gap="medium")
looked, chooser = picture_side.container(), picture_side.container()

with chooser:
    st.subheader("Choose a picture", anchor="choose-a-picture")
    gallery = st.container()
    picture = choose(st.container())
with gallery:
    explaining.choose_scene(picture)

with looked:
    model = explaining.model_or_stop()
    explained.show_limits_of_knowledge(model, picture)

with answer_side:
    st.subheader("What it says", anchor=False)
    predictions, prediction = explaining.predictions_of(model, picture)
    target = explaining.choose_target(model, predictions, prediction, picture.truth)
    method, settings = explaining.choose_explanation(model)

question = explaining.MapQuestion(model, picture, predictions, target, method, settings)
desk = session_desk()
desk.ask(question.key, question.compute, question.kept).seen.wait(LOOK)

with looked:
    attribution = show_map(question, desk)
    if attribution is not None:
        show_files(model, picture, attribution)
        st.subheader("Is it Captum’s map?", anchor=False)
    show_check(question.ask, attribution, CHECK)

with answer_side:
    explained.show_words(question, attribution)
with picture_side:
    if attribution is not None:
        explained.show_tables(question, attribution)
