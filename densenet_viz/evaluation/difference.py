"""The difference between two maps of one picture, for any units and sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densenet_viz.evaluation.agreement import rank_correlation

Floats = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Difference:
    """One map minus another, both as shares of their absolute sums.

    `heat` is (S, S), in shares (the sum of its values is between -2 and 2); `rho` is Spearman's
    rank correlation of the two maps, -1 to 1, or nan if all values of a map are equal.
    """

    heat: NDArray[np.float32]
    rho: float


def difference(one: Floats, other: Floats) -> Difference:
    """`one` minus `other`; both show the same square, (S, S) and (T, T).

    If the sizes differ, the finer map is summed to the pixels of the coarser one.
    """
    side = min(len(one), len(other))
    first, second = (sum_to(shares(heat), side) for heat in (one, other))
    return Difference(np.asarray(first - second, np.float32), rank_correlation(first, second))


def shares(heat: Floats) -> NDArray[np.float64]:
    """A map divided by the sum of its absolute values; a map of zeros stays unchanged.

    >>> shares(np.array([[3.0, -1.0]])).tolist()
    [[0.75, -0.25]]
    """
    clean = np.nan_to_num(np.asarray(heat, dtype=np.float64), posinf=0.0, neginf=0.0)
    return np.asarray(clean / (np.abs(clean).sum() or 1.0))


def sum_to(heat: Floats, side: int) -> NDArray[np.float64]:
    """A square map with `side` pixels a side: each old pixel is divided among new ones by area.

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
