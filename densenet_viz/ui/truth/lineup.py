"""Part 1 of the ground-truth page: two models, and one of them cheats; step by step."""

from __future__ import annotations

from functools import cache

import streamlit as st

from densenet_viz.images.pictures import fit
from densenet_viz.network.models import LoadedModel
from densenet_viz.results.attributions import Attribution, Prediction
from densenet_viz.results.traces import Picture
from densenet_viz.scenes.generator import Scene, sample_scene
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.tags import CORNERS, Corner, draw_tag, tag_mask
from densenet_viz.stage.attribution.scene import AttributionGalleryScene, gallery_scene
from densenet_viz.stage.lineup.scene import Witness, lineup_scene
from densenet_viz.ui.attribution.methods import choose_method
from densenet_viz.ui.choices import from_address
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.truth import quiz as words
from densenet_viz.ui.truth import twins

OBJECTS = ("ring", "left spiral", "heart", "hexagon", "gear", "arrow")
"""The classes of the scenes that the visitor steps through."""

NO_TAG = "no tag"
MAPS = ("integrated-gradients", "occlusion", "grad-cam")
KEYS = ("lineup_guess", "lineup_tag", "lineup_corner", "lineup_map")
DESKS = ("lineup",)
QUIZ, _OBJECT, _DESK, _PARAMETER = "_lineup", "_lineup_object", "lineup", "object"
_THUMBNAIL = 64


def show_lineup() -> None:
    """Shows the whole part: question, picture, and the step that the visitor has reached."""
    st.header("One of these two cheats. Which?", anchor=False)
    figures = {name: twins.tag_figures(name) for name in twins.TWIN_TITLES}
    st.markdown(
        "Model A and Model B have the same architecture and training recipe, and learned from the "
        "same scenes. "
        f"{words.accuracy_words(list(figures.values()))} One of them is right for a bad reason."
    )
    models = {name: twins.twin_or_none(name) for name in twins.TWIN_TITLES}
    loaded = {name: model for name, model in models.items() if model is not None}
    if len(loaded) == len(models):
        _play(loaded, figures)


@st.fragment
def _play(loaded: dict[str, LoadedModel], figures: dict[str, twins.TagFigures | None]) -> None:
    """A fragment: moving the tag does not rerun the rest of the page."""
    quiz = st.session_state.setdefault(QUIZ, words.Quiz())
    _show_steps(quiz)
    if quiz.step == words.TOLD:
        _tell(quiz, figures)
    _show_gallery()
    scene, tag, corner = _picture(quiz)
    pixels = scene.image if tag is None else draw_tag(scene.image, CLASSES.index(tag), corner)
    if quiz.step == words.ASKED:
        silent = tuple(Witness(name, None) for name in words.NAMES)
        _show_stage(scene, pixels, tag, (silent[0], silent[1]))
    else:
        models = (loaded[quiz.order[0]], loaded[quiz.order[1]])
        _show_witnesses(quiz, models, scene, pixels, tag, corner)


# -- the picture --------------------------------------------------------------------------------


def _own_corner(name: str) -> Corner:
    return CORNERS[OBJECTS.index(name) % len(CORNERS)]


def _tagged(name: str) -> Picture:
    return draw_tag(sample_scene(name).image, CLASSES.index(name), _own_corner(name))


def _object() -> str:
    named = from_address(_PARAMETER, OBJECTS)
    name: str = st.session_state.setdefault(_OBJECT, named[0] if named else OBJECTS[0])
    return name


@cache
def _gallery() -> AttributionGalleryScene:
    thumbnails = [(name, fit(_tagged(name), _THUMBNAIL)) for name in OBJECTS]
    return gallery_scene(thumbnails, "", label="Pictures that neither model has seen")


def _show_gallery() -> None:
    scene: AttributionGalleryScene = {**_gallery(), "chosen": _object()}
    show_stage("attribution-gallery", scene, key="lineup-gallery", on_picked_change=_take_object)


def _take_object() -> None:
    """Chooses another picture, with its own tag as in training."""
    name = (st.session_state["lineup-gallery"]["picked"] or {}).get("name")
    if name in OBJECTS:
        st.session_state[_OBJECT] = st.query_params[_PARAMETER] = name
        _put_tag_back()


def _put_tag_back() -> None:
    st.session_state["lineup_tag"] = _object()
    st.session_state["lineup_corner"] = _own_corner(_object())


def _picture(quiz: words.Quiz) -> tuple[Scene, str | None, Corner]:
    """The scene, the class that its tag names, and the tag's corner."""
    name = _object()
    if quiz.step < words.MOVED:
        return sample_scene(name), name, _own_corner(name)
    if "lineup_tag" not in st.session_state:
        _put_tag_back()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        tag = st.selectbox("The tag says", [NO_TAG, *CLASSES], key="lineup_tag", width=200)
        corner = st.segmented_control(
            "In the corner", CORNERS, required=True, key="lineup_corner", disabled=tag == NO_TAG
        )
    return sample_scene(name), None if tag == NO_TAG else tag, corner or _own_corner(name)


