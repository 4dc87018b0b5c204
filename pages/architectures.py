"""The variants: one rule in five sizes, the reason for their names, and what they cost."""

from __future__ import annotations

import streamlit as st

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.stage.variants.costs import costs_scene
from densenet_viz.stage.variants.count import count_scene
from densenet_viz.stage.variants.scene import variants_scene, variants_shown
from densenet_viz.stage.variants.table import table_scene
from densenet_viz.ui.controls import take_link
from densenet_viz.ui.inventories import file_sizes, show_or_get, show_progress_line
from densenet_viz.ui.staged import show_explored
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.variants.links import show_own_links, show_variant_links
from densenet_viz.ui.variants.own import OWN_CONTROLS, own_network

NAMES = tuple(VARIANTS)
FIVE = variants_shown()
STAGE = "variants"

st.title("One rule, five sizes")
st.markdown(
    "Every DenseNet follows the same rule: **read all, add k, keep all**. The paper's variants "
    "differ only in how many layers their blocks have; torchvision's DenseNet-161 also has more "
    "channels: k = 48, and 96 channels from the stem."
)
take_link(OWN_CONTROLS)
# The networks are counted after the first picture: building them loads torch.
counted = show_or_get(NAMES) if len(file_sizes(NAMES)) == len(NAMES) else {}
strips = variants_scene(FIVE, counted)


@st.fragment
def compare() -> None:
    """The strips and what belongs to the visitor's own network; nothing else runs again with it.

    The other pictures of the page hear of it from the strips.
    """
    own, explore = own_network(STAGE)
    show_explored("variants", {**strips, "explore": explore}, STAGE, OWN_CONTROLS)
    if own is not None:
        show_own_links(own)


compare()

st.header("Open one", anchor=False)
show_variant_links(FIVE)

st.header("Why is it called 121?", anchor=False)
show_stage("variants-count", count_scene(FIVE, counted), key="variants_count")

st.header("The paper's table 1", anchor=False)
counted = show_or_get(NAMES)
five = {variant.title: counted.get(variant.id) or inventory_of(variant.spec) for variant in FIVE}
show_stage(
    "variants-table",
    table_scene(five, label="The paper's table 1, every variant part by part"),
    key="variants_table",
)
show_progress_line(NAMES)
live = all(name in counted for name in NAMES)
st.caption(
    f"{'Counted on the weights of the live networks' if live else 'Computed from the architecture'}"
    "; your own network is always computed. A wide cell is shared by neighbouring variants; each "
    "conv in a block means BN-ReLU-conv. DenseNet-161 is from torchvision; the paper's table 1 has "
    "the other four."
)

st.header("Which layers need parameters and work", anchor=False)
show_stage("variants-costs", costs_scene(five), key="variants_costs")
