"""How large the loss's gradient is at each layer of small networks: frozen values, without torch.

Layers are the weight layers (convolutions and the classifier), in the order of computation: the
first is the stem, the last is the classifier. A gradient's *size* is its L2 norm over all numbers
of the batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.families import Family, FamilySpec

At = Literal["output", "weight"]
AT: Mapping[At, str] = MappingProxyType(
    {
        "output": "the gradient of what the layer writes",
        "weight": "the gradient of the layer's weights",
    }
)
"""Where the gradient is taken. What a layer writes shows how much of the loss's gradient arrives
there. The weights' gradient also grows with what the layer reads: it is what an optimiser gets."""


@dataclass(frozen=True, eq=False)
class LayerGradients:
    """The size of the loss's gradient at every layer of one network, for several seeds.

    `output` and `weight` have the shape (seeds, layers), 0 or more; `losses` (seeds,) are the
    losses that the networks had.
    """

    spec: FamilySpec
    seeds: tuple[int, ...]
    output: NDArray[np.float64]
    weight: NDArray[np.float64]
    losses: NDArray[np.float64]

    @property
    def family(self) -> Family:
        return self.spec.family

    def sizes(self, at: At) -> NDArray[np.float64]:
        """(seeds, layers), 0 or more."""
        return self.output if at == "output" else self.weight

    def middle(self, at: At) -> NDArray[np.float64]:
        """(layers,): the median over the seeds."""
        return np.asarray(np.median(self.sizes(at), axis=0))

    def range_of(self, at: At) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(layers,) twice: the smallest and the largest value over the seeds."""
        sizes = self.sizes(at)
        return sizes.min(axis=0), sizes.max(axis=0)

    def parts(self, at: At) -> NDArray[np.float64]:
        """(seeds, layers): each layer's gradient as a multiple of the last layer's."""
        sizes = self.sizes(at)
        # A gradient of exactly 0 has no ratio: float32 can underflow in a very deep network.
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios = sizes / sizes[:, -1:]
        return np.asarray(np.nan_to_num(ratios, nan=0.0, posinf=0.0))

    def kept(self, at: At) -> NDArray[np.float64]:
        """(seeds,): the first layer's gradient as a multiple of the last layer's."""
        return np.asarray(self.parts(at)[:, 0])


@dataclass(frozen=True, eq=False)
class GradientFlow:
    """Networks of several families, with equal depth and about equal parameters, on one batch."""

    families: tuple[LayerGradients, ...]
    pictures: int

    @property
    def depth(self) -> int:
        return self.families[0].spec.depth

    @property
    def normalised(self) -> bool:
        """Whether the networks have batch norm."""
        return self.families[0].spec.norm == "batch"

    def of(self, family: Family) -> LayerGradients | None:
        """A family's values; None if it was not measured."""
        return next((one for one in self.families if one.family == family), None)


@dataclass(frozen=True, eq=False)
class DirectPaths:
    """The first layer's gradient with its direct connections and without them.

    Each is (seeds,), the size of the gradient of what the stem writes. `whole`: nothing is cut.
    `first`: the stem's own direct connections past the next layer are cut, only for the gradient.
    `every`: those of all layers are cut. The loss is the same in all three.
    """

    spec: FamilySpec
    seeds: tuple[int, ...]
    whole: NDArray[np.float64]
    first: NDArray[np.float64]
    every: NDArray[np.float64]


def flow_to_json(flow: GradientFlow) -> dict[str, Any]:
    """The gradients as JSON types, each number with six digits."""
    return {
        "depth": flow.depth,
        "norm": flow.families[0].spec.norm,
        "pictures": flow.pictures,
        "families": [_family_to_json(one) for one in flow.families],
    }


def _family_to_json(one: LayerGradients) -> dict[str, Any]:
    return {
        "family": one.family,
        "widths": list(one.spec.widths),
        "parameters": one.spec.parameters,
        "seeds": list(one.seeds),
        "losses": rounded(one.losses),
        "first_to_last": {at: rounded(one.kept(at)) for at in AT},
        **{at: [rounded(row) for row in one.sizes(at)] for at in AT},
    }


def direct_to_json(direct: DirectPaths) -> dict[str, Any]:
    """The first layer's gradient with and without direct connections, as JSON types."""
    return {
        "family": direct.spec.family,
        "whole": rounded(direct.whole),
        "without_its_direct_connections": rounded(direct.first),
        "without_any_direct_connection": rounded(direct.every),
    }


def rounded(values: NDArray[np.float64]) -> list[float]:
    """The numbers with six digits.

    >>> rounded(np.array([1 / 3, 2e-9]))
    [0.333333, 2e-09]
    """
    return [float(f"{value:.6g}") for value in values]
