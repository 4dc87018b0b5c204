"""Residual networks in numbers, for the comparison with DenseNet.

Source: He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition" (CVPR 2016), table 1,
and "Identity Mappings in Deep Residual Networks" (ECCV 2016) for the pre-activation form ("V2"),
whose details follow Keras Applications' `resnet_v2`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import Any, NamedTuple

from densenet_viz.facts.arithmetic.inventory import (
    FLOAT_BYTES,
    LeafCount,
    Totals,
    classifier,
    convolution,
    halved,
    norm,
)
from densenet_viz.facts.arithmetic.limits import is_whole, require, require_whole

STEM_CHANNELS = 64
EXPANSION = 4
"""A residual unit writes four times the maps that its 3×3 convolution does."""
STAGES = 4


class Unit(NamedTuple):
    """One residual unit: 1×1 to `width` maps, 3×3, 1×1 to 4 × `width` maps, and a shortcut.

    `size` is the height and width of what it reads, in pixels. `stride` is 1 or 2. `projects`
    says whether the shortcut is a 1×1 convolution.
    """

    place: str
    module: str
    reads: int
    width: int
    size: int
    stride: int
    projects: bool

    @property
    def writes(self) -> int:
        return EXPANSION * self.width

    @property
    def out_size(self) -> int:
        return halved(self.size) if self.stride == 2 else self.size


class _Operation(NamedTuple):
    """An operation that writes `values` numbers, and its weights."""

    values: int
    leaf: LeafCount | None = None


@dataclass(frozen=True)
class ResNetSpec(Totals):
    """A residual network of bottleneck units, for ImageNet.

    >>> spec = ResNetSpec()
    >>> spec.parameters, len(spec.leaves)
    (25557032, 107)
    >>> spec.multiply_adds - ResNetSpec(stride_first=True).multiply_adds
    231211008

    Args:
        units: residual units in each of the four stages (1 to 64 each).
        preactivation: BN-ReLU before each convolution, "V2", as Keras builds it: a stage is halved
            by its last unit, and the last stage not at all.
        stride_first: only without `preactivation`: whether a stage is halved by its first 1×1
            convolution, as in the paper and in Keras, or by the 3×3 that follows, as in torchvision
            ("V1.5"). The parameters are the same, and the 3×3 way costs more multiply-adds.
        num_classes: outputs of the classifier (1 to 100,000).
        input_size: height and width of the square RGB input, in pixels (up to 2,048).

    Raises:
        SpecError: a value is outside its limits.
    """

    units: tuple[int, ...] = (3, 4, 6, 3)
    preactivation: bool = False
    stride_first: bool = False
    num_classes: int = 1000
    input_size: int = 224

    def __post_init__(self) -> None:
        require(
            isinstance(self.units, tuple)
            and len(self.units) == STAGES
            and all(is_whole(count, 1, 64) for count in self.units),
            f"units={self.units!r}",
            "a tuple of 4 whole numbers from 1 to 64 is allowed",
        )
        require(
            not (self.preactivation and self.stride_first),
            "stride_first with preactivation",
            "only one of the two is allowed, because a unit that activates first has its stride "
            "in the 3×3 convolution",
        )
        require_whole("num_classes", self.num_classes, 1, 100_000)
        require_whole("input_size", self.input_size, 1, 2_048)

    # -- shapes ---------------------------------------------------------------------------

    @property
    def stem_size(self) -> int:
        """Height and width after the 7×7 stride-2 convolution, before the max pool, in pixels."""
        return halved(self.input_size)

    @property
    def out_channels(self) -> int:
        """Maps that the last stage writes."""
        return self.stages[-1][-1].writes

    @cached_property
    def stages(self) -> tuple[tuple[Unit, ...], ...]:
        """The units of each stage."""
        stages: list[tuple[Unit, ...]] = []
        reads, size = STEM_CHANNELS, halved(self.stem_size)
        for stage, count in enumerate(self.units, start=1):
            units = []
            for index in range(count):
                unit = Unit(
                    place=f"block {stage}",
                    module=f"layer{stage}.{index}",
                    reads=reads,
                    width=STEM_CHANNELS << (stage - 1),
                    size=size,
                    stride=2 if self._halves(stage, index) else 1,
                    projects=index == 0,
                )
                units.append(unit)
                reads, size = unit.writes, unit.out_size
            stages.append(tuple(units))
        return tuple(stages)

    def _halves(self, stage: int, index: int) -> bool:
        if self.preactivation:
            return stage < STAGES and index == self.units[stage - 1] - 1
        return stage > 1 and index == 0

    # -- totals ---------------------------------------------------------------------------

    @property
    def depth(self) -> int:
        """The number in the network's name: 50 for the default. Shortcuts are not counted."""
        return 2 + 3 * sum(self.units)

    @property
    def depth_reason(self) -> str:
        """Why it is called 50, in one line."""
        return (
            f"1 (stem) + 3 × ({' + '.join(map(str, self.units))}) (residual units, "
            f"without shortcuts) + 1 (classifier) = {self.depth}"
        )

    @cached_property
    def leaves(self) -> tuple[LeafCount, ...]:
        """Every module with weights, in the order of computation."""
        return tuple(step.leaf for step in self._operations() if step.leaf is not None)

    @cached_property
    def activation_bytes(self) -> int:
        """The float32 size of every tensor that is written for one picture."""
        return FLOAT_BYTES * sum(step.values for step in self._operations())

    # -- operations -----------------------------------------------------------------------

    def _operations(self) -> Iterator[_Operation]:
        yield from self._stem()
        unit_operations = _preactivation_unit if self.preactivation else self._plain_unit
        for unit in chain(*self.stages):
            yield from unit_operations(unit)
        channels, size = self.out_channels, self.stages[-1][-1].out_size
        if self.preactivation:
            yield from _normed("post_bn", "head", channels, size)
        yield _Operation(channels)  # the global average
        yield _Operation(self.num_classes, classifier("fc", channels, self.num_classes))

    def _stem(self) -> Iterator[_Operation]:
        size = self.stem_size
        yield _convolved(
            "conv1", "stem", reads=3, writes=STEM_CHANNELS, kernel=7, size=size, keras_bias=True
        )
        if not self.preactivation:
            yield from _normed("bn1", "stem", STEM_CHANNELS, size)
        yield _Operation(STEM_CHANNELS * halved(size) ** 2)  # the max pool

    def _plain_unit(self, unit: Unit) -> Iterator[_Operation]:
        """Conv-BN-ReLU, conv-BN-ReLU, conv-BN, plus the shortcut, ReLU."""
        module, width, writes, size = unit.module, unit.width, unit.writes, unit.out_size
        first = size if self.stride_first else unit.size
        convolved = partial(_convolved, place=unit.place, keras_bias=True)
        yield convolved(f"{module}.conv1", reads=unit.reads, writes=width, kernel=1, size=first)
        yield from _normed(f"{module}.bn1", unit.place, width, first)
        yield convolved(f"{module}.conv2", reads=width, writes=width, kernel=3, size=size)
        yield from _normed(f"{module}.bn2", unit.place, width, size)
        yield convolved(f"{module}.conv3", reads=width, writes=writes, kernel=1, size=size)
        yield from _normed(f"{module}.bn3", unit.place, writes, size, activated=False)
        if unit.projects:
            name = f"{module}.downsample"
            yield convolved(f"{name}.0", reads=unit.reads, writes=writes, kernel=1, size=size)
            yield from _normed(f"{name}.1", unit.place, writes, size, activated=False)
        yield from 2 * (_Operation(writes * size * size),)  # the sum, and its ReLU


