"""Live pictures in the lecture: their controls and the answers to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from densenet_viz.attribution import METHODS, AttributionError
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.lecture.deck import Deck, PictureCall, Setting, Slide
from densenet_viz.lecture.networks import Networks
from densenet_viz.lecture.pictures import picture_scene
from densenet_viz.lecture.rows import PICTURES
from densenet_viz.ui.current import bundled_model
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.work.keeping import Kept

KEY = "lecture_live"
K_RANGE = {"low": 8, "high": 48, "step": 4}
METHODS_IN_A_HALL = (
    "grad-cam",
    "integrated-gradients",
    "saliency",
    "input-x-gradient",
    "guided-backprop",
    "deeplift",
    "lrp",
)
"""Methods that are quick enough for a lecture."""
Words = dict[str, Any]
_SCENES = Kept(24)


def controls_of(deck: Deck) -> dict[str, list[Words]]:
    """The controls of each picture that has some, by the slide's index from 0."""
    found = {str(place): _controls(slide) for place, slide in enumerate(deck.slides)}
    return {place: controls for place, controls in found.items() if controls}


def _controls(slide: Slide) -> list[Words]:
    """The controls of a slide: name, label, allowed values, first value, value at each step."""
    call = slide.picture
    if call is None:
        return []
    given = PICTURES[call.name].filled(call.parameters)
    if call.name == "growth" and given["block"] == 1:
        value = int(given["k"]) or DenseNetSpec().growth_rate
        steps = _steps(slide, "k")
        control = {"name": "k", "label": "Growth rate k", "value": value, "range": K_RANGE}
        return [control | {"steps": steps}]
    if call.name == "attribution":
        steps = _steps(slide, "method")
        shown = (str(given["method"]), *(str(value) for _, value in steps))
        names = dict.fromkeys((*shown, *METHODS_IN_A_HALL))
        options = [[name, METHODS[name].title] for name in names]
        control = {"name": "method", "label": "Method", "value": given["method"]}
        return [control | {"options": options, "steps": steps}]
    return []


def _steps(slide: Slide, name: str) -> list[tuple[int, Setting]]:
    """The steps at which the deck sets a value, and that value."""
    changes = slide.changes
    return [(each.step, each.parameters[name]) for each in changes if name in each.parameters]


@st.fragment
def show_answers(deck: Deck) -> None:
    """Answers the player's live pictures without running the page again."""
    asked = st.session_state.get(KEY, {}).get("asked")
    answer = _answer(deck, asked) if asked else {}
    show_stage("lecture-live", answer, key=KEY, sheets=(), on_asked_change=_noted)


def _noted() -> None:
    """Does nothing: what the stage sent is in the session's state."""


def _answer(deck: Deck, asked: Mapping[str, Any]) -> Words:
    """The scene that was asked for, or one sentence why there is none; `id` is copied."""
    call = asked_call(deck, asked)
    if call is None:
        return {}
    told: Words = {"id": asked.get("id"), "slide": asked["slide"]}
    try:
        return told | {"scene": _scene(call)}
    except AttributionError as error:
        return told | {"error": str(error)}


def asked_call(deck: Deck, asked: Mapping[str, Any]) -> PictureCall | None:
    """The picture that a browser asks for, if the slide's controls can set it; else None."""
    try:
        slide = deck.slides[int(asked["slide"])]
        settings, step = dict(asked["settings"]), int(asked["step"])
    except (KeyError, IndexError, TypeError, ValueError, OverflowError):
        return None
    if slide.picture is None:
        return None
    row, names = PICTURES[slide.picture.name], [c["name"] for c in _controls(slide)]
    given = _parameters_at(slide, step)
    try:
        given |= {n: row.parameters[n].read(str(settings[n])) for n in names if n in settings}
    except ValueError:
        return None
    return PictureCall(row.name, given)


def _parameters_at(slide: Slide, step: int) -> dict[str, Setting]:
    given = dict(slide.picture.parameters) if slide.picture else {}
    for change in slide.changes:
        if change.step <= step:
            given |= change.parameters
    return given


def _scene(call: PictureCall) -> Mapping[str, Any]:
    key = (call.name, *sorted(call.parameters.items()))
    return _SCENES.get(key, lambda: picture_scene(call, Networks(bundled_model)))
