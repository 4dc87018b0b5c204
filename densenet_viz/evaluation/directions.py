"""Concept activation vectors: directions in a layer, and what a class's score does along them.

Kim, Wattenberg, Gilmer, Cai, Wexler, Viegas, Sayres, "Interpretability Beyond Feature Attribution:
Quantitative Testing with Concept Activation Vectors (TCAV)", ICML 2018, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Direction:
    """From pictures without a concept to those with it.

    `vector` is (channels,), of length 1; a picture whose product with it is above `border` counts
    as one with the concept.
    """

    vector: Values
    border: float

    def accuracy(self, present: Values, absent: Values) -> float:
        """On (N, channels) pictures with the concept and without it, 0 to 1; chance is 0.5."""
        right = (present @ self.vector > self.border, absent @ self.vector <= self.border)
        return float(np.mean(np.concatenate(right)))


def find_direction(present: Values, absent: Values) -> Direction:
    """The normal of a linear classifier's border.

    Args:
        present: (N, channels) values of pictures with the concept.
        absent: (M, channels) of those without.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    both = np.concatenate([present, absent])
    labels = np.repeat([1, 0], [len(present), len(absent)])
    scale = StandardScaler().fit(both)
    classifier = LogisticRegression(max_iter=1000).fit(scale.transform(both), labels)
    normal = classifier.coef_[0] / scale.scale_
    length = float(np.linalg.norm(normal)) or 1.0
    border = float(scale.mean_ @ normal - classifier.intercept_[0])
    return Direction(normal / length, border / length)


def find_directions(
    present: Values, absent: Values, count: int
) -> tuple[tuple[Direction, ...], tuple[float, ...]]:
    """Directions that are learned from different pictures, and their accuracies on all others.

    Args:
        present: (N, channels) values of pictures with the concept.
        absent: (N, channels) of those without; picture i is drawn in the same scene, so both are
            learned from, or both are held out.
        count: how many, 2 to N.
    """
    found, accuracies = [], []
    for part in np.array_split(np.arange(len(present)), count):
        direction = find_direction(present[part], absent[part])
        others = np.delete(np.arange(len(present)), part)
        found.append(direction)
        accuracies.append(direction.accuracy(present[others], absent[others]))
    return tuple(found), tuple(accuracies)


def random_directions(
    pictures: Values, size: int, count: int, rng: np.random.Generator
) -> tuple[Direction, ...]:
    """Each from `size` random ones of (N, channels) pictures to `size` other ones."""
    found = []
    for _ in range(count):
        drawn = rng.permutation(len(pictures))[: 2 * size]
        found.append(find_direction(pictures[drawn[:size]], pictures[drawn[size:]]))
    return tuple(found)


def share_rising(slopes: Values, direction: Direction) -> float:
    """The TCAV score: for which share of pictures the score rises in the direction, 0 to 1.

    Args:
        slopes: (pictures, channels), the score's gradient with respect to the channels.
        direction: in the same channels.
    """
    return float((slopes @ direction.vector > 0).mean())


def chance_of(scores: list[float], others: list[float]) -> float:
    """Two-sided p of Welch's t-test: that both have the same mean.

    >>> chance_of([0.9, 1.0, 0.95], [0.9, 1.0, 0.95])
    1.0
    >>> chance_of([1.0, 1.0], [0.0, 0.0]), chance_of([1.0, 1.0], [1.0, 1.0])
    (0.0, 1.0)
    """
    from scipy.stats import ttest_ind_from_stats

    means, spreads = zip(*((np.mean(each), np.std(each, ddof=1)) for each in (scores, others)))  # noqa: B905
    if max(spreads) == 0:
        return float(means[0] == means[1])
    found = ttest_ind_from_stats(
        *(means[0], spreads[0], len(scores), means[1], spreads[1], len(others)), equal_var=False
    )
    return float(found.pvalue)
