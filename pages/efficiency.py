"""Few parameters: published errors and counted costs of DenseNet and its rivals."""

from __future__ import annotations

import streamlit as st

from densenet_viz.facts.efficiency import imagenet_entries, nearest_matches
from densenet_viz.stage.scatter.efficiency import cifar_scene, imagenet_scene
from densenet_viz.ui import efficiency as ui
from densenet_viz.ui.stages import show_stage

st.title("Few parameters are enough")
st.markdown(
    "Later layers can still read every map of a block, so no layer has to compute it again. How "
    "much does that save? **Costs are counted here** from the architectures, **errors are cited**, "
    "each with its source."
)
with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
    data = ui.choose_data()
    cost = ui.choose_cost()
    measure = ui.choose_measure() if data is None else None

if data is not None:
    show_stage("scatter", cifar_scene(cost, data), key="efficiency-cifar")
    ui.show_cifar_words(data, cost)
elif measure is not None:
    guess = ui.ask_guess()
    scene = imagenet_scene(cost, measure, revealed=guess is not None, lit=ui.lit_by(guess))
    show_stage("scatter", scene, key="efficiency-imagenet")
    if guess is not None:
        ui.show_matches(nearest_matches(imagenet_entries(measure)))
    ui.show_published_errors()
ui.show_sources(data)
st.markdown(
    "The same question on small networks trained here: "
    "[Concatenate or add](why_it_works?part=trained)."
)
