"""A live network, counted module by module while one picture passes through it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from densenet_viz.facts.arithmetic.inventory import FLOAT_BYTES, Inventory, Kind, LeafCount, kind_of
from densenet_viz.measure.counting import multiply_adds_of, parameters_of
from densenet_viz.network.resnet import carries_bias_in_keras
from densenet_viz.network.shares import alone

_PLACES: Mapping[str, str] = {
    r"features\.denseblock(\d+)\.": "block {}",
    r"features\.transition(\d+)\.": "transition {}",
    r"layer(\d+)\.": "block {}",
    r"features\.(conv0|norm0)$|(conv1|bn1)$": "stem",
}


def take_inventory(network: nn.Module, *, input_size: int = 224) -> Inventory:
    """Runs one grey picture through `network` and counts its modules and tensors.

    The network's modes and hooks do not change.

    Args:
        network: a DenseNet or a ResNet with torchvision's module names, on any device, as from
            `network.systems.build_system` or `network.build.build`.
        input_size: height and width of the picture, in pixels.

    Returns:
        Every convolution, batch norm and linear layer in the order in which they ran, and the
        bytes of everything that was written, except views.
    """
    leaves: list[LeafCount] = []
    weight = next(network.parameters())
    picture = torch.zeros(1, 3, input_size, input_size, device=weight.device, dtype=weight.dtype)
    with (
        alone(),
        torch.no_grad(),
        _evaluating(network),
        _counted(network, leaves),
        _Writes() as writes,
    ):
        network(picture)
    return Inventory(tuple(leaves), writes.values * FLOAT_BYTES)


def file_bytes(network: nn.Module) -> int:
    """The size of the file that torch writes for the network's weights and running statistics."""
    scale = _Scale()
    torch.save(network.state_dict(), scale)
    return scale.bytes


class _Scale(io.BytesIO):
    """A file that counts the bytes written to it and keeps nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.bytes = 0

    def write(self, data: Any, /) -> int:
        self.bytes += len(data)
        return len(data)


class _Writes(TorchDispatchMode):
    """Adds up the numbers that operations write into tensors, new ones or in place."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.values = 0

    def __torch_dispatch__(
        self,
        func: Any,
        _types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        # A norm and a max pool return more than their maps: statistics, and places.
        written = result[0] if isinstance(result, tuple) else result
        alias = func._schema.returns[0].alias_info if func._schema.returns else None
        is_view = alias is not None and not alias.is_write
        if isinstance(written, Tensor) and not is_view:
            self.values += written.numel()
        return result


@contextmanager
def _evaluating(network: nn.Module) -> Iterator[None]:
    """Sets evaluation mode, and restores each module's own mode afterwards."""
    training = [module for module in network.modules() if module.training]
    try:
        network.eval()
        yield
    finally:
        for module in training:
            module.training = True


@contextmanager
def _counted(network: nn.Module, leaves: list[LeafCount]) -> Iterator[None]:
    """Hooks that append what they see to `leaves`."""
    handles = []
    try:
        for name, module in network.named_modules():
            if isinstance(module, nn.Conv2d | nn.BatchNorm2d | nn.Linear):
                count = partial(_count, network, name, leaves)
                handles.append(module.register_forward_hook(count))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _count(
    network: nn.Module,
    name: str,
    leaves: list[LeafCount],
    module: nn.Module,
    _args: Any,
    output: Tensor,
) -> None:
    place, kept, biases = _place(name), 0, 0
    if isinstance(module, nn.BatchNorm2d):
        statistics = (module.running_mean, module.running_var)
        kept = sum(values.numel() for values in statistics if values is not None)
    elif isinstance(module, nn.Conv2d) and module.bias is None:
        biases = module.out_channels * carries_bias_in_keras(network, name)
    leaves.append(
        LeafCount(
            *(name, _kind(module, place), place),
            parameters=parameters_of(module),
            running_statistics=kept,
            keras_biases=biases,
            multiply_adds=multiply_adds_of(module, output),
        )
    )


def _place(name: str) -> str:
    """The part of the network that a module belongs to, by its name.

    >>> _place("features.denseblock2.denselayer1.conv1"), _place("layer3.0.bn1"), _place("fc")
    ('block 2', 'block 3', 'head')
    """
    for pattern, words in _PLACES.items():
        if match := re.match(pattern, name):
            return words.format(match[1])
    return "head"


def _kind(module: nn.Module, place: str) -> Kind:
    if isinstance(module, nn.Conv2d):
        return kind_of(module.kernel_size[0], place)
    return "batch norm" if isinstance(module, nn.BatchNorm2d) else "classifier"
