"""How similar two maps are: by the ranks of their values, and as pictures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from densenet_viz.evaluation.agreement import rank_correlation
from densenet_viz.results.traces import Maps

PERCENTILE = 99.0
"""Percentile of a map's strengths; stronger values are cut to it before maps become pictures."""

WINDOW = 1.5
"""Standard deviation of SSIM's Gaussian window, in pixels (Wang et al., section III.C)."""


@dataclass(frozen=True)
class Similarity:
    """Two maps compared in the three ways of Adebayo et al. (2018), section 3; 1 is "equal".

    `rank` is Spearman's rank correlation of the signed maps, -1 to 1; `rank_absolute` that of
    their strengths; `ssim` the structural similarity of their strengths, -1 to 1. A strength is an
    absolute value.
    """

    rank: float
    rank_absolute: float
    ssim: float


def similarity(first: Maps, second: Maps) -> Similarity:
    """How similar two maps are, (C, S, S) each; the colour channels are added up."""
    strengths = (strength(first), strength(second))
    return Similarity(
        rank=ranked_alike(first.sum(axis=0), second.sum(axis=0)),
        rank_absolute=ranked_alike(*strengths),
        ssim=structural_similarity(*map(as_picture, strengths)),
    )


def strength(values: Maps) -> NDArray[np.float32]:
    """(C, S, S) without signs, summed over the channels: (S, S), 0 and more."""
    return np.asarray(np.abs(values).sum(axis=0), dtype=np.float32)


def as_picture(strengths: ArrayLike) -> NDArray[np.float64]:
    """Strengths from the lowest (0) to the `PERCENTILE` (1), as Adebayo et al. show them.

    Their code takes this from the library `saliency`; a map that is the same everywhere becomes 0.
    """
    given = np.asarray(strengths, dtype=np.float64)
    low, high = given.min(), np.percentile(given, PERCENTILE)
    if high <= low:
        high = given.max()
    return np.clip((given - low) / (high - low), 0, 1) if high > low else np.zeros_like(given)


def ranked_alike(first: ArrayLike, second: ArrayLike) -> float:
    """Spearman's rank correlation (`agreement.rank_correlation`), -1 to 1, of any two maps.

    A map that is the same everywhere has no ranks: the result is 0, or 1 if both maps are so.

    >>> ranked_alike([1, 2, 3], [10, 40, 90]), ranked_alike([1, 2, 3], [3, 2, 1])
    (1.0, -1.0)
    >>> ranked_alike([1, 1, 1], [1, 2, 3]), ranked_alike([1, 1, 1], [2, 2, 2])
    (0.0, 1.0)
    """
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    rho = rank_correlation(one, other)
    return float(np.ptp(one) == np.ptp(other) == 0) if np.isnan(rho) else round(rho, 12)


def structural_similarity(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """SSIM of two pictures (S, S) of values from 0 to 1, averaged over the pixels; -1 to 1.

    Wang, Bovik, Sheikh, Simoncelli (2004), "Image Quality Assessment: From Error Visibility to
    Structural Similarity", with the paper's Gaussian window and constants.
    """
    from skimage.metrics import structural_similarity as ssim

    return float(
        ssim(
            first,
            second,
            data_range=1.0,
            gaussian_weights=True,
            sigma=WINDOW,
            use_sample_covariance=False,
        )
    )
