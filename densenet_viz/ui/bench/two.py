"""Two at once: two pictures and one network, or one picture and two networks."""

from __future__ import annotations

from functools import partial

import streamlit as st

from densenet_viz.attribution.logit_or_probability import why_only_logit, words_for
from densenet_viz.evaluation import difference
from densenet_viz.images.fitting import Fit
from densenet_viz.results.attributions import Attribution
from densenet_viz.stage.shared.words import probability_words
from densenet_viz.stage.two.scene import NAMES, two_scene
from densenet_viz.stage.two.sides import Apart, Looked, Side, Sides
from densenet_viz.ui.attribution.explained import (
    answer_title,
    knows_only_shapes,
    show_limits_of_knowledge,
)
from densenet_viz.ui.attribution.map_jobs import MapsJob
from densenet_viz.ui.bench.grid import LOOK, maps_so_far
from densenet_viz.ui.bench.subject import Bench, true_mask
from densenet_viz.ui.bench.two_choices import KEYS as CHOICES
from densenet_viz.ui.bench.two_choices import WEIGHTS, Pair, choose_pair
from densenet_viz.ui.bench.words import row_of
from densenet_viz.ui.plain_text import plain
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.truth.twins import TWIN_TITLES, near, share_near
from densenet_viz.ui.uploads import CurrentPicture
from densenet_viz.ui.work.jobs import Desk, desk
from densenet_viz.ui.work.progress import Notice, redraw, show_bar
from densenet_viz.ui.work.unfinished import GLANCE, show_stopped, waiting_words

KEYS = CHOICES
_TWO = "bench-two"
DESKS = (_TWO, WEIGHTS)
_NOTICE = Notice("The pair of maps")


def show(bench: Bench) -> None:
    """Shows the whole part: the choice of the right side, both sides, and their numbers."""
    pair = choose_pair(bench)
    if pair is None:
        desk(_TWO).leave()
        return
    _show_limits(pair)
    job, mine = MapsJob(pair.asks), desk(_TWO)
    if None in job.known():
        mine.ask(job.key, job.compute, job.kept, job.need).finished.wait(GLANCE)
    else:
        mine.leave()
    working = mine.state == "working"
    with st.container():
        if mine.job is not None and not working:
            show_stopped(mine, _NOTICE)
    # The same place whether it redraws itself or not, so that the picture's settings stay.
    redraw(mine, partial(_draw, pair, job, mine, working), LOOK)
    made = [] if working else [maps_so_far(job, mine).get(ask.key) for ask in pair.asks]
    _show_numbers(pair, [one for one in made if one is not None])


def _show_limits(pair: Pair) -> None:
    """What the right side's network does not know, if the top of the page has not said it."""
    left, right = pair.sides
    strange_left = knows_only_shapes(left.model, left.picture)
    if not knows_only_shapes(right.model, right.picture) or (
        pair.kind == "pictures" and not strange_left
    ):
        show_limits_of_knowledge(right.model, right.picture)
    elif not strange_left:
        st.warning(
            f"**{right.model.title} knows drawn shapes only.** Its answer says nothing about this "
            "picture."
        )


def _draw(pair: Pair, job: MapsJob, mine: Desk, working: bool) -> None:
    with st.container():
        if mine.state == "working":
            show_bar(mine, Notice("The two maps", cancel_key="cancel_two"))
        elif working:
            show_stopped(mine, _NOTICE)
    there = maps_so_far(job, mine)
    left, right = (there.get(ask.key) for ask in pair.asks)
    scene = two_scene(
        pair.kind,
        sides_of(pair, left, right),
        method=pair.method.title,
        unit=words_for(pair.method.unit, pair.asks[0].explains),
        apart=apart_of(left, right) if pair.kind == "networks" else None,
        waiting=waiting_words(mine) if mine.job is not None else "",
    )
    show_stage("two", scene, key="two_stage")


# -- sides ----------------------------------------------------------------------------------


def sides_of(pair: Pair, left: Attribution | None, right: Attribution | None) -> Sides:
    """Both sides with the maps so far."""
    return _side(pair.sides[0], left), _side(pair.sides[1], right)


def _side(bench: Bench, made: Attribution | None) -> Side:
    model, picture = bench.model, bench.picture
    title = TWIN_TITLES.get(model.name, model.title)
    return Side(
        model.title,
        title,
        model.picture(picture.pixels),
        picture.caption,
        bench.predictions,
        bench.target,
        made,
        picture.truth,
        None if made is None or not made.finished else looked_of(picture, made, model.fit),
        _heading(bench),
    )


def _heading(side: Bench) -> str:
    """What stands over a side's answer."""
    if knows_only_shapes(side.model, side.picture):
        return answer_title(side.model, side.picture)
    top = side.predictions[0].label
    return f"It says {top}" if side.model.exclusive else f"Its highest finding: {top}"


def looked_of(picture: CurrentPicture, made: Attribution, fit: Fit = "square") -> Looked | None:
    """How much of a map lies on the drawn object or near it; None if no mask is known."""
    mask = true_mask(picture, len(made.heat), fit)
    if mask is None or picture.truth is None:
        return None
    return Looked(picture.truth, share_near(made, mask), float(near(mask).mean()))


def apart_of(left: Attribution | None, right: Attribution | None) -> Apart | None:
    """The difference of two finished maps; None if one is not finished."""
    if left is None or right is None or not (left.finished and right.finished):
        return None
    found = difference.difference(left.heat, right.heat)
    return Apart(found.heat, found.rho)


# -- numbers --------------------------------------------------------------------------------


def _show_numbers(pair: Pair, made: list[Attribution]) -> None:
    """Shows both sides as a table."""
    if len(made) < len(pair.asks):
        return
    with st.expander("Both sides in numbers"):
        st.table(
            [
                {
                    **row_of(f"{name}: {side.model.title}, {side.picture.caption}", one),
                    "Says": _says(side.predictions[0].label, side.predictions[0].probability),
                    "Explained": _says(side.target.label, side.target.probability),
                }
                for name, side, one in zip(NAMES, pair.sides, made, strict=True)
            ],
            hide_index=True,
            alt="Each side's answer, strongest region, sum and cost",
        )
    method, explains = pair.method, pair.asks[0].explains
    st.markdown(f"**What both maps answer.** {words_for(method.question, explains)}")
    st.markdown(f"**When not to trust them.** {words_for(method.caution, explains)}")
    if explains != pair.sides[0].explains:
        why = why_only_logit(method, pair.asks[0].settings)
        st.markdown(f"{method.title} explains the logit only: {why}")


def _says(label: str, probability: float) -> str:
    return f"{plain(label)} ({probability_words(probability)})"
