"""What DenseNet is, in one picture that needs no network."""

from __future__ import annotations

import streamlit as st

from densenet_viz.facts.spec import VARIANTS
from densenet_viz.images.pictures import fit
from densenet_viz.stage.overview.ideas import ideas
from densenet_viz.stage.overview.scene import overview_scene, part_table
from densenet_viz.ui.current import current_picture
from densenet_viz.ui.pages import PAGES
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.warmup import warm_up

SPEC = VARIANTS["densenet121"]
THUMBNAIL = 160
WAYS = {
    "growth_rate": "Watch 64 maps become 96, then 128, on a network that runs. Build another "
    "one with your own growth rate.",
    "dense_block": "Point at a layer: see which layers it reads, which read it, and what it wrote.",
    "transition": "See 256 maps become 128, half as wide, with real numbers under the moving "
    "window.",
    "inside": "Go into the network: blocks, layers, channels, down to one number and how it was "
    "computed. Then cut connections.",
    "why_it_works": "The loss’s gradient at every layer of plain, residual and dense networks. Cut "
    "the direct paths, and train them.",
    "attributions": "Upload a picture, and see where the network looked to name it.",
    "bench": "Up to nine maps of one picture side by side, on one scale: methods, classes, layers, "
    "baselines.",
    "ground_truth": "Two models are equally accurate, but one cheats. Find it by where it looks.",
    "hands_on": "Train a small network yourself, watch it learn epoch by epoch, and draw a digit.",
    "lecture": "Present all of this to an audience: slides with live pictures, a speaker view, and "
    "phones that follow.",
    "architectures": "121, 161, 169, 201, 264: one rule, five sizes, and what the numbers mean.",
    "nine_systems": "The ResNets and DenseNets of the lecture's table, live, counted to the last "
    "parameter.",
    "efficiency": "The paper's own comparisons: what a ResNet needs for the same error.",
    "memory": "What few parameters cost: the maps that a training step has to keep.",
}

st.title("DenseNet in one picture")
st.markdown(
    "Every layer of a block **reads all layers before it**, and keeps what they wrote. By Gao "
    "Huang, Zhuang Liu, Laurens van der Maaten and Kilian Q. Weinberger (CVPR 2017, best paper)."
)

picture = current_picture()
scene = overview_scene(SPEC, fit(picture.pixels, THUMBNAIL), alt=picture.caption)
show_stage("overview", scene, key="overview")

for heading, compares in (("Look inside", False), ("Compare", True)):
    st.header(heading, anchor=False)
    ways = [row for row in PAGES if row.name in WAYS and (row.section == "Compare") == compares]
    for first in range(0, len(ways), 2):
        for column, row in zip(st.columns(2), ways[first : first + 2], strict=False):
            with column.container(border=True, height="stretch", key=f"way-{row.name}"):
                st.page_link(row.path, label=f"{row.icon} **{row.title}**", width="stretch")
                st.markdown(WAYS[row.name])

st.header("Three ideas", anchor=False)
for column, idea in zip(st.columns(3), ideas(SPEC), strict=True):
    with column:
        st.metric(idea.title, idea.number)
        st.markdown(f"**{idea.counted[0].upper()}{idea.counted[1:]}.** {idea.words}")
        st.caption(f"{idea.source[0].upper()}{idea.source[1:]}.")

with st.expander("The numbers as a table"):
    st.markdown(
        f"{SPEC.name} on one picture of {SPEC.input_size} × {SPEC.input_size} px. "
        f"Why {SPEC.depth}: {SPEC.depth_reason}."
    )
    st.markdown(part_table(SPEC))

warm_up()
