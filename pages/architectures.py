"""The variants: one rule in five sizes, the reason for their names, and what they cost."""

from __future__ import annotations

import streamlit as st

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.figures.costs import (
    WORDS,
    cost_bars,
    cost_bars_of_all,
    costs_figure,
    costs_rows,
    costs_sentence,
    costs_sentence_of_all,
)
from densenet_viz.stage.variants.count import count_scene
from densenet_viz.stage.variants.scene import variants_scene, variants_shown
from densenet_viz.stage.variants.table import table_scene
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.inventories import file_sizes, show_or_get, show_progress_line
from densenet_viz.ui.own_variant import OWN_CONTROLS, own_network
from densenet_viz.ui.staged import show_explored
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.variant_links import show_variant_links

NAMES = tuple(VARIANTS)
FIVE = variants_shown()
STAGE = "variants"
ALL = "all side by side"

st.title("One rule, five sizes")
st.markdown(
    "Every DenseNet follows the same rule: **read all, add k, keep all**. The paper's variants "
    "differ only in how many layers their blocks have; torchvision's DenseNet-161 also has more "
    "channels: k = 48, and 96 channels from the stem."
)
own, explore = own_network(STAGE)
variants = variants_shown(own)
# The networks are counted after the first picture: building them loads torch.
counted = show_or_get(NAMES) if len(file_sizes(NAMES)) == len(NAMES) else {}
scene = {**variants_scene(FIVE, counted), "explore": explore}
show_explored("variants", scene, STAGE, OWN_CONTROLS)

st.header("Open one", anchor=False)
show_variant_links(variants)

st.header("Why is it called 121?", anchor=False)
show_stage("variants-count", count_scene(FIVE, counted), key="variants_count")

st.header("The paper's table 1", anchor=False)
counted = show_or_get(NAMES)
inventories = {
    variant.title: counted.get(variant.id) or inventory_of(variant.spec) for variant in variants
}
five = {variant.title: inventories[variant.title] for variant in FIVE}
show_stage(
    "variants-table",
    table_scene(five, label="The paper's table 1, every variant part by part"),
    key="variants_table",
)
show_progress_line(NAMES)
live = all(name in counted for name in NAMES)
st.caption(
    f"{'Counted on the weights of the live networks' if live else 'Computed from the architecture'}"
    f"{'; yours is computed from its architecture' if live and own else ''}. A wide cell is "
    "shared by neighbouring variants; each conv in a block means BN-ReLU-conv. DenseNet-161 is "
    "from torchvision; the paper's table 1 has the other four."
)

st.header("Which layers need parameters and work", anchor=False)
with st.container(horizontal=True, vertical_alignment="bottom"):
    of = st.selectbox("Network", [ALL, *inventories], index=1, key="of", width=240)
    quantity = st.segmented_control(
        "What", list(WORDS), format_func=WORDS.__getitem__, default="parameters", required=True
    )
    share = st.toggle("As shares", key="share")
bars = (
    cost_bars_of_all(inventories, quantity) if of == ALL else cost_bars(inventories[of], quantity)
)
sentence = costs_sentence_of_all(inventories) if of == ALL else costs_sentence(of, inventories[of])
st.markdown(sentence)
show_chart(
    costs_figure(bars, quantity, share=share),
    key="costs",
    file="costs",
    alt=f"Stacked bars of {WORDS[quantity]} by kind of layer, {of}. {sentence}",
)
with st.expander("The numbers as a table"):
    st.table(costs_rows(bars), hide_index=True, alt=f"{WORDS[quantity]} by kind of layer, {of}")
