"""The modules of a DenseNet: torchvision's class with every step a module, and our own.

torchvision's in-place ReLUs become out-of-place and its final functional ReLU becomes a module, so
that hooks and attribution methods see every step. Our own class has the same names, for what
torchvision's cannot express (no bottleneck, another compression).
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor, nn

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.network._torchvision import densenet


class TorchvisionDenseNet(densenet.DenseNet):  # type: ignore[misc]
    """torchvision's DenseNet with a separate module for every ReLU and no ReLU in place.

    `memory_efficient` is torchvision's: in training, concatenations are not kept but made again in
    the backward pass, as in Pleiss et al., "Memory-Efficient Implementation of DenseNets".
    """

    def __init__(self, spec: DenseNetSpec, *, memory_efficient: bool = False) -> None:
        super().__init__(
            growth_rate=spec.growth_rate,
            block_config=spec.block_config,
            num_init_features=spec.initial_channels,
            bn_size=spec.bottleneck_factor,
            num_classes=spec.num_classes,
            memory_efficient=memory_efficient,
        )
        if spec.input_channels == 1:
            self.features.conv0 = first_convolution(spec)
        self.classifier = classifier(spec)
        out_of_place(self)
        self.relu = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)

    def forward(self, x: Tensor) -> Tensor:
        return classify(self, x)


class GreyConvolution(nn.Conv2d):
    """A convolution of one channel that reads the mean of a picture's three channels.

    So a network for grey pictures gets pictures like all others, (N, 3, H, W).
    """

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.mean(1, keepdim=True))


def colour_weight(convolution: nn.Conv2d) -> Tensor:
    """The weight for three channels: of a `GreyConvolution`, each has a third."""
    weight = convolution.weight
    if isinstance(convolution, GreyConvolution):
        return weight.expand(-1, 3, -1, -1) / 3
    return weight


def first_convolution(spec: DenseNetSpec) -> nn.Conv2d:
    """`features.conv0`."""
    kernel, stride = (7, 2) if spec.stem == "7×7" else (3, 1)
    kind = GreyConvolution if spec.input_channels == 1 else nn.Conv2d
    return kind(
        spec.input_channels,
        spec.initial_channels,
        kernel,
        stride=stride,
        padding=kernel // 2,
        bias=False,
    )


def classifier(spec: DenseNetSpec) -> nn.Module:
    """One linear layer, or several with ReLUs between them."""
    widths = (spec.block_outputs[-1], *spec.hidden, spec.num_classes)
    parts: list[nn.Module] = []
    for reads, writes in pairwise(widths):
        parts += [nn.Linear(reads, writes), nn.ReLU()]
    return nn.Sequential(*parts[:-1]) if spec.hidden else parts[0]


def out_of_place(network: nn.Module) -> None:
    """Makes each ReLU write a new tensor."""
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False


class OwnDenseLayer(nn.Module):
    """H_l of the paper, with the 1x1 bottleneck or without it."""

    def __init__(self, reads: int, spec: DenseNetSpec, writes: int | None = None) -> None:
        super().__init__()
        writes = spec.growth_rate if writes is None else writes
        self.bottleneck = spec.bottleneck
        middle = spec.bottleneck_channels if spec.bottleneck else writes
        self.norm1 = nn.BatchNorm2d(reads)
        self.relu1 = nn.ReLU()
        if self.bottleneck:
            self.conv1 = nn.Conv2d(reads, middle, 1, bias=False)
            self.norm2 = nn.BatchNorm2d(middle)
            self.relu2 = nn.ReLU()
            self.conv2 = nn.Conv2d(middle, writes, 3, padding=1, bias=False)
        else:
            self.conv1 = nn.Conv2d(reads, writes, 3, padding=1, bias=False)

    def forward(self, features: list[Tensor] | Tensor) -> Tensor:
        x = features if isinstance(features, Tensor) else torch.cat(features, 1)
        written: Tensor = self.conv1(self.relu1(self.norm1(x)))
        if self.bottleneck:
            written = self.conv2(self.relu2(self.norm2(written)))
        return written


class OwnDenseBlock(nn.ModuleDict):
    """A dense block: every layer reads the concatenation of all before it."""

    def forward(self, entering: Tensor) -> Tensor:
        features = [entering]
        for layer in self.values():
            features.append(layer(features))
        return torch.cat(features, 1)


class OwnDenseNet(nn.Module):
    """A DenseNet for any spec, with torchvision's module names and rule for initial weights."""

    def __init__(self, spec: DenseNetSpec) -> None:
        super().__init__()
        parts = _features(spec, len(spec.block_config))
        parts["norm5"] = nn.BatchNorm2d(spec.block_outputs[-1])
        self.features = nn.Sequential(parts)
        self.relu = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = classifier(spec)

    def forward(self, x: Tensor) -> Tensor:
        return classify(self, x)


class DenseNetStart(nn.Module):
    """The first part of a DenseNet, up to a block and its transition."""

    def __init__(self, spec: DenseNetSpec, until_block: int) -> None:
        super().__init__()
        self.features = nn.Sequential(_features(spec, until_block))

    def forward(self, x: Tensor) -> Tensor:
        maps: Tensor = self.features(x)
        return maps


def _features(spec: DenseNetSpec, until_block: int) -> OrderedDict[str, nn.Module]:
    """The stem, and the blocks with their transitions up to a block (counted from 1)."""
    k0 = spec.initial_channels
    parts: OrderedDict[str, nn.Module] = OrderedDict(conv0=first_convolution(spec))
    if spec.stem == "7×7":
        parts |= {
            "norm0": nn.BatchNorm2d(k0),
            "relu0": nn.ReLU(),
            "pool0": nn.MaxPool2d(3, stride=2, padding=1),
        }
    for index in range(until_block):
        reads, layers = spec.block_inputs[index], spec.block_config[index]
        parts[f"denseblock{index + 1}"] = OwnDenseBlock(
            {
                f"denselayer{layer + 1}": OwnDenseLayer(reads + layer * spec.growth_rate, spec)
                for layer in range(layers)
            }
        )
        if index + 1 < len(spec.block_config):
            parts[f"transition{index + 1}"] = transition(
                spec.block_outputs[index], spec.transition_channels[index]
            )
    return parts


class HasHead(Protocol):
    """A network whose features are activated, averaged over the pixels, and classified."""

    @property
    def features(self) -> nn.Module: ...
    @property
    def relu(self) -> nn.Module: ...
    @property
    def pool(self) -> nn.Module: ...
    @property
    def classifier(self) -> nn.Module: ...


def classify(network: HasHead, x: Tensor) -> Tensor:
    """(N, 3, H, W) normalised pictures to (N, classes) logits."""
    return classify_maps(network, network.features(x))


def classify_maps(network: HasHead, maps: Tensor) -> Tensor:
    """(N, C, h, w), what `features` made, to (N, classes) logits."""
    logits: Tensor = network.classifier(network.pool(network.relu(maps)).flatten(1))
    return logits


def transition(reads: int, keeps: int) -> nn.Sequential:
    """BN - ReLU - 1x1 convolution - 2x2 average.

    The paper (section 3) has no ReLU between the norm and the convolution; the authors' code,
    torchvision and this project have one.
    """
    return nn.Sequential(
        OrderedDict(
            norm=nn.BatchNorm2d(reads),
            relu=nn.ReLU(),
            conv=nn.Conv2d(reads, keeps, 1, bias=False),
            pool=nn.AvgPool2d(2, stride=2),
        )
    )
