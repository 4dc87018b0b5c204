"""Means with 95% intervals.

Proportions of yes and no get Wilson's interval, shares the percentile bootstrap over scenes. The
resampling has a fixed seed: the same numbers give the same interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from densenet_viz.results.scores import Interval

Z = 1.959963984540054
"""A normal variable is farther from its mean, in standard deviations, in 5% of cases."""

RESAMPLES = 2000


def interval(values: Sequence[float] | Sequence[bool]) -> Interval:
    """Mean and 95% interval of one value per scene: Wilson's for yes and no, else bootstrap.

    Raises:
        ValueError: there is no value.
    """
    if not values:
        raise ValueError("No value was given; one per scene is expected.")
    if all(isinstance(value, bool) for value in values):
        return wilson(sum(map(int, values)), len(values))
    return bootstrap(values)


def wilson(hits: int, count: int) -> Interval:
    """Wilson (1927): the interval of a proportion, from `hits` of `count` cases.

    >>> print(wilson(95, 100))
    95.0% (88.8–97.8)
    """
    share, weight = hits / count, Z**2 / count
    middle = (share + weight / 2) / (1 + weight)
    half = Z * math.sqrt(share * (1 - share) / count + weight / (4 * count)) / (1 + weight)
    low, high = max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))
    return Interval(share, low, high, count)


def bootstrap(values: Sequence[float]) -> Interval:
    """Efron (1979): the mean's 2.5% and 97.5% percentiles over resampled scenes."""
    given = np.asarray(values, dtype=np.float64)
    drawn = np.random.default_rng(0).integers(0, len(given), (RESAMPLES, len(given)))
    low, high = np.quantile(given[drawn].mean(axis=1), [0.025, 0.975])
    mean = float(given.mean())
    return Interval(mean, min(mean, float(low)), max(mean, float(high)), len(given))
