"""The networks of the paper's table 2, and ResNet-34, as plain counts.

The networks of table 2 read pictures of 32 × 32 px and have only a convolution before block 1.
`tests/test_cited.py` compares every count with networks that really run.

Sources: Huang et al., "Densely Connected Convolutional Networks" (CVPR 2017), section 3; He et
al., "Deep Residual Learning" (CVPR 2016), section 4.2, and "Identity Mappings" (ECCV 2016),
appendix; Zagoruyko and Komodakis, "Wide Residual Networks" (BMVC 2016), table 1.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from densenet_viz.facts.arithmetic.inventory import (
    LeafCount,
    Totals,
    classifier,
    convolution,
    norm,
)
from densenet_viz.facts.spec import BOTTLENECK_FACTOR

SIZES = (32, 16, 8)
"""Height and width inside the three blocks, in pixels."""
WIDTHS = (16, 32, 64)
"""Maps of a residual network's three stages, before widening and bottleneck expansion."""
EXPANSION = 4
"""A residual bottleneck outputs four times as many maps as its 3 × 3 convolution."""


class Counted(Totals, ABC):
    """A network whose leaves can be listed."""

    @abstractmethod
    def _leaves(self) -> Iterator[LeafCount]:
        """Every module with weights, in the order of computation."""

    @cached_property
    def leaves(self) -> tuple[LeafCount, ...]:
        return tuple(self._leaves())


@dataclass(frozen=True)
class CifarDenseNet(Counted):
    """Three dense blocks of equal length; `compact` is the form "BC", with bottlenecks and θ = 0.5.

    >>> CifarDenseNet(100, 12, compact=True).parameters
    769162
    """

    depth: int
    growth_rate: int
    compact: bool = False
    num_classes: int = 10

    @property
    def layers(self) -> int:
        """Dense layers of each block: the depth without stem, two transitions and classifier."""
        return (self.depth - 4) // (3 * (2 if self.compact else 1))

    @property
    def initial_channels(self) -> int:
        return 2 * self.growth_rate if self.compact else 16

    def _leaves(self) -> Iterator[LeafCount]:
        channels = self.initial_channels
        yield _conv("stem", 3, channels, 3, SIZES[0])
        for block, size in enumerate(SIZES, start=1):
            for _ in range(self.layers):
                yield from self._layer(f"block {block}", channels, size)
                channels += self.growth_rate
            if block < len(SIZES):
                keeps = channels // 2 if self.compact else channels
                yield norm("norm", f"transition {block}", channels)
                yield _conv(f"transition {block}", channels, keeps, 1, size)
                channels = keeps
        yield norm("norm", "head", channels)
        yield classifier("classifier", channels, self.num_classes)

    def _layer(self, place: str, reads: int, size: int) -> Iterator[LeafCount]:
        if self.compact:
            middle = BOTTLENECK_FACTOR * self.growth_rate
            yield norm("norm1", place, reads)
            yield _conv(place, reads, middle, 1, size)
            reads = middle
        yield norm("norm2", place, reads)
        yield _conv(place, reads, self.growth_rate, 3, size)


@dataclass(frozen=True)
class CifarResNet(Counted):
    """Units of two 3 × 3 convolutions, whose shortcuts have no weights (He et al.'s option A)."""

    depth: int
    num_classes: int = 10

    def _leaves(self) -> Iterator[LeafCount]:
        channels = WIDTHS[0]
        yield _conv("stem", 3, channels, 3, SIZES[0])
        yield norm("norm", "stem", channels)
        for block, (width, size) in enumerate(zip(WIDTHS, SIZES, strict=True), start=1):
            for _ in range((self.depth - 2) // 6):
                yield from _basic_unit(f"block {block}", channels, width, size)
                channels = width
        yield classifier("classifier", channels, self.num_classes)


@dataclass(frozen=True)
class PreactivationResNetSpec(Counted):
    """Bottleneck units with batch norm and ReLU before each convolution ("ResNet-1001")."""

    depth: int
    num_classes: int = 10

    def _leaves(self) -> Iterator[LeafCount]:
        channels = WIDTHS[0]
        yield _conv("stem", 3, channels, 3, SIZES[0])
        for block, (width, size) in enumerate(zip(WIDTHS, SIZES, strict=True), start=1):
            place = f"block {block}"
            for _ in range((self.depth - 2) // 9):
                yield norm("norm1", place, channels)
                if channels != width * EXPANSION:
                    yield _conv(place, channels, width * EXPANSION, 1, size)
                yield _conv(place, channels, width, 1, size)
                yield norm("norm2", place, width)
                yield _conv(place, width, width, 3, size)
                yield norm("norm3", place, width)
                yield _conv(place, width, width * EXPANSION, 1, size)
                channels = width * EXPANSION
        yield norm("norm", "head", channels)
        yield classifier("classifier", channels, self.num_classes)


@dataclass(frozen=True)
class WideResNet(Counted):
    """Pre-activation units of two 3 × 3 convolutions, `width` times as wide.

    >>> WideResNet(28, 10).parameters
    36479194
    """

    depth: int
    width: int
    num_classes: int = 10

    def _leaves(self) -> Iterator[LeafCount]:
        channels = WIDTHS[0]
        yield _conv("stem", 3, channels, 3, SIZES[0])
        for block, (base, size) in enumerate(zip(WIDTHS, SIZES, strict=True), start=1):
            place, width = f"block {block}", base * self.width
            for _ in range((self.depth - 4) // 6):
                yield norm("norm1", place, channels)
                if channels != width:
                    yield _conv(place, channels, width, 1, size)
                yield _conv(place, channels, width, 3, size)
                yield norm("norm2", place, width)
                yield _conv(place, width, width, 3, size)
                channels = width
        yield norm("norm", "head", channels)
        yield classifier("classifier", channels, self.num_classes)


@dataclass(frozen=True)
class ResNet34(Counted):
    """ImageNet's residual network of 34 layers, the only one of figure 3 without bottlenecks."""

    num_classes: int = 1000

    def _leaves(self) -> Iterator[LeafCount]:
        channels = 64
        yield _conv("stem", 3, channels, 7, 112)
        yield norm("norm", "stem", channels)
        stages = zip((64, 128, 256, 512), (3, 4, 6, 3), (56, 28, 14, 7), strict=True)
        for block, (width, units, size) in enumerate(stages, start=1):
            place = f"block {block}"
            for _ in range(units):
                if channels != width:
                    yield _conv(place, channels, width, 1, size)
                    yield norm("shortcut norm", place, width)
                yield from _basic_unit(place, channels, width, size)
                channels = width
        yield classifier("classifier", channels, self.num_classes)


def _basic_unit(place: str, reads: int, width: int, size: int) -> Iterator[LeafCount]:
    yield _conv(place, reads, width, 3, size)
    yield norm("norm1", place, width)
    yield _conv(place, width, width, 3, size)
    yield norm("norm2", place, width)


def _conv(place: str, reads: int, writes: int, kernel: int, size: int) -> LeafCount:
    return convolution("conv", place, reads=reads, writes=writes, kernel=kernel, size=size)
