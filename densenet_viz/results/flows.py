"""How much of one decision went along each connection of a DenseNet: frozen values, no torch.

A connection is one source's slice of what one reader reads. The sources of a block are 0, the block
input, and its layers 1 to L. The readers are its layers 1 to L and, as L + 1, what comes after the
block: the transition, or the last norm and the classifier.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.results.attributions import Prediction
from densenet_viz.results.traces import Maps


def place_of(source: int, reader: int) -> int:
    """A connection's index in its block: reader after reader, each with its sources in order.

    >>> [place_of(source, reader) for reader in (1, 2, 3) for source in range(reader)]
    [0, 1, 2, 3, 4, 5]

    Raises:
        ValueError: the reader does not come after the source.
    """
    if not 0 <= source < reader:
        raise ValueError(f"source {source} and reader {reader} were given; 0 <= source < reader.")
    return reader * (reader - 1) // 2 + source


@dataclass(frozen=True, eq=False)
class BlockFlows:
    """The flows of one block, in units of the class's score (its logit)."""

    block: int
    maps: Maps
    """(connections, h, w), signed, in the block's own pixels; ordered as `place_of` says."""
    sums: NDArray[np.float64]
    """(connections,), the same, summed over all pixels."""

    @cached_property
    def layers(self) -> int:
        """L: with L + 1 readers there are (L + 1)(L + 2) / 2 connections."""
        return int((np.sqrt(8 * len(self.sums) + 1) - 3) / 2 + 0.5)

    @cached_property
    def matrix(self) -> NDArray[np.float64]:
        """(L + 1, L + 1): row s is source s, column r - 1 is reader r; 0 where r <= s."""
        count = self.layers + 1
        matrix = np.zeros((count, count))
        for reader in range(1, count + 1):
            first = place_of(0, reader)
            matrix[:reader, reader - 1] = self.sums[first : first + reader]
        return matrix

    def map_of(self, source: int, reader: int) -> NDArray[np.float32]:
        """(h, w), the map of a connection's flow."""
        return np.asarray(self.maps[place_of(source, reader)], dtype=np.float32)

    def through_map(self, source: int) -> NDArray[np.float32]:
        """(h, w), the map of what flows from a source to all its readers together."""
        readers = range(source + 1, self.layers + 2)
        maps = np.stack([self.map_of(source, reader) for reader in readers])
        return np.asarray(maps.sum(axis=0), dtype=np.float32)

    def out_of(self, source: int) -> float:
        """What flows from a source's maps to all later readers: its row's sum."""
        return float(self.matrix[source].sum())

    def into(self, reader: int) -> float:
        """What flows into a reader from all its sources: its column's sum."""
        return float(self.matrix[:, reader - 1].sum())

    @property
    def whole(self) -> float:
        """What flows out of the block: the whole rise, up to the error of the quadrature."""
        return self.into(self.layers + 1)

    @property
    def passed(self) -> float:
        """What the next part reads straight from the maps that entered the block."""
        return float(self.matrix[0, -1])

    @property
    def added(self) -> float:
        """What the next part reads from the maps that the block's own layers wrote."""
        return float(self.matrix[1:, -1].sum())

    @property
    def imbalance(self) -> float:
        """The largest difference between what flows into a layer and out of it, or 0.

        With the exact path integral it is 0, so it shows the error of the numbers.
        """
        layers = range(1, self.layers + 1)
        return max(abs(self.into(layer) - self.out_of(layer)) for layer in layers)


@dataclass(frozen=True, eq=False)
class StructureAttribution:
    """How much higher a class's score is for a picture than for a baseline, by connection."""

    spec: DenseNetSpec
    target: Prediction
    baseline: str
    score: float
    """The class's logit for the picture."""
    rise: float
    """The same minus its logit for the baseline (the mean over several baselines)."""
    blocks: tuple[BlockFlows, ...]
    points: int
    """Points of the path, including its ends, at which gradients were taken."""
    seconds: float
    forward_passes: int
    backward_passes: int

    @property
    def deltas(self) -> tuple[float, ...]:
        """For each block, the sum over its last reader's sources, minus the rise.

        With the exact path integral it is 0: this is the error of the quadrature.
        """
        return tuple(block.whole - self.rise for block in self.blocks)

    @property
    def worst_delta(self) -> float:
        """The delta that is farthest from 0."""
        return max(self.deltas, key=abs)

    def share(self, flow: float) -> float:
        """A flow as a part of the rise; 0 if the rise is 0."""
        return flow / self.rise if self.rise else 0.0


@dataclass(frozen=True, eq=False)
class GradientPaths:
    """The loss's gradient at the maps of one block's sources, by the length of the path it took.

    A path leads from what comes after the block back to a source; its length is the number of the
    block's layers that it passes through: 0 is the direct path. Rows are sources, columns lengths;
    impossible ones are 0. The gradient is scaled so that it has length 1 at the logits.
    """

    block: int
    label: str
    """The class whose loss it is."""
    whole: NDArray[np.float64]
    """(L + 1,), the length of the gradient that reaches each source."""
    norms: NDArray[np.float64]
    """(L + 1, L + 1), the length of the part of it that took paths of each length."""
    shares: NDArray[np.float64]
    """(L + 1, L + 1), that part's component along the gradient, as a share: rows sum to 1."""

    @property
    def layers(self) -> int:
        """L, the layers of the block."""
        return len(self.whole) - 1

    def count(self, source: int, length: int) -> int:
        """The number of paths of a length: choices of `length` layers after the source."""
        return math.comb(self.layers - source, length)

    def chain(self, source: int) -> float:
        """The length of what comes by the longest path, through every later layer of the block."""
        return float(self.norms[source, self.layers - source])
