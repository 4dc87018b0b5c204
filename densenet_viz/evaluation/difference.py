"""Two maps of one picture held against each other, whatever their units and sizes are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densenet_viz.evaluation.agreement import rank_correlation

Floats = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Difference:
    """One map less another, both as shares of their absolute sums.

    `heat` is (S, S), in shares (its values sum to -2 at least and 2 at most); `rho` is Spearman's
    rank correlation of the two maps, -1 to 1, nan where a map has one value only.
    """

    heat: NDArray[np.float32]
    rho: float


def difference(one: Floats, other: Floats) -> Difference:
    """What `one` has more of than `other`; both show the same square, (S, S) and (T, T).

    Where the sizes differ, the finer map is summed up to the coarser one's pixels.
    """
    side = min(len(one), len(other))
    first, second = (sum_to(shares(heat), side) for heat in (one, other))
    return Difference(np.asarray(first - second, np.float32), rank_correlation(first, second))


def shares(heat: Floats) -> NDArray[np.float64]:
    """A map divided by the sum of its absolute values; a map of zeros stays one.

    >>> shares(np.array([[3.0, -1.0]])).tolist()
    [[0.75, -0.25]]
    """
    clean = np.nan_to_num(np.asarray(heat, dtype=np.float64), posinf=0.0, neginf=0.0)
    return np.asarray(clean / (np.abs(clean).sum() or 1.0))


def sum_to(heat: Floats, side: int) -> NDArray[np.float64]:
    """A square map on `side` pixels a side: each gives to those it lies in, by area.

    >>> sum_to(np.array([[1.0, 2, 3]] * 3), 2).round(2).tolist()
    [[3.0, 6.0], [3.0, 6.0]]
    """
    given = len(heat)
    edges = np.arange(side + 1) * (given / side)
    pixels = np.arange(given)
    upper = np.minimum(edges[1:, None], pixels + 1)
    lower = np.maximum(edges[:-1, None], pixels)
    parts = np.maximum(upper - lower, 0.0)
    return np.asarray(parts @ np.asarray(heat, dtype=np.float64) @ parts.T)
