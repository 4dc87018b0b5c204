"""Ground truth: is the map looking at the object, and would you notice a cheat?"""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui import truth_lineup, truth_pairs, truth_scene, truth_scoreboard
from densenet_viz.ui.controls import keep
from densenet_viz.ui.current import take_from_address
from densenet_viz.ui.jobs import leave

PARTS = {  # by name in the address: what the choice says, what shows the part, its jobs
    "lineup": ("Which one cheats?", truth_lineup.show_lineup, truth_lineup.DESKS),
    "pairs": ("Two objects", truth_pairs.show_pairs, truth_pairs.DESKS),
    "object": ("Map and mask", truth_scene.show_scene, truth_scene.DESKS),
    "scoreboard": ("Scoreboard", truth_scoreboard.show_scoreboard, ()),
}

st.title("Does it look at the object?")
st.markdown(
    "A map looks convincing even when it is wrong. These pictures were drawn by this project, so "
    "it is known where the object is, and a map can be **measured**."
)
for part in (truth_lineup, truth_pairs, truth_scene, truth_scoreboard):
    keep(part.KEYS)
take_from_address("part", PARTS)
chosen = st.segmented_control(
    "Part",
    list(PARTS),
    default="lineup",
    required=True,
    format_func=lambda name: PARTS[name][0],
    key="part",
    bind="query-params",
    label_visibility="collapsed",
)
for name, (_title, _show, desks) in PARTS.items():
    if name != chosen:  # what another part still computes would keep the models from this one
        leave(desks)
PARTS[chosen][1]()
