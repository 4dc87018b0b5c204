"""Transition: between two blocks, fewer maps and smaller ones, on a real tensor."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from densenet_viz.facts.spec import SpecError
from densenet_viz.measure.transition import transition_row
from densenet_viz.stage.transition.scene import transition_rows, transition_scene
from densenet_viz.ui.controls import Control, follow, slider
from densenet_viz.ui.current import choose, current_model
from densenet_viz.ui.numbers import in_millions
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.traces import compressed_trace, trained_trace

THETA = Control("theta", "Compression θ", 0.1, 1.0, 0.1, 0.5, "")

st.title("Transition")
st.markdown(
    "A block only adds maps. Between two blocks a **transition** reduces them: a 1 × 1 convolution "
    "mixes all maps into fewer, and a 2 × 2 window halves their width and height."
)
picture = choose(st.sidebar)
model = current_model()
transitions = range(1, len(model.spec.block_config))
if not transitions:
    st.info(f"**{model.title}.** It has one block, so it has no transition.")
    st.stop()
if st.session_state.get("transition", 1) not in transitions:  # kept from a network with more
    st.session_state["transition"] = 1
learned = max(0.01, round(model.spec.compression, 2))
follow("_theta_default", {"theta": learned})
with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
    block: int = st.segmented_control(
        "Transition",
        transitions,
        default=1,
        required=True,
        key="transition",
        bind="query-params",
        help="One after each block; the last block has none.",
    )
    sentence = f"A transition keeps this share of its maps. The network was built with {learned:g}."
    chosen = slider(replace(THETA.around(learned), help=sentence), width=260)

theta = model.spec.compression if chosen == learned else round(float(chosen), 2)
try:
    row = transition_row(model.spec, block, theta)
except SpecError as error:
    st.warning(f"{error} Choose a larger share.")
    st.stop()
network = trained_trace(model, picture)
trace = compressed_trace(model, picture, block, row.out_channels)
own = trace is network.transitions[block - 1]
scene = transition_scene(
    trace,
    network.blocks[block - 1],
    compression=theta,
    trained=network.trained,
    own=own,
    mismatches=network.mismatches,
)
show_stage("transition", scene, key="transition_stage")

reads, keeps = row.in_channels, row.out_channels
for column, (label, value, note) in zip(
    st.columns(3),
    (
        ("Parameters", f"{row.parameters:,}", f"{reads} × {keeps} weights + 2 × {reads}"),
        ("Multiply-adds, one picture", in_millions(row.multiply_adds), "in the 1 × 1 convolution"),
        ("Numbers passed on", f"{trace.pooled.size:,}", f"of {trace.given.size:,}"),
    ),
    strict=True,
):
    column.metric(label, value, note, delta_color="off", delta_arrow="off")
if not own:
    st.info(
        f"At θ = {theta:g} the 1 × 1 convolution is **random**: no network was trained to keep "
        f"{keeps} maps. The maps from block {block} and the batch norm are the network's own, and "
        "all values you see were computed from them just now."
    )
st.markdown(
    f"""
**Mixing.** Each of the {keeps} output maps is a weighted sum of all {reads} maps, pixel by pixel:
that is all a 1 × 1 convolution does. The paper's θ says how many are kept,
⌊θ · {reads}⌋ = {keeps}.

**Average or max.** The average uses a quarter of every value, so the sum of a map becomes a
quarter, and in training all four values receive the error. The maximum keeps only the largest value
and drops the other three. DenseNet's transitions use the average; only its stem uses the maximum.

**Paper and code.** The paper's transition is batch norm, 1 × 1 convolution, 2 × 2 average
(section 3). The authors' code and torchvision's also have a ReLU before the convolution, and so
does the network above: that is why no input tile holds a negative value. After mixing with
signed weights, values may be negative again.
"""
)
with st.expander("The numbers as a table"):
    st.table(transition_rows(trace))
st.caption(
    f"{model.title}. {model.provenance} G. Huang, Z. Liu, L. van der Maaten, K. Q. Weinberger, "
    "*Densely Connected Convolutional Networks*, CVPR 2017."
)
