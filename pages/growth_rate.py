"""Growth rate: each layer keeps everything before it and adds k maps, on a live network."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from densenet_viz.figures.growth import channels_figure
from densenet_viz.network.source import pytorch_code
from densenet_viz.stage.growth.scene import growth_rows, growth_scene
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.controls import can_be_linked, growth_address, growth_spec, link_with
from densenet_viz.ui.current import choose, current_model
from densenet_viz.ui.numbers import compared, in_millions, kept_words, show_block_numbers
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.traces import explored_trace

st.title("Growth rate")
st.markdown(
    "Each layer of a dense block reads **everything** before it and adds k maps of its own: k is "
    "the growth rate."
)
picture = choose(st.sidebar)
model = current_model()
spec = growth_spec(st, model.spec)
trace = explored_trace(spec, model, picture)
block = trace.blocks[0]

show_stage("growth", growth_scene(trace, caption=picture.caption), key="growth")

show_block_numbers(trace)
imagenet = replace(trace.spec, num_classes=1000)
dense, plain = block.cost, trace.spec.plain_block_cost(1)
st.markdown(
    f"""**Few parameters suffice: {compared(dense.parameters, plain.parameters)}.** A layer here
computes only {spec.growth_rate} new maps, because all earlier ones are still there to read. Without
concatenation it would have to write all of its output maps again, up to
{block.layers[-1].output_channels:,} of them. The price of concatenation is memory,
{compared(dense.activation_bytes, plain.activation_bytes)}: the plain implementation copies the maps
that it joins. The block's numbers were counted while it ran; those of the block without
concatenation are computed.

**The whole network**, {trace.spec.name}, has {trace.parameters:,} parameters (counted; with
ImageNet's 1,000 classes it would have {imagenet.parameters:,}) and needs
{in_millions(trace.spec.multiply_adds)} multiply-adds for a picture of {trace.spec.input_size} ×
{trace.spec.input_size} px (computed). {kept_words(trace)}"""
)
if can_be_linked(spec):
    st.page_link(
        "pages/architectures.py",
        label="Compare this network with the paper's five",
        icon=":material/view_column:",
        query_params=link_with(growth_address(spec)),
    )
if trace.trained or spec == model.spec:
    st.caption(f"Weights: {model.provenance}")
else:
    st.caption(
        "Weights: random, drawn just now. No network was trained with these numbers, so the maps "
        "show what untrained filters see. Shapes and costs are the same as after training."
    )

st.subheader("Each column is one tensor, and it only grows")
show_chart(
    channels_figure(trace),
    key="channels",
    file="channels",
    alt=f"Stacked bars: maps grow from {block.entering.shape[0]} by {spec.growth_rate} a layer "
    f"to {block.output_shape[0]}.",
)
with st.expander("The numbers as a table"):
    st.dataframe(growth_rows(trace), hide_index=True)
with st.expander("This network in PyTorch"):
    st.code(pytorch_code(trace.spec), language="python")
