"""The settings of a DenseNet, their limits, and the shapes that follow, as plain numbers.

Source: Huang, Liu, van der Maaten, Weinberger, "Densely Connected Convolutional Networks"
(CVPR 2017), section 3 and table 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from densenet_viz.facts.arithmetic.inventory import halved
from densenet_viz.facts.arithmetic.limits import is_whole, require, require_whole

BOTTLENECK_FACTOR = 4
"""A bottleneck layer's 1x1 convolution writes 4k maps (paper, section 3, "Bottleneck layers")."""

Stem = Literal["7×7", "3×3"]
"""How a network begins: a 7x7 convolution and a max pool of stride 2 each, with a norm and a ReLU
between them, as for ImageNet (paper, table 1); or one 3x3 convolution of stride 1, as for small
pictures (section 3, "Implementation details")."""


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
        input_size: height and width of the square input, in pixels (up to 2,048).
        bottleneck_factor: a bottleneck's 1x1 convolution writes so many times k maps (1 to 64).
        stem: how the network begins.
        input_channels: 3 for colours, 1 for grey.
        hidden: widths of the classifier's layers before the last one (up to 8, of 1 to 65,536).

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
    bottleneck_factor: int = BOTTLENECK_FACTOR
    stem: Stem = "7×7"
    input_channels: int = 3
    hidden: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name, low, high in (
            ("growth_rate", 1, 256),
            ("initial_channels", 1, 512),
            ("num_classes", 1, 100_000),
            ("input_size", 1, 2_048),
            ("bottleneck_factor", 1, 64),
        ):
            require_whole(name, getattr(self, name), low, high)
        for name, allowed in (("stem", ("7×7", "3×3")), ("input_channels", (1, 3))):
            given = getattr(self, name)
            one_of = " or ".join(map(str, allowed))
            require(given in allowed, f"{name}={given!r}", f"{one_of} is allowed")
        require(
            isinstance(self.hidden, tuple)
            and len(self.hidden) <= 8
            and all(is_whole(n, 1, 65_536) for n in self.hidden),
            f"hidden={self.hidden!r}",
            "a tuple of up to 8 whole numbers from 1 to 65,536 is allowed",
        )
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
        return 4 * transitions - 3 if self.stem == "7×7" else transitions

    # -- shapes ---------------------------------------------------------------------------

    @property
    def stem_size(self) -> int:
        """Height and width after the first convolution, before a max pool, in pixels."""
        return halved(self.input_size) if self.stem == "7×7" else self.input_size

    @cached_property
    def block_sizes(self) -> tuple[int, ...]:
        """Height and width inside each dense block, in pixels."""
        size = halved(self.stem_size) if self.stem == "7×7" else self.stem_size
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
        """Maps that a bottleneck layer's 1x1 convolution writes, 4k in the paper."""
        return self.bottleneck_factor * self.growth_rate
