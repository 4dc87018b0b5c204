"""Nine systems: the lecture's table, cited and live, with every parameter explained."""

from __future__ import annotations

import streamlit as st

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.systems import KERAS, SYSTEMS
from densenet_viz.stage.reconciliation.scene import reconciliation_scene
from densenet_viz.stage.scatter.scene import scatter_scene
from densenet_viz.stage.scatter.systems import (
    ACCURACIES,
    lesson,
    size_words,
    system_groups,
    system_panels,
    times_of,
)
from densenet_viz.stage.scatter.systems_table import system_table
from densenet_viz.ui.choices import from_address, into_address, turn_to_new
from densenet_viz.ui.current import take_from_address
from densenet_viz.ui.inventories import file_sizes, show_or_get, show_progress_line
from densenet_viz.ui.measuring import latest_benchmarks, measuring_panel
from densenet_viz.ui.stages import show_stage

NAMES = tuple(SYSTEMS)
RECONCILED = "densenet121"

st.title("Nine systems, counted to the last parameter")
words, controls = st.container(), st.container()
benchmarks = latest_benchmarks()
live = show_or_get(NAMES)
inventories = {name: inventory_of(system.spec) for name, system in SYSTEMS.items()} | dict(live)
times = times_of(benchmarks)
turn_to_new("time", times)

take_from_address("accuracy", ACCURACIES, ACCURACIES.__getitem__)
take_from_address("time", times, lambda key: times[key].title)
with controls.container(horizontal=True, gap="medium"):
    accuracy = st.segmented_control(
        "Accuracy (cited)",
        list(ACCURACIES),
        default="top1",
        required=True,
        key="accuracy",
        format_func=ACCURACIES.__getitem__,
        bind="query-params",
    )
    time = st.segmented_control(
        "Time",
        list(times),
        default="cpu",
        required=True,
        key="time",
        format_func=lambda key: times[key].title,
        bind="query-params",
    )
with words:
    st.markdown(lesson(inventories, accuracy))

columns, rows = system_table(
    inventories, counted=live, stored=file_sizes(NAMES), benchmarks=benchmarks
)
scene = scatter_scene(
    system_panels(inventories, accuracy=accuracy, times=times[time], counted=live),
    groups=system_groups(),
    label="Nine ImageNet systems: accuracy against parameters, multiply-adds and time",
    columns=columns,
    rows=rows,
    lit=from_address("lit", NAMES),
    measured_word="cost counted or measured here, accuracy cited",
    cited_word="both cited",
)
show_stage("scatter", scene, key="systems", on_lit_change=into_address("systems", "lit", "lit"))
show_progress_line(NAMES)
st.caption(size_words(inventories))

st.header("Why the totals agree, to the last parameter", anchor="reconciled")
chosen = next(iter(from_address("reconcile", NAMES)), RECONCILED)
listener = into_address("sums", "chosen", "reconcile")
sums = reconciliation_scene(inventories, counted=live, chosen=chosen)
show_stage("reconciliation", sums, key="sums", on_chosen_change=listener)

st.header("Measure on this machine", anchor="measure")
st.markdown(
    "Every round runs all nine, so that anything that slows this machine down slows all of them. "
    "Only the **ratio to ResNet50** can be compared between machines: the time panel above shows "
    "it beside the cited one."
)
measuring_panel()

st.caption(
    f"Cited: {KERAS}; top-1 and top-5 on ImageNet’s validation set, milliseconds for a step of 32 "
    "pictures, measured by Keras on a processor with 92 cores and on a Tesla A100. The rest is "
    "counted on networks that are built here, on one picture of 224 × 224 px."
)
