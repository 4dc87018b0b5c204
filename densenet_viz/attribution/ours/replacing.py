"""Layers of a twin with another backward pass: a rule instead of the gradient.

In the forward pass a `Ruled` layer does what the layer does. In the backward pass autograd carries
what the rule gives (relevance, multipliers). For an output with several readers and for
concatenated maps, autograd's own sums and splits are correct.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

Kind = TypeVar("Kind", bound=nn.Module)
Layer = Callable[[Tensor], Tensor]
Rule = Callable[[Tensor, Tensor], Tensor]
"""(a layer's input, what came back for its output) to what goes back for its input."""


def replace_each(network: nn.Module, kind: type[Kind], make: Callable[[Kind], nn.Module]) -> None:
    """Replaces each module of a kind by `make(module)`, at any depth."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, kind):
                setattr(parent, name, make(child))


class Ruled(nn.Module):
    """A layer with a rule as its backward pass; without a rule, all is passed back unchanged."""

    def __init__(self, layer: Layer, rule: Rule | None = None) -> None:
        super().__init__()
        self._layer, self._rule = layer, rule

    def forward(self, given: Tensor) -> Tensor:
        output: Tensor = _Handing.apply(  # type: ignore[no-untyped-call]
            given, self._layer, self._rule
        )
        return output


class _Handing(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, given: Tensor, layer: Layer, rule: Rule | None) -> Tensor:
        ctx.rule = rule
        if rule is not None:
            ctx.save_for_backward(given)
        return layer(given)

    @staticmethod
    def backward(ctx: Any, *back: Tensor) -> tuple[Tensor, None, None]:
        if ctx.rule is None:
            return back[0], None, None
        (given,) = ctx.saved_tensors
        return ctx.rule(given, back[0]), None, None
