"""How gradients and features of several families change while they are trained: frozen values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.families import Family, FamilySpec


@dataclass(frozen=True, eq=False)
class FamilyTraining:
    """One training of one network.

    `gradients` (steps, layers) are the L2 norms of the gradient of each layer's weights, `losses`
    (steps,) the batch's cross-entropy, `accuracies` (epochs + 1,) the share of right answers on
    unseen pictures before the first epoch and after each. `before` and `after` (layers, layers) are
    the linear CKA, 0 to 1, of what the layers write, before training and after it; None until then.
    """

    spec: FamilySpec
    gradients: NDArray[np.float64]
    losses: NDArray[np.float64]
    accuracies: NDArray[np.float64]
    steps_per_epoch: int
    before: NDArray[np.float64]
    after: NDArray[np.float64] | None
    stopped: str = ""
    """Why the training ended early; empty if it did not."""

    @property
    def family(self) -> Family:
        return self.spec.family

    @property
    def accuracy(self) -> float:
        """On unseen pictures, the latest, 0 to 1."""
        return float(self.accuracies[-1])

    def first_to_last(self, epoch: int) -> float:
        """The first layer's gradient as a multiple of the last one's, median over an epoch's steps.

        Args:
            epoch: counted from 0; at least one of its steps was made.
        """
        rows = self.gradients[epoch * self.steps_per_epoch : (epoch + 1) * self.steps_per_epoch]
        return float(np.median(rows[:, 0] / np.maximum(rows[:, -1], 1e-300)))


def means_by_block(similarity: NDArray[np.float64], layers: int) -> tuple[float, ...]:
    """For each of three blocks, the mean over the pairs of its layers.

    Args:
        similarity: (weight layers, weight layers) of a network with three blocks.
        layers: 3x3 convolutions of each block, at least 2.

    >>> means_by_block(np.ones((10, 10)), 2)
    (1.0, 1.0, 1.0)
    """
    places = np.triu_indices(layers, 1)
    starts = [1 + block * (layers + 1) for block in range(3)]
    parts = [similarity[start : start + layers, start : start + layers][places] for start in starts]
    return tuple(float(part.mean()) for part in parts)


def mean_within_blocks(similarity: NDArray[np.float64], layers: int) -> float:
    """The mean over all pairs of layers of the same block; arguments as in `means_by_block`."""
    return float(np.mean(means_by_block(similarity, layers)))
