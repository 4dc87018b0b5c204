"""Part 3 of the ground-truth page: any scene and any method, compared with the true mask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import numpy as np
import streamlit as st

from densenet_viz.errors import Cancelled
from densenet_viz.evaluation import metrics
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.results.traces import Picture
from densenet_viz.scenes.generator import Scene, draw_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import CORNERS, Corner, draw_tag, tag_mask
from densenet_viz.stage.truth.scene import truth_scene
from densenet_viz.ui.attribution.answers import answer_to
from densenet_viz.ui.attribution.methods import choose_method
from densenet_viz.ui.current import take_from_address
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.truth import twins
from densenet_viz.ui.work.jobs import Report, desk
from densenet_viz.ui.work.line import Need
from densenet_viz.ui.work.progress import Notice, show_progress

NUMBERS = 300
"""Scenes of each class that can be chosen: the first ones of the test scenes."""

SEED = 0
LOOKS = 960
"""Scenes that a search for a wrong answer tries before it stops."""

OBJECT, SAID = "the object’s class", "what it says"
KEYS = ("kind", "number", "twin", "method_of_map", "tagged", "map_for")
DESKS = _MAP, _SEARCH = "truth-map", "truth-search"
_NONE = "_truth_none"


def show_scene() -> None:
    """Shows the whole part: choice of scene, model and method, map and mask, words."""
    st.header("Does the map find the object?", anchor=False)
    st.markdown(
        "The outline is the true one: this project drew the object. Move the threshold, and see "
        "how much of the kept map is on the object."
    )
    _take_found()
    scene, corner = _choose_scene()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        name = twins.choose_twin("twin")
        method = choose_method("method_of_map", width=220)
        tagged = st.toggle("Tag in a corner", key="tagged", bind="query-params")
    model = twins.twin_or_none(name)
    if model is None:
        return
    pixels = draw_tag(scene.image, scene.label, corner) if tagged else scene.image
    _offer_wrong(model, tagged)
    twins.let_go(_MAP, pixels)
    top = twins.answers(model, pixels, 1)[0]
    target = _choose_target(model, pixels, scene, top)
    maps = twins.TwinMaps(pixels, (twins.TwinAsk(model, method.name, target.index),))

    def draw(made: Sequence[Attribution]) -> None:
        _show_map(scene, corner if tagged else None, pixels, method.title, made[0])

    twins.run(_MAP, maps, draw, Notice(method.title))


# -- which scene ----------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _scene(index: int) -> Scene:
    return draw_scene(SEED, "test", index)


def corner_of(index: int) -> Corner:
    """The corner of scene `index`'s tag: always the same one."""
    return CORNERS[(index // len(CLASSES) + index) % len(CORNERS)]


def index_of(kind: str, number: int) -> int:
    """Scene `number` of a class, counted from 0, as an index of the test split.

    >>> index_of("star", 0), index_of("ring", 3)
    (0, 50)
    """
    return len(CLASSES) * number + CLASSES.index(kind)


def _choose_scene() -> tuple[Scene, Corner]:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        take_from_address("kind", CLASSES)
        kind = st.selectbox(
            "Object", CLASSES, CLASSES.index("ring"), key="kind", bind="query-params", width=200
        )
        number = st.number_input(
            "Scene", 0, NUMBERS - 1, 0, 1, key="number", bind="query-params", width=140
        )
        st.button("Another scene", on_click=_turn_page, key="another")
    index = index_of(kind, int(number))
    return _scene(index), corner_of(index)


def _turn_page() -> None:
    st.session_state["number"] = (int(st.session_state["number"]) + 1) % NUMBERS


def _choose_target(
    model: LoadedModel, pixels: Picture, scene: Scene, top: Prediction
) -> Prediction:
    """The class of the map; if the model is right, there is nothing to choose."""
    truth = model.prediction(answer_to(model, pixels).logits, scene.label)
    if top.index == scene.label:
        st.markdown(f"It says {twins.answer_words(top)}, and is right.")
        return truth
    st.markdown(
        f"It says {twins.answer_words(top)}, and is **wrong**: this is "
        f"{twins.with_article(scene.name)}. It gives {twins.answer_words(truth)}."
    )
    chosen = st.segmented_control(
        "Map for",
        [OBJECT, SAID],
        default=OBJECT,
        required=True,
        key="map_for",
        bind="query-params",
    )
    return truth if chosen == OBJECT else top


# -- a wrong answer -------------------------------------------------------------------------------


def _offer_wrong(model: LoadedModel, tagged: bool) -> None:
    """A button that searches the next scene with a wrong answer, and the search's progress."""
    start = index_of(st.session_state["kind"], int(st.session_state["number"])) + 1
    mine = desk(_SEARCH)
    if mine.job is not None and mine.state == "working":
        show_progress(mine, Notice("Looking for a wrong answer", cancel_key="cancel_search"))
        return
    if st.session_state.pop(_NONE, False):
        st.info(f"The next {LOOKS:,} scenes are all classified correctly.")
    if st.button("Find a wrong answer", key="wrong"):
        mine.leave()
        look = partial(search, model, tagged, start)
        mine.ask(("wrong", model.name, tagged, start), look, need=Need(cores=1, kind=_SEARCH))
        st.rerun()


def search(
    model: LoadedModel,
    tagged: bool,
    start: int,
    report: Report,
    cancelled: Callable[[], bool],
) -> int | None:
    """The first scene from `start` on with a wrong answer; None after `LOOKS` scenes.

    Raises:
        Cancelled: it was cancelled.
    """
    for place in range(LOOKS):
        if cancelled():
            raise Cancelled
        report(place / LOOKS)
        index = (start + place) % (NUMBERS * len(CLASSES))
        scene = draw_scene(SEED, "test", index)
        tag = corner_of(index)
        pixels = draw_tag(scene.image, scene.label, tag) if tagged else scene.image
        if twins.answers(model, pixels, 1)[0].index != scene.label:
            return index
    return None


def _take_found() -> None:
    """Goes to the scene that a search has found. Call it before the controls."""
    mine = desk(_SEARCH)
    if mine.job is None or mine.state != "done":
        return
    index = mine.job.result
    mine.leave()
    if index is None:
        st.session_state[_NONE] = True
        return
    st.session_state["number"], label = divmod(index, len(CLASSES))
    st.session_state["kind"] = CLASSES[label]


# -- the map ------------------------------------------------------------------------------------


def _show_map(
    scene: Scene, corner: Corner | None, pixels: Picture, title: str, result: Attribution
) -> None:
    positive = np.maximum(result.heat, 0)
    shares = {
        f"within the {scene.name}’s outline": metrics.energy(positive, scene.mask),
        "there or near it": twins.share_near(result, scene.mask),
    }
    if corner is not None:
        shares["on the tag or near it"] = twins.share_near(result, tag_mask(corner, len(pixels)))
    words = truth_scene(
        pixels,
        scene.mask,
        result.heat,
        caption=f"a drawn {scene.name}, unseen",
        method=title,
        target=result.target,
        curve=metrics.precision_recall(result.heat, scene.mask),
        shares=shares,
    )
    show_stage("truth", words, key="scene-truth")
    st.markdown(peak_words(positive, scene))
    st.caption(f"Shares of the map's positive values. {twins.NEAR_WORDS}")


def peak_words(heat: np.ndarray[tuple[int, ...], np.dtype[np.float32]], scene: Scene) -> str:
    """Where the highest point is, as the pointing game asks."""
    near = metrics.tolerance(len(scene.mask))
    if metrics.pointing(heat, scene.mask):
        return f"Its highest point lies **on** the {scene.name}."
    if metrics.pointing(heat, scene.mask, near):
        return f"Its highest point lies **beside** the {scene.name}, within the tolerance."
    return f"Its highest point **misses** the {scene.name}."
