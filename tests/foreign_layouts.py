"""A DenseNet's weights under the names of other projects than torchvision.

The names are those of MMPretrain, pytorchcv, bamos/densenet.pytorch, andreasveit/densenet-pytorch
and kuangliu/pytorch-cifar.
"""

from __future__ import annotations

import re

import torch
import torch.nn.functional as F  # noqa: N812  # as everybody calls it
from torch import Tensor, nn

from tests.own_layouts import State, odd_norms

_LAYER = re.compile(r"features\.denseblock(\d+)\.denselayer(\d+)\.")
_TRANSITION = re.compile(r"features\.transition(\d+)\.")


def _renamed(state: State, *rules: tuple[str, object]) -> State:
    made: State = {}
    for key, value in state.items():
        name = key
        for pattern, replacement in rules:
            name = re.sub(pattern, replacement, name)  # type: ignore[call-overload]
        made[name] = value
    return made


def mmpretrain(state: State) -> State:
    """Three blocks: the last norm counts as the third transition."""
    return _renamed(
        state,
        (r"^features\.conv0\.", "backbone.stem.0."),
        (r"^features\.norm0\.", "backbone.stem.1."),
        (r"^features\.norm5\.", "backbone.transitions.2.0."),
        (_LAYER.pattern, lambda m: f"backbone.stages.{int(m[1]) - 1}.block.{int(m[2]) - 1}."),
        (_TRANSITION.pattern, lambda m: f"backbone.transitions.{int(m[1]) - 1}."),
        (r"^classifier\.", "head.fc."),
    )


def pytorchcv(state: State) -> State:
    return _renamed(
        state,
        (r"^features\.conv0\.", "features.init_block.conv."),
        (r"^features\.norm0\.", "features.init_block.bn."),
        (r"^features\.norm5\.", "features.post_activ.bn."),
        (r"(denselayer\d+)\.norm(\d)\.", r"\1.conv\2.bn."),
        (r"(denselayer\d+)\.conv(\d)\.(?!bn)", r"\1.conv\2.conv."),
        (_LAYER.pattern, r"features.stage\1.unit\2."),
        (r"(transition\d+)\.norm\.", r"\1.bn."),
        (
            _TRANSITION.pattern,
            lambda m: f"features.stage{int(m[1]) + 1}.trans{int(m[1]) + 1}.conv.",
        ),
        (r"^classifier\.", "output."),
    )


def bamos(state: State) -> State:
    """For a stem of 3 × 3."""
    return _renamed(
        state,
        (r"^features\.conv0\.", "conv1."),
        (r"^features\.norm5\.", "bn1."),
        (r"\.norm(\d)\.", r".bn\1."),
        (_LAYER.pattern, lambda m: f"dense{m[1]}.{int(m[2]) - 1}."),
        (r"^features\.transition(\d+)\.norm\.", r"trans\1.bn1."),
        (r"^features\.transition(\d+)\.conv\.", r"trans\1.conv1."),
        (r"^classifier\.", "fc."),
    )


def andreasveit(state: State) -> State:
    return _renamed(bamos(state), (r"^dense(\d+)\.(\d+)\.", r"block\1.layer.\2."))


class CifarLayer(nn.Module):
    def __init__(self, reads: int, growth_rate: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm2d(reads)
        self.conv1 = nn.Conv2d(reads, 4 * growth_rate, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(4 * growth_rate)
        self.conv2 = nn.Conv2d(4 * growth_rate, growth_rate, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        written = self.conv2(F.relu(self.bn2(self.conv1(F.relu(self.bn1(x))))))
        return torch.cat([written, x], 1)  # new maps first


class CifarDenseNet(nn.Module):
    """A DenseNet that puts new maps before the old ones, for pictures of 32 px and more."""

    def __init__(self, blocks: tuple[int, ...] = (2, 3, 2), k: int = 4, classes: int = 5) -> None:
        super().__init__()
        torch.manual_seed(7)
        channels = 2 * k
        self.blocks = len(blocks)
        self.conv1 = nn.Conv2d(3, channels, 3, padding=1, bias=False)
        for number, layers in enumerate(blocks, start=1):
            inside = [CifarLayer(channels + k * layer, k) for layer in range(layers)]
            self.add_module(f"dense{number}", nn.Sequential(*inside))
            channels += layers * k
            if number < len(blocks):
                trans = nn.Module()
                trans.bn = nn.BatchNorm2d(channels)
                trans.conv = nn.Conv2d(channels, channels // 2, 1, bias=False)
                self.add_module(f"trans{number}", trans)
                channels //= 2
        self.bn = nn.BatchNorm2d(channels)
        self.linear = nn.Linear(channels, classes)
        odd_norms(self)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv1(x)
        for number in range(1, self.blocks + 1):
            x = self.get_submodule(f"dense{number}")(x)
            if number < self.blocks:
                trans = self.get_submodule(f"trans{number}")
                x = F.avg_pool2d(trans.conv(F.relu(trans.bn(x))), 2)
        answer: Tensor = self.linear(F.relu(self.bn(x)).mean((2, 3)))
        return answer
