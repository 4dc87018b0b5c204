"""The direct connections of a first block, and the gradient without them (`direct.js`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

import numpy as np

from densenet_viz.facts.families import Family, FamilySpec
from densenet_viz.figures.families import LOOKS
from densenet_viz.results.gradients import DirectPaths
from densenet_viz.stage.gradients.words import ratio_words
from densenet_viz.stage.shared.words import number, percent

CUTS = {
    "whole": "nothing is cut",
    "first": "cut those of the first layer",
    "every": "cut those of all layers",
}


class Reach(TypedDict):
    """A direct connection: from a source, 0 for the stem, to a place past the next layer."""

    source: int
    place: int


class Amount(TypedDict):
    """The first layer's gradient with one of the cuts, as a part of the whole one, and in words."""

    part: float
    size: str
    words: str


class DirectFamily(TypedDict):
    """One family's direct connections in the first block; `amounts` as `cuts`, empty if unknown."""

    family: str
    title: str
    colour: str
    reaches: list[Reach]
    amounts: list[Amount]
    sentence: str


class GradientsDirectScene(TypedDict):
    """What `direct.js` shows; the place after the last layer is the transition."""

    title: str
    layers: int
    cuts: list[str]
    families: list[DirectFamily]


def direct_scene(
    specs: Sequence[FamilySpec], found: Mapping[Family, DirectPaths]
) -> GradientsDirectScene:
    """The scene; a family that is not measured has its connections and no numbers."""
    return {
        "title": "The direct paths from the loss to the first layer",
        "layers": specs[0].layers,
        "cuts": list(CUTS.values()),
        "families": [_family(spec, found.get(spec.family)) for spec in specs],
    }


def _family(spec: FamilySpec, direct: DirectPaths | None) -> DirectFamily:
    look = LOOKS[spec.family]
    return {
        "family": spec.family,
        "title": look.title,
        "colour": look.colour,
        "reaches": reaches_of(spec),
        "amounts": _amounts(direct) if direct else [],
        "sentence": _sentence(direct) if direct else _waiting(spec),
    }


def reaches_of(spec: FamilySpec) -> list[Reach]:
    """The direct connections of a family's first block.

    >>> from densenet_viz.facts.families import dense_spec, matched
    >>> [(one["source"], one["place"]) for one in reaches_of(dense_spec(10, 4))]
    [(0, 2), (0, 3), (1, 3)]
    >>> reaches_of(matched(dense_spec(10, 4), "residual"))
    [{'source': 0, 'place': 2}]
    """
    end = spec.layers + 1
    if spec.family == "residual":
        # The sum after a unit of two layers is what the next unit, or the transition, reads.
        return [_reach(source, source + 2) for source in range(0, spec.layers, 2)]
    if spec.family == "dense":
        return [_reach(a, b) for a in range(end) for b in range(a + 2, end + 1)]
    if spec.family == "aggregated":
        return [_reach(source, end) for source in range(spec.layers)]
    return []


def _reach(source: int, place: int) -> Reach:
    return {"source": source, "place": place}


def _amounts(direct: DirectPaths) -> list[Amount]:
    whole = float(np.median(direct.whole))
    sizes_of = (direct.whole, direct.first, direct.every)
    return [_amount(float(np.median(sizes)), whole) for sizes in sizes_of]


def _amount(size: float, whole: float) -> Amount:
    part = size / whole if whole else 0.0
    words = percent(part) if part >= 0.01 or part == 0 else ratio_words(part)
    return {"part": round(part, 6), "size": number(size), "words": words}


def _waiting(spec: FamilySpec) -> str:
    if spec.family == "plain":
        return "A plain network has no direct path: every gradient comes back layer by layer."
    return "How large is the first layer’s gradient without them?"


def _sentence(direct: DirectPaths) -> str:
    family = direct.spec.family
    if family == "plain":
        return _waiting(direct.spec)
    _, first, every = _amounts(direct)
    name = LOOKS[family].title
    return (
        f"Without its own direct connections, the first layer of the {name} network keeps "
        f"{first['words']} of its gradient; without anybody’s, {every['words']}."
    )
