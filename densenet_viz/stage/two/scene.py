"""Two pictures and one network, or one picture and two networks, side by side; a JSON scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np

from densenet_viz.figures.colours import limit_of
from densenet_viz.results.attributions import Prediction
from densenet_viz.stage.maps.signed_scale import (
    OWN_SENTENCE,
    OWN_TITLE,
    Heat,
    PackedHeat,
    Scale,
    ScaledMap,
    ScaleKey,
    pack_heat,
    pack_palette,
    short_unit,
    strength_of,
)
from densenet_viz.stage.shared.packing import picture_address
from densenet_viz.stage.shared.words import number, probability_words
from densenet_viz.stage.two.sides import (
    Apart,
    Kind,
    Side,
    Sides,
    agreement_words,
    same_target,
    title_of,
    where_words,
)

LABELS: Mapping[Kind, str] = {
    "pictures": "Two pictures, one network",
    "networks": "One picture, two networks",
}
LESSONS: Mapping[Kind, str] = {
    "pictures": "One network, two pictures: see whether the same things count in both pictures.",
    "networks": "Networks can give the same answer for different reasons: see whether they look at "
    "the same place.",
}
"""What each comparison teaches."""

NAMES = ("Left", "Right")
ANSWERS = 3
"""Bars for each network's answer; the explained class gets one more if it is not among them."""


class Bar(TypedDict):
    """A class and its probability; whether it is explained, and whether it is known to be right."""

    name: str
    share: float
    percent: str
    explained: bool
    right: bool


class Column(TypedDict):
    """A side without its name."""

    caption: str
    picture: str
    size: int
    says: str
    bars: list[Bar]
    note: str
    where: str
    sharpening: bool
    map: ScaledMap | None


class SideScene(Column):
    """A picture, a network's answer, and its map."""

    name: str


class ApartMap(TypedDict):
    """The difference of the two maps, and where its colours end."""

    heat: PackedHeat
    end: float
    alt: str


class ApartScene(TypedDict):
    """The difference with its words."""

    name: str
    sentence: str
    picture: str
    size: int
    meaning: list[str]
    map: ApartMap | None


class TwoScene(TypedDict):
    """What `two.js` shows."""

    label: str
    live: str
    linked: bool
    palette: str
    meaning: list[str]
    waiting: str
    begin: ScaleKey
    scales: list[Scale]
    sides: list[SideScene]
    apart: ApartScene | None


class SharedEnds(TypedDict):
    """Where both maps' colours end, in the maps' unit and as a part of a map's strength."""

    shared: float
    share: float


def two_scene(
    kind: Kind,
    sides: Sides,
    *,
    method: str,
    unit: str,
    apart: Apart | None = None,
    waiting: str = "",
) -> TwoScene:
    """The scene of `two.js`.

    Args:
        kind: whether the pictures differ or the networks.
        sides: left and right.
        method: the title of the method that made both maps.
        unit: what the maps' values measure.
        apart: their difference, if the picture is the same and both maps are finished.
        waiting: text shown in place of a missing map.

    Raises:
        ValueError: a map does not have its picture's size, or a difference is given for two
            different pictures.
    """
    _check(kind, sides, apart)
    heats = [side.heat for side in sides if side.heat is not None]
    ends: SharedEnds = {
        "shared": max((limit_of(heat) for heat in heats), default=1.0),
        "share": max((limit_of(heat) / (strength_of(heat) or 1.0) for heat in heats), default=1.0),
    }
    return {
        "label": LABELS[kind],
        "live": f"● live: computed on {'this network' if kind == 'pictures' else 'these networks'}",
        "linked": kind == "networks",
        "palette": pack_palette(),
        "meaning": _meaning(sides),
        "waiting": waiting,
        "begin": "share" if kind == "networks" else "shared",
        "scales": _scales(kind, title_of(kind, sides), ends, is_probability=is_probability(sides)),
        "sides": [
            {
                "name": f"{name}: {side.caption if kind == 'pictures' else side.network}",
                **_side(side, method, unit, ends),
            }
            for name, side in zip(NAMES, sides, strict=True)
        ],
        "apart": None if kind == "pictures" else _apart(sides, apart),
    }


def _check(kind: Kind, sides: Sides, apart: Apart | None) -> None:
    for side in sides:
        if side.heat is not None and side.heat.shape != side.picture.shape[:2]:
            raise ValueError(
                f"A map has shape {side.heat.shape}; {side.picture.shape[:2]} is expected."
            )
    if kind == "pictures" and apart is not None:
        raise ValueError("A difference was given for two pictures; it needs two maps of one.")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# -- scales ---------------------------------------------------------------------------------


