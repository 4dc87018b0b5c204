"""In the part Gradient flow: the direct paths to the first layer, and what is left without them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from densenet_viz.facts.families import Family
from densenet_viz.facts.gradient_flow import SEEDS, memory_of
from densenet_viz.results.gradients import DirectPaths
from densenet_viz.stage.gradients.direct import direct_scene
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.jobs import Reporter, desk
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice, redraw, show_bar
from densenet_viz.ui.work.unfinished import show_stopped

if TYPE_CHECKING:
    from densenet_viz.ui.why.choice import Chosen

DESK = "why-direct"
Found = dict[Family, DirectPaths]
_NOTICE = Notice(
    "Cutting the direct paths",
    cancelled="Measuring was cancelled.",
    failed="Measuring the gradients failed. Try again.",
    cancel_key="direct_cancel",
    again_key=None,
)


def show_direct(chosen: Chosen) -> None:
    """The first block with its direct connections, and the numbers when they are asked for."""
    place = desk(DESK)

    def draw() -> None:
        job = place.job
        asked = job is not None and job.key == _key(chosen)
        mine: Found | None = (job.result or job.preview) if job and asked else None
        show_stage("gradients-direct", direct_scene(chosen.specs, mine or {}), key="direct")
        if place.state == "working":
            show_bar(place, _NOTICE)
        elif job is not None:
            show_stopped(place, _NOTICE)

    redraw(place, draw)
    if place.state != "working":
        st.button("Cut the direct paths", on_click=partial(_begin, chosen), key="direct_begin")
    st.caption(
        "The picture shows the first block. A **direct** connection skips the next layer (in the "
        "residual network: the next two). A cut connection still brings its maps forwards, so the "
        "answer and the loss stay the same; it only brings no gradient back. The bars show how "
        f"large the gradient of what the first layer writes is: the median of {SEEDS} random "
        "networks."
    )


def _key(chosen: Chosen) -> tuple[object, ...]:
    return (DESK, chosen)


def _begin(chosen: Chosen) -> None:
    place = desk(DESK)
    place.again()
    need = Need(cores=1, memory=memory_of(chosen.specs), kind=DESK, work=chosen.depth**2)
    place.ask(_key(chosen), partial(_measure, chosen), need=need)


def _measure(chosen: Chosen, report: Reporter, cancelled: Callable[[], bool]) -> Found:
    from densenet_viz.evaluation.families.digits import digit_batch
    from densenet_viz.measure.gradients import measure_direct

    batch, found = digit_batch(), Found()
    specs = chosen.specs
    for place, spec in enumerate(specs):
        found[spec.family] = measure_direct(
            spec,
            batch,
            seeds=range(SEEDS),
            on_progress=partial(_tell, report, place, len(specs)),
            cancelled=cancelled,
        )
        report.preview(dict(found))
    return found


def _tell(report: Reporter, place: int, count: int, part: float) -> None:
    report((place + part) / count)
