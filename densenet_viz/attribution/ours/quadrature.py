"""Where on a path gradients are computed, and with which weights they are added up.

On a trained network the score often rises within a small part of the path and then stays constant.
Fixed steps miss that part or waste most of their passes after it. Each gradient comes with the
score at its place, and the score's rise between two places is the integral of the slope. Where
trapezoid and rise disagree, the path is cut again; a remaining difference is removed by scaling.
The difference before scaling is kept: it says how far to trust the steps.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

FIRST = (0.0, 1 / 32, 3 / 32, 3 / 16, 5 / 16, 1 / 2, 3 / 4, 1.0)
"""The first places: closer together near the baseline, where most scores rise."""

TOLERANCE = 0.01
"""The largest error of the sum of the values, as a part of the score's rise."""

UNSCALED = 0.05
"""The largest error of the sum before the trapezoids are scaled, as a part of the score's rise."""

ROUGHNESS = 0.2
"""The trapezoids' largest error before scaling, as a part of all changes of the score."""

SCALED = 0.5
"""A trapezoid is scaled by at most this part of itself."""

ROUND = 4
"""Places that are added in one round; each round finds again where they help most."""

FINEST = 1 / 4096
"""A piece of the path as short as this is not cut again."""


Pieces = NDArray[np.float64]
"""(nodes - 1,): a number for each piece of the path."""


def scaling(rises: Pieces, areas: Pieces) -> Pieces:
    """The factors that make trapezoids equal to the score's rises, limited by `SCALED`.

    The integral of the slope over a piece is the score's known rise over it.

    >>> scaling(np.array([1.1, 3.0, -1.0]), np.array([1.0, 1.0, 1.0])).tolist()
    [1.1, 1.5, 1.0]
    """
    ratios = np.divide(rises, areas, out=np.ones_like(rises), where=areas != 0)
    return np.where(ratios > 0, np.clip(ratios, 1 - SCALED, 1 + SCALED), 1.0)


class Path:
    """Scores and gradients on the line from a baseline (0) to a picture (1).

    It keeps the nodes in rising order and, for each, its gradient times the change of the input.
    """

    def __init__(self, change: Tensor) -> None:
        """`change` is (3, S, S): the picture minus the baseline."""
        self._change = change
        self._found: dict[float, tuple[float, Tensor]] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, places: list[float], scores: Tensor, gradients: Tensor) -> None:
        """(N,) scores and (N, 3, S, S) gradients at N places."""
        for place, score, gradient in zip(places, scores.tolist(), gradients, strict=True):
            self._found[place] = (score, gradient * self._change)

    @property
    def nodes(self) -> tuple[float, ...]:
        return tuple(sorted(self._found))

    def values(self) -> Tensor:
        """(3, S, S): trapezoids between the nodes, each scaled to the score's rise over it."""
        lengths = np.diff(self.nodes) * self._factors()
        weights = (np.append(lengths, 0) + np.append(0, lengths)) / 2
        total = torch.zeros_like(self._change)
        for node, weight in zip(self.nodes, weights, strict=True):
            total.add_(self._found[node][1], alpha=float(weight))
        return total

    def rise(self) -> float:
        """The score at the last node minus that at the first."""
        return self._found[self.nodes[-1]][0] - self._found[self.nodes[0]][0]

    def delta(self) -> float:
        """The sum of the values minus the score's rise."""
        return float((self._areas() * self._factors()).sum()) - self.rise()

    def unscaled_delta(self) -> float:
        """`delta` before the trapezoids are scaled."""
        return float(self._areas().sum()) - self.rise()

    def scaled_by(self) -> tuple[float, float]:
        """The smallest and the largest factor of a trapezoid."""
        factors = self._factors()
        return float(factors.min()), float(factors.max())

    def _rises(self) -> Pieces:
        """The score's rise over each piece."""
        return np.diff(np.array([self._found[node][0] for node in self.nodes]))

    def _areas(self) -> Pieces:
        """The sum of the trapezoid over each piece."""
        slopes = np.array([float(self._found[node][1].double().sum()) for node in self.nodes])
        areas = np.diff(np.array(self.nodes)) * (slopes[1:] + slopes[:-1]) / 2
        return np.asarray(areas, np.float64)

    def _factors(self) -> Pieces:
        """The factor of each trapezoid."""
        return scaling(self._rises(), self._areas())

    def _errors(self) -> Pieces:
        """The error of each trapezoid before scaling."""
        return np.asarray(np.abs(self._rises() - self._areas()), np.float64)

    def next(self, most: int) -> list[float]:
        """At most `most` places that would help; none if the sum is close enough."""
        errors, rise = self._errors(), abs(self.rise())
        smooth = errors.sum() <= ROUGHNESS * float(np.abs(self._rises()).sum())
        smooth = smooth and len(self) > len(FIRST)
        close = abs(self.delta()) <= TOLERANCE * rise
        if smooth and close and abs(self.unscaled_delta()) <= UNSCALED * rise:
            return []
        lengths, worth = np.diff(self.nodes), errors + self._bends()
        if smooth and not close:
            worth += self._shares_of_delta() * worth.sum()
        worth[lengths <= FINEST] = 0.0
        best = [index for index in np.argsort(-worth)[: max(0, most)] if worth[index] > 0]
        return [float(self.nodes[index] + lengths[index] / 2) for index in best]

    def _shares_of_delta(self) -> Pieces:
        """Each piece's share, 0 to 1, of what the trapezoids miss after they are scaled.

        Pieces whose factor reached its limit have all of it: only there can more nodes help.
        """
        missed = np.abs(self._rises() - self._areas() * self._factors())
        return np.asarray(missed / max(missed.sum(), 1e-12), np.float64)

    def _bends(self) -> Pieces:
        """How much the map changes over each piece, in units of all errors."""
        maps = [self._found[node][1] for node in self.nodes]
        bends = np.array(
            [float((after - before).norm()) for before, after in pairwise(maps)]
        ) * np.diff(self.nodes)
        scale = self._errors().sum() / max(bends.sum(), 1e-12)
        return np.asarray(bends * scale, np.float64)
