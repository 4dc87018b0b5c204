"""Builds a live network from a spec.

torchvision's own DenseNet is used if it can express the spec. Its in-place ReLUs become
out-of-place and its final functional ReLU becomes a module, so that hooks and attribution methods
see every step; the state dict has torchvision's keys. If torchvision's DenseNet cannot express the
spec (no bottleneck, another compression), our own class with the same key names is built.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, Final, Protocol

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

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
