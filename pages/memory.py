"""Few parameters, much memory: what concatenation costs in training, and how to save memory."""

from __future__ import annotations

import streamlit as st

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.cited.checkpointing import EFFICIENT_PAPER, PUBLISHED_STEP
from densenet_viz.facts.memory import kept_maps
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.facts.systems import SYSTEMS
from densenet_viz.figures.step_memory import kept_figure
from densenet_viz.stage.scatter.step_memory import memory_scene
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.inventories import show_or_get, show_progress_line
from densenet_viz.ui.numbers import in_megabytes
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.training_steps import training_panel

NAMES = tuple(SYSTEMS)
BLOCK = 3

st.title("Few parameters, much memory")
st.markdown(
    "A DenseNet has few weights because each layer writes only k maps. But a layer **reads** many, "
    "and a framework that joins them again for every layer keeps every copy."
)
live = show_or_get(NAMES)
computed = {name: inventory_of(system.spec) for name, system in SYSTEMS.items()}
scene = memory_scene({**computed, **live}, live=len(live) == len(NAMES))
show_stage("scatter", scene, key="memory")
show_progress_line(NAMES)

st.header("Why: every layer keeps its own copy of everything before it", anchor=False)
kept = kept_maps(VARIANTS["densenet121"], BLOCK)
layers = len(kept.naive)
st.markdown(
    f"""Block {BLOCK} of DenseNet-121 has {layers} layers. In the backward pass each of them needs
what it read. A framework keeps each concatenation, and a second copy of it after batch norm and
ReLU. Later layers read more, so the sum is **O(L²)**: {in_megabytes(kept.naive[-1])} for one
picture. But nearly all of it is copies of the same maps. If each map is kept once, and joined again
when it is needed, the sum is **O(L)**: {in_megabytes(kept.shared[-1])},
{kept.naive[-1] / kept.shared[-1]:.1f} times less."""
)
show_chart(
    kept_figure(kept),
    key="kept",
    file="kept-memory",
    alt=f"Lines over {layers} layers: kept concatenations rise in a curve to "
    f"{in_megabytes(kept.naive[-1])}, shared maps in a straight line to "
    f"{in_megabytes(kept.shared[-1])}",
)
st.caption(
    "Computed from the widths of the layers; a test compares every point with the tensors that "
    f"autograd really keeps. The idea is from {EFFICIENT_PAPER}."
)
with st.expander("The lines as a table"):
    st.table(
        {
            "After layer": [f"{layer + 1}" for layer in range(layers)],
            "Every concatenation kept": [*map(in_megabytes, kept.naive)],
            "Shared": [*map(in_megabytes, kept.shared)],
            "Part of bottlenecks": [*map(in_megabytes, kept.both)],
        },
        hide_index=True,
        alt="Memory kept after each layer",
    )

st.header("Measure a training step on this machine", anchor=False)
more_time = PUBLISHED_STEP.efficient_seconds / PUBLISHED_STEP.plain_seconds - 1
st.markdown(
    f"""Checkpointing (torchvision's `memory_efficient`) deletes each concatenation and computes it
again in the backward pass: less memory, more time. Its authors published
{PUBLISHED_STEP.plain_gigabytes:g} → {PUBLISHED_STEP.efficient_gigabytes:g} GB at
{PUBLISHED_STEP.plain_seconds:g} → {PUBLISHED_STEP.efficient_seconds:g} s a step
({PUBLISHED_STEP.network}, batch {PUBLISHED_STEP.batch}, {PUBLISHED_STEP.machine}; cited from
{PUBLISHED_STEP.source}). That is {more_time:.0%} more time; their text says 15–20%."""
)
training_panel()
st.markdown(
    "**The same gradients, but not the same running statistics.** A map that is computed again has "
    "the same values, so the gradients are equal. But the first batch norm of every dense layer is "
    "computed again too, and counts the same pictures twice: its running mean and variance move "
    "1 − 0.9² = 19% of the way to the batch's instead of 10%. A test checks this."
)
