"""A class against another one: a network whose output is the difference of two logits.

Only the last linear layer changes: the row of one class becomes its row minus the other's. So the
result is an ordinary network, and every method explains the difference as it explains a logit.
"""

from __future__ import annotations

import copy

import torch
from torch import nn

from densenet_viz.network.copies import with_modules
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
    layers = dict(model.network.named_modules())
    last = [
        name
        for name, module in layers.items()
        if name.split(".")[0] == "classifier" and isinstance(module, nn.Linear)
    ][-1]
    linear = layers[last]
    assert isinstance(linear, nn.Linear)
    others = {last: _difference(linear, target, against)}
    return with_modules(model, others, f"{model.name}, {target} against {against}")


def _difference(linear: nn.Linear, target: int, against: int) -> nn.Linear:
    """A copy in which one row is the difference of two."""
    made = copy.deepcopy(linear)
    with torch.no_grad():
        for values in (made.weight, made.bias):
            # Computed in float64: rounded only once.
            difference = values[target].double() - values[against].double()
            values[target] = difference.to(values.dtype)
    return made
