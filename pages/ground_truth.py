"""Ground truth: is the map looking at the object, and would you notice a cheat?"""

from __future__ import annotations

import streamlit as st

from densenet_viz.ui.parts import Part, choose_part
from densenet_viz.ui.truth import concepts as truth_concepts
from densenet_viz.ui.truth import lineup as truth_lineup
from densenet_viz.ui.truth import pairs as truth_pairs
from densenet_viz.ui.truth import scene as truth_scene
from densenet_viz.ui.truth import scoreboard as truth_scoreboard

PARTS = {
    "lineup": Part("Which one cheats?", truth_lineup, truth_lineup.show_lineup),
    "pairs": Part("Two objects", truth_pairs, truth_pairs.show_pairs),
    "object": Part("Map and mask", truth_scene, truth_scene.show_scene),
    "concepts": Part("Concepts", truth_concepts, truth_concepts.show_concepts),
    "scoreboard": Part("Scoreboard", truth_scoreboard, truth_scoreboard.show_scoreboard),
}

st.title("Does it look at the object?")
st.markdown(
    "A map looks convincing even when it is wrong. This project drew these pictures, so it is "
    "known where the object is, and a map can be **measured**."
)
choose_part("part", PARTS)()
