"""Bench: maps of one picture side by side, and what can be learned from comparing them."""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui import (
    bench_batch,
    bench_faithful,
    bench_grid,
    bench_inside,
    bench_sanity,
    bench_two,
    explained,
    explaining,
)
from densenet_viz.ui.bench import choose_bench
from densenet_viz.ui.controls import keep
from densenet_viz.ui.current import choose, take_from_address
from densenet_viz.ui.jobs import leave

PARTS = {  # by name in the address: what the choice says, what shows the part, its jobs
    "grid": ("Side by side", bench_grid.show, bench_grid.DESKS),
    "two": ("Two at once", bench_two.show, bench_two.DESKS),
    "inside": ("Inside the network", bench_inside.show, bench_inside.DESKS),
    "sanity": ("Sanity check", bench_sanity.show, bench_sanity.DESKS),
    "faithful": ("Is it faithful?", bench_faithful.show, bench_faithful.DESKS),
    "batch": ("Many pictures", bench_batch.show, bench_batch.DESKS),
}

st.title("How do the maps compare?")
st.markdown(
    "One picture, one network, one class, and many maps of what counted: put them **side by "
    "side**, and hold them against each other."
)
for part in (bench_grid, bench_two, bench_inside, bench_sanity, bench_faithful, bench_batch):
    keep(part.KEYS)
with st.expander("Picture, network and class", icon=":material/image:"):
    gallery = st.container()
    picture = choose(st.container())
    with gallery:
        explaining.choose_scene(picture)
    chosen_class = st.container()
model = explaining.model_or_stop()
explained.show_limits_of_knowledge(model, picture)
with chosen_class:
    bench = choose_bench(model, picture)
take_from_address("view", PARTS)
chosen = st.segmented_control(
    "Part",
    list(PARTS),
    default="grid",
    required=True,
    format_func=lambda name: PARTS[name][0],
    key="view",
    bind="query-params",
    label_visibility="collapsed",
)
for name, (_title, _show, desks) in PARTS.items():
    if name != chosen:  # what another part still computes would keep the model from this one
        leave(desks)
PARTS[chosen][1](bench)
