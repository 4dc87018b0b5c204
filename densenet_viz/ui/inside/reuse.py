"""Part of the page Inside: who reads whom, by weights and by what cutting a connection does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import streamlit as st

from densenet_viz.evaluation.ablations.notions import flatness
from densenet_viz.facts.connections import Connection, connections_of, reader_name, source_name
from densenet_viz.figures.reuse import reuse_figure
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.models import ASSETS
from densenet_viz.results.reuse import (
    WEIGHINGS,
    Ablation,
    Replacement,
    ablation_from_json,
)
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.inside import notions
from densenet_viz.ui.inside.choices import INSTEAD, choose
from densenet_viz.ui.inside.notions import compare_notions
from densenet_viz.ui.inside.weights import weights_of
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.jobs import Report, desk
from densenet_viz.ui.work.owners import Kind, kept_for
from densenet_viz.ui.work.progress import Notice, redraw
from densenet_viz.ui.work.unfinished import show_unfinished

KEYS = ("reuse_by", "reuse_instead")
_DESK = "reuse"
DESKS = (_DESK, notions.DESK)
MEASURED = Kind("effects of cutting", shared=4, own=2)
SCENES = 48
"""Drawn scenes that the page measures with; the shipped tables have more."""
BY = {"weights": "mean |w|", "norm-aware": "mean |w|·|γ|/σ", "ablation": "what a cut does"}


def show_reuse(model: LoadedModel, picture: CurrentPicture) -> None:
    """Shows the whole part; it is the same for every picture."""
    del picture
    st.header("Who reads whom?", anchor=False)
    st.markdown(
        "A row is a source, a column reads it: figure 5 of the paper, for **this** network. T is "
        "the transition, C the classifier; each block has its own scale."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = choose("Shown", BY, "reuse_by")
        instead = choose("A cut reader gets", INSTEAD, "reuse_instead")
    ablation = _ablation_of(model, instead)
    if by == "ablation":
        _show_effects(model, instead, ablation)
    else:
        _show_weights(model, by)
    st.header("Do large weights mean important connections? Do large flows?", anchor=False)
    if ablation is None:
        st.info("Measure first what cutting each connection does.")
        if by != "ablation":
            _offer(model, instead)
    else:
        compare_notions(model, ablation)
    _explain()


def _show_weights(model: LoadedModel, weighing: Any) -> None:
    weights = weights_of(model, weighing)
    flat = flatness(weights)
    st.markdown(flat_words(flat))
    show_chart(
        reuse_figure(model.spec, weights, quantity=BY[weighing], signed=False),
        key="reuse-chart",
        alt=f"Heat maps of {BY[weighing]} for each connection of each block. {flat_words(flat)}",
        file="reuse",
    )
    st.caption(f"Shown: {WEIGHINGS[weighing]}.")
    _table(model, {one: f"{value:.4g}" for one, value in weights.items()}, BY[weighing])


def flat_words(flat: float) -> str:
    """How equally a reader reads its sources.

    >>> flat_words(0.9)
    'A reader’s smallest source has 90% of the weight of its largest one (median over readers): \
almost flat.'
    """
    verdict = "almost flat" if flat > 0.75 else "far from flat" if flat < 0.5 else "not flat"
    return (
        f"A reader’s smallest source has {flat:.0%} of the weight of its largest one (median over "
        f"readers): {verdict}."
    )


def _show_effects(model: LoadedModel, instead: str, ablation: Ablation | None) -> None:
    if ablation is None:
        _offer(model, instead)
        return
    values = {one.connection: one.logit.mean for one in ablation.effects}
    worst = min(ablation.effects, key=lambda one: one.logit.mean)
    one = worst.connection
    after = reader_name(model.spec, one.block, one.reader)
    words = (
        f"The most harmful cut is in block {one.block}, from {source_name(one.source)} to {after}: "
        f"the right class’s logit falls by {-worst.logit.mean:.2f}, and the accuracy from "
        f"{ablation.accuracy.mean:.1%} to {worst.accuracy.mean:.1%}."
    )
    st.markdown(words)
    show_chart(
        reuse_figure(model.spec, values, quantity="change of the logit", signed=True),
        key="effects-chart",
        alt=f"Heat maps of the change of the right class’s logit for each cut connection. {words}",
        file="cuts",
    )
    st.caption(
        f"Blue: the cut lowers the right class’s logit. {ablation.pictures:,} drawn scenes, seed "
        f"{ablation.seed}; a cut reader gets {INSTEAD[ablation.replacement]} instead. Measured on "
        f"{ablation.date}. `python -m densenet_viz reuse --measure ablation` measures it again."
    )
    rows = {
        one.connection: f"{one.logit.mean:+.3f} ({one.logit.low:+.3f} to {one.logit.high:+.3f})"
        for one in ablation.effects
    }
    _table(model, rows, "change of the logit, with its 95% interval")


def _table(model: LoadedModel, values: Mapping[Connection, str], quantity: str) -> None:
    with st.expander("The numbers as a table"):
        st.dataframe(
            [
                {
                    "block": one.block,
                    "maps of": source_name(one.source),
                    "read by": reader_name(model.spec, one.block, one.reader),
                    quantity: value,
                }
                for one, value in values.items()
            ],
            hide_index=True,
        )


# -- what cutting does ----------------------------------------------------------------------


def _ablation_of(model: LoadedModel, instead: str) -> Ablation | None:
    """The shipped table of this very network, or what was measured in this process."""
    shipped = shipped_ablation(model.name, instead)
    if shipped is not None and shipped.digest == model.digest:
        return shipped
    found: Ablation | None = kept_for(MEASURED, model).find((model.name, instead))
    return found


@cache
def shipped_ablation(name: str, instead: str) -> Ablation | None:
    """The shipped table of a bundled network; None if there is none."""
    if name not in ("scenes", "cheater") or instead not in INSTEAD:
        return None
    file = ASSETS / f"ablation.{name}.{instead}.json"
    return ablation_from_json(json.loads(file.read_text("utf-8"))) if file.exists() else None


@dataclass(frozen=True, eq=False)
class _Job:
    model: LoadedModel
    instead: Replacement

    def compute(self, report: Report, cancelled: Callable[[], bool]) -> Ablation:
        from densenet_viz.evaluation.ablations.connections import measure_ablation, scenes_known_to

        pictures, labels = scenes_known_to(self.model.name, SCENES)
        return measure_ablation(
            self.model,
            pictures,
            labels,
            replacement=self.instead,
            on_progress=report,
            cancelled=cancelled,
        )


def _offer(model: LoadedModel, instead: Any) -> None:
    """A button that measures, and the progress."""
    place = desk(_DESK)
    notice = Notice("Cutting each connection", cancel_key="reuse_cancel", again_key=None)
    if place.state == "working":
        redraw(place, partial(show_unfinished, place, notice))
        return
    job = _Job(model, instead)
    count = sum(1 for _ in connections_of(model.spec))

    def begin() -> None:
        place.again()
        key = ("reuse", model.name, instead)
        place.ask(key, job.compute, kept_for(MEASURED, model))

    st.button(f"Cut all {count:,} connections, one at a time", on_click=begin, key="reuse_begin")
    st.caption(
        f"{SCENES} drawn scenes, each with every cut. A network of your own is compared with its "
        "own answers."
    )


def _explain() -> None:
    with st.expander("The definitions, and what they do not show"):
        st.markdown(
            "- **mean |w|** is the paper’s: the absolute weights between a source and a reader, "
            "divided by their number. It ignores how strong the source’s maps are.\n"
            "- **mean |w|·|γ|/σ** multiplies each weight by what the reader’s batch norm "
            "multiplies the map by. Two maps with the same weight then count by their size.\n"
            "- **What a cut does**: the connection is cut, and the right class’s logit, its "
            "probability and the accuracy are measured again on the same scenes.\n"
            "- **Flow**: while a black picture changes into a scene, how much of the right class’s "
            "rise goes along the connection (conductance, Dhamdhere et al., ICLR 2019). Flows and "
            "cuts ask the network, weights do not. A flow is split among readers and sources, so "
            "it adds up; the effects of cuts do not.\n"
            "- The paper’s figure shows a network trained on CIFAR-10 (L = 40, k = 12, without "
            "bottlenecks). This network is another one, so it may read in another way. "
            "G. Huang, Z. Liu, L. van der Maaten, K. Q. Weinberger, CVPR 2017, section 5."
        )
