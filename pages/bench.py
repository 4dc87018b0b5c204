"""Bench: maps of one picture side by side, and what can be learned from comparing them."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.attribution import explained, explaining
from densenet_viz.ui.bench import batch as bench_batch
from densenet_viz.ui.bench import faithful as bench_faithful
from densenet_viz.ui.bench import flows as bench_flows
from densenet_viz.ui.bench import grid as bench_grid
from densenet_viz.ui.bench import sanity as bench_sanity
from densenet_viz.ui.bench import two as bench_two
from densenet_viz.ui.bench.subject import choose_bench
from densenet_viz.ui.current import choose
from densenet_viz.ui.parts import Part, choose_part

PARTS = {
    "grid": Part("Side by side", bench_grid, bench_grid.show),
    "two": Part("Two at once", bench_two, bench_two.show),
    "inside": Part("Inside the network", bench_flows, bench_flows.show),
    "sanity": Part("Sanity check", bench_sanity, bench_sanity.show),
    "faithful": Part("Is it faithful?", bench_faithful, bench_faithful.show),
    "batch": Part("Many pictures", bench_batch, bench_batch.show),
}

st.title("How do the maps compare?")
st.markdown(
    "One picture, one network, one class, and many maps of what counted: see them **side by "
    "side**, and compare them."
)
with st.expander("Picture, network and class", icon=":material/image:"):
    gallery = st.container()
    picture = choose(st.container())
    with gallery:
        explaining.choose_sample(picture)
    chosen_class = st.container()
model = explaining.model_or_stop()
explained.show_limits_of_knowledge(model, picture)
with chosen_class:
    bench = choose_bench(model, picture)
choose_part("view", PARTS)(bench)
