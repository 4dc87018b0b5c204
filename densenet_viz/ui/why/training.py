"""Part of the page Why it works: gradients along training, live; and the training itself, which the
part about similar layers shows, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from densenet_viz.facts.families import FAMILIES, Family, Norm
from densenet_viz.facts.gradient_flow import GROWTH_RATES, TRAINED_EPOCHS, memory_of, specs_of
from densenet_viz.figures.along_training import gradients_figure
from densenet_viz.figures.families import LOOKS
from densenet_viz.learning.data import DATA
from densenet_viz.results.along_training import FamilyTraining
from densenet_viz.stage.gradients.words import ratio_words
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.inside.choices import choose
from densenet_viz.ui.narrow import controls_place
from densenet_viz.ui.work.jobs import Reporter, desk
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice, redraw, show_bar
from densenet_viz.ui.work.unfinished import GLANCE, show_stopped

_DESK = "why-training"
DESKS = (_DESK,)
KEYS = ("train_depth", "train_k", "train_norm", "train_families")
DEPTHS = (10, 16, 22, 28, 34, 40, 46)
DEPTH = 34
GROWTH_RATE = 6
NORMS = {"batch": "with", "none": "without"}
Found = tuple[FamilyTraining, ...]
DIGITS = DATA["digits"]
EVERY = 2.0
"""Seconds between two looks at the training."""


@dataclass(frozen=True)
class Trained:
    """What a visitor chose to train."""

    families: tuple[Family, ...]
    depth: int
    growth_rate: int
    norm: Norm

    def compute(self, report: Reporter, cancelled: Callable[[], bool]) -> Found:
        """Trains one family after the other; the steps so far are shown meanwhile."""
        from densenet_viz.evaluation.families.along_training import settings_for, train_families

        return train_families(
            [
                settings_for(family, self.depth, self.growth_rate, self.norm)
                for family in self.families
            ],
            on_progress=report,
            on_found=report.preview,
            cancelled=cancelled,
        )


def choose_training() -> Trained | None:
    """The controls; None if no family is chosen."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        depth: int = st.select_slider(
            "Depth (layers with weights)",
            DEPTHS,
            value=DEPTH,
            key="train_depth",
            bind="query-params",
            width=260,
        )
        growth_rate: int = st.select_slider(
            "Growth rate k",
            GROWTH_RATES,
            value=GROWTH_RATE,
            key="train_k",
            bind="query-params",
            help="Of the dense network; the others have as many parameters.",
            width=220,
        )
        norm: Any = choose("Batch norm", NORMS, "train_norm")
    chosen = st.pills(
        "Families",
        FAMILIES,
        default=("plain", "residual", "dense"),
        selection_mode="multi",
        format_func=lambda family: LOOKS[family].title,
        key="train_families",
        bind="query-params",
    )
    families = tuple(family for family in FAMILIES if family in chosen)
    return Trained(families, depth, growth_rate, norm) if families else None


def show_trainings(trained: Trained, draw: Callable[[Found], None], name: str = _DESK) -> None:
    """Trains, and draws what is there so far.

    Args:
        trained: what is trained; two parts that want the same share the result.
        draw: shows the trainings so far.
        name: of the desk; each part has its own.
    """
    place = desk(name)
    need = Need(
        cores=1,
        memory=memory_of(
            specs_of(trained.families, trained.depth, trained.growth_rate, trained.norm)
        ),
        kind=_DESK,
        work=trained.depth**2 * len(trained.families),
    )
    job = place.ask(trained, trained.compute, need=need)
    job.finished.wait(GLANCE)

    def look() -> None:
        found: Found | None = job.result or job.preview
        if place.state == "working":
            show_bar(place, _NOTICE)
        else:
            show_stopped(place, _NOTICE)
        if found:
            draw(found)

    redraw(place, look, EVERY)


_NOTICE = Notice(
    "Training on digits",
    cancelled="The training was cancelled.",
    failed="The training failed. Try again.",
    resume="Train now",
    cancel_key="train_cancel",
    again_key="train_again",
)


def show_training() -> None:
    """Shows the whole part."""
    st.markdown(
        f"The same families, **trained here** on {DIGITS.train:,} handwritten digits "
        f"({TRAINED_EPOCHS} epochs, AdamW), one after the other from one seed. A column is a step "
        "and a row is a layer. The colour shows how large the gradient of the layer’s **weights** "
        "is."
    )
    with controls_place("training"):
        trained = choose_training()
    if trained is None:
        st.info("Choose at least one family.")
        return
    show_trainings(trained, _draw)


def _draw(found: Found) -> None:
    steps = max(one.steps_per_epoch for one in found) * TRAINED_EPOCHS
    words = training_words(found)
    alt = f"A heat map for each family: the size of each layer’s gradient at each step. {words}"
    st.markdown(words)
    show_chart(
        gradients_figure(found, steps),
        key="training-chart",
        alt=alt,
        file="gradients-in-training",
    )
    with st.expander("The numbers as a table"):
        st.dataframe(table_of(found), hide_index=True, key="training_table")
    st.caption(
        "One training of each: with another seed the numbers move. Accuracy: "
        f"{DIGITS.unseen} digits that were never used in training."
    )


def training_words(found: Found) -> str:
    """What each family has learnt so far, in one sentence."""
    parts = []
    for one in found:
        epoch = (len(one.losses) - 1) // one.steps_per_epoch
        parts.append(
            f"**{LOOKS[one.family].title}** has {one.accuracy:.0%} right (its first layer’s "
            f"gradient, compared with the last one’s: {ratio_words(one.first_to_last(epoch))})"
            if len(one.losses)
            else f"**{LOOKS[one.family].title}** has made no step"
        )
    done = max(len(one.losses) for one in found)
    return f"After up to {done} steps: {'; '.join(parts)}."


def table_of(found: Found) -> list[dict[str, str]]:
    """A row for each family and epoch."""
    rows = []
    for one in found:
        for epoch, accuracy in enumerate(one.accuracies):
            rows.append(
                {
                    "family": LOOKS[one.family].title,
                    "parameters": f"{one.spec.parameters:,}",
                    "after epoch": f"{epoch}",
                    "right answers": f"{accuracy:.1%}",
                    "first layer’s gradient / last layer’s": (
                        f"{one.first_to_last(epoch - 1):.3g}" if epoch else ""
                    ),
                    "note": one.stopped,
                }
            )
    return rows
