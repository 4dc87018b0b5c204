"""Slow parts of the bench: they show their cost first, and then their progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import streamlit as st

from densenet_viz.attribution import METHODS, AttributionError
from densenet_viz.ui.attribution.methods import title_of
from densenet_viz.ui.work.jobs import Compute, Desk, desk
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.progress import progress_words
from densenet_viz.ui.work.unfinished import GLANCE

AUTOMATIC = 400
"""Jobs with up to this many passes start at once, without a question."""

POLL = 1.0
"""Seconds between two checks of a job: its preview is larger than a progress bar."""

FAILED = "The computation failed. Try again, or choose other methods."

Draw = Callable[[Any], None]


def choose_methods(key: str, preferred: Sequence[str], most: int) -> list[str]:
    """One to `most` methods, bound to the address; by default those of `preferred` that exist.

    If the visitor chooses none, it is the first of `preferred`.
    """
    first = [name for name in preferred if name in METHODS]
    chosen = st.multiselect(
        f"Methods (up to {most})",
        list(METHODS),
        first,
        key=key,
        format_func=title_of,
        max_selections=most,
        bind="query-params",
    )
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
    """
    mine = desk(name)
    known = mine.job is not None and mine.job.key == key
    if not known and passes > AUTOMATIC:
        mine.leave()
        st.info(f"{title}: {limit_words(passes)}.", icon=":material/timer:")
        if not st.button("Start", type="primary", key=f"{name}-start"):
            return
    job = mine.ask(key, compute, kept)
    job.finished.wait(GLANCE)
    if mine.state == "working":
        _watch(mine, draw, title, passes, name)
    elif mine.state == "done":
        draw(job.result)
    else:
        _show_end(mine, title, passes, name)


@st.fragment(run_every=POLL)
def _watch(mine: Desk, draw: Draw, title: str, passes: int, name: str) -> None:
    """Redraws itself until the job has ended, and then reruns the page."""
    job = mine.job
    if job is None or mine.state != "working":
        st.rerun()
    words = progress_words(title, job, time.monotonic())
    st.progress(job.progress, text=f"{words} ({limit_words(passes)})")
    st.button("Cancel", on_click=mine.cancel, key=f"{name}-cancel")
    if job.preview is not None:
        draw(job.preview)


def _show_end(mine: Desk, title: str, passes: int, name: str) -> None:
    if mine.state == "cancelled":
        st.info(f"{title} was cancelled.")
        st.button(f"Start again ({limit_words(passes)})", on_click=mine.again, key=f"{name}-again")
        return
    error = mine.job.error if mine.job else None
    st.error(str(error) if isinstance(error, AttributionError) else FAILED)
    st.button("Try again", on_click=mine.again, key=f"{name}-again")


def limit_words(passes: int) -> str:
    """The cost of a job.

    >>> limit_words(1234)
    'up to 1,234 passes through the network'
    """
    return f"up to {passes:,} passes through the network"


def settings_of(names: Sequence[str], spec: Any) -> Mapping[str, Mapping[str, Any]]:
    """The methods' parameters at their defaults, by their names."""
    return {name: METHODS[name].settings(spec, {}) for name in names}
