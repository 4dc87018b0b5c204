"""The signed scale that all maps share: its colours, and values packed for it."""

from __future__ import annotations

import base64
from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.figures.colours import limit_of, signed_rgb
from densenet_viz.stage.shared.packing import average_pixels

Heat = NDArray[np.float32]
ScaleKey = Literal["shared", "share", "own"]
"""One scale for all maps, one for maps as parts of their own strength, or a scale a map."""

PALETTE_STEPS = 257
"""Odd, so that the middle is exactly zero and white."""


class PackedHeat(TypedDict):
    """A signed map as 16-bit whole numbers in base64, of which 32767 is `most`."""

    size: int
    most: float
    data: str


class PackedSigned(TypedDict):
    """A signed map as signed bytes in base64; 127 and -127 are where the colours end."""

    size: int
    data: str


class Scale(TypedDict):
    """A scale that maps side by side can be shown on; its `end` is None where each has its own."""

    key: ScaleKey
    title: str
    sentence: str
    end: float | None
    legend: str


class Ends(TypedDict):
    """Where a map's colours end on each scale, in the map's unit."""

    shared: float
    share: float
    own: float


class ScaledMap(TypedDict):
    """A map that is shown on each of the scales; `strength` is the sum of its absolute values."""

    heat: PackedHeat
    strength: float
    ends: Ends
    unit: str
    alt: str


OWN_TITLE = "Each map has its own scale: strengths cannot be compared"
OWN_SENTENCE = (
    "Compare where the maps point, not how strongly: the same colour is a different value in each "
    "map. The value of full colour is written under each map."
)


def pack_heat(heat: Heat) -> PackedHeat:
    """A signed map (S, S) as 16-bit whole numbers; 32767 is its largest strength (`PackedHeat`).

    An unpacked value is right to within a 65,534th of `most`.
    """
    clean = np.nan_to_num(heat, posinf=0.0, neginf=0.0)
    most = float(np.abs(clean).max())
    scaled = np.rint(clean * (32767 / most if most > 0 else 0.0)).astype("<i2")
    return {
        "size": len(heat),
        "most": most,
        "data": base64.b64encode(scaled.tobytes()).decode(),
    }


def pack_palette() -> str:
    """The signed scale from full blue over white to full orange, RGB triples in base64."""
    steps = np.linspace(-1, 1, PALETTE_STEPS)[None]
    return base64.b64encode(signed_rgb(steps, 1.0).tobytes()).decode()


def pack_signed(heat: Heat, side: int | None = None) -> PackedSigned:
    """A signed map (S, S) as the stage reads it (`PackedSigned` in signed-scale.js).

    127 and -127 are the ends of the map's own colours. If S is larger than `side`, pixels are
    averaged down to at most `side`.
    """
    clean = np.nan_to_num(heat, posinf=0.0, neginf=0.0)
    factor = 1 if side is None else max(1, -(-len(clean) // side))
    small = average_pixels(clean[None], factor)[0]
    steps = np.rint(127 * np.clip(small / limit_of(small), -1, 1)).astype(np.int8)
    return {"size": len(small), "data": base64.b64encode(steps.tobytes()).decode()}


def strength_of(heat: Heat) -> float:
    """The sum of a map's absolute values: shares are parts of it."""
    return float(np.abs(heat).sum(dtype=np.float64))


def short_unit(unit: str) -> str:
    """The first part of a unit's text: what the values measure.

    >>> short_unit("fall of the class's score; a cell's is shared out")
    "fall of the class's score"
    """
    return unit.partition(";")[0]
