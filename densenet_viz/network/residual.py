"""A small residual network, like a small DenseNet but for how a layer's maps join the others.

A DenseNet appends what a layer writes, x_l = H_l([x_0, ..., x_{l-1}]); a residual network adds it,
x_l = H_l(x_{l-1}) + x_{l-1} (Huang et al., CVPR 2017, equations 1 and 2). Stem, transitions and
head are the DenseNet's. H_l is the basic unit of He et al., "Identity Mappings in Deep Residual
Networks" (ECCV 2016): BN-ReLU-3×3-BN-ReLU-3×3. A shortcut is always the identity, because the
transitions, which are outside the units, change the number of maps. So any unit can be removed.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from densenet_viz.network.build import blank, generator_of, initialise
from densenet_viz.network.densenet import classify, classify_maps, transition


@dataclass(frozen=True)
class ResidualSpec:
    """A small residual network in numbers.

    `units` has the residual units of each stage, `widths` the maps of each stage.
    """

    units: tuple[int, ...]
    widths: tuple[int, ...]
    num_classes: int
    input_size: int

    @property
    def layers(self) -> tuple[str, ...]:
        """The units' module names, in the order of computation."""
        return tuple(
            f"features.stage{stage}.unit{unit}"
            for stage, count in enumerate(self.units, start=1)
            for unit in range(1, count + 1)
        )


class ResidualUnit(nn.Module):
    """x + H(x), with H = BN-ReLU-3×3-BN-ReLU-3×3."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            OrderedDict(
                norm1=nn.BatchNorm2d(width),
                relu1=nn.ReLU(),
                conv1=nn.Conv2d(width, width, 3, padding=1, bias=False),
                norm2=nn.BatchNorm2d(width),
                relu2=nn.ReLU(),
                conv2=nn.Conv2d(width, width, 3, padding=1, bias=False),
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = self.branch(x)
        return x + added


class SmallResNet(nn.Module):
    """A residual network with the stem, the transitions and the head of a DenseNet."""

    def __init__(self, spec: ResidualSpec) -> None:
        super().__init__()
        first = spec.widths[0]
        parts: OrderedDict[str, nn.Module] = OrderedDict(
            conv0=nn.Conv2d(3, first, 7, stride=2, padding=3, bias=False),
            norm0=nn.BatchNorm2d(first),
            relu0=nn.ReLU(),
            pool0=nn.MaxPool2d(3, stride=2, padding=1),
        )
        widths = list(pairwise((*spec.widths, 0)))
        for stage, (count, (width, following)) in enumerate(
            zip(spec.units, widths, strict=True), start=1
        ):
            units = {f"unit{unit}": ResidualUnit(width) for unit in range(1, count + 1)}
            parts[f"stage{stage}"] = nn.Sequential(OrderedDict(units))
            if following:
                parts[f"transition{stage}"] = transition(width, following)
        parts["norm5"] = nn.BatchNorm2d(spec.widths[-1])
        self.features = nn.Sequential(parts)
        self.relu = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(spec.widths[-1], spec.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) normalised pictures to (N, classes) logits."""
        return classify(self, x)

    @torch.inference_mode()
    def without(
        self, x: Tensor, removed: Collection[int], means: Sequence[Tensor] | None = None
    ) -> Tensor:
        """(N, classes) logits of (N, 3, H, W) pictures without some units.

        Args:
            x: normalised pictures.
            removed: units, counted from 0 through all stages.
            means: for each unit the (C,) that it adds if it is removed; without them, zero.
        """
        for number, part in self._parts():
            if number is None or number not in removed:
                x = part(x)
            elif means is not None:
                x = x + means[number].view(1, -1, 1, 1).to(x)
        return classify_maps(self, x)

    @torch.inference_mode()
    def branch_means(self, x: Tensor) -> list[Tensor]:
        """For each unit, the (C,) mean of what it adds, over pictures and pixels."""
        found = []
        for number, part in self._parts():
            before, x = x, part(x)
            if number is not None:
                found.append((x - before).double().mean((0, 2, 3)))
        return found

    def _parts(self) -> Iterator[tuple[int | None, nn.Module]]:
        """The parts of `features`, stages taken apart: each unit has a number, the others None."""
        count = 0
        for name, child in self.features.named_children():
            if not name.startswith("stage"):
                yield None, child
                continue
            for unit in child.children():
                yield count, unit
                count += 1


def build_residual(spec: ResidualSpec, *, seed: int | None = None) -> SmallResNet:
    """A live residual network in evaluation mode, with random weights by He's rule.

    Args:
        spec: the configuration.
        seed: makes the random weights repeatable without touching torch's global generator.

    >>> spec = ResidualSpec(units=(1, 1), widths=(8, 16), num_classes=10, input_size=32)
    >>> build_residual(spec, seed=0).classifier.out_features
    10
    """
    network = blank(partial(SmallResNet, spec))
    assert isinstance(network, SmallResNet)
    initialise(network.to_empty(device="cpu"), generator_of(seed))
    return network.eval()
