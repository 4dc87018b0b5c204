"""The flows along a path, added up piece by piece."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from densenet_viz.attribution.ours.quadrature import TOLERANCE
from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.results.flows import place_of
from densenet_viz.structure.reads import Reads, last_readers


class Sums:
    """The flows of one path so far, as running sums, so that no place has to be kept."""

    def __init__(self, spec: DenseNetSpec, device: str) -> None:
        self._spec = spec
        self._scores: list[Tensor] = []
        self._errors: list[Tensor] = []
        self.maps = [
            torch.zeros(place_of(0, layers + 2), side, side, dtype=torch.float64, device=device)
            for layers, side in zip(spec.block_config, spec.block_sizes, strict=True)
        ]

    def add(self, reads: Reads) -> None:
        """The trapezoids between neighbouring places of `reads`."""
        readers = iter(reads.slopes)
        for block, (maps, end) in enumerate(zip(self.maps, reads.ends, strict=True)):
            change = end.diff(dim=0)
            for reader in range(1, self._spec.block_config[block] + 2):
                slope = next(readers)
                product = (slope[1:] + slope[:-1]).mul_(change[:, : slope.shape[1]])
                first = place_of(0, reader)
                maps[first : first + reader] += self._by_source(block, product.sum(0)) / 2

    def _by_source(self, block: int, product: Tensor) -> Tensor:
        """(C, h, w) summed over each source's channels: (sources, h, w)."""
        enter = self._spec.block_inputs[block]
        entering, rest = product.double().tensor_split([enter])
        layers = rest.reshape(-1, self._spec.growth_rate, *product.shape[1:])
        return torch.cat([entering.sum(0, keepdim=True), layers.sum(1)])

    def note(self, reads: Reads) -> None:
        """How far each piece's trapezoid misses the score's rise, with the last readers' slopes."""
        slopes = [reads.slopes[place] for place in _ends_among(self._spec, len(reads.slopes))]
        found = [
            ((slope[1:] + slope[:-1]) * end.diff(dim=0)).double().sum((1, 2, 3)) / 2
            for slope, end in zip(slopes, reads.ends, strict=True)
        ]
        rises = reads.scores.diff()
        self._errors.append(torch.stack([rises - each for each in found], 1))
        self._scores += [reads.scores[:1], reads.scores[-1:]]

    @property
    def errors(self) -> NDArray[np.float64]:
        """(pieces, blocks)"""
        return np.asarray(torch.cat(self._errors).cpu().numpy())

    @property
    def points(self) -> int:
        """Places of the path, its ends included."""
        return len(self.errors) + 1

    @property
    def last(self) -> float:
        return float(self._scores[-1])

    @property
    def rise(self) -> float:
        return self.last - float(self._scores[0])

    def close_enough(self) -> bool:
        return bool(np.abs(self.errors.sum(0)).max() <= TOLERANCE * abs(self.rise))


def _ends_among(spec: DenseNetSpec, slopes: int) -> list[int]:
    """The positions of the last readers' slopes, if only these or all slopes were computed."""
    return list(range(slopes)) if slopes == len(spec.block_config) else last_readers(spec)
