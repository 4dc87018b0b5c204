"""The cells of a picture, sorted by how much they raise the score in a map."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

CELLS = 4
"""Regions are cells of a grid with this many cells on each side."""


@dataclass(frozen=True)
class Region:
    """One cell of the picture: pixels left to right - 1 and top to bottom - 1.

    `total` is the sum of the map in it, `share` its part (0 to 1) of all that raises the score.
    """

    left: int
    top: int
    right: int
    bottom: int
    total: float
    share: float

    @property
    def name(self) -> str:
        """Its place, in pixels from the upper left corner.

        >>> Region(32, 0, 64, 32, 1.0, 0.5).name
        'x 32–63, y 0–31'
        """
        return f"x {self.left}–{self.right - 1}, y {self.top}–{self.bottom - 1}"


def strongest_regions(heat: NDArray[np.float32], cells: int = CELLS) -> tuple[Region, ...]:
    """The cells of a map (S, S); the cell that raises the score most is first."""
    edges = np.linspace(0, len(heat), cells + 1).astype(int)
    raising = np.maximum(heat, 0)
    whole = float(raising.sum()) or 1.0
    regions = []
    for top, bottom in pairwise(edges):
        for left, right in pairwise(edges):
            cell = (slice(top, bottom), slice(left, right))
            total, share = float(heat[cell].sum()), float(raising[cell].sum()) / whole
            regions.append(Region(int(left), int(top), int(right), int(bottom), total, share))
    return tuple(sorted(regions, key=lambda region: -region.share))
