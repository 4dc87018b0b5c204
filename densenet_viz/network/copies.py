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
        memo: dict[int, object] = {id(buffer): buffer for buffer in network.buffers()}
        memo |= {id(weight): weight for weight in network.parameters()}
        memo |= {id(network.get_submodule(place)): other for place, other in others.items()}
        made = copy.deepcopy(network, memo).eval()
    return replace(model, name=name, network=made, familiarity=None, lock=type(model.lock)())
