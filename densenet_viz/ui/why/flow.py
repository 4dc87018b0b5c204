"""Part of the page Why it works: how much of the loss's gradient reaches each layer, live."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from densenet_viz.facts.families import FAMILIES, Family
from densenet_viz.facts.gradient_flow import (
    DEPTHS,
    GROWTH_RATES,
    SEEDS,
    memory_of,
)
from densenet_viz.figures.families import LOOKS
from densenet_viz.results.gradients import AT, At, GradientFlow
from densenet_viz.stage.gradients.scene import gradients_scene
from densenet_viz.stage.gradients.words import layer_names
from densenet_viz.ui.inside.choices import choose
from densenet_viz.ui.narrow import controls_place, rest_place
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.why import depths, direct
from densenet_viz.ui.why.choice import Chosen
from densenet_viz.ui.why.depths import show_depths
from densenet_viz.ui.why.direct import show_direct
from densenet_viz.ui.work.jobs import desk
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice, redraw, show_bar
from densenet_viz.ui.work.unfinished import GLANCE, show_stopped

NORMS = {"none": "without", "batch": "with"}
SHOWN = {"output": "what it writes", "weight": "its weights"}
_DESK = "why-flow"
DESKS = (_DESK, direct.DESK, depths.DESK)
KEYS = ("flow_depth", "flow_k", "flow_norm", "flow_at", "flow_families")
DEPTH = 58
GROWTH_RATE = 6
"""Deep enough that the plain network loses most of its gradient, and measured in seconds."""


def show_flow() -> None:
    """Shows the whole part."""
    with controls_place("flow"):
        chosen, at = _choose()
    if chosen is None:
        st.info("Choose at least one family.")
        return
    _show_measurement(chosen, at)
    with rest_place("flow"):
        _show_rest(chosen, at)


def _show_rest(chosen: Chosen, at: At) -> None:
    st.markdown(
        "A layer learns from the **loss’s gradient**, which comes back through all later layers. "
        "These networks have the **same depth** and, within 2%, the same number of parameters. "
        "They differ only in how a layer’s maps reach later layers. All are measured **here, with "
        "random first weights**, on the same handwritten digits."
    )
    show_direct(chosen)
    show_depths(chosen, at)


def _choose() -> tuple[Chosen | None, At]:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        depth: int = st.select_slider(
            "Depth (layers with weights)",
            DEPTHS,
            value=DEPTH,
            key="flow_depth",
            bind="query-params",
            width=220,
        )
        growth_rate: int = st.select_slider(
            "Growth rate k",
            GROWTH_RATES,
            value=GROWTH_RATE,
            key="flow_k",
            bind="query-params",
            help="Of the dense network; the others have as many parameters.",
            width=180,
        )
        norm: Any = choose("Batch norm", NORMS, "flow_norm")
        at: Any = choose("Gradient of", SHOWN, "flow_at")
    names = {family: look.title for family, look in LOOKS.items()}
    families: Sequence[Family] = st.pills(
        "Families",
        FAMILIES,
        default=("plain", "residual", "dense"),
        selection_mode="multi",
        format_func=names.__getitem__,
        key="flow_families",
        bind="query-params",
    )
    if not families:
        return None, at
    ordered = tuple(family for family in FAMILIES if family in families)
    return Chosen(ordered, depth, growth_rate, norm), at


def _show_measurement(chosen: Chosen, at: At) -> None:
    """The stage, the progress under it, and the table when all is measured."""
    place = desk(_DESK)
    need = Need(cores=1, memory=memory_of(chosen.specs), kind=_DESK, work=chosen.depth**2)
    job = place.ask(chosen, chosen.compute, need=need)
    job.finished.wait(GLANCE)
    notice = Notice(
        "Measuring gradients",
        cancelled="Measuring was cancelled.",
        failed="Measuring the gradients failed. Try again.",
        resume="Measure now",
        cancel_key="flow_cancel",
        again_key="flow_again",
    )

    def draw() -> None:
        flow = job.result if job.result is not None else job.preview
        scene = gradients_scene(chosen.specs, flow, at, SEEDS)
        show_stage("gradients", scene, key="gradients")
        if place.state == "working":
            show_bar(place, notice)
        else:
            show_stopped(place, notice)
        if flow is not None:
            _show_table(flow, at)

    redraw(place, draw)


def _show_table(flow: GradientFlow, at: At) -> None:
    with st.expander("The numbers as a table"):
        st.dataframe(table_of(flow, at), hide_index=True, key="flow_table")
        st.caption(
            f"{AT[at].capitalize()}: L2 norm; median over the seeds, with the smallest and the "
            "largest."
        )


def table_of(flow: GradientFlow, at: At) -> list[dict[str, str]]:
    """A row for each layer, a column for each family."""
    names = layer_names(flow.families[0].spec.layers)
    columns = [
        (LOOKS[one.family].title, one.middle(at), *one.range_of(at)) for one in flow.families
    ]
    return [
        {
            "layer": f"{place + 1}",
            "name": name,
            **{
                title: f"{middle[place]:.2e} ({low[place]:.2e} to {high[place]:.2e})"
                for title, middle, low, high in columns
            },
        }
        for place, name in enumerate(names)
    ]
