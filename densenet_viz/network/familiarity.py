"""How far a picture is from those that a network was trained on, measured on its last features.

Mahalanobis distance of the pooled final features, after Lee et al. (2018), "A Simple Unified
Framework for Detecting Out-of-Distribution Samples and Adversarial Attacks": each of the leading
principal directions in units of its own spread, and the rest as one more direction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor, nn

Features = NDArray[np.float32]
"""(N, channels): the network's last feature maps, each averaged over its pixels."""

DIRECTIONS = 128
"""Leading principal directions that are kept."""

PERCENTILE = 99.0
"""Share of known pictures, in percent, that lie within the limit."""


class FamiliarityError(ValueError):
    """Arrays do not describe a familiarity; the message is a clause that says why."""


@dataclass(frozen=True, eq=False)
class Familiarity:
    """Where a network's features lie for pictures that it knows.

    `mean` is (channels,), `basis` (channels, directions) with orthonormal columns, `spread`
    (directions + 1,): the root mean square along each column, and of the rest.
    `limit` is the distance up to which a picture counts as known.
    """

    mean: Features
    basis: Features
    spread: Features
    limit: float

    def distances(self, features: Features) -> NDArray[np.float64]:
        """(N,) distances of (N, channels) features, 0 and more."""
        away = np.asarray(features, np.float64) - self.mean
        along = away @ self.basis.astype(np.float64)
        left = (away**2).sum(1) - (along**2).sum(1)
        parts = np.column_stack([along, np.sqrt(np.maximum(left, 0))]) / self.spread
        return np.asarray(np.sqrt((parts**2).sum(1)), np.float64)

    def tensors(self) -> dict[str, Features]:
        """The arrays by name, as a file keeps them."""
        return {"mean": self.mean, "basis": self.basis, "spread": self.spread}


def fit_familiarity(
    features: Features, known: Features, directions: int = DIRECTIONS
) -> Familiarity:
    """Mean, basis and spread of (N, channels) training features, limit of (M, channels) others.

    Args:
        features: on pictures of training; more than `directions` of them.
        known: on pictures of the same kind that training never saw.
        directions: principal directions that are kept.

    Raises:
        ValueError: there are too few pictures or channels.
    """
    if min(features.shape) <= directions or not len(known):
        raise ValueError(f"{features.shape} features are too few for {directions} directions.")
    mean = features.mean(0, dtype=np.float64)
    away = features - mean
    _, _, rows = np.linalg.svd(away, full_matrices=False)
    basis = rows[:directions].T
    along = away @ basis
    left = np.sqrt(np.maximum((away**2).sum(1) - (along**2).sum(1), 0))
    spread = np.sqrt((np.column_stack([along, left]) ** 2).mean(0))
    kept = [np.ascontiguousarray(part, np.float32) for part in (mean, basis, spread)]
    result = Familiarity(kept[0], kept[1], kept[2], limit=np.inf)
    return replace(result, limit=float(np.percentile(result.distances(known), PERCENTILE)))


def from_arrays(arrays: Mapping[str, Features], channels: int, limit: float) -> Familiarity:
    """A familiarity from a file's arrays, after a check of shapes and values.

    Args:
        arrays: "mean", "basis", "spread" and nothing else.
        channels: of the network's last maps.
        limit: as the manifest states it.

    Raises:
        FamiliarityError: an array is missing, not expected, of a wrong shape, or not usable.
    """
    if arrays.keys() != {"mean", "basis", "spread"}:
        raise FamiliarityError("its familiarity file is not a mean, a basis and a spread")
    kept = arrays["spread"].size - 1
    shapes = {"mean": (channels,), "basis": (channels, kept), "spread": (kept + 1,)}
    for name, shape in shapes.items():
        if arrays[name].shape != shape or not np.isfinite(arrays[name]).all():
            raise FamiliarityError(f"the {name} of its familiarity does not fit the network")
    if not (0 < kept < channels and (arrays["spread"] > 0).all()):
        raise FamiliarityError("the spread of its familiarity is not positive")
    mean, basis, spread = (np.asarray(arrays[name], np.float32) for name in shapes)
    return Familiarity(mean, basis, spread, limit)


def answers(network: nn.Module, batch: Tensor) -> tuple[Tensor, Tensor]:
    """(N, classes) logits and (N, channels) pooled final features, of one forward pass."""
    seen: list[Tensor] = []
    hook = network.get_submodule("classifier").register_forward_pre_hook(
        lambda _module, given: seen.append(given[0])
    )
    try:
        logits: Tensor = network(batch)
    finally:
        hook.remove()
    return logits, seen[0]
