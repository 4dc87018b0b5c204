"""Live networks of the four families of `facts.families`, which differ only in their blocks."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

import torch
from torch import Tensor, nn

from densenet_viz.facts.families import FamilySpec
from densenet_viz.network.build import blank, build, generator_of, initialise
from densenet_viz.network.densenet import classify, first_convolution


class Layer(nn.Sequential):
    """H_l: norm - ReLU - 3x3 convolution, after a 1x1 one in the same form if it is a bottleneck.

    Without a norm, the convolutions have biases.
    """

    def __init__(self, spec: FamilySpec, reads: int, writes: int) -> None:
        parts: OrderedDict[str, nn.Module] = OrderedDict()
        if spec.bottleneck:
            middle = spec.densenet.bottleneck_channels
            parts |= _step(spec, 1, reads, middle, kernel=1)
            parts |= _step(spec, 2, middle, writes, kernel=3)
        else:
            parts |= _step(spec, 1, reads, writes, kernel=3)
        super().__init__(parts)


class Block(nn.Module):
    """The layers of one block, and how their maps reach later ones."""

    def __init__(self, spec: FamilySpec, block: int) -> None:
        super().__init__()
        self.family = spec.family
        self.layers = nn.ModuleList(
            Layer(spec, spec.reads(block, layer), spec.widths[block])
            for layer in range(spec.layers)
        )

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) that enters to (N, C', H, W) that leaves."""
        if self.family == "dense":
            for layer in self.layers:
                x = torch.cat([x, layer(x)], 1)
            return x
        if self.family == "residual":
            for first, second in zip(self.layers[::2], self.layers[1::2], strict=True):
                x = x + second(first(x))
            return x
        kept = [x]
        for layer in self.layers:
            x = layer(x)
            kept.append(x)
        return torch.cat(kept, 1) if self.family == "aggregated" else x


class FamilyNetwork(nn.Module):
    """A network of any of the four families."""

    def __init__(self, spec: FamilySpec) -> None:
        super().__init__()
        parts: OrderedDict[str, nn.Module] = OrderedDict(conv0=first_convolution(spec.densenet))
        after = (*spec.entering[1:], 0)
        for block, keeps in enumerate(after):
            reads = spec.leaving[block]
            parts[f"block{block + 1}"] = Block(spec, block)
            if keeps:
                parts[f"transition{block + 1}"] = nn.Sequential(
                    _step(spec, 1, reads, keeps, kernel=1) | {"pool": nn.AvgPool2d(2, stride=2)}
                )
        if spec.norm == "batch":
            parts["norm5"] = nn.BatchNorm2d(spec.leaving[-1])
        self.features = nn.Sequential(parts)
        self.relu = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(spec.leaving[-1], spec.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) normalised pictures to (N, classes) logits."""
        return classify(self, x)


def _step(
    spec: FamilySpec, number: int, reads: int, writes: int, *, kernel: int
) -> OrderedDict[str, nn.Module]:
    """Norm, ReLU and convolution, with their names."""
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    if spec.norm == "batch":
        parts[f"norm{number}"] = nn.BatchNorm2d(reads)
    parts[f"relu{number}"] = nn.ReLU()
    parts[f"conv{number}"] = nn.Conv2d(
        reads, writes, kernel, padding=kernel // 2, bias=spec.norm == "none"
    )
    return parts


def build_family(spec: FamilySpec, *, seed: int | None = None) -> nn.Module:
    """A live network of a family in evaluation mode, with random weights by He's rule.

    A dense network with norms is a DenseNet with torchvision's names, which every page can open.

    Args:
        spec: the configuration.
        seed: makes the random weights repeatable without touching torch's global generator.

    Returns:
        A module from (N, 3, S, S) normalised pictures to (N, classes) logits.

    >>> build_family(FamilySpec("plain", depth=10, initial_channels=12)).classifier.out_features
    10
    """
    if spec.family == "dense" and spec.norm == "batch":
        return build(spec.densenet, seed=seed)
    network = blank(partial(FamilyNetwork, spec))
    initialise(network.to_empty(device="cpu"), generator_of(seed))
    return network.eval()


def weight_layers(network: nn.Module) -> tuple[tuple[str, nn.Conv2d | nn.Linear], ...]:
    """The convolutions and linear layers with their names, in the order of computation."""
    return tuple(
        (name, module)
        for name, module in network.named_modules()
        if isinstance(module, (nn.Conv2d, nn.Linear))
    )