# -- the models ---------------------------------------------------------------------------------


def _show_witnesses(
    quiz: words.Quiz,
    models: tuple[LoadedModel, LoadedModel],
    scene: Scene,
    pixels: Picture,
    tag: str | None,
    corner: Corner,
) -> None:
    method = choose_method("lineup_map", MAPS, width=220) if quiz.step >= words.LOOKED else None
    twins.let_go(_DESK, pixels)
    answers = [twins.answers(model, pixels, 1)[0] for model in models]
    desk, maps = None, None
    wanted = _wanted(models, answers, pixels, method.name if method else MAPS[0])
    if method is None:
        twins.begin(_DESK, wanted)  # computed while the visitor reads the answers
    else:
        desk, found = twins.ask(_DESK, wanted)
        maps = dict(zip(twins.TWIN_TITLES, found, strict=True)) if found else None
    shown = tag_mask(corner, len(pixels)) if tag is not None else None
    first, second = (
        _witness(name, answer, scene, shown, maps.get(model.name) if maps else None)
        for name, answer, model in zip(words.NAMES, answers, models, strict=True)
    )
    _show_stage(scene, pixels, tag, (first, second), shown)
    said = (answers[0].label, answers[1].label)
    st.markdown(words.answers_words(said, scene.name, tag))
    if method is not None and desk is not None:
        twins.show_state(desk, method.title)
        st.caption(twins.NEAR_WORDS)


def _show_stage(
    scene: Scene,
    pixels: Picture,
    tag: str | None,
    witnesses: tuple[Witness, Witness],
    tag_pixels: twins.Mask | None = None,
) -> None:
    words_and_pictures = lineup_scene(
        pixels,
        caption=f"a drawn {scene.name}, unseen",
        truth=scene.name,
        tag=tag,
        witnesses=witnesses,
        mask=scene.mask,
        tag_mask=tag_pixels,
    )
    show_stage("lineup", words_and_pictures, key="lineup")


def _wanted(
    models: tuple[LoadedModel, LoadedModel],
    answers: list[Prediction],
    pixels: Picture,
    method: str,
) -> twins.TwinMaps:
    """Both maps in one job; their order does not depend on which model is Model A."""
    asks = {
        model.name: twins.TwinAsk(model, method, answer.index)
        for model, answer in zip(models, answers, strict=True)
    }
    return twins.TwinMaps(pixels, tuple(asks[name] for name in twins.TWIN_TITLES))


def _witness(
    name: str,
    answer: Prediction,
    scene: Scene,
    tag: twins.Mask | None,
    result: Attribution | None,
) -> Witness:
    right = answer.label == scene.name
    if result is None:
        return Witness(name, answer, right)
    on_tag = None if tag is None else twins.share_near(result, tag)
    return Witness(name, answer, right, result.heat, twins.share_near(result, scene.mask), on_tag)


# -- the steps ----------------------------------------------------------------------------------


def _show_steps(quiz: words.Quiz) -> None:
    """Shows the question, and the button for the next step."""
    told = quiz.step == words.TOLD
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="steps"):
        guess = st.segmented_control(
            "Which one cheats?", words.GUESSES, key="lineup_guess", disabled=told
        )
        if not told:
            st.button(
                words.NEXT[quiz.step],
                type="primary",
                on_click=_go_on,
                disabled=guess is None,
                key="lineup_next",
            )
        if quiz.step > words.ASKED:
            st.button("Start again", on_click=_start_again, key="lineup_again")
    if guess is None:
        st.caption("Guess first. You can change your guess until the answer.")


def _go_on() -> None:
    st.session_state[QUIZ].go_on(st.session_state["lineup_guess"])


def _start_again() -> None:
    """Draws again which model is Model A; the picture stays."""
    st.session_state[QUIZ] = words.Quiz()
    st.session_state["lineup_guess"] = None
    _put_tag_back()


def _tell(quiz: words.Quiz, figures: dict[str, twins.TagFigures | None]) -> None:
    ordered = [figures[name] for name in quiz.order]
    with st.container(border=True):
        st.subheader(words.result_title(quiz), anchor=False)
        st.markdown(words.result_words(quiz, st.session_state.get("lineup_guess")))
        if rows := words.figures_table(quiz, ordered):
            st.table(rows, hide_index=True, alt="How often each model is right, by the tag")
            st.caption(words.figures_caption(ordered))
        st.markdown(words.lesson_words(ordered))
