"""What a live network costs, counted by hooks while it runs."""

from __future__ import annotations

from math import prod
from typing import Any

from torch import Tensor, nn

from densenet_viz.facts.spec import FLOAT_BYTES, BlockCost
from densenet_viz.results.traces import Shape


def parameters_of(module: nn.Module) -> int:
    """Trainable numbers in a module and all its submodules."""
    return sum(weight.numel() for weight in module.parameters())


def multiply_adds_of(module: nn.Module, output: Tensor) -> int:
    """Multiply-adds of a convolution or linear layer that wrote `output`; 0 for other modules.

    For one picture: the weights, once for each pixel of (N, C, H, W) or once for (N, C).
    Biases are added without a product and do not count.
    """
    if not isinstance(module, nn.Conv2d | nn.Linear):
        return 0
    return module.weight.numel() * prod(output.shape[2:])


class Counter:
    """Adds up weights, products and written tensors of the leaf modules that it hooks."""

    def __init__(self) -> None:
        self._parameters = self._multiply_adds = self._values = 0

    def leaf(self, module: nn.Module, _args: Any, output: Tensor) -> None:
        """A forward hook for convolutions, norms and ReLUs; the batch is one picture."""
        self._parameters += parameters_of(module)
        self._values += output.numel()
        self._multiply_adds += multiply_adds_of(module, output)

    def concatenation(self, shape: Shape) -> None:
        """Counts a concatenated tensor of `shape`."""
        self._values += prod(shape)

    def take(self) -> BlockCost:
        """The cost since the last call."""
        cost = BlockCost(self._parameters, self._multiply_adds, self._values * FLOAT_BYTES)
        self._parameters = self._multiply_adds = self._values = 0
        return cost
