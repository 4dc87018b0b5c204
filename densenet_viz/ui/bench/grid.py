"""The bench's grid: up to nine maps side by side, drawn while they are computed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import partial

import streamlit as st

from densenet_viz.attribution.logit_or_probability import words_for
from densenet_viz.results.attributions import Attribution
from densenet_viz.stage.bench.scene import Panel, bench_scene
from densenet_viz.ui.attribution.expecting import work_of
from densenet_viz.ui.attribution.map_jobs import MapsJob
from densenet_viz.ui.bench import words as bench_words
from densenet_viz.ui.bench.choices import KEYS as CHOICES
from densenet_viz.ui.bench.choices import choose_comparison
from densenet_viz.ui.bench.comparison import Comparison
from densenet_viz.ui.bench.subject import Bench
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.jobs import Desk, desk, leave
from densenet_viz.ui.work.progress import Notice, redraw, show_bar
from densenet_viz.ui.work.unfinished import GLANCE, show_stopped

KEYS = CHOICES
_GRID = "bench-grid"
DESKS = (_GRID, *bench_words.DESKS)

_NOTICE = Notice(
    "The maps",
    cancelled="Computing the maps was cancelled. Finished maps stay.",
    resume="Compute the rest",
    cancel_key="cancel_grid",
    again_key="again_grid",
)

LOOK = 0.5
"""Seconds between two checks of the maps: nine of them are a megabyte to send."""

Made = Mapping[Hashable, Attribution]
"""Maps by the key of their ask."""

_WAITING = {
    "working": "waiting for its turn",
    "cancelled": "cancelled",
    "failed": "failed",
}


def show(bench: Bench) -> None:
    """Shows the whole part: what to compare, the grid, and below it what the maps teach."""
    comparison = choose_comparison(bench)
    if comparison is None:
        leave(DESKS)
        return
    # By what the rows say, and not by what maps took here: that changes, and the job would with it.
    quick_first = sorted(comparison.asks, key=lambda ask: work_of(*ask.to_compute))
    job, mine = MapsJob(quick_first), desk(_GRID)
    if None in job.known():
        mine.ask(job.key, job.compute, job.kept, job.need).finished.wait(GLANCE)
    else:
        mine.leave()
    working = mine.state == "working"
    # The grid has the same place whether it redraws itself or not, so that a visitor's zoom and
    # scale stay after the last map.
    redraw(mine, partial(_draw, bench, comparison, job, mine), LOOK)
    there = {} if working else maps_so_far(job, mine)
    made = [there[ask.key] for ask in comparison.asks if ask.key in there]
    bench_words.show(comparison, made if len(made) == len(comparison.asks) else None)


def maps_so_far(job: MapsJob, mine: Desk) -> Made:
    """All finished maps, and the preview of the one that is being computed."""
    running = mine.job
    made: Sequence[Attribution | None] = job.known()
    if running is not None and running.key == job.key and mine.state in ("working", "done"):
        seen = running.result if mine.state == "done" else running.preview
        made = [known or look for known, look in zip(made, seen or made, strict=True)]
    keys = (ask.key for ask in job.asks)
    return {key: one for key, one in zip(keys, made, strict=True) if one is not None}


def _draw(bench: Bench, comparison: Comparison, job: MapsJob, mine: Desk) -> None:
    state = "done" if mine.job is None else mine.state
    with st.container():
        if state == "working":
            show_bar(mine, _NOTICE)
        elif state != "done":
            show_stopped(mine, _NOTICE)
    scene = bench_scene(
        bench.model.picture(bench.picture.pixels),
        panels(comparison, maps_so_far(job, mine)),
        caption=bench.picture.caption,
        title=comparison.title,
        lesson=comparison.lesson,
        label=comparison.label,
        waiting=_WAITING.get(state, ""),
    )
    show_stage("bench", scene, key="bench")


def panels(comparison: Comparison, made: Made) -> Sequence[Panel]:
    """The grid's panels with the maps so far."""
    return [
        Panel(
            entry.name,
            words_for(entry.ask.row.unit, entry.ask.explains),
            entry.note,
            made.get(entry.ask.key),
            entry.thumbnail,
            entry.thumbnail_words,
        )
        for entry in comparison.entries
    ]