def _preactivation_unit(unit: Unit) -> Iterator[_Operation]:
    """BN-ReLU, the shortcut, conv-BN-ReLU, conv-BN-ReLU, conv, plus the shortcut.

    In Keras the convolutions that no norm follows carry biases.
    """
    module, width, writes, size = unit.module, unit.width, unit.writes, unit.out_size
    convolved = partial(_convolved, place=unit.place)
    whole = _Operation(writes * size * size)
    yield from _normed(f"{module}.bn1", unit.place, unit.reads, unit.size)
    if unit.projects:
        name = f"{module}.downsample.0"
        yield convolved(name, reads=unit.reads, writes=writes, kernel=1, size=size, keras_bias=True)
    elif unit.stride == 2:
        yield whole  # a 1×1 max pool keeps one pixel of four
    yield convolved(f"{module}.conv1", reads=unit.reads, writes=width, kernel=1, size=unit.size)
    yield from _normed(f"{module}.bn2", unit.place, width, unit.size)
    yield convolved(f"{module}.conv2", reads=width, writes=width, kernel=3, size=size)
    yield from _normed(f"{module}.bn3", unit.place, width, size)
    yield convolved(
        f"{module}.conv3", reads=width, writes=writes, kernel=1, size=size, keras_bias=True
    )
    yield whole  # the sum


def _convolved(module: str, place: str, *, writes: int, size: int, **given: Any) -> _Operation:
    """What `inventory.convolution` counts, and the maps it writes."""
    leaf = convolution(module, place, writes=writes, size=size, **given)
    return _Operation(writes * size * size, leaf)


def _normed(
    module: str, place: str, channels: int, size: int, *, activated: bool = True
) -> Iterator[_Operation]:
    """A batch norm and, if it is activated, the ReLU after it."""
    values = channels * size * size
    yield _Operation(values, norm(module, place, channels))
    if activated:
        yield _Operation(values)
