"""What a block costs, counted by hooks while it runs."""

from __future__ import annotations

from math import prod
from typing import Any

from torch import Tensor, nn

from densenet_viz.results import Shape
from densenet_viz.spec import FLOAT_BYTES, BlockCost


class Counter:
    """Adds up weights, products and written tensors of the leaf modules it is hooked to."""

    def __init__(self) -> None:
        self._parameters = self._multiply_adds = self._values = 0

    def leaf(self, module: nn.Module, _args: Any, output: Tensor) -> None:
        """A forward hook for convolutions, norms and ReLUs; the batch is one picture."""
        self._parameters += sum(weight.numel() for weight in module.parameters())
        self._values += output.numel()
        if isinstance(module, nn.Conv2d):
            self._multiply_adds += module.weight.numel() * prod(output.shape[2:])

    def concatenation(self, shape: Shape) -> None:
        """A tensor of `shape` that was copied together."""
        self._values += prod(shape)

    def take(self) -> BlockCost:
        """The cost since the last call."""
        cost = BlockCost(self._parameters, self._multiply_adds, self._values * FLOAT_BYTES)
        self._parameters = self._multiply_adds = self._values = 0
        return cost
