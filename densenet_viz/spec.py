"""Channel, shape and cost arithmetic of a DenseNet, as plain numbers.

Nothing here needs a deep-learning library: a page that only draws arithmetic can paint at once.
`tests/test_network.py` holds every number of this file against networks that really run.

Source: Huang, Liu, van der Maaten, Weinberger, "Densely Connected Convolutional Networks"
(CVPR 2017), section 3 and table 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Literal

FLOAT_BYTES = 4
BOTTLENECK_FACTOR = 4
"""A bottleneck layer's 1x1 convolution writes 4k maps (paper, section 3, "Bottleneck layers")."""

Kind = Literal["stem", "dense layer", "transition", "final norm", "classifier"]


class SpecError(ValueError):
    """A configuration that no DenseNet can have; the message says what was given and allowed."""


@dataclass(frozen=True)
class LayerRow:
    """One step of a DenseNet and what it costs for one image.

    `in_channels` are the maps it reads, `out_channels` the maps that stand after it (a dense
    layer keeps what it read, so out = in + new), `new_channels` those it computed itself.
    `height` and `width` are the output's, in pixels. `multiply_adds` counts convolutions and the
    classifier. `activation_bytes` is the float32 size of every tensor the step writes,
    concatenations included, as the plain (not memory-efficient) implementation does.
    """

    kind: Kind
    name: str
    module: str
    block: int
    layer: int
    in_channels: int
    out_channels: int
    new_channels: int
    height: int
    width: int
    parameters: int
    multiply_adds: int
    activation_bytes: int


@dataclass(frozen=True)
class BlockCost:
    """What one dense block, or its counterpart without concatenation, costs for one image."""

    parameters: int
    multiply_adds: int
    activation_bytes: int


def _require(ok: bool, given: str, allowed: str) -> None:
    if not ok:
        raise SpecError(f"{given} was given; {allowed}.")


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _half_up(size: int) -> int:
    """Output size of a stride-2 window with 'same' padding: 224 -> 112, 7 -> 4."""
    return (size - 1) // 2 + 1


