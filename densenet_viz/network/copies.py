"""Copies of a network in which some modules are others; all weights are shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from torch import nn

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel


def with_modules(model: LoadedModel, others: Mapping[str, nn.Module], name: str) -> LoadedModel:
    """A model with another name, whose network has other modules at some places.

    Args:
        model: it does not change.
        others: the new modules, by the names of those that they replace.
        name: of the new model.
    """
    network = model.network
    new = {id(network.get_submodule(place)): other for place, other in others.items()}
    made = sharing(network, new)
    return replace(model, name=name, network=made, familiarity=None, lock=type(model.lock)())


def sharing(
    network: nn.Module, others: Mapping[int, nn.Module] | None = None, *, frozen: bool = False
) -> nn.Module:
    """A copy of a network's modules, in evaluation mode, with the same weights and without hooks.

    It may be made while another thread hooks the network. It takes a tenth of the time of
    `copy.deepcopy`, which looks at every attribute of every module.

    Args:
        network: its modules' attributes other than weights, modules and hooks are shared.
        others: modules that take the place of others, by `id` of those.
        frozen: whether the copy's weights take no gradient.
    """
    made: dict[int, nn.Module] = dict(others or {})
    weights: dict[int, nn.Parameter | None] = {}

    def weight(one: nn.Parameter | None) -> nn.Parameter | None:
        if one is None or not frozen:
            return one
        if id(one) not in weights:
            weights[id(one)] = nn.Parameter(one.detach(), requires_grad=False)
        return weights[id(one)]

    def copied(module: nn.Module | None) -> nn.Module | None:
        if module is None or id(module) in made:
            return module and made[id(module)]
        result = made[id(module)] = type(module).__new__(type(module))
        held = vars(module)
        vars(result).update(
            {name: type(value)() if "_hooks" in name else value for name, value in held.items()},
            _buffers=held["_buffers"].copy(),
            _parameters={name: weight(one) for name, one in held["_parameters"].items()},
            _modules={name: copied(part) for name, part in held["_modules"].items()},
        )
        return result

    found = copied(network)
    assert found is not None
    return found.eval()
