"""Whether probabilities are correct: calibration error, temperature, and AUROC."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

BINS = 15
"""Bins of equal width, as in Guo et al. (2017)."""

_GOLDEN = (np.sqrt(5) - 1) / 2
_STEPS = 60


def probabilities(logits: ArrayLike, temperature: float = 1.0) -> NDArray[np.float64]:
    """Softmax of (N, classes) logits divided by the temperature."""
    scaled = np.asarray(logits, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float64)


def calibration_error(chances: ArrayLike, labels: ArrayLike, bins: int = BINS) -> float:
    """Expected calibration error of (N, classes) probabilities, 0 to 1.

    The mean distance between confidence and accuracy over bins of equal width, weighted by the
    pictures in each: Guo et al. (2017), "On Calibration of Modern Neural Networks", eq. 3.
    """
    given = np.asarray(chances, np.float64)
    confidence, right = given.max(axis=1), given.argmax(axis=1) == np.asarray(labels)
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(place, weights=right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(given))


def negative_log_likelihood(logits: ArrayLike, labels: ArrayLike, temperature: float) -> float:
    """Mean over (N, classes) logits, in nats."""
    scaled = np.asarray(logits, np.float64) / temperature
    top = scaled.max(axis=1)
    total = top + np.log(np.exp(scaled - top[:, None]).sum(axis=1))
    return float((total - scaled[np.arange(len(scaled)), np.asarray(labels)]).mean())


def fitted_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """The temperature, 0.05 to 20, that makes the labels most likely (Guo et al. 2017, 4.2).

    Golden-section search on its logarithm: the mean negative log-likelihood has one minimum. If
    every label is the most probable class, there is no minimum (smaller is always better), and the
    result is 1.
    """
    if (np.asarray(logits).argmax(axis=1) == np.asarray(labels)).all():
        return 1.0

    def cost(place: float) -> float:
        return negative_log_likelihood(logits, labels, float(np.exp(place)))

    low, high = np.log(0.05), np.log(20.0)
    for _ in range(_STEPS):
        step = _GOLDEN * (high - low)
        if cost(high - step) < cost(low + step):
            high = low + step
        else:
            low = high - step
    return float(np.exp((low + high) / 2))


def auroc(known: ArrayLike, strange: ArrayLike) -> float:
    """Chance that an unfamiliar picture's score is above a known one's; equal scores count half.

    >>> auroc([1, 2], [2, 3])
    0.875
    """
    first, second = np.sort(np.asarray(known, np.float64)), np.asarray(strange, np.float64)
    below = np.searchsorted(first, second, "left") + np.searchsorted(first, second, "right")
    return float(below.mean() / (2 * len(first)))
