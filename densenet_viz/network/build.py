"""Builds a live network from a spec.

torchvision's own DenseNet is used if it can express the spec, else our own class with the same key
names (`densenet`); the state dict has torchvision's keys.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network.densenet import DenseNetStart, OwnDenseNet, TorchvisionDenseNet


def initialise(network: nn.Module, generator: torch.Generator) -> None:
    """torchvision's rule: He for convolutions, one and zero for norms, zero for biases."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear):
            nn.init.kaiming_uniform_(module.weight, a=math.sqrt(5), generator=generator)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)


_FILLING: Final = frozenset(
    {nn.init.constant_, nn.init.kaiming_uniform_, nn.init.uniform_}
    | {Tensor.fill_, Tensor.normal_, Tensor.zero_}
)


class _Unfilled(TorchFunctionMode):
    """Skips the constructors' initial weights: `initialise` draws the weights once.

    On the meta device nothing would be drawn either, but each of these calls runs through Python
    there, and together they take longer than the rest of building the network.
    """

    def __torch_function__(
        self,
        func: Callable[..., Any],
        _types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        given = kwargs or {}
        if func in _FILLING:
            return args[0] if args else given["tensor"]
        return func(*args, **given)


def blank(make: Callable[[], nn.Module]) -> nn.Module:
    """The network that `make` builds, on the meta device and without weights."""
    with torch.device("meta"), _Unfilled():
        return make()


def generator_of(seed: int | None) -> torch.Generator:
    """A generator separate from torch's global one; without a seed, a different one each time."""
    generator = torch.Generator()
    if seed is None:
        generator.seed()
    else:
        generator.manual_seed(seed)
    return generator


def torchvision_can_express(spec: DenseNetSpec) -> bool:
    return spec.bottleneck and spec.compression == 0.5 and spec.stem == "7×7"


def build(
    spec: DenseNetSpec, *, seed: int | None = None, memory_efficient: bool = False
) -> nn.Module:
    """A live network of `spec` in evaluation mode, with random weights.

    The modules are named as torchvision names them (`features.denseblock1.denselayer1.conv1`,
    `features.transition1`, `features.norm5`, `relu`, `pool`, `classifier`) and its weights load.

    Args:
        spec: the configuration.
        seed: makes the random weights repeatable without touching torch's global generator.
        memory_efficient: use less memory but more time in training, see `TorchvisionDenseNet`.

    Returns:
        A module from (N, 3, H, W) normalised pictures to (N, num_classes) logits.

    Raises:
        ValueError: `memory_efficient` for a spec that torchvision's DenseNet cannot express.

    >>> build(DenseNetSpec(num_classes=10)).classifier.out_features
    10
    """
    if torchvision_can_express(spec):
        network = blank(partial(TorchvisionDenseNet, spec, memory_efficient=memory_efficient))
    elif memory_efficient:
        raise ValueError(
            f"memory_efficient was given for {spec}; only DenseNets with bottleneck layers and "
            "compression=0.5 support it."
        )
    else:
        network = blank(partial(OwnDenseNet, spec))
    initialise(network.to_empty(device="cpu"), generator_of(seed))
    return network.eval()


def build_start(spec: DenseNetSpec, until_block: int, *, seed: int) -> DenseNetStart:
    """The first part of `build(spec, seed=seed)`, with the same names and weights.

    Args:
        spec: the configuration of the whole network.
        until_block: the last block, counted from 1; its transition, if it has one, is built too.
        seed: of the random weights.

    >>> start = build_start(DenseNetSpec(), 1, seed=0)
    >>> [name for name, _ in start.features.named_children()][-2:]
    ['denseblock1', 'transition1']
    """
    with _Unfilled():
        start = DenseNetStart(spec, until_block)
    initialise(start, generator_of(seed))
    return start.eval()
