"""Four families of small networks that differ only in how a layer's maps reach later layers.

Stem, transitions and head are the same. A layer is norm - ReLU - 3x3 convolution. Its maps

- *plain*: replace what it read, x_l = H_l(x_{l-1});
- *residual*: are added, x_l = H_l(x_{l-1}) + x_{l-1}, where H_l has two layers (He et al.,
  "Identity Mappings in Deep Residual Networks", ECCV 2016);
- *dense*: are appended, x_l = H_l([x_0, ..., x_{l-1}]) (Huang et al., CVPR 2017, equation 2);
- *aggregated*: replace what it read, and are kept for the transition, which reads the maps of all
  layers of its block once (one-shot aggregation, Lee et al., "An Energy and GPU-Computation
  Efficient Backbone Network", CVPR Workshops 2019, section 3).

`matched` gives another family as many parameters as a dense network of the same depth.
`tests/test_families.py` compares every count with networks that run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from types import MappingProxyType
from typing import Literal

from densenet_viz.facts.arithmetic.cifar import Counted
from densenet_viz.facts.arithmetic.inventory import LeafCount, classifier, convolution, norm
from densenet_viz.facts.arithmetic.limits import SpecError, is_whole, require, require_whole
from densenet_viz.facts.spec import DenseNetSpec

Family = Literal["plain", "residual", "dense", "aggregated"]
Norm = Literal["batch", "none"]
FAMILIES: tuple[Family, ...] = ("plain", "residual", "dense", "aggregated")
BUDGET_TOLERANCE = 0.02
"""How far the parameters of two matched networks may differ, as a part of the first one's."""

_SHAPES: Mapping[Family, tuple[float, ...]] = MappingProxyType(
    {
        "plain": (1.0, 2.0, 4.0),
        "residual": (1.0, 2.0, 4.0),
        "aggregated": (1.0, 1.25, 1.5),
    }
)
"""How the widths of the three blocks relate: as in the residual networks for CIFAR (He et al.,
CVPR 2016, section 4.2), and about as in VoVNet (Lee et al. 2019, table 1)."""
_STEPS = sorted(product(range(-2, 3), repeat=3), key=lambda steps: sum(step**2 for step in steps))
"""By how many maps the blocks' widths may leave their family's shape, small steps first."""


