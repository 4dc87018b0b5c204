"""Where the path from baseline to picture is cut, so that few pieces give a small error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FIRST = tuple(float(place) for place in np.linspace(0, 1, 25) ** 2)
"""The places of the first look: closer together near the baseline, where most scores rise."""

_FLOOR = 0.02
"""The smallest error that is assumed for a piece, as a part of the mean error: the first look may
not see an error although there is one."""


def spread(nodes: list[float], errors: NDArray[np.float64], pieces: int) -> list[float]:
    """The same path cut into `pieces` pieces, more where the errors were larger.

    A piece that is cut into n parts keeps about an n-th of its error. Each new cut is made where it
    removes the most error.

    >>> spread([0.0, 0.5, 1.0], np.array([[1.0], [0.0]]), 4)
    [0.0, 0.16666666666666666, 0.3333333333333333, 0.5, 1.0]

    Args:
        nodes: places from 0 to 1, rising.
        errors: (len(nodes) - 1, blocks), what each piece's trapezoid misses at each block's end.
        pieces: how many are wanted, at least as many as there are.
    """
    worst = np.abs(errors).max(axis=1)
    worst = worst + _FLOOR * worst.mean()
    parts = np.ones(len(worst), dtype=int)
    for _ in range(pieces - len(parts)):
        parts[np.argmax(worst / (parts * (parts + 1)))] += 1
    cut = [
        node + length * part / count
        for node, length, count in zip(nodes, np.diff(nodes), parts, strict=False)
        for part in range(count)
    ]
    return [float(place) for place in (*cut, nodes[-1])]
