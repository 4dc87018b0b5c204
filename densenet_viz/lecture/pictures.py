"""A deck's pictures from networks that ran, and the whole deck as JSON for the player."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from densenet_viz.lecture.architecture import StageScene
from densenet_viz.lecture.deck import Deck, PictureCall, Question, Setting, Slide, Spans, TextBlock
from densenet_viz.lecture.networks import IsCancelled, Networks, never
from densenet_viz.lecture.order import Order
from densenet_viz.lecture.rows import PICTURES, PictureRow

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel

__all__ = ["PICTURES", "PictureRow", "deck_modules", "deck_styles", "picture_scene", "scene_of"]

DeckScene = dict[str, Any]
Make = Callable[..., StageScene]
"""Makes a picture; it may get a function (`Cancelled`) that says whether to stop."""
Keep = Callable[[str, Make], StageScene]


def scene_of(
    deck: Deck,
    *,
    model: Callable[[str], LoadedModel],
    on_progress: Callable[[float], None] | None = None,
    kept: Keep = lambda _key, make: make(),
) -> DeckScene:
    """The `DeckScene` of a deck: its words, and each picture's scene once.

    Args:
        deck: the deck that was read.
        model: loads the model of a name, as `network.models.load_model` does.
        on_progress: called with the part of the pictures that is finished, 0 to 1.
        kept: gets a picture's key and the function that makes it, returns it; may cache pictures.

    Raises:
        ModelUnavailable: a model that a picture needs is not available.
    """
    keys = keys_of(deck)
    report, count = on_progress or _ignore, len(set().union(*keys))
    scenes: dict[str, StageScene] = {}
    report(0.0)
    for key, scene in make_scenes(deck, Order(keys), model=model, kept=kept, made=set()):
        scenes[key] = scene
        report(len(scenes) / count)
    return {**words_of(deck), "scenes": scenes}


def _ignore(_part: float) -> None:
    """Tells nobody."""


class Later(Exception):
    """Raised instead of a picture: another one comes first now."""


def make_scenes(
    deck: Deck,
    order: Order,
    *,
    model: Callable[[str], LoadedModel],
    made: set[str],
    kept: Keep = lambda _key, make: make(),
) -> Iterator[tuple[str, StageScene]]:
    """Each picture's key and scene, one after the other; `order` is asked before each.

    Args:
        deck: the deck that was read.
        order: of the deck's pictures.
        model: loads the model of a name, as `network.models.load_model` does.
        made: the keys of pictures that are left out; each key that is made is added.
        kept: gets a picture's key and the function that makes it, returns it; may cache pictures.
            If it raises `Later`, the picture is made later.

    Raises:
        ModelUnavailable: a model that a picture needs is not available.
    """
    networks, calls = Networks(model), dict(_calls(deck))
    while (key := order.next(made)) is not None:
        try:
            scene = kept(key, partial(picture_scene, calls[key], networks))
        except Later:
            continue
        made.add(key)
        yield key, scene


def keys_of(deck: Deck) -> tuple[tuple[str, ...], ...]:
    """For each slide, the keys of its pictures, in the order of its steps."""
    return tuple(tuple(key_of(call) for _, call in _shown(slide)) for slide in deck.slides)


def words_of(deck: Deck, *, served: bool = False) -> DeckScene:
    """The `DeckScene` without its scenes; needs no network, so it is ready at once.

    Args:
        deck: the deck that was read.
        served: whether the player is loaded from a server (`lecture.server`); then stages are too.
            Otherwise the deck holds their modules.
    """
    from densenet_viz.stage.modules import linked_modules

    stages = list(dict.fromkeys(PICTURES[call.name].stage for _, call in _calls(deck)))
    return {
        "title": deck.title,
        "author": deck.author,
        "minutes": deck.minutes,
        "slides": [_slide(slide) for slide in deck.slides],
        "scenes": {},
        "modules": (linked_modules if served else deck_modules)(stages),
        "styles": deck_styles(stages),
    }


def picture_scene(
    call: PictureCall, networks: Networks, cancelled: IsCancelled = never
) -> StageScene:
    """One picture's scene, from a network that runs now.

    Raises:
        Cancelled: `cancelled` returned True; it is called between an attribution's passes.
        ModelUnavailable: a model that it needs is not available.
    """
    row = PICTURES[call.name]
    return row.make(networks.until(cancelled), row.filled(call.parameters))


def key_of(call: PictureCall) -> str:
    """A short name for a picture with its settings: equal pictures share one scene."""
    given = PICTURES[call.name].filled(call.parameters)
    digest = hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()
    return f"{call.name}-{digest[:8]}"


def deck_modules(stages: list[str]) -> dict[str, str]:
    """The address of each stage's JavaScript with all its imports."""
    from densenet_viz.stage.modules import address, stage_file

    return {stage: address(stage_file(stage)) for stage in stages}


def deck_styles(stages: list[str]) -> dict[str, str]:
    """The style of each stage, and under "stage" the style that all share."""
    from densenet_viz.stage.modules import SHARED_STYLE, style, style_of

    return {"stage": style(SHARED_STYLE), **{stage: style_of(stage) for stage in stages}}


def _calls(deck: Deck) -> Iterator[tuple[str, PictureCall]]:
    for slide in deck.slides:
        for _, call in _shown(slide):
            yield key_of(call), call


def _shown(slide: Slide) -> Iterator[tuple[int, PictureCall]]:
    """Each picture that a slide shows, with the step from which it is shown."""
    if slide.picture is None:
        return
    given = dict(slide.picture.parameters)
    yield 0, slide.picture
    for change in slide.changes:
        if change.parameters:
            given |= change.parameters
            yield change.step, PictureCall(slide.picture.name, dict(given))


# -- words to JSON --------------------------------------------------------------------------


def _slide(slide: Slide) -> dict[str, Any]:
    return {
        "id": slide.id,
        "title": slide.title,
        "minutes": slide.minutes,
        "layout": slide.layout,
        "blocks": [_block(block) for block in slide.blocks],
        "notes": [_block(block) for block in slide.notes],
        "steps": slide.steps,
        "picture": None if slide.picture is None else _picture(slide, slide.picture),
        "question": None if slide.question is None else _question(slide.question),
        "page": slide.page,
    }


def _picture(slide: Slide, call: PictureCall) -> dict[str, Any]:
    row = PICTURES[call.name]
    given: dict[str, Setting] = row.filled(call.parameters)
    keys = {step: key_of(shown) for step, shown in _shown(slide)}
    states = [
        {"step": change.step, "state": dict(change.state)}
        | ({"key": keys[change.step]} if change.parameters else {})
        for change in slide.changes
    ]
    return {
        "name": call.name,
        "stage": row.stage,
        "key": keys[0],
        "alt": row.alt.format_map(given),
        "sentence": row.sentence.format_map(given),
        "states": states,
    }


def _question(question: Question) -> dict[str, Any]:
    return {
        "text": question.text,
        "options": list(question.options),
        "right": question.right,
        "step": question.step,
        "reveal": question.reveal,
    }


def _block(block: TextBlock) -> dict[str, Any]:
    words: dict[str, Any] = {"kind": block.kind, "step": block.step, "spans": _spans(block.spans)}
    if block.rows:
        words["rows"] = [[_spans(cell) for cell in row] for row in block.rows]
    return words


def _spans(spans: Spans) -> list[dict[str, Any]]:
    return [
        {"text": one.text}
        | {name: True for name in ("bold", "italic", "code") if getattr(one, name)}
        | ({"href": one.href} if one.href else {})
        for one in spans
    ]
