"""How well a map finds a true mask. Pure numpy.

Maps are (H, W) and treated beforehand (`readings`): what counts is positive, and only that is
measured. Masks are (H, W) bool.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import distance_transform_edt

from densenet_viz.results.scores import PrecisionRecall

Mask = NDArray[np.bool_]

TOLERANCE = 15 / 224
"""How far beside the object a point may lie in the pointing game, in picture widths.

Zhang et al. (2018), "Top-down Neural Attention by Excitation Backprop": 15 pixels.
"""


def tolerance(size: int) -> float:
    """The tolerance in pixels of a picture that is `size` pixels wide.

    >>> tolerance(224), round(tolerance(128), 2)
    (15.0, 8.57)
    """
    return TOLERANCE * size


def widen(mask: Mask, radius: float) -> Mask:
    """The mask and every pixel whose middle is at most `radius` pixels from a middle in it."""
    if not mask.any():
        return np.zeros_like(mask)
    return np.asarray(distance_transform_edt(~mask) <= radius)


def near(mask: Mask) -> Mask:
    """The mask widened by the tolerance of the pointing game."""
    return widen(mask, tolerance(len(mask)))


def peak(heat: ArrayLike) -> tuple[int, int] | None:
    """Row and column of the highest value; None where all are alike.

    Where several pixels share it (occlusion's windows do), it is the one nearest their middle.
    """
    values = np.asarray(heat)
    highest = values.max()
    if highest == values.min():
        return None
    tied = np.argwhere(values == highest)
    away = np.square(tied - tied.mean(axis=0)).sum(axis=1)
    row, column = tied[int(away.argmin())]
    return int(row), int(column)


def pointing(heat: ArrayLike, mask: Mask, tolerance: float = 0.0) -> bool:
    """Whether the highest point lies on the object, or at most `tolerance` pixels beside it.

    A map that is the same everywhere points at nothing, and misses.
    """
    point = peak(heat)
    if point is None or not mask.any():
        return False
    nearest = np.square(np.argwhere(mask) - np.array(point)).sum(axis=1).min()
    return bool(nearest <= tolerance**2)


def _positive(heat: ArrayLike) -> NDArray[np.float64]:
    return np.maximum(np.asarray(heat, dtype=np.float64), 0.0)


def energy(heat: ArrayLike, mask: Mask) -> float:
    """Share of the positive values that lies in the mask, 0 to 1; 0 where none is positive.

    The energy-based pointing game of Wang et al. (2020), "Score-CAM".
    """
    values = _positive(heat)
    whole = values.sum()
    return float(values[mask].sum() / whole) if whole > 0 else 0.0


def share_near(heat: ArrayLike, mask: Mask) -> float:
    """Share of the positive values that lies in the mask or within the tolerance of it, 0 to 1."""
    return energy(heat, near(mask))


def share_on_asked(heat: ArrayLike, asked: Mask, other: Mask) -> float:
    """Of the positive values in either mask, the share in the first, 0 to 1.

    Pixels in both masks are left out, so that the answers for the two objects of one map add up
    to 1: a map that ignores what is asked gets 1/2 on average. 1/2 too where neither has any.
    """
    values = _positive(heat)
    first, second = values[asked & ~other].sum(), values[other & ~asked].sum()
    return float(first / (first + second)) if first + second > 0 else 0.5


def precision_recall(heat: ArrayLike, mask: Mask, points: int | None = None) -> PrecisionRecall:
    """Precision and recall of "the value is at least t" for the mask, t falling.

    Args:
        heat: (H, W).
        mask: (H, W) bool, some pixel of it true.
        points: keep about so many of the thresholds, evenly by pixels; by default all.

    Returns:
        The curve. Its average precision is the sum of precision times the rise of recall over
        all thresholds, as scikit-learn's `average_precision_score` has it.

    Raises:
        ValueError: the mask is empty.
    """
    if not mask.any():
        raise ValueError("An empty mask was given; one with an object in it is expected.")
    values = np.asarray(heat, dtype=np.float64).ravel()
    order = np.argsort(-values, kind="stable")
    values, hits = values[order], np.cumsum(mask.ravel()[order])
    last = np.flatnonzero(np.append(np.diff(values) != 0, True))  # of each run of equal values
    precision, recall = hits[last] / (last + 1), hits[last] / hits[-1]
    average = float((precision * np.diff(recall, prepend=0.0)).sum())
    kept = slice(None) if points is None else _even(last, points)
    return PrecisionRecall(values[last][kept], precision[kept], recall[kept], average)


def _even(last: NDArray[np.intp], points: int) -> NDArray[np.intp]:
    wanted = np.linspace(last[0], last[-1], points)
    return np.unique(np.minimum(np.searchsorted(last, wanted), len(last) - 1))
