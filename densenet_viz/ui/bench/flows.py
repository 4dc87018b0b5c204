"""Part of the bench: the layers and connections that a decision used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from densenet_viz.attribution.baselines import BASELINE_WORDS, BASELINES
from densenet_viz.results.flows import StructureAttribution
from densenet_viz.stage.structure.scene import structure_scene
from densenet_viz.ui.attribution.expecting import cost_key
from densenet_viz.ui.attribution.map_jobs import results_of
from densenet_viz.ui.bench.subject import Bench, say_only_logit
from densenet_viz.ui.current import take_from_address
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.jobs import Report, desk
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice
from densenet_viz.ui.work.unfinished import run_job

KEYS = ("inside_baseline",)
_FORMER = {"the mean colour of the training pictures": "mean"}
"""Baselines by the words that older links have."""
DESKS = ("inside",)
TITLE = "The paths through the network"


@dataclass(frozen=True, eq=False)
class FlowQuestion:
    """All that the flows depend on. The same `key` means the same flows."""

    bench: Bench
    baseline: str

    @property
    def key(self) -> tuple[Any, ...]:
        bench = self.bench
        return (
            "inside",
            bench.model.name,
            bench.picture.key,
            bench.target.index,
            self.baseline,
        )

    def compute(self, report: Report, cancelled: Callable[[], bool]) -> StructureAttribution:
        from densenet_viz.structure.through import through_structure

        report(0.0)
        return through_structure(
            self.bench.model,
            self.bench.picture.pixels,
            target=self.bench.target.index,
            baseline=self.baseline,
            logits=self.bench.logits,
            device="auto",
            on_progress=report,
            cancelled=cancelled,
        )


def show(bench: Bench) -> None:
    """Shows the whole part: choice of the baseline, the flows and their maps, or progress."""
    st.header("Which layers did the decision use?", anchor=False)
    st.markdown(
        "Every layer reads all maps before it, so a decision has many paths through a dense block. "
        "Here the score is followed along each of them, from the baseline to the picture."
    )
    say_only_logit(bench, "the paths")
    inside = FlowQuestion(bench, _choose_baseline())
    kept = results_of(bench.model, bench.picture)
    draw = partial(_draw, inside)
    need = Need(kind=(*DESKS, cost_key(bench.model)))
    run_job(desk(*DESKS), inside.key, inside.compute, draw, Notice(TITLE), kept=kept, need=need)


def _draw(inside: FlowQuestion, found: StructureAttribution) -> None:
    pixels = inside.bench.model.picture(inside.bench.picture.pixels)
    words = BASELINE_WORDS[inside.baseline]
    show_stage("structure", structure_scene(found, pixels, baseline=words), key="structure")


def _choose_baseline() -> str:
    take_from_address("inside_baseline", BASELINES, BASELINE_WORDS.__getitem__, _FORMER)
    chosen: str = st.selectbox(
        "Baseline: what the picture is compared with",
        BASELINES,
        key="inside_baseline",
        format_func=BASELINE_WORDS.__getitem__,
        bind="query-params",
        width=420,
    )
    return chosen
