"""How well a map finds a true mask. Pure numpy.

Maps are (H, W) and already treated by `readings`: only positive values are measured. Masks are
(H, W) bool.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import distance_transform_edt

from densenet_viz.results.scores import PrecisionRecall

Mask = NDArray[np.bool_]

TOLERANCE = 15 / 224
"""How far from the object a point may be in the pointing game, in picture widths.

Zhang et al. (2018), "Top-down Neural Attention by Excitation Backprop": 15 pixels.
"""


def tolerance(size: int) -> float:
    """The tolerance in pixels of a picture that is `size` pixels wide.

    >>> tolerance(224), round(tolerance(128), 2)
    (15.0, 8.57)
    """
    return TOLERANCE * size


def widen(mask: Mask, radius: float) -> Mask:
    """The mask, plus all pixels whose centre is at most `radius` pixels from a centre in it."""
    if not mask.any():
        return np.zeros_like(mask)
    return np.asarray(distance_transform_edt(~mask) <= radius)


def near(mask: Mask) -> Mask:
    """The mask widened by the tolerance of the pointing game."""
    return widen(mask, tolerance(len(mask)))


def peak(heat: ArrayLike) -> tuple[int, int] | None:
    """Row and column of the highest value; None if all values are equal.

    If several pixels have it (as in occlusion's windows), it is the one nearest to their middle.
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
    """Whether the highest point is on the object, or at most `tolerance` pixels away from it.

    A map that is the same everywhere points at nothing and counts as a miss.
    """
    point = peak(heat)
    if point is None or not mask.any():
        return False
    nearest = np.square(np.argwhere(mask) - np.array(point)).sum(axis=1).min()
    return bool(nearest <= tolerance**2)


def _positive(heat: ArrayLike) -> NDArray[np.float64]:
    return np.maximum(np.asarray(heat, dtype=np.float64), 0.0)


def energy(heat: ArrayLike, mask: Mask) -> float:
    """Share of the positive values inside the mask, 0 to 1; 0 if no value is positive.

    The energy-based pointing game of Wang et al. (2020), "Score-CAM".
    """
    values = _positive(heat)
    whole = values.sum()
    return float(values[mask].sum() / whole) if whole > 0 else 0.0


def share_near(heat: ArrayLike, mask: Mask) -> float:
    """Share of the positive values inside the mask or within the tolerance of it, 0 to 1."""
    return energy(heat, near(mask))


def share_on_asked(heat: ArrayLike, asked: Mask, other: Mask) -> float:
    """Of the positive values in either mask, the share in the first, 0 to 1.

    Pixels in both masks are left out, so that the results for the two objects of one map add up
    to 1: a map that ignores the class gets 1/2 on average. Without positive values it is also 1/2.
    """
    values = _positive(heat)
    first, second = values[asked & ~other].sum(), values[other & ~asked].sum()
    return float(first / (first + second)) if first + second > 0 else 0.5


def precision_recall(heat: ArrayLike, mask: Mask, points: int | None = None) -> PrecisionRecall:
    """Precision and recall of "the value is at least t" for the mask, for falling t.

    Args:
        heat: (H, W).
        mask: (H, W) bool, with at least one true pixel.
        points: keep about this many thresholds, evenly by pixels; by default all.

    Returns:
        The curve. Its average precision is the sum of precision times the rise of recall over
        all thresholds, as in scikit-learn's `average_precision_score`.

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