def _meaning(sides: Sides) -> list[str]:
    whose = sides[0].target.label if same_target(sides) else "its class"
    return [f"lowers {whose}", f"raises {whose}"]


def is_probability(sides: Sides) -> bool:
    """Whether the maps explain probabilities, which have one unit in all networks."""
    made = [side.attribution for side in sides if side.attribution is not None]
    return bool(made) and all(one.explains == "probability" for one in made)


def _scales(kind: Kind, title: str, ends: SharedEnds, *, is_probability: bool) -> list[Scale]:
    lesson = LESSONS[kind]
    faint = why = each = ""
    if kind == "networks" and not is_probability:
        units = "two networks’ scores have different units"
        faint = f" {units.capitalize()}, so a paler map here is not a weaker map."
        why, each = f", because {units}", ", each in its own unit"
    share = f" Each map is divided by the sum of its absolute values{why}."
    legend = f"One scale for both maps{each}"
    parts = "One scale for both maps, as shares of each map’s total strength"
    own = "Each map has its own scale; the value of full colour is given below it"
    return [
        _scale("shared", title, lesson + faint, ends["shared"], legend),
        _scale("share", title, lesson + share, ends["share"], parts),
        _scale("own", OWN_TITLE, OWN_SENTENCE, None, own),
    ]


def _scale(key: ScaleKey, title: str, sentence: str, end: float | None, legend: str) -> Scale:
    return {"key": key, "title": title, "sentence": sentence, "end": end, "legend": legend}


# -- columns --------------------------------------------------------------------------------


def _side(side: Side, method: str, unit: str, ends: SharedEnds) -> Column:
    size = len(side.picture)
    return {
        "caption": f"{side.caption}, {size} × {size} px",
        "picture": picture_address(side.picture),
        "size": size,
        "says": side.says,
        "bars": [_bar(one, side) for one in _answers(side)],
        "note": f"{method} for {side.target.label}",
        "where": f"{_capital(where_words(side))}." if side.finished else "",
        "sharpening": side.attribution is not None and not side.finished,
        "map": None if side.heat is None else _map(side, side.heat, method, unit, ends),
    }


def _answers(side: Side) -> Sequence[Prediction]:
    """The most probable classes and the explained one."""
    best = side.predictions[:ANSWERS]
    shown = any(one.index == side.target.index for one in best)
    return best if shown else (*best, side.target)


def _bar(one: Prediction, side: Side) -> Bar:
    return {
        "name": one.label,
        "share": round(one.probability, 6),
        "percent": probability_words(one.probability),
        "explained": one.index == side.target.index,
        "right": side.truth is not None and one.label == side.truth,
    }


def _map(side: Side, heat: Heat, method: str, unit: str, ends: SharedEnds) -> ScaledMap:
    strength = strength_of(heat)
    return {
        "heat": pack_heat(heat),
        "strength": strength,
        "ends": {
            "shared": ends["shared"],
            "share": ends["share"] * (strength or 1.0),
            "own": limit_of(heat),
        },
        "unit": short_unit(unit),
        "alt": f"{method} by {side.network}, {side.caption}: {where_words(side)}.",
    }


# -- difference -----------------------------------------------------------------------------


def _apart(sides: Sides, apart: Apart | None) -> ApartScene:
    sizes = [len(side.picture) for side in sides]
    size = min(sizes)
    return {
        "name": "Difference: left minus right",
        "sentence": "" if apart is None else _apart_words(apart, sizes),
        "picture": picture_address(sides[sizes.index(size)].picture),
        "size": size,
        "meaning": ["more on the right", "more on the left"],
        "map": None if apart is None else _apart_map(apart),
    }


def _apart_words(apart: Apart, sizes: Sequence[int]) -> str:
    words = f"{agreement_words(apart.rho)} The values are shares of each map’s sum."
    if max(sizes) == min(sizes):
        return words
    return f"{words} The map of {max(sizes)} px was first summed to {min(sizes)} px."


def _apart_map(apart: Apart) -> ApartMap:
    limit = limit_of(apart.heat)
    left, right = (float(np.maximum(sign * apart.heat, 0).sum()) for sign in (1, -1))
    return {
        "heat": pack_heat(apart.heat),
        "end": limit,
        "alt": f"Difference: {left:.0%} of a whole map more on the left, {right:.0%} more on the "
        f"right; colours end at ±{number(100 * limit)}%.",
    }