@dataclass(frozen=True)
class FamilySpec(Counted):
    """A small network of one family, in numbers.

    >>> spec = FamilySpec("dense", depth=40, initial_channels=16, compression=1)
    >>> spec.layers, spec.densenet.block_outputs
    (12, (160, 304, 448))

    Args:
        family: how a layer's maps reach later layers.
        depth: convolutions and the classifier together: 1 + 3n + 2 + 1 with n layers in each of
            three blocks; n is even, so that residual units are whole (10, 16, 22, ... 148). With
            `bottleneck`, half of the n are counted as 1x1 convolutions.
        widths: the maps that a layer writes in each block; a dense network's growth rate, so all
            three are equal (1 to 256).
        initial_channels: the maps of the stem (1 to 512); plain and residual: the first width.
        compression: theta of the transitions of dense and aggregated networks.
        bottleneck: dense only: a layer is 1x1 (4k) then 3x3 (k).
        norm: batch norm before each ReLU, or no norm and a bias in each convolution.
        num_classes: outputs of the classifier (2 to 1,000).
        input_size: height and width of the input, in pixels (4 to 256).
        input_channels: 3 for colours, 1 for grey.

    Raises:
        SpecError: a value is outside its limits, or the family has no such setting.
    """

    family: Family
    depth: int = 22
    widths: tuple[int, int, int] = (12, 12, 12)
    initial_channels: int = 16
    compression: float = 0.5
    bottleneck: bool = False
    norm: Norm = "batch"
    num_classes: int = 10
    input_size: int = 16
    input_channels: int = 1

    def __post_init__(self) -> None:
        require(self.family in FAMILIES, f"family={self.family!r}", _one_of(FAMILIES))
        require(self.norm in ("batch", "none"), f"norm={self.norm!r}", _one_of(("batch", "none")))
        require(
            is_whole(self.depth, 10, 148) and (self.depth - 4) % 6 == 0,
            f"depth={self.depth!r}",
            "10, 16, 22 and so on in steps of 6, up to 148, are allowed",
        )
        require(
            len(self.widths) == 3 and all(is_whole(width, 1, 256) for width in self.widths),
            f"widths={self.widths!r}",
            "three whole numbers from 1 to 256 are allowed",
        )
        for name, low, high in (
            ("initial_channels", 1, 512),
            ("num_classes", 2, 1_000),
            ("input_size", 4, 256),
        ):
            require_whole(name, getattr(self, name), low, high)
        require(
            self.family == "dense" or not self.bottleneck,
            "bottleneck=True",
            "only a dense network can have it",
        )
        require(
            self.family != "dense" or len(set(self.widths)) == 1,
            f"widths={self.widths!r}",
            "a dense network has one growth rate",
        )
        if self.family in ("plain", "residual"):
            require(
                self.initial_channels == self.widths[0],
                f"initial_channels={self.initial_channels}",
                f"the first width, {self.widths[0]}, is allowed",
            )
        self.densenet  # noqa: B018  (its own limits: compression, growth rate, input channels)

    @property
    def layers(self) -> int:
        """3x3 convolutions of each block."""
        return (self.depth - 4) // (6 if self.bottleneck else 3)

    @property
    def densenet(self) -> DenseNetSpec:
        """The DenseNet of the same settings; of another family, only its limits are of use."""
        return DenseNetSpec(
            growth_rate=self.widths[0],
            block_config=(self.layers,) * 3,
            initial_channels=self.initial_channels,
            bottleneck=self.bottleneck,
            compression=self.compression,
            num_classes=self.num_classes,
            input_size=self.input_size,
            stem="3×3",
            input_channels=self.input_channels,
        )

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Height and width inside each block, in pixels."""
        return self.input_size, self.input_size // 2, self.input_size // 4

    @property
    def entering(self) -> tuple[int, ...]:
        """The maps that enter each block."""
        if not self.keeps_maps:
            return self.widths
        channels, found = self.initial_channels, []
        for width in self.widths:
            found.append(channels)
            channels = self.densenet.compressed(channels + self.layers * width)
        return tuple(found)

    @property
    def leaving(self) -> tuple[int, ...]:
        """The maps that leave each block."""
        if not self.keeps_maps:
            return self.widths
        return tuple(
            before + self.layers * width
            for before, width in zip(self.entering, self.widths, strict=True)
        )

    @property
    def keeps_maps(self) -> bool:
        """Whether a block's end has the maps of all its layers."""
        return self.family in ("dense", "aggregated")

    def reads(self, block: int, layer: int) -> int:
        """The maps that a layer reads; both count from 0."""
        if self.family == "dense":
            return self.entering[block] + layer * self.widths[block]
        return self.widths[block] if layer else self.entering[block]

    def _leaves(self) -> Iterator[LeafCount]:
        sizes, after = self.sizes, (*self.entering[1:], 0)
        yield self._convolution(
            "stem", self.input_channels, self.initial_channels, 3, sizes[0], biased=False
        )
        for block, size in enumerate(sizes):
            place = f"block {block + 1}"
            for layer in range(self.layers):
                yield from self._layer(place, self.reads(block, layer), self.widths[block], size)
            if after[block]:
                place = f"transition {block + 1}"
                yield from self._norm(place, self.leaving[block])
                yield self._convolution(place, self.leaving[block], after[block], 1, size)
        yield from self._norm("head", self.leaving[-1])
        yield classifier("classifier", self.leaving[-1], self.num_classes)

    def _layer(self, place: str, reads: int, writes: int, size: int) -> Iterator[LeafCount]:
        if self.bottleneck:
            middle = self.densenet.bottleneck_channels
            yield from self._norm(place, reads)
            yield self._convolution(place, reads, middle, 1, size)
            reads = middle
        yield from self._norm(place, reads)
        yield self._convolution(place, reads, writes, 3, size)

    def _norm(self, place: str, channels: int) -> Iterator[LeafCount]:
        if self.norm == "batch":
            yield norm("norm", place, channels)

    def _convolution(
        self, place: str, reads: int, writes: int, kernel: int, size: int, *, biased: bool = True
    ) -> LeafCount:
        leaf = convolution("conv", place, reads=reads, writes=writes, kernel=kernel, size=size)
        has_bias = biased and self.norm == "none"
        return replace(leaf, parameters=leaf.parameters + writes * has_bias)


def dense_spec(depth: int, growth_rate: int, **settings: object) -> FamilySpec:
    """A dense network whose stem writes 2k maps (paper, section 3, "Implementation details").

    Args:
        depth: see `FamilySpec`.
        growth_rate: k.
        settings: others of `FamilySpec`.

    Raises:
        SpecError: a value is outside its limits.
    """
    given = {"widths": (growth_rate,) * 3, "initial_channels": 2 * growth_rate, **settings}
    return FamilySpec("dense", depth, **given)  # type: ignore[arg-type]


@lru_cache(maxsize=512)
def matched(dense: FamilySpec, family: Family) -> FamilySpec:
    """The network of a family with a dense network's depth, and its parameters within 2%.

    Widths keep their family's shape as far as whole numbers allow.

    Args:
        dense: a dense network.
        family: which family.

    Raises:
        SpecError: no widths come within 2%.
    """
    if family == "dense":
        return dense
    shape, goal = _SHAPES[family], dense.parameters
    low, high = 1.0, 64.0
    while high - low > 0.01:
        middle = (low + high) / 2
        spec = _with_widths(dense, family, [middle * part for part in shape])
        low, high = (middle, high) if spec.parameters < goal else (low, middle)
    near = [max(1, round(low * part)) for part in shape]
    for steps in _STEPS:
        widths = [width + step for width, step in zip(near, steps, strict=True)]
        if min(widths) >= 1:
            spec = _with_widths(dense, family, widths)
            if abs(spec.parameters - goal) <= BUDGET_TOLERANCE * goal:
                return spec
    raise SpecError(
        f"A {family} network of depth {dense.depth} has no widths for {goal:,} parameters; choose "
        "a larger growth rate."
    )


def _with_widths(dense: FamilySpec, family: Family, widths: Sequence[float]) -> FamilySpec:
    first, second, third = (max(1, round(width)) for width in widths)
    return replace(
        dense,
        family=family,
        widths=(first, second, third),
        initial_channels=first,
        bottleneck=False,
    )


def _one_of(allowed: Sequence[str]) -> str:
    return f"one of {', '.join(allowed)} is allowed"
