"""Two networks whose weights were kept along their training: one picture through all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from densenet_viz.attribution import METHODS
from densenet_viz.network.models import ModelUnavailable
from densenet_viz.results.traces import Picture
from densenet_viz.results.watched import WatchedRun
from densenet_viz.scenes.generator import Scene, sample_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import CORNERS, Corner, draw_tag, tag_mask
from densenet_viz.stage.watched.scene import watched_scene
from densenet_viz.ui.current import take_from_address
from densenet_viz.ui.inside.choices import choose
from densenet_viz.ui.narrow import controls_place, rest_place
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.jobs import Report, desk
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice
from densenet_viz.ui.work.unfinished import run_job

KEYS = ("watched_object", "watched_tag")
_DESK = "watched"
DESKS = (_DESK,)
TAGS = {"false": "a false class", "true": "the true class", "none": "no tag"}
_MEMORY = 200 << 20
"""Bytes that the networks and their maps need."""


def show_part() -> None:
    """The whole part: the picture, its tag, and both networks along their training."""
    with controls_place("watched"):
        st.markdown(
            "These two small networks began with **the same weights** and learned from the same "
            "drawn scenes. For the **cheater**, a tag in a corner always named the object’s "
            "class. For the **honest network**, half of the scenes had a tag, and it named a "
            "random class. Their weights were kept at some steps: move the control, and see when "
            "the cheater begins to read the tag."
        )
        kind, tag = _choose()
    scene, corner = sample_scene(kind), CORNERS[CLASSES.index(kind) % len(CORNERS)]
    said = said_by(kind, tag)
    picture = scene.image if said is None else draw_tag(scene.image, CLASSES.index(said), corner)
    compute = partial(_watch, picture, scene, None if said is None else corner)
    run_job(
        desk(_DESK),
        (_DESK, kind, tag),
        compute,
        partial(_draw, picture, scene, said, corner),
        Notice(
            "Running both networks as they were at every kept step",
            cancelled="Cancelled.",
            failed="The kept networks could not be run. Try again.",
        ),
        need=Need(cores=1, memory=_MEMORY, kind=_DESK),
    )
    with rest_place("watched"):
        _explain()


def _choose() -> tuple[str, str]:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        take_from_address("watched_object", CLASSES)
        kind: str = st.selectbox(
            "Object",
            CLASSES,
            CLASSES.index("star"),
            key="watched_object",
            bind="query-params",
            width=180,
        )
        tag = choose("The tag names", TAGS, "watched_tag")
    return kind, tag


def said_by(kind: str, tag: str) -> str | None:
    """The class that a tag names on a scene of this class; None without a tag.

    >>> said_by("star", "true"), said_by("star", "false"), said_by("star", "none")
    ('star', 'square', None)
    """
    if tag == "none":
        return None
    place = CLASSES.index(kind)
    return CLASSES[place if tag == "true" else (place + 10) % len(CLASSES)]


def _watch(
    picture: Picture,
    scene: Scene,
    corner: Corner | None,
    report: Report,
    cancelled: Callable[[], bool],
) -> tuple[WatchedRun, ...]:
    from densenet_viz.evaluation.watching import watch
    from densenet_viz.network.watched import load_watched

    tag = None if corner is None else tag_mask(corner, len(picture))
    return watch(load_watched(), picture, scene.mask, tag, on_progress=report, cancelled=cancelled)


def _draw(
    picture: Picture, scene: Scene, said: str | None, corner: Corner, runs: Sequence[WatchedRun]
) -> None:
    from densenet_viz.evaluation.watching import METHOD
    from densenet_viz.network.watched import TITLES, read_told

    made = watched_scene(
        runs,
        [TITLES[name] for name in TITLES],
        picture=picture,
        mask=scene.mask,
        tag_mask=None if said is None else tag_mask(corner, len(picture)),
        truth=scene.name,
        tag=said or "",
        labels=CLASSES,
        judged=read_told()["judged"]["count"],
        method=METHODS[METHOD].title,
    )
    show_stage("watched", made, key="watched")


def _explain() -> None:
    from densenet_viz.network.watched import read_told

    try:
        told: dict[str, Any] = read_told()
    except ModelUnavailable as error:
        st.error(str(error))
        return
    training, spec = told["training"], told["spec"]
    parameters = told["networks"]["scenes"]["parameters"]
    st.caption(
        f"Both are small networks, made for this part: {parameters:,} parameters, growth rate "
        f"{spec['growth_rate']}, blocks of {', '.join(map(str, spec['block_config']))} layers. "
        f"They learned from {training['scenes']:,} drawn scenes, {training['epochs']} times each. "
        "The bundled models are much larger. “On” includes the usual tolerance of 8.6 px. "
        "`python -m densenet_viz train watched` trains them again."
    )
