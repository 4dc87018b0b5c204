"""Part 4 of the ground-truth page: which concepts a model uses, by TCAV and by measurement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from densenet_viz.figures.concepts import concepts_figure
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.concepts import VERDICTS, ConceptScore, ConceptTest
from densenet_viz.scenes.concepts import CONCEPTS
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.truth import twins
from densenet_viz.ui.work.jobs import Report, desk
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice
from densenet_viz.ui.work.unfinished import run_job

KEYS = ("concept_model", "concept_class", "concept_layer")
DESKS = (_DESK,) = ("concepts",)
FIRST = "ring"


@dataclass(frozen=True, eq=False)
class _Job:
    model: LoadedModel
    layer: str
    target: int

    @property
    def key(self) -> tuple[Any, ...]:
        return ("concepts", self.model.name, self.layer, self.target)

    def compute(self, report: Report, cancelled: Callable[[], bool]) -> ConceptTest:
        from densenet_viz.evaluation.concepts import measure_concepts

        return measure_concepts(
            self.model,
            self.layer,
            targets=[self.target],
            on_progress=report,
            cancelled=cancelled,
        )


def show_concepts() -> None:
    """Shows the whole part: model, class and layer, the scores, and what they mean."""
    from densenet_viz.evaluation.concepts import default_layer, layers_of

    st.header("Does the network use colour, tag, shade, clutter, texture?", anchor=False)
    st.markdown(
        "TCAV asks a layer: in which direction do its values change when a picture gets this "
        "**concept**? And does the score of a class rise in that direction?"
    )
    model = twins.twin_or_none(twins.choose_twin("concept_model"))
    if model is None:
        return
    layers = layers_of(model.spec)
    with st.container(horizontal=True, gap="small"):
        name = _choose("Class", CLASSES, FIRST, "concept_class")
        layer = _choose("Layer", layers, default_layer(model.spec), "concept_layer")
    job = _Job(model, layer, CLASSES.index(name))
    need = Need(kind=_DESK)
    run_job(desk(_DESK), job.key, job.compute, _draw, Notice("Concepts"), need=need)
    _explain()


def _choose(label: str, options: tuple[str, ...], first: str, key: str) -> str:
    if st.session_state.get(key) not in options:
        given = st.query_params.get(key)
        st.session_state[key] = given if given in options else first
    chosen: str = st.selectbox(label, options, key=key, bind="query-params", width=220)
    return chosen


def _draw(found: ConceptTest) -> None:
    show_chart(
        concepts_figure(found.scores),
        key="concepts-chart",
        alt=f"TCAV scores of {len(found.scores)} concepts for {found.scores[0].target}; "
        "the table below has the numbers",
        file="concepts",
    )
    st.table(concepts_table(found), hide_index=True, alt="TCAV scores of the concepts")
    st.caption(
        f"{found.directions} directions of each concept, from {found.scenes} scenes each; "
        f"{found.pictures} pictures of the class; 95% intervals in brackets."
    )


def concepts_table(found: ConceptTest) -> list[dict[str, str]]:
    """A row for each concept."""
    return [
        {
            "Concept": score.title,
            "TCAV score": str(score.score),
            "Random pictures": f"{score.random.mean:.0%}",
            "Found in the layer": f"{score.accuracy.mean:.0%}",
            "p": f"{score.p:.2g}",
            "Measured change": _change_words(score),
            "TCAV says": f"{score.verdict}: {VERDICTS[score.verdict]}",
        }
        for score in found.scores
    ]


def _change_words(score: ConceptScore) -> str:
    """How far the class's score changes, with its interval."""
    change = score.change
    return "" if change is None else f"{change.mean:+.2f} ({change.low:+.2f} to {change.high:+.2f})"


def _explain() -> None:
    pictures = "\n".join(f"- **{one.title}**: {one.about}" for one in CONCEPTS.values())
    with st.expander("How this is measured, and what it does not show"):
        st.markdown(
            f"The same scenes are drawn with each concept and without it:\n\n{pictures}\n\n"
            "- **TCAV score**: the share of the class's pictures in which the class's score rises "
            "in the concept's direction. It counts only signs: a small rise in all pictures gives "
            "100%.\n"
            "- **Random pictures**: the same for directions between random pictures. A concept "
            "counts only if its scores differ clearly from these (t-test, p below "
            f"{0.05 / len(CONCEPTS):.2g}).\n"
            "- **Found in the layer**: how often the direction sees in a new picture whether it "
            "has the concept; 50% is chance.\n"
            "- **Measured change**: how far the class's score (its logit) changes when the concept "
            "is drawn into pictures of the class. This is the truth that TCAV is compared with.\n\n"
            "Kim, Wattenberg, Gilmer, Cai, Wexler, Viegas, Sayres, *Interpretability Beyond "
            "Feature Attribution*, ICML 2018."
        )