@dataclass(frozen=True)
class DenseNetSpec:
    """A DenseNet in numbers (paper, section 3 and table 1).

    >>> spec = DenseNetSpec()
    >>> spec.name, spec.parameters, sum(spec.connections)
    ('DenseNet-121', 7978856, 535)
    >>> [row.out_channels for row in spec.rows if row.kind == "dense layer"][:2]
    [96, 128]

    Args:
        growth_rate: k, the maps that each layer adds (1 to 256).
        block_config: layers in each dense block (1 to 8 blocks of 1 to 128 layers).
        initial_channels: k0, the maps that the stem hands to the first layer (1 to 512).
        bottleneck: whether a layer is 1x1 (4k) then 3x3 (k), or one 3x3 (k).
        compression: theta; a transition keeps floor(theta * channels) maps (above 0, up to 1).
        num_classes: outputs of the classifier (1 to 100,000).
        input_size: height and width of the square RGB input, in pixels (up to 2,048).

    Raises:
        SpecError: a value is outside its limits, a transition would keep no map, or the input is
            so small that a block would have no pixels left.
    """

    growth_rate: int = 32
    block_config: tuple[int, ...] = (6, 12, 24, 16)
    initial_channels: int = 64
    bottleneck: bool = True
    compression: float = 0.5
    num_classes: int = 1000
    input_size: int = 224

    def __post_init__(self) -> None:
        for name, low, high in (
            ("growth_rate", 1, 256),
            ("initial_channels", 1, 512),
            ("num_classes", 1, 100_000),
            ("input_size", 1, 2_048),
        ):
            value = getattr(self, name)
            _require(
                _is_int(value) and low <= value <= high,
                f"{name}={value!r}",
                f"a whole number from {low} to {high:,} is allowed",
            )
        blocks = self.block_config
        _require(
            isinstance(blocks, tuple)
            and 1 <= len(blocks) <= 8
            and all(_is_int(n) and 1 <= n <= 128 for n in blocks),
            f"block_config={blocks!r}",
            "a tuple of 1 to 8 whole numbers from 1 to 128 is allowed",
        )
        _require(
            isinstance(self.bottleneck, bool),
            f"bottleneck={self.bottleneck!r}",
            "True or False is allowed",
        )
        _require(
            isinstance(self.compression, (int, float))
            and not isinstance(self.compression, bool)
            and 0 < self.compression <= 1,
            f"compression={self.compression!r}",
            "a number above 0 and up to 1 is allowed",
        )
        _require(
            self.block_sizes[-1] >= 1,
            f"input_size={self.input_size}",
            f"at least {self._smallest_input()} px is needed for {len(blocks)} blocks",
        )
        _require(
            all(channels >= 1 for channels in self.transition_channels),
            f"compression={self.compression!r} with so few maps",
            "a transition must keep at least one map",
        )

    def _smallest_input(self) -> int:
        transitions: int = 2 ** (len(self.block_config) - 1)
        return 4 * transitions - 3

    # -- shapes ---------------------------------------------------------------------------

    @property
    def stem_size(self) -> int:
        """Height and width after the 7x7 stride-2 convolution, before the max pool, in pixels."""
        return _half_up(self.input_size)

    @cached_property
    def block_sizes(self) -> tuple[int, ...]:
        """Height and width inside each dense block, in pixels."""
        size = _half_up(self.stem_size)
        return tuple(size // 2**index for index in range(len(self.block_config)))

    @cached_property
    def block_inputs(self) -> tuple[int, ...]:
        """Maps that enter each dense block."""
        channels, inputs = self.initial_channels, []
        for index, layers in enumerate(self.block_config):
            inputs.append(channels)
            channels += layers * self.growth_rate
            if index < len(self.block_config) - 1:
                channels = self.compressed(channels)
        return tuple(inputs)

    @property
    def block_outputs(self) -> tuple[int, ...]:
        """Maps that leave each dense block."""
        return tuple(
            start + layers * self.growth_rate
            for start, layers in zip(self.block_inputs, self.block_config, strict=True)
        )

    @property
    def transition_channels(self) -> tuple[int, ...]:
        """Maps that each transition keeps."""
        return tuple(self.compressed(channels) for channels in self.block_outputs[:-1])

    def compressed(self, channels: int) -> int:
        """floor(theta * channels), exact in decimal (0.29 * 100 is 29, not 28)."""
        return math.floor(Fraction(str(self.compression)) * channels)

    @property
    def bottleneck_channels(self) -> int:
        """Maps that a bottleneck layer's 1x1 convolution writes, 4k."""
        return BOTTLENECK_FACTOR * self.growth_rate

    # -- totals ---------------------------------------------------------------------------

    @property
    def connections(self) -> tuple[int, ...]:
        """Direct connections of each block, L(L+1)/2 (paper, section 1)."""
        return tuple(layers * (layers + 1) // 2 for layers in self.block_config)

    @property
    def depth_parts(self) -> dict[str, int]:
        """The weight layers that the name counts, part by part."""
        per_layer = 2 if self.bottleneck else 1
        return {
            "stem": 1,
            "dense layers": per_layer * sum(self.block_config),
            "transitions": len(self.block_config) - 1,
            "classifier": 1,
        }

    @property
    def depth(self) -> int:
        """The number in the network's name: 121 for the default."""
        return sum(self.depth_parts.values())

    @property
    def name(self) -> str:
        return f"DenseNet-{self.depth}"

    @property
    def depth_reason(self) -> str:
        """Why it is called 121, in one line."""
        per_layer = "2 × " if self.bottleneck else ""
        blocks = " + ".join(map(str, self.block_config))
        parts = self.depth_parts
        return (
            f"1 (stem) + {per_layer}({blocks}) ({'bottleneck' if self.bottleneck else 'dense'} "
            f"layers) + {parts['transitions']} (transitions) + 1 (classifier) = {self.depth}"
        )

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        return sum(row.multiply_adds for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        return sum(row.activation_bytes for row in self.rows)

    # -- rows -----------------------------------------------------------------------------

    @cached_property
    def rows(self) -> tuple[LayerRow, ...]:
        """Every step in the order of computation."""
        return tuple(self._rows())

    def dense_rows(self, block: int) -> tuple[LayerRow, ...]:
        """The layers of one block; `block` counts from 1."""
        return tuple(row for row in self.rows if row.kind == "dense layer" and row.block == block)

    def block_cost(self, block: int) -> BlockCost:
        """What the dense layers of one block cost; `block` counts from 1."""
        rows = self.dense_rows(block)
        return BlockCost(
            sum(row.parameters for row in rows),
            sum(row.multiply_adds for row in rows),
            sum(row.activation_bytes for row in rows),
        )

    def plain_block_cost(self, block: int) -> BlockCost:
        """The same block without concatenation.

        Every layer keeps its place, its bottleneck and its input and output widths; but nothing
        is kept for it, so it has to write all of its output maps anew, not only k of them
        ("no need to re-learn redundant feature maps", paper, section 1).
        """
        size = self.block_sizes[block - 1]
        costs = [
            self._layer_cost(row.in_channels, row.out_channels, size, concatenated=0)
            for row in self.dense_rows(block)
        ]
        return BlockCost(
            sum(cost.parameters for cost in costs),
            sum(cost.multiply_adds for cost in costs),
            sum(cost.activation_bytes for cost in costs),
        )

    def _layer_cost(self, reads: int, writes: int, size: int, *, concatenated: int) -> BlockCost:
        """One layer BN-ReLU-[1x1-BN-ReLU-]3x3; `concatenated` maps are copied before it."""
        pixels = size * size
        middle = self.bottleneck_channels if self.bottleneck else reads  # what the 3x3 reads
        weights = reads * middle * self.bottleneck + 9 * middle * writes
        norms = 2 * reads + 2 * middle * self.bottleneck
        maps = concatenated + 2 * reads + writes + 3 * middle * self.bottleneck
        return BlockCost(weights + norms, weights * pixels, maps * pixels * FLOAT_BYTES)

    def _rows(self) -> Iterator[LayerRow]:
        yield self._stem_row()
        last = len(self.block_config) - 1
        for index, (layers, size, channels) in enumerate(
            zip(self.block_config, self.block_sizes, self.block_inputs, strict=True)
        ):
            block = index + 1
            for layer in range(1, layers + 1):
                yield self._dense_row(block, layer, channels, size, is_last=layer == layers)
                channels += self.growth_rate
            yield (
                self._norm_row(channels, size)
                if index == last
                else self._transition_row(block, channels, size)
            )
        yield self._classifier_row(self.block_outputs[-1])

    def _stem_row(self) -> LayerRow:
        k0, wide, size = self.initial_channels, self.stem_size, self.block_sizes[0]
        weights = 3 * 49 * k0
        maps = k0 * (3 * wide * wide + size * size)
        return LayerRow(
            *("stem", "stem", "features.pool0", 0, 0, 3, k0, k0, size, size),
            parameters=weights + 2 * k0,
            multiply_adds=weights * wide * wide,
            activation_bytes=maps * FLOAT_BYTES,
        )

    def _dense_row(self, block: int, layer: int, reads: int, size: int, is_last: bool) -> LayerRow:
        k = self.growth_rate
        whole = (reads + k) * is_last
        cost = self._layer_cost(reads, k, size, concatenated=reads + whole)
        return LayerRow(
            "dense layer",
            f"block {block} layer {layer}",
            f"features.denseblock{block}.denselayer{layer}",
            *(block, layer, reads, reads + k, k, size, size),
            parameters=cost.parameters,
            multiply_adds=cost.multiply_adds,
            activation_bytes=cost.activation_bytes,
        )

    def _transition_row(self, block: int, reads: int, size: int) -> LayerRow:
        keeps, half = self.compressed(reads), size // 2
        pixels = size * size
        return LayerRow(
            "transition",
            f"transition {block}",
            f"features.transition{block}",
            *(block, 0, reads, keeps, keeps, half, half),
            parameters=2 * reads + reads * keeps,
            multiply_adds=reads * keeps * pixels,
            activation_bytes=((2 * reads + keeps) * pixels + keeps * half * half) * FLOAT_BYTES,
        )

    def _norm_row(self, channels: int, size: int) -> LayerRow:
        return LayerRow(
            *("final norm", "final norm", "features.norm5", len(self.block_config), 0),
            *(channels, channels, 0, size, size),
            parameters=2 * channels,
            multiply_adds=0,
            activation_bytes=2 * channels * size * size * FLOAT_BYTES,
        )

    def _classifier_row(self, channels: int) -> LayerRow:
        classes = self.num_classes
        return LayerRow(
            *("classifier", "classifier", "classifier", 0, 0, channels, classes, classes, 1, 1),
            parameters=channels * classes + classes,
            multiply_adds=channels * classes,
            activation_bytes=(channels + classes) * FLOAT_BYTES,
        )


VARIANTS: Mapping[str, DenseNetSpec] = MappingProxyType(
    {
        "densenet121": DenseNetSpec(32, (6, 12, 24, 16), 64),
        "densenet161": DenseNetSpec(48, (6, 12, 36, 24), 96),
        "densenet169": DenseNetSpec(32, (6, 12, 32, 32), 64),
        "densenet201": DenseNetSpec(32, (6, 12, 48, 32), 64),
        "densenet264": DenseNetSpec(32, (6, 12, 64, 48), 64),
    }
)
"""The ImageNet configurations of the paper's table 1, and torchvision's 161."""
