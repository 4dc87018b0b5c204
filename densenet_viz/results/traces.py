"""A network as it ran, block by block: the frozen values that figures and stages draw.

Arrays are numpy and read-only by agreement. Maps are float32 (channels, height, width).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.spec import BlockCost, DenseNetSpec

Maps = NDArray[np.float32]
Picture = NDArray[np.uint8]
Shape = tuple[int, int, int]


@dataclass(frozen=True)
class SourceSlice:
    """Channels start to stop - 1 of a layer's input, and who wrote them.

    `layer` is 0 for the block input (the stem's or the transition's maps), otherwise the layer of
    the same block that wrote them.
    """

    layer: int
    start: int
    stop: int

    @property
    def channels(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, eq=False)
class LayerTrace:
    """One dense layer as it ran: shapes are those of the tensors that passed, (C, H, W)."""

    block: int
    layer: int
    module: str
    input_shape: Shape
    written_shape: Shape
    sources: tuple[SourceSlice, ...]
    maps: Maps
    """The k maps that the layer wrote, (k, H, W)."""

    @property
    def output_channels(self) -> int:
        """Maps after the layer: all that it read and all that it wrote."""
        return self.input_shape[0] + self.written_shape[0]


@dataclass(frozen=True, eq=False)
class BlockTrace:
    """One dense block as it ran. `entering` is the block input, (k0, H, W)."""

    block: int
    entering: Maps
    layers: tuple[LayerTrace, ...]
    output_shape: Shape
    cost: BlockCost
    """Counted while the block ran: its modules' weights, products and written tensors."""


@dataclass(frozen=True, eq=False)
class TransitionTrace:
    """One transition as it ran: norm-ReLU, 1x1 convolution, 2x2 average."""

    block: int
    given: Maps
    """(C, H, W), the block's output."""
    activated: Maps
    """(C, H, W), after batch norm and ReLU: what the convolution mixes."""
    mixed: Maps
    """(theta C, H, W), after the 1x1 convolution."""
    pooled: Maps
    """(theta C, H/2, W/2), after the 2x2 average."""
    weight: NDArray[np.float32]
    """(theta C, C), the 1x1 convolution's weights."""


@dataclass(frozen=True, eq=False)
class NetworkTrace:
    """One forward pass of one picture through a live network."""

    spec: DenseNetSpec
    trained: bool
    picture: Picture
    """(H, W, 3), 0 to 255, as the network was given it."""
    blocks: tuple[BlockTrace, ...]
    transitions: tuple[TransitionTrace, ...]
    logits: NDArray[np.float32] | None
    """(classes,), or None if the pass was stopped after a block."""
    parameters: int
    """Counted on the live network, or on the part of it that was built."""
    mismatches: tuple[str, ...]
    """Where a measured shape differs from the arithmetic of `spec`; usually empty."""
