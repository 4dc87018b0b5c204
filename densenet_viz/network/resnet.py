"""Live residual networks: torchvision's, and the pre-activation form that torchvision lacks.

torchvision halves a stage's picture in the 3×3 convolution of its first unit ("V1.5"); the paper
and Keras do so in the 1×1 before it. ResNet50, 101 and 152 are built here as in torchvision, the
form that most people use: the parameters are the same, the multiply-adds are not.
`ResNetSpec(stride_first=True)` is the other form, which can also be counted and built.

The convolutions have no biases; Keras's do, and `carries_bias_in_keras` says which ones.
"""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn

from densenet_viz.facts.arithmetic.resnet import STEM_CHANNELS, ResNetSpec, Unit
from densenet_viz.network._torchvision import resnet
from densenet_viz.network.build import blank, generator_of, initialise
from densenet_viz.network.densenet import out_of_place


class TorchvisionResNet(resnet.ResNet):  # type: ignore[misc]
    """torchvision's ResNet with no ReLU in place."""

    def __init__(self, spec: ResNetSpec) -> None:
        super().__init__(resnet.Bottleneck, list(spec.units), num_classes=spec.num_classes)
        out_of_place(self)
        if spec.stride_first:
            for module in self.modules():
                if isinstance(module, resnet.Bottleneck):
                    module.conv1.stride, module.conv2.stride = module.conv2.stride, (1, 1)


class PreactivationUnit(nn.Module):
    """BN-ReLU before each convolution; there is no norm and no activation after the sum.

    The first unit of a stage has a 1×1 convolution as its shortcut, which reads the normed and
    activated input. A unit that halves the picture does so in its 3×3 convolution, and its shortcut
    drops three of four pixels. Sources: He et al., "Identity Mappings in Deep Residual Networks",
    figure 4(e), and Keras Applications' `resnet_v2`.
    """

    def __init__(self, unit: Unit) -> None:
        super().__init__()
        width, stride = unit.width, unit.stride
        self.bn1 = nn.BatchNorm2d(unit.reads)
        self.relu1 = nn.ReLU()
        self.projects = unit.projects
        self.downsample = nn.Sequential()
        if unit.projects:
            self.downsample.append(nn.Conv2d(unit.reads, unit.writes, 1, stride, bias=False))
        elif stride > 1:
            self.downsample.append(nn.MaxPool2d(1, stride))
        self.conv1 = nn.Conv2d(unit.reads, width, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu2 = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(width)
        self.relu3 = nn.ReLU()
        self.conv3 = nn.Conv2d(width, unit.writes, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        activated = self.relu1(self.bn1(x))
        shortcut: Tensor = self.downsample(activated if self.projects else x)
        written = self.conv2(self.relu2(self.bn2(self.conv1(activated))))
        residual: Tensor = self.conv3(self.relu3(self.bn3(written)))
        return shortcut + residual


class PreactivationResNet(nn.Module):
    """A "ResNet V2" as in Keras Applications, with torchvision's names of a ResNet.

    The stem has no norm; the output of the last unit is normed (`post_bn`) and activated. One
    detail differs: at the edge of the picture, the stem's max pool ignores what is outside, while
    Keras uses zero.
    """

    def __init__(self, spec: ResNetSpec) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, STEM_CHANNELS, 7, stride=2, padding=3, bias=False)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1, self.layer2, self.layer3, self.layer4 = (
            nn.Sequential(*map(PreactivationUnit, stage)) for stage in spec.stages
        )
        self.post_bn = nn.BatchNorm2d(spec.out_channels)
        self.relu = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(spec.out_channels, spec.num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) normalised pictures to (N, classes) logits."""
        x = self.maxpool(self.conv1(x))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        logits: Tensor = self.fc(torch.flatten(self.avgpool(self.relu(self.post_bn(x))), 1))
        return logits


def carries_bias_in_keras(network: nn.Module, module: str) -> bool:
    """Whether Keras's counterpart of a convolution, named as in `network`, has biases.

    In its ResNets each has one; in V2 only those without a norm directly after; in DenseNets none.
    """
    if isinstance(network, PreactivationResNet):
        return module == "conv1" or module.endswith((".conv3", ".downsample.0"))
    return isinstance(network, resnet.ResNet)


def build_resnet(spec: ResNetSpec, *, seed: int | None = None) -> nn.Module:
    """A live network of `spec` in evaluation mode, with random weights by He's rule.

    Args:
        spec: the configuration.
        seed: makes the random weights repeatable without touching torch's global generator.

    Returns:
        A module from (N, 3, H, W) normalised pictures to (N, num_classes) logits, its modules named
        as torchvision names them (`conv1`, `layer1.0.conv1`, `fc`).

    >>> build_resnet(ResNetSpec((1, 1, 1, 1), num_classes=10), seed=0).fc.out_features
    10
    """
    kind = PreactivationResNet if spec.preactivation else TorchvisionResNet
    network = blank(partial(kind, spec))
    initialise(network.to_empty(device="cpu"), generator_of(seed))
    return network.eval()
