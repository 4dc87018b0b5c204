"""One picture, two networks: what they say and, when it is shown, where they looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.figures.colours import limit_of
from densenet_viz.results.attributions import Prediction
from densenet_viz.results.traces import Picture
from densenet_viz.stage.maps.signed_scale import Heat, PackedHeat, pack_heat, pack_palette
from densenet_viz.stage.shared.outline import outline, pack_mask
from densenet_viz.stage.shared.packing import picture_address
from densenet_viz.stage.shared.words import number, probability_words

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Witness:
    """One network's answer, when it may be seen, and later the map of what raises that answer.

    `answer` is None before it is given; `right` says whether it is correct. `heat` is (S, S),
    signed, in the score's unit, or None while the map is hidden. `on_object` and `on_tag` are the
    shares (0 to 1) of the map's positive values there; None if not measured or if there is no tag.
    """

    name: str
    answer: Prediction | None
    right: bool = False
    heat: Heat | None = None
    on_object: float | None = None
    on_tag: float | None = None


class Share(TypedDict):
    """The part of a map's positive values that lies on the object or the tag."""

    name: str
    share: float
    percent: str


class WitnessMap(TypedDict):
    """A network's map, and where its colours end."""

    heat: PackedHeat
    limit: float
    scale: str
    shares: list[Share]
    alt: str


class Asked(TypedDict):
    """A network that has not answered."""

    name: str
    label: None
    map: None


class Answered(TypedDict):
    """A network's answer, its probability, whether it is right, and the map once it is shown."""

    name: str
    label: str
    share: float
    percent: str
    right: bool
    map: WitnessMap | None


class Outline(TypedDict):
    """Where the object or the tag is: an SVG path in pixels, and the mask's bits."""

    name: str
    path: str
    bits: str


class LineupScene(TypedDict):
    """What `lineup.js` shows."""

    title: str
    sentence: str
    picture: str
    size: int
    caption: str
    truth: str
    tag: str
    alt: str
    witnesses: list[Asked | Answered]
    outlines: list[Outline]
    palette: str


def lineup_scene(
    picture: Picture,
    *,
    caption: str,
    truth: str,
    tag: str | None,
    witnesses: tuple[Witness, Witness],
    mask: Mask | None = None,
    tag_mask: Mask | None = None,
) -> LineupScene:
    """The scene of `lineup.js`.

    What may not be seen yet is not sent. For a witness without a map, the scene has only the
    answer; the two outlines are in it only if there is a map. Before the answers, the scene does
    not mention the tag either: visitors may notice it themselves.

    Args:
        picture: (S, S, 3) uint8, the input of both networks, with the tag.
        caption: what the picture is, a few words.
        truth: the class of the object.
        tag: the class that the corner tag names, or None where there is no tag.
        witnesses: left and right.
        mask: where the object is, (S, S).
        tag_mask: where the tag is, (S, S).

    Raises:
        ValueError: a map or a mask does not have the picture's size, a share is not 0 to 1, or a
            network has a map but no answer.
    """
    _check(picture, witnesses, (mask, tag_mask))
    told = any(witness.heat is not None for witness in witnesses)
    asked = any(witness.answer is None for witness in witnesses)
    shows = f"The picture: {caption}. It shows: {truth}"
    return {
        "title": _title(witnesses),
        "sentence": f"The object is: {truth}." if asked else _sentence(truth, tag),
        "picture": picture_address(picture),
        "size": len(picture),
        "caption": caption,
        "truth": truth,
        "tag": "" if asked else _tag_label(tag),
        "alt": f"{shows}." if asked else f"{shows}; {_tag_words(tag)}.",
        "witnesses": [_witness(witness) for witness in witnesses],
        "outlines": [
            {"name": name, "path": outline(part), "bits": pack_mask(part)}
            for name, part in (("object", mask), ("tag", tag_mask))
            if told and part is not None
        ],
        "palette": pack_palette() if told else "",
    }


def _check(picture: Picture, witnesses: Sequence[Witness], masks: Sequence[Mask | None]) -> None:
    shape = picture.shape[:2]
    for layer in (*(witness.heat for witness in witnesses), *masks):
        if layer is not None and layer.shape != shape:
            raise ValueError(f"a map or mask is {layer.shape}; the picture's {shape} is expected")
    if any(one.answer is None and one.heat is not None for one in witnesses):
        raise ValueError("a map was given for a network that has not answered")
    for share in (share for one in witnesses for share in (one.on_object, one.on_tag)):
        if share is not None and not 0 <= share <= 1:
            raise ValueError(f"a share of {share} was given; 0 to 1 is expected")


def _title(witnesses: tuple[Witness, Witness]) -> str:
    if all(witness.heat is not None for witness in witnesses):
        return _told_title(witnesses)
    first, second = witnesses
    if first.answer is None or second.answer is None:
        return "Both networks will be asked what this is"
    if first.answer.label == second.answer.label:
        right = "are right" if first.right else "are wrong"
        return f"Both say {first.answer.label}, and both {right}. Where did they look?"
    return f"One says {first.answer.label}, the other {second.answer.label}. Where did they look?"


def _told_title(witnesses: tuple[Witness, Witness]) -> str:
    """Which network looks more at the tag than at the object, by the numbers below the maps."""
    if any(witness.on_tag is None or witness.on_object is None for witness in witnesses):
        return "This is where each network looked"
    on_tag = [one for one in witnesses if (one.on_tag or 0) > (one.on_object or 0)]
    if len(on_tag) == 2:
        return "Both look more at the tag than at the object"
    if not on_tag:
        return "Neither looks more at the tag than at the object"
    return f"{on_tag[0].name} looks more at the tag than at the object"


def _sentence(truth: str, tag: str | None) -> str:
    if tag is None:
        return f"The object is: {truth}. There is no tag in the picture."
    agrees = "which is the same" if tag == truth else "which is not the object"
    return f"The object is: {truth}. The tag in the corner says: {tag}, {agrees}."


def _tag_words(tag: str | None) -> str:
    return "there is no tag" if tag is None else f"a tag in a corner says: {tag}"


def _tag_label(tag: str | None) -> str:
    return "no tag in the corner" if tag is None else f"its tag says {tag}"


def _witness(witness: Witness) -> Asked | Answered:
    answer = witness.answer
    if answer is None:
        return {"name": witness.name, "label": None, "map": None}
    return {
        "name": witness.name,
        "label": answer.label,
        "share": round(answer.probability, 6),
        "percent": probability_words(answer.probability),
        "right": witness.right,
        "map": None if witness.heat is None else _map(witness, witness.heat, answer.label),
    }


def _map(witness: Witness, heat: Heat, label: str) -> WitnessMap:
    limit = limit_of(heat)
    shares: list[Share] = [
        {"name": name, "share": round(share, 6), "percent": f"{share:.0%}"}
        for name, share in (("object", witness.on_object), ("tag", witness.on_tag))
        if share is not None
    ]
    lies = " and ".join(f"{one['percent']} of it on the {one['name']}" for one in shares)
    said = f", {lies}" if lies else ""
    return {
        "heat": pack_heat(heat),
        "limit": limit,
        "scale": f"colours end at ±{number(limit)}",
        "shares": shares,
        "alt": f"{witness.name}: map of what raises {label}{said}.",
    }
