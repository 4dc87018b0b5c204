"""The outline of a mask as an SVG path, and a mask as bits."""

from __future__ import annotations

import base64
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Point = tuple[float, float]
Step = tuple[int, int]

_SIDES: tuple[tuple[Step, Step, Step], ...] = (
    ((1, 0), (0, -1), (0, 0)),
    ((0, 1), (1, 0), (1, 0)),
    ((-1, 0), (0, 1), (1, 1)),
    ((0, -1), (-1, 0), (0, 1)),
)
"""A pixel's four sides, clockwise: the direction along it, the neighbour behind it, and its first
corner, relative to the pixel's upper left corner; each as (x, y)."""


class PackedMask(TypedDict):
    """A mask: its name, its bits (`pack_mask`), and its outline as an SVG path in pixels."""

    label: str
    bits: str
    path: str


def pack_mask(mask: Mask) -> str:
    """A mask (S, S) as bits, row by row, the first in the highest bit, in base64.

    >>> pack_mask(np.eye(2, dtype=bool)) == base64.b64encode(bytes([0b10010000])).decode()
    True
    """
    return base64.b64encode(np.packbits(mask).tobytes()).decode()


def outline(mask: Mask) -> str:
    """The line between true and false pixels of a mask (S, S), in pixels, as an SVG path.

    The path goes around each part of the mask clockwise and around each hole counter-clockwise,
    through the middles of the pixels' sides: steps of one pixel become diagonal, straight sides
    stay straight. Outside the picture is false. An empty mask has an empty path.

    >>> outline(np.array([[True]]))
    'M0.5 0L1 0.5L0.5 1L0 0.5Z'
    """
    return "".join(_path(loop) for loop in _loops(_sides(mask)))


def _sides(mask: Mask) -> dict[Step, set[Step]]:
    """For each corner, the directions of the sides that start there; the mask is at their right."""
    wide = np.pad(np.asarray(mask, bool), 1)
    starts: dict[Step, set[Step]] = {}
    for way, (across, down), first in _SIDES:
        beyond = np.roll(wide, (-down, -across), (0, 1))
        for y, x in np.argwhere(wide & ~beyond) - 1:
            starts.setdefault((int(x) + first[0], int(y) + first[1]), set()).add(way)
    return starts


def _loops(starts: dict[Step, set[Step]]) -> list[list[Point]]:
    """The sides joined to closed loops of their middles; if four meet, the loop turns right."""
    loops = []
    while starts:
        corner = min(starts, key=lambda at: (at[1], at[0]))
        way, loop = min(starts[corner]), list[Point]()
        while way in starts.get(corner, ()):
            starts[corner].discard(way)
            if not starts[corner]:
                del starts[corner]
            loop.append((corner[0] + way[0] / 2, corner[1] + way[1] / 2))
            corner = (corner[0] + way[0], corner[1] + way[1])
            right, left = (-way[1], way[0]), (way[1], -way[0])
            ways = starts.get(corner, set())
            way = next((one for one in (right, way, left) if one in ways), way)
        loops.append(loop)
    return loops


def _path(loop: list[Point]) -> str:
    """A closed path through the points, without those on a straight line between others."""
    kept = [
        at
        for before, at, after in zip(loop[-1:] + loop[:-1], loop, loop[1:] + loop[:1], strict=True)
        if (at[0] - before[0], at[1] - before[1]) != (after[0] - at[0], after[1] - at[1])
    ]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z"
