"""Slow parts of the bench: they show their cost first, and then their progress."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import streamlit as st

from densenet_viz.attribution import METHODS
from densenet_viz.ui.attribution.methods import choose_methods
from densenet_viz.ui.work.jobs import Compute, desk
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice
from densenet_viz.ui.work.unfinished import run_job

AUTOMATIC = 400
"""Jobs with up to this many passes start at once, without a question."""

POLL = 1.0
"""Seconds between two checks of a job: its preview is larger than a progress bar."""

FAILED = "The computation failed. Try again, or choose other methods."

Draw = Callable[[Any], None]


def choose_checked(key: str, preferred: Sequence[str], most: int) -> list[str]:
    """One to `most` methods, bound to the address; those of `preferred` that there are come first.

    If the visitor chooses none, it is the first of `preferred`.
    """
    first = [name for name in preferred if name in METHODS]
    chosen = choose_methods(key, first, most, label=f"Methods (up to {most})")
    if not chosen:
        st.caption(f"Nothing is chosen, so {METHODS[first[0]].title} is used.")
    return chosen or first[:1]


def run(
    name: str,
    key: Hashable,
    compute: Compute,
    draw: Draw,
    *,
    title: str,
    passes: int,
    kept: Kept | None = None,
    need: Need | None = None,
    start: str = "",
) -> None:
    """Computes and draws a result: at once if that is cheap, else after a click on Start.

    Args:
        name: the desk's.
        key: all that the result depends on.
        compute: the job.
        draw: shows a result, finished or not.
        title: the job's name on the page.
        passes: the most passes that it may take.
        kept: where the result is kept (`maps.results_of`); None keeps it for all visitors.
        need: what it takes; None: all cores, for as long as such passes took before.
        start: the label of a button without which not even a cheap job starts.
    """
    mine, again = desk(name), f"{name}-again"
    known = mine.job is not None and mine.job.key == key
    if not (known or st.session_state.get(again)) and (start or passes > AUTOMATIC):
        mine.leave()
        place = st.empty()
        if not _is_started(place.container(), name, title, passes, start):
            return
        place.empty()
    notice = Notice(
        title,
        note=limit_words(passes),
        cancelled=f"{title} was cancelled.",
        failed=FAILED,
        resume=f"Start again ({limit_words(passes)})",
        cancel_key=f"{name}-cancel",
        again_key=again,
    )
    need = need or Need(kind=name, work=passes)
    run_job(mine, key, compute, draw, notice, kept=kept, need=need, draw_preview=draw, every=POLL)


def _is_started(place: Any, name: str, title: str, passes: int, start: str) -> bool:
    """Whether the button that starts the job was clicked; above it, the cost of a slow job."""
    if passes > AUTOMATIC:
        place.info(f"{title}: {limit_words(passes)}.", icon=":material/timer:")
    clicked: bool = place.button(start or "Start", type="primary", key=f"{name}-start")
    return clicked


def limit_words(passes: int) -> str:
    """The cost of a job.

    >>> limit_words(1234)
    'up to 1,234 passes through the network'
    """
    return f"up to {passes:,} passes through the network"


def settings_of(names: Sequence[str], spec: Any) -> Mapping[str, Mapping[str, Any]]:
    """The methods' parameters at their defaults, by their names."""
    return {name: METHODS[name].settings(spec, {}) for name in names}
