"""The lecture's nine ImageNet systems, and the numbers of Keras Applications about them.

The numbers in `cited` are copied from Keras's table and not measured here; the app marks them as
cited. Everything else about a system is counted on a live network, or computed from its spec.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from densenet_viz.facts.arithmetic.resnet import ResNetSpec
from densenet_viz.facts.spec import VARIANTS, DenseNetSpec

Family = Literal["ResNet", "ResNetV2", "DenseNet"]
REFERENCE = "resnet50"
"""Times are shown as multiples of this system's, so that times of different machines compare."""

KERAS = "Keras Applications, keras.io/api/applications"


@dataclass(frozen=True)
class KerasRow:
    """A line of Keras Applications' table: accuracies in percent on ImageNet's validation set,
    parameters in millions, milliseconds per step of 32 pictures, measured by Keras on an AMD EPYC
    processor with 92 cores and on a Tesla A100.
    """

    megabytes: int
    top1: float
    top5: float
    parameters: float
    depth: int
    cpu_ms: float
    gpu_ms: float


@dataclass(frozen=True)
class System:
    """One of the nine. `keras_total` is the exact number behind the cited millions."""

    name: str
    title: str
    family: Family
    spec: DenseNetSpec | ResNetSpec
    cited: KerasRow
    keras_total: int

    @property
    def note(self) -> str:
        """How the network built here differs from Keras's, in words."""
        if self.family == "DenseNet":
            return "The same as torchvision’s; Keras has the same layers."
        if self.family == "ResNetV2":
            return "Built here with the same layers as in Keras; torchvision has no such network."
        assert isinstance(self.spec, ResNetSpec)
        theirs = replace(self.spec, stride_first=True)
        return (
            "The same as torchvision’s (“V1.5”): a stage halves the picture in its first 3×3 "
            f"convolution and needs {self.spec.multiply_adds / 1e9:.2f} G multiply-adds. The "
            "paper and Keras halve it one convolution earlier, in the 1×1, with "
            f"{theirs.multiply_adds / 1e9:.2f} G and the same parameters."
        )


_LAYERS = {"50": (3, 4, 6, 3), "101": (3, 4, 23, 3), "152": (3, 8, 36, 3)}


def _resnet(size: str, cited: KerasRow, keras_total: int) -> System:
    spec = ResNetSpec(_LAYERS[size])
    return System(f"resnet{size}", f"ResNet{size}", "ResNet", spec, cited, keras_total)


def _resnet_v2(size: str, cited: KerasRow, keras_total: int) -> System:
    spec = ResNetSpec(_LAYERS[size], preactivation=True)
    return System(f"resnet{size}v2", f"ResNet{size}V2", "ResNetV2", spec, cited, keras_total)


def _densenet(size: str, cited: KerasRow, keras_total: int) -> System:
    name = f"densenet{size}"
    return System(name, f"DenseNet{size}", "DenseNet", VARIANTS[name], cited, keras_total)


SYSTEMS: Mapping[str, System] = MappingProxyType(
    {
        system.name: system
        for system in (
            _resnet("50", KerasRow(98, 74.9, 92.1, 25.6, 107, 58.2, 4.6), 25_636_712),
            _resnet("101", KerasRow(171, 76.4, 92.8, 44.7, 209, 89.6, 5.2), 44_707_176),
            _resnet("152", KerasRow(232, 76.6, 93.1, 60.4, 311, 127.4, 6.5), 60_419_944),
            _resnet_v2("50", KerasRow(98, 76.0, 93.0, 25.6, 103, 45.6, 4.4), 25_613_800),
            _resnet_v2("101", KerasRow(171, 77.2, 93.8, 44.7, 205, 72.7, 5.4), 44_675_560),
            _resnet_v2("152", KerasRow(232, 78.0, 94.2, 60.4, 307, 107.5, 6.6), 60_380_648),
            _densenet("121", KerasRow(33, 75.0, 92.3, 8.1, 242, 77.1, 5.4), 8_062_504),
            _densenet("169", KerasRow(57, 76.2, 93.2, 14.3, 338, 96.4, 6.3), 14_307_880),
            _densenet("201", KerasRow(80, 77.3, 93.6, 20.2, 402, 127.2, 6.7), 20_242_984),
        )
    }
)
"""The nine systems, in the lecture's families."""

NAMED_SPECS: Mapping[str, DenseNetSpec | ResNetSpec] = MappingProxyType(
    {**VARIANTS, **{name: system.spec for name, system in SYSTEMS.items()}}
)
"""Everything that can be built and described by name: the variants, then the other systems."""
