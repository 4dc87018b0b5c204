"""A class against another one: a network whose output is the difference of two logits.

Only the last linear layer changes: the row of one class becomes its row minus the other's. So the
result is an ordinary network, and every method explains the difference as it explains a logit.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import torch
from torch import nn

from densenet_viz.network.loaded import LoadedModel


def contrast(model: LoadedModel, target: int, against: int) -> LoadedModel:
    """A model whose logit `target` is that of `model` minus the logit `against`.

    All other outputs stay as they are; `model` does not change.

    Args:
        model: any number of threads may use it at once.
        target: the class's index.
        against: the other class's index.

    Raises:
        ValueError: both are the same class, or there is no such class.
    """
    count = len(model.labels)
    if target == against or not (0 <= target < count and 0 <= against < count):
        raise ValueError(
            f"target={target} and against={against} were given; two different classes from 0 to "
            f"{count - 1} are allowed."
        )
    memo: dict[int, object] = {id(buffer): buffer for buffer in model.network.buffers()}
    memo |= {id(weight): weight for weight in model.network.parameters()}
    last = _last_linear(model.network)
    memo[id(last)] = _difference(last, target, against)
    network = copy.deepcopy(model.network, memo).eval()
    return replace(
        model,
        name=f"{model.name}, {target} against {against}",
        network=network,
        familiarity=None,
        lock=type(model.lock)(),
    )


def _last_linear(network: nn.Module) -> nn.Linear:
    layers = [
        module
        for module in network.get_submodule("classifier").modules()
        if isinstance(module, nn.Linear)
    ]
    return layers[-1]


def _difference(linear: nn.Linear, target: int, against: int) -> nn.Linear:
    """A copy in which one row is the difference of two."""
    made = copy.deepcopy(linear)
    with torch.no_grad():
        for values in (made.weight, made.bias):
            # Computed in float64: rounded only once.
            difference = values[target].double() - values[against].double()
            values[target] = difference.to(values.dtype)
    return made
