"""Dense block: every connection of one block of the live network, and what each layer reads."""

from __future__ import annotations

import streamlit as st

from densenet_viz.stage.block.scene import block_rows, block_scene, explore_scene
from densenet_viz.ui.control_kinds import Choice
from densenet_viz.ui.current import choose, current_model
from densenet_viz.ui.staged import chosen_values, controls_scene, show_explored, until_shown

STAGE = "block_stage"

st.title("Dense block")
st.markdown(
    "Inside a block every layer reads the maps of **all** layers before it, not only of the last. "
    "Point at a layer, tap it, or use the arrow keys: what it reads and which layers read it are "
    "highlighted."
)
picture = choose(st.sidebar)
model = current_model()
blocks = tuple(range(1, len(model.spec.block_config) + 1))
sentence = (
    f"The network has {len(blocks)}. From block to block the number of maps grows and their size "
    "shrinks."
)
controls = {"block": Choice("block", "Block", blocks, 1, sentence)}


@st.fragment
def explore() -> None:
    """What changes with the block; the rest of the page does not run again."""
    values = chosen_values(controls)
    block = values["block"]
    with until_shown(STAGE):
        from densenet_viz.ui.traces import trained_trace

        trace = trained_trace(model, picture)
    stage = explore_scene(model.spec, controls_scene(STAGE, controls, values))
    scene = {**block_scene(trace, block=block), "explore": stage}
    show_explored("block", scene, STAGE, controls)
    layers = len(trace.blocks[block - 1].layers)
    growth_rate = trace.spec.growth_rate
    st.markdown(
        f"""
**How the lines are counted.** Layer *l* has *l* sources: what entered the block, and the
*l* − 1 layers before it. Over {layers} layers that makes 1 + 2 + … + {layers} =
{layers} × {layers + 1} / 2 = **{trace.spec.connections[block - 1]:,} direct connections**, where a
plain chain has {layers}. The concatenation that leaves the block is not counted, as in the paper
(section 1).

**What the connections do.** Each layer adds only {growth_rate} maps, its *growth rate*, and
nothing is overwritten. So a late layer reads the first, simplest maps exactly as they were written,
and during training the error reaches the first layers by a short path.
"""
    )
    with st.expander("The numbers as a table"):
        st.table(block_rows(trace, block=block))


explore()
st.caption(
    f"{model.title}. {model.provenance} Which layer reads which channels was recorded while the "
    "network ran on the current picture. Maps use the colours of cividis, each from its own lowest "
    "to its own highest value. G. Huang, Z. Liu, L. van der Maaten, K. Q. Weinberger, *Densely "
    "Connected Convolutional Networks*, CVPR 2017."
)
