"""How the four families of small networks look in every chart: a colour, a line and a mark each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from densenet_viz.facts.families import Family
from densenet_viz.figures.theme import OKABE_ITO


@dataclass(frozen=True)
class Look:
    """`dash` is SVG's, empty for a solid line; `mark` is a kind of `shared/marks.js`, from 0."""

    title: str
    colour: str
    dash: str
    mark: int


LOOKS: Mapping[Family, Look] = MappingProxyType(
    {
        "plain": Look("plain", OKABE_ITO[3], "2 5", 2),
        "residual": Look("residual", OKABE_ITO[5], "10 5", 1),
        "dense": Look("dense", OKABE_ITO[4], "", 0),
        "aggregated": Look("one-shot aggregation", OKABE_ITO[2], "12 4 2 4", 3),
    }
)
"""In the order of `FAMILIES`."""
