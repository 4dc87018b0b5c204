"""The settings of a DenseNet, their limits, and the shapes that follow, as plain numbers.

Source: Huang, Liu, van der Maaten, Weinberger, "Densely Connected Convolutional Networks"
(CVPR 2017), section 3 and table 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from densenet_viz.facts.arithmetic.inventory import halved
from densenet_viz.facts.arithmetic.limits import is_whole, require, require_whole

BOTTLENECK_FACTOR = 4
"""A bottleneck layer's 1x1 convolution writes 4k maps (paper, section 3, "Bottleneck layers")."""


@dataclass(frozen=True)
class Configuration:
    """The settings of a DenseNet, and the shapes that follow (paper, section 3 and table 1).

    >>> Configuration().block_inputs, Configuration().block_sizes
    ((64, 128, 256, 512), (56, 28, 14, 7))

    Args:
        growth_rate: k, the maps that each layer adds (1 to 256).
        block_config: layers in each dense block (1 to 8 blocks of 1 to 128 layers).
        initial_channels: k0, the maps that the stem gives the first layer (1 to 512).
        bottleneck: whether a layer is 1x1 (4k) then 3x3 (k), or one 3x3 (k).
        compression: theta; a transition keeps floor(theta * channels) maps (above 0, up to 1).
        num_classes: outputs of the classifier (1 to 100,000).
        input_size: height and width of the square RGB input, in pixels (up to 2,048).

    Raises:
        SpecError: a value is outside its limits, a transition would keep no map, or the input is
            too small, so that a block would have no pixels.
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
            require_whole(name, getattr(self, name), low, high)
        blocks = self.block_config
        require(
            isinstance(blocks, tuple)
            and 1 <= len(blocks) <= 8
            and all(is_whole(n, 1, 128) for n in blocks),
            f"block_config={blocks!r}",
            "a tuple of 1 to 8 whole numbers from 1 to 128 is allowed",
        )
        require(
            isinstance(self.bottleneck, bool),
            f"bottleneck={self.bottleneck!r}",
            "True or False is allowed",
        )
        require(
            isinstance(self.compression, (int, float))
            and not isinstance(self.compression, bool)
            and 0 < self.compression <= 1,
            f"compression={self.compression!r}",
            "a number above 0 and up to 1 is allowed",
        )
        require(
            self.block_sizes[-1] >= 1,
            f"input_size={self.input_size}",
            f"at least {self._smallest_input()} px is needed for {len(blocks)} blocks",
        )
        require(
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
        return halved(self.input_size)

    @cached_property
    def block_sizes(self) -> tuple[int, ...]:
        """Height and width inside each dense block, in pixels."""
        size = halved(self.stem_size)
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
