"""In the part Gradient flow: how the first layer's gradient depends on the depth."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

import streamlit as st

from densenet_viz.facts.families import Family, Norm
from densenet_viz.facts.gradient_flow import DEPTHS, memory_of, specs_of
from densenet_viz.figures.depths import depths_figure
from densenet_viz.figures.families import LOOKS
from densenet_viz.network.models import ASSETS
from densenet_viz.results.depths import DepthCurves, curves_from_json
from densenet_viz.results.gradients import At
from densenet_viz.stage.gradients.words import ratio_words
from densenet_viz.ui.charts import show_chart
from densenet_viz.ui.work.jobs import Reporter, desk
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice, redraw, show_bar
from densenet_viz.ui.work.unfinished import show_stopped

if TYPE_CHECKING:
    from densenet_viz.ui.why.choice import Chosen

DESK = "why-depths"
SEEDS = 2
"""Random networks at each depth that the page measures; the bundled table has more."""
NORM_WORDS: dict[Norm, str] = {"none": "Without batch norm", "batch": "With batch norm"}
VANISHED = 0.01
"""A first layer that gets less than this part of the last layer's gradient."""


@cache
def bundled_curves() -> DepthCurves:
    """The table that `gradients --every-depth` wrote."""
    return curves_from_json(json.loads((ASSETS / "gradients.json").read_text("utf-8")))


def show_depths(chosen: Chosen, at: At) -> None:
    """One sentence, the chart, its table, and a button that measures it again."""
    st.header("Deeper and deeper", anchor=False)
    place = desk(DESK)

    def draw() -> None:
        job = place.job
        asked = job is not None and job.key == _key(chosen)
        mine: DepthCurves | None = (job.result or job.preview) if job and asked else None
        _show(mine or bundled_curves(), chosen, at, live=mine is not None)
        if place.state == "working":
            show_bar(place, _NOTICE)
        elif job is not None:
            show_stopped(place, _NOTICE)

    redraw(place, draw)
    if place.state != "working":
        st.button(
            f"Measure all {len(DEPTHS)} depths here",
            on_click=partial(_begin, chosen),
            key="depths_begin",
        )


_NOTICE = Notice(
    "Measuring all depths",
    cancelled="Measuring was cancelled.",
    failed="Measuring the gradients failed. Try again.",
    cancel_key="depths_cancel",
    again_key=None,
)


def _key(chosen: Chosen) -> tuple[object, ...]:
    return (DESK, chosen.families, chosen.growth_rate, chosen.norm)


def _begin(chosen: Chosen) -> None:
    place = desk(DESK)
    place.again()
    deepest = specs_of(chosen.families, DEPTHS[-1], chosen.growth_rate, chosen.norm)
    need = Need(cores=1, memory=memory_of(deepest), kind=DESK)
    place.ask(_key(chosen), partial(_measure, chosen), need=need)


def _measure(chosen: Chosen, report: Reporter, cancelled: Callable[[], bool]) -> DepthCurves:
    from densenet_viz.evaluation.families.depths import measure_depths

    return measure_depths(
        chosen.families,
        DEPTHS,
        chosen.growth_rate,
        (chosen.norm,),
        seeds=range(SEEDS),
        on_progress=report,
        on_curves=report.preview,
        cancelled=cancelled,
    )


def _show(curves: DepthCurves, chosen: Chosen, at: At, *, live: bool) -> None:
    families = tuple(one for one in chosen.families if curves.of(one, chosen.norm))
    if not families:
        return
    words = depth_words(curves, chosen.norm, at, families)
    st.markdown(words)
    show_chart(
        depths_figure(curves, chosen.norm, at, families),
        key="depths-chart",
        alt=f"A line for each family: the first layer’s gradient over the depth. {words}",
        file="gradient-depth",
    )
    where = "Measured here just now" if live else f"Measured on {curves.machine['date']}"
    st.caption(
        f"{where}: growth rate {curves.growth_rate}, median of {len(curves.seeds)} random networks "
        f"of each family and depth, bars from the smallest to the largest, {curves.pictures} "
        "digits. `python -m densenet_viz gradients --every-depth` measures it again."
    )
    with st.expander("The numbers as a table"):
        st.dataframe(table_of(curves, chosen.norm, at, families), hide_index=True)


def depth_words(curves: DepthCurves, norm: Norm, at: At, families: tuple[Family, ...]) -> str:
    """From which depth on the first layer gets almost nothing, and what it gets at the deepest."""
    parts = []
    for family in families:
        points = curves.of(family, norm)
        first, last = points[0], points[-1]
        depth = curves.vanished_at(family, norm, at, VANISHED)
        since = "" if depth is None else f" (below 1/100 from depth {depth} on)"
        parts.append(
            f"**{LOOKS[family].title}** {ratio_words(first.middle(at))} at depth {first.depth} and "
            f"{ratio_words(last.middle(at))} at depth {last.depth}{since}"
        )
    return (
        f"{NORM_WORDS[norm]}, the first layer’s gradient, compared with the last layer’s: "
        f"{'; '.join(parts)}."
    )


def table_of(
    curves: DepthCurves, norm: Norm, at: At, families: tuple[Family, ...]
) -> list[dict[str, str]]:
    """A row for each depth, a column for each family."""
    rows: dict[int, dict[str, str]] = {}
    for family in families:
        for point in curves.of(family, norm):
            parts = point.parts(at)
            row = rows.setdefault(point.depth, {"depth": f"{point.depth}"})
            row[LOOKS[family].title] = (
                f"{point.middle(at):.2e} ({min(parts):.2e} to {max(parts):.2e})"
            )
    return list(rows.values())
