"""Networks whose weights are made random from the classifier downwards, stage by stage.

The cascading randomisation of Adebayo et al. (2018), "Sanity Checks for Saliency Maps", section 3.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import RLock
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from densenet_viz.attribution.twins import twin_of
from densenet_viz.network.build import generator_of, initialise

if TYPE_CHECKING:
    from densenet_viz.facts.spec import DenseNetSpec
    from densenet_viz.network.loaded import LoadedModel


@dataclass(frozen=True)
class Stage:
    """One step down: its name, and its modules by torchvision's names."""

    name: str
    modules: tuple[str, ...]


def stages_of(spec: DenseNetSpec) -> tuple[Stage, ...]:
    """The stages in the order in which they are randomised.

    >>> from densenet_viz.facts.spec import DenseNetSpec
    >>> [stage.name for stage in stages_of(DenseNetSpec(block_config=(6, 12)))]
    ['classifier', 'norm5', 'block 2', 'transition 1', 'block 1', 'stem']
    """
    stages = [Stage("classifier", ("classifier",)), Stage("norm5", ("features.norm5",))]
    for block in range(len(spec.block_config), 0, -1):
        stages.append(Stage(f"block {block}", (f"features.denseblock{block}",)))
        if block > 1:
            before = block - 1
            stages.append(Stage(f"transition {before}", (f"features.transition{before}",)))
    norm = ("features.norm0",) * (spec.stem == "7×7")
    return (*stages, Stage("stem", ("features.conv0", *norm)))


def randomise(model: LoadedModel, x: Tensor, seed: int) -> Iterator[tuple[Stage, LoadedModel]]:
    """The model after each stage: that stage and all before it have random weights.

    The weights drawn for a stage stay for the next ones. The model's own network is not changed.
    Weights are drawn by the rule for the start of training (`network.build.initialise`), including
    the norms' scales and shifts. A norm's running statistics are not weights: for randomised norms
    they are measured again (`_measure`). The old ones, or mean 0 and variance 1, would make the
    values grow or vanish from stage to stage.

    Args:
        model: any model; each new model is named after it, the stage and the seed.
        x: (1, 3, S, S), the picture's input.
        seed: of the random weights.
    """
    for stage, network in _networks(model, x, seed):
        yield stage, _named(model, copy.deepcopy(network), stage, seed)


def wholly_random(model: LoadedModel, x: Tensor, seed: int) -> LoadedModel:
    """The last of `randomise`: no learned weight is left."""
    *_, (stage, network) = _networks(model, x, seed)
    return _named(model, network, stage, seed)


def _named(model: LoadedModel, network: nn.Module, stage: Stage, seed: int) -> LoadedModel:
    return replace(
        model,
        name=f"{model.name} with random weights {seed} from the top to {stage.name}",
        title=f"{model.title}, random down to {stage.name}",
        network=network,
        trained=False,
        familiarity=None,
        lock=RLock(),
    )


def _networks(model: LoadedModel, x: Tensor, seed: int) -> Iterator[tuple[Stage, nn.Module]]:
    """One network, which is changed before each time it is returned."""
    network = copy.deepcopy(twin_of(model))
    generator = generator_of(seed)
    norms: list[nn.BatchNorm2d] = []
    for stage in stages_of(model.spec):
        for name in stage.modules:
            part = network.get_submodule(name)
            initialise(part, generator)
            norms += [each for each in part.modules() if isinstance(each, nn.BatchNorm2d)]
        _measure(network, norms, x)
        yield stage, network


@torch.no_grad()
def _measure(network: nn.Module, norms: list[nn.BatchNorm2d], x: Tensor) -> None:
    """Sets the norms' running mean and variance to those of the picture and its mirror images.

    It is as if the network were about to begin training on them, and every value stays finite.
    """
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
        norm.train()
    mirrored = [x, x.flip(3), x.flip(2), x.flip(2, 3)]
    network(torch.cat(mirrored).contiguous(memory_format=torch.channels_last))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
        norm.eval()
