"""Where a network looked: a picture, the network's answer, and a map for any class."""

from __future__ import annotations

import streamlit as st

from densenet_viz.images.pictures import prepare_decoder
from densenet_viz.ui.attribution import explained, explaining
from densenet_viz.ui.attribution.captum_check import CHECK, show_check
from densenet_viz.ui.attribution.map_files import show_files
from densenet_viz.ui.attribution.sharpening import show_map
from densenet_viz.ui.current import choose_model, current_picture
from densenet_viz.ui.work.jobs import desk as session_desk
from densenet_viz.ui.work.unfinished import LOOK

st.title("What did the network look at?")
st.markdown("Choose a picture. The map shows which pixels raise the score of a class.")

limits, gallery = explaining.show_picture_choice()
answer_side, map_side = st.columns([3, 7], gap="medium")
words_side, files_side = st.columns([1, 1], gap="medium")
tables = st.container()

with answer_side:
    answer_title = st.container()
    choose_model()
picture = current_picture()
with gallery:
    explaining.choose_sample(picture)

with limits:
    model = explaining.model_or_stop()
    explained.show_limits_of_knowledge(model, picture)
with answer_title:
    st.subheader(explained.answer_title(model, picture), anchor=False)

with answer_side:
    predictions, prediction = explaining.predictions_of(model, picture)
    target = explaining.choose_target(model, predictions, prediction, picture.truth)
    against = explaining.choose_against(model, predictions, prediction, target)
    explanation = explaining.choose_explanation(model)

question = explaining.MapQuestion(model, picture, predictions, target, *explanation, against)
desk = session_desk()
desk.ask(question.key, question.compute, question.kept, question.need).seen.wait(LOOK)

with map_side:
    attribution = show_map(question, desk)
with files_side:
    if attribution is not None:
        show_files(model, picture, attribution)
        st.subheader("Is it Captum’s map?", anchor=False)
    show_check(question.ask, attribution, CHECK)
with words_side:
    explained.show_words(question, attribution)
with tables:
    if attribution is not None:
        explained.show_tables(question, attribution)
    explaining.show_sources(picture)
prepare_decoder()
