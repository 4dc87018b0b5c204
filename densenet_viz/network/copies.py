"""Copies of a network in which some modules are others; all other weights are shared."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel


def with_modules(model: LoadedModel, others: Mapping[str, nn.Module], name: str) -> LoadedModel:
    """A model with another name, whose network has other modules at some places.

    It waits for the model's lock: while another thread runs the network, its hooks would be copied.

    Args:
        model: it does not change.
        others: the new modules, by the names of those that they replace.
        name: of the new model.
    """
    network = model.network
    with model.lock:
        new = {id(network.get_submodule(place)): other for place, other in others.items()}
        made = sharing(network, new)
    return replace(model, name=name, network=made, familiarity=None, lock=type(model.lock)())


def sharing(
    network: nn.Module, others: Mapping[int, nn.Module] | None = None, *, frozen: bool = False
) -> nn.Module:
    """A deep copy of a network's modules, in evaluation mode, with the same weights.

    Args:
        network: no other thread may hook it meanwhile.
        others: modules that take the place of others, by `id` of those.
        frozen: whether the copy's weights take no gradient.
    """
    memo: dict[int, object] = {id(buffer): buffer for buffer in network.buffers()}
    for weight in network.parameters():
        kept = nn.Parameter(weight.detach(), requires_grad=False) if frozen else weight
        memo[id(weight)] = kept
    return copy.deepcopy(network, memo | dict(others or {})).eval()
