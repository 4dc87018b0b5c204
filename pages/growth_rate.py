"""Growth rate: each layer keeps everything before it and adds k maps, on a live network."""

from __future__ import annotations

import streamlit as st

from densenet_viz.network.source import pytorch_code
from densenet_viz.stage.growth.scene import explore_scene
from densenet_viz.ui.controls import (
    SEEN,
    can_be_linked,
    follow,
    growth_address,
    growth_controls,
    growth_spec,
    link_with,
)
from densenet_viz.ui.current import choose, current_model
from densenet_viz.ui.staged import chosen_values, controls_scene, show_explored, until_shown
from densenet_viz.ui.traces import explored_growth

STAGE = "growth"
RANDOM = (
    "Weights: random, drawn just now. No network was trained with these numbers, so the maps show "
    "what untrained filters see. Shapes and costs are the same as after training."
)

st.title("Growth rate")
st.markdown(
    "Each layer of a dense block reads **everything** before it and adds k maps of its own: k is "
    "the growth rate."
)
picture = choose(st.sidebar)
model = current_model()
controls = growth_controls(model.spec)
follow(SEEN, {key: row.default for key, row in controls.items()})


@st.fragment
def explore() -> None:
    """What changes with the controls in the stage; the rest of the page does not run again."""
    values = chosen_values(controls)
    spec = growth_spec(model.spec, values)
    stage = explore_scene(
        model.spec,
        controls_scene(STAGE, controls, values),
        trained=model.trained,
        weights={"own": f"Weights: {model.provenance}", "random": RANDOM},
    )
    with until_shown(STAGE):
        growth = explored_growth(spec, model, picture)
    scene = {**growth, "caption": picture.caption, "explore": stage}
    show_explored("growth", scene, STAGE, controls)
    if can_be_linked(spec):
        st.page_link(
            "pages/architectures.py",
            label="Compare with the paper's five",
            icon=":material/view_column:",
            query_params=link_with(growth_address(spec)),
        )
    with st.expander("This network in PyTorch"):
        st.code(pytorch_code(spec), language="python")


explore()
