"""Transition: between two blocks, fewer maps and smaller ones, on a real tensor."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from densenet_viz.facts.spec import SpecError
from densenet_viz.measure.transition import transition_row
from densenet_viz.stage.shared.spec import spec_scene
from densenet_viz.stage.transition.scene import transition_rows, transition_scene
from densenet_viz.ui.control_kinds import Choice, Control
from densenet_viz.ui.controls import follow
from densenet_viz.ui.current import choose, current_model
from densenet_viz.ui.staged import chosen_values, controls_scene, show_explored, until_shown
from densenet_viz.ui.traces import compressed_trace, trained_trace

STAGE = "transition_stage"
THETA = Control("theta", "Compression θ", 0.1, 1.0, 0.1, 0.5, "")
AFTER = Choice(
    "transition", "Transition", (1,), 1, "One after each block; the last block has none."
)

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
learned = max(0.01, round(model.spec.compression, 2))
follow("_theta_default", {"theta": learned})
sentence = f"A transition keeps this share of its maps. The network was built with {learned:g}."
controls = {
    "transition": replace(AFTER, options=tuple(transitions)),
    "theta": replace(THETA.around(learned), help=sentence),
}


@st.fragment
def explore() -> None:
    """What changes with the controls in the stage; the rest of the page does not run again."""
    values = chosen_values(controls)
    block, own_theta = values["transition"], values["theta"] == learned
    theta = model.spec.compression if own_theta else round(float(values["theta"]), 2)
    try:
        keeps = transition_row(model.spec, block, theta).out_channels
    except SpecError:  # the stage says so, and shows the network's own
        theta = model.spec.compression
        keeps = model.spec.transition_channels[block - 1]
    with until_shown(STAGE):
        network = trained_trace(model, picture)
        trace = compressed_trace(model, picture, block, keeps)
    own = trace is network.transitions[block - 1]
    scene = transition_scene(
        trace,
        network.blocks[block - 1],
        compression=theta,
        trained=network.trained,
        own=own,
        mismatches=network.mismatches,
        explore={
            "base": spec_scene(model.spec),
            "controls": controls_scene(STAGE, controls, values),
        },
    )
    show_explored("transition", scene, STAGE, controls)
    reads = len(trace.given)
    if not own:
        st.info(
            f"At θ = {theta:g} the 1 × 1 convolution is **random**: no network was trained to keep "
            f"{keeps} maps. The maps from block {block} and the batch norm are the network's own, "
            "and all values you see were computed from them just now."
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


explore()
st.caption(
    f"{model.title}. {model.provenance} G. Huang, Z. Liu, L. van der Maaten, K. Q. Weinberger, "
    "*Densely Connected Convolutional Networks*, CVPR 2017."
)
