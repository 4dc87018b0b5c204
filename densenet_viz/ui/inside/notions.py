"""Three notions of an important connection, compared: weights, cuts, and flows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import combinations

import streamlit as st

from densenet_viz.evaluation.ablations.notions import rank_agreement
from densenet_viz.facts.connections import Connection, connections_of
from densenet_viz.figures.reuse import notions_figure
from densenet_viz.network.loaded import LoadedModel
from densenet_viz.network.models import ASSETS
from densenet_viz.results.reuse import Ablation, MeanFlows, flows_from_json
from densenet_viz.results.scores import Interval
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.inside.weights import weights_of
from densenet_viz.ui.work.jobs import Report, desk
from densenet_viz.ui.work.owners import Kind, kept_for
from densenet_viz.ui.work.progress import Notice, redraw
from densenet_viz.ui.work.unfinished import show_unfinished

DESK = "reuse-flows"
FLOWED = Kind("flows of many scenes", shared=4, own=2)
SCENES = 8
"""Drawn scenes whose flows the page follows; the shipped tables have more."""
CUT, FLOW = "size of what a cut does", "size of the flow"
WEIGHTS = {"mean |w|": "weights", "mean |w|·|γ|/σ": "norm-aware"}

Notion = Mapping[Connection, float]


def compare_notions(model: LoadedModel, ablation: Ablation) -> None:
    """Shows how far weights, cuts and flows put the connections of a block in the same order."""
    effects = {one.connection: one.logit for one in ablation.effects}
    flows = _flows_of(model)
    notions = notions_of(model, ablation, flows)
    found = agreements(model, notions)
    st.markdown(agreement_words(found))
    st.markdown(
        "Rank correlation (Spearman’s ρ) of two measures of importance over the connections of a "
        "block, with 95% intervals (bootstrap). 1: the same order; 0: no relation."
    )
    st.table(
        rows_of(found), hide_index=True, alt="Rank correlation of each two measures, block by block"
    )
    if flows is None:
        _offer(model)
    else:
        st.caption(
            f"Flows: the mean size over {flows.pictures:,} drawn scenes (seed {flows.seed}), each "
            f"changed from {flows.baseline}, as *Inside* on the bench shows them for one picture."
        )
    show_chart(
        notions_figure(model.spec, weights_of(model, "norm-aware"), effects),
        key="notions-chart",
        alt="A point for each connection: its norm-aware weight from left to right, and the change "
        "of the right class’s logit when it is cut from bottom to top",
        file="weights-and-cuts",
    )


def notions_of(
    model: LoadedModel, ablation: Ablation, flows: MeanFlows | None
) -> dict[str, Notion]:
    """The importance of each connection by each notion that is known."""
    found: dict[str, Notion] = {
        "mean |w|": weights_of(model, "weights"),
        "mean |w|·|γ|/σ": weights_of(model, "norm-aware"),
        CUT: {one.connection: abs(one.logit.mean) for one in ablation.effects},
    }
    return found if flows is None else found | {FLOW: flows.sizes}


Agreements = Mapping[tuple[str, str], Mapping[int, Interval | None]]
"""By two notions, then by block; None where there are too few connections."""


def agreements(model: LoadedModel, notions: Mapping[str, Notion]) -> Agreements:
    """The rank correlation of each two notions in each block; not of the two kinds of weights."""
    blocks = range(1, len(model.spec.block_config) + 1)
    pairs = [pair for pair in combinations(notions, 2) if not set(pair) <= set(WEIGHTS)]
    return {
        (one, other): {
            block: rank_agreement(
                notions[one], notions[other], list(connections_of(model.spec, block))
            )
            for block in blocks
        }
        for one, other in pairs
    }


def rows_of(found: Agreements) -> list[dict[str, str]]:
    """A row for each two notions, a column for each block."""
    return [
        {"Measures": f"{one} and {other}"}
        | {f"block {block}": _words(rho) for block, rho in blocks.items()}
        for (one, other), blocks in found.items()
    ]


def agreement_words(found: Agreements) -> str:
    """Whether weights, and flows, tell what a cut does: the rank correlations in one sentence each.

    >>> rho = {1: Interval(0.25, -0.1, 0.5, 28), 2: Interval(0.36, 0.2, 0.5, 91)}
    >>> agreement_words({("mean |w|", CUT): rho}).split(":")[0]
    '**Hardly.** Weights and the size of what a cut does'
    """
    told = {
        words: [
            (rho, block)
            for pair, blocks in found.items()
            if set(pair) & ones and CUT in pair
            for block, rho in blocks.items()
            if rho is not None
        ]
        for words, ones in (("Weights", set(WEIGHTS)), ("Flows", {FLOW}))
    }
    if not told["Weights"]:
        return "The blocks have too few connections for a rank correlation."
    highest = max(rho.mean for rho, _ in told["Weights"])
    answer = "Hardly" if highest < 0.4 else "In part" if highest < 0.8 else "Largely"
    return f"**{answer}.** " + " ".join(
        _highest_words(words, rhos) for words, rhos in told.items() if rhos
    )


def _highest_words(words: str, rhos: Sequence[tuple[Interval, int]]) -> str:
    best, block = max(rhos, key=lambda each: each[0].mean)
    clear = sum(rho.low > 0 for rho, _ in rhos)
    return (
        f"{words} and the size of what a cut does: ρ is at most {best.mean:+.2f} (block {block}), "
        f"and its interval is above 0 in {clear} of {len(rhos)} cases."
    )


def _words(found: Interval | None) -> str:
    return "" if found is None else f"{found.mean:+.2f} ({found.low:+.2f} to {found.high:+.2f})"


# -- flows --------------------------------------------------------------------------------------


def _flows_of(model: LoadedModel) -> MeanFlows | None:
    """The shipped flows of this very network, or what was followed in this process."""
    shipped = shipped_flows(model.name)
    if shipped is not None and shipped.digest == model.digest:
        return shipped
    found: MeanFlows | None = kept_for(FLOWED, model).find(model.name)
    return found


@cache
def shipped_flows(name: str) -> MeanFlows | None:
    """The shipped flows of a bundled network; None if there are none."""
    if name not in ("scenes", "cheater"):
        return None
    file = ASSETS / f"flows.{name}.json"
    return flows_from_json(json.loads(file.read_text("utf-8"))) if file.exists() else None


@dataclass(frozen=True, eq=False)
class _Job:
    model: LoadedModel

    def compute(self, report: Report, cancelled: Callable[[], bool]) -> MeanFlows:
        from densenet_viz.evaluation.ablations.connections import SEED, scenes_known_to
        from densenet_viz.structure.mean import mean_flows

        pictures, labels = scenes_known_to(self.model.name, SCENES)
        return mean_flows(
            self.model, pictures, labels, seed=SEED, on_progress=report, cancelled=cancelled
        )


def _offer(model: LoadedModel) -> None:
    """A button that follows the flows, and the progress."""
    place = desk(DESK)
    notice = Notice("Following the flows", cancel_key="flows_cancel", again_key=None)
    if place.state == "working":
        redraw(place, partial(show_unfinished, place, notice))
        return

    def begin() -> None:
        place.again()
        place.ask(model.name, _Job(model).compute, kept_for(FLOWED, model))

    st.button("Compare the flows, too", on_click=begin, key="flows_begin")
    st.caption(f"The flows of {SCENES} drawn scenes along every connection, as on the bench.")
