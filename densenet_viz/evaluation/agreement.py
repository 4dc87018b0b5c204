"""How far two maps rank the same pixels first: rank correlation, for any units."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def ranks(values: Floats) -> NDArray[np.float64]:
    """The ranks of all values, from 1; equal values get the mean of their ranks.

    >>> ranks(np.array([0.5, 0.1, 0.5, 0.9])).tolist()
    [2.5, 1.0, 2.5, 4.0]
    """
    _different, place, count = np.unique(np.ravel(values), return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2)[place], dtype=np.float64)


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's rho of two maps of the same shape, -1 to 1.

    Spearman, "The Proof and Measurement of Association between Two Things", 1904: Pearson's
    correlation of the ranks, which is also right with ties. Adebayo et al., "Sanity Checks for
    Saliency Maps", NeurIPS 2018, compare maps with it, both signed and by absolute values.

    >>> round(rank_correlation(np.array([1.0, 2.0, 30.0]), np.array([-3.0, 0.0, 0.1])), 6)
    1.0

    Returns:
        nan if all values of a map are equal: such a map has no ranks.

    Raises:
        ValueError: the shapes differ.
    """
    if np.shape(one) != np.shape(other):
        raise ValueError(
            f"Maps of {np.shape(one)} and {np.shape(other)} were given; one shape is expected."
        )
    return float(rank_correlations((one, other))[0, 1])


def rank_correlations(maps: Sequence[Floats]) -> NDArray[np.float64]:
    """Spearman's rho between all N maps, (N, N); nan for a map whose values are all equal."""
    ranked = np.stack([ranks(one) for one in maps])
    centred = ranked - ranked.mean(axis=1, keepdims=True)
    lengths = np.sqrt((centred**2).sum(axis=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        rho = (centred @ centred.T) / np.outer(lengths, lengths)
    return np.asarray(np.clip(rho, -1, 1), dtype=np.float64)
