"""The frozen values that travel between rooms: measured by a network, drawn by a figure.

Arrays are numpy and read-only by agreement. Maps are float32 (channels, height, width).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from densenet_viz.spec import BlockCost, DenseNetSpec

Maps = NDArray[np.float32]
Picture = NDArray[np.uint8]
Shape = tuple[int, int, int]


@dataclass(frozen=True)
class SourceSlice:
    """Channels start to stop - 1 of a layer's input, and who wrote them.

    `layer` is 0 for what entered the block (the stem's or the transition's maps), else the layer
    of the same block that wrote them.
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
        """Maps that stand after the layer: all it read and all it wrote."""
        return self.input_shape[0] + self.written_shape[0]


@dataclass(frozen=True, eq=False)
class BlockTrace:
    """One dense block as it ran. `entering` is what it was given, (k0, H, W)."""

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
    """(C, H, W), what the block handed over."""
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
    """(classes,), or None where the pass was stopped after a block."""
    parameters: int
    """Counted on the live network."""
    mismatches: tuple[str, ...]
    """Where a measured shape differs from the arithmetic of `spec`; empty is the rule."""


@dataclass(frozen=True)
class Prediction:
    """One class and its probability (0 to 1)."""

    index: int
    label: str
    probability: float


@dataclass(frozen=True)
class Verdict:
    """How far a picture is from those that a network was trained on.

    `score` is a distance of 0 and more (`network.familiarity`); up to `limit` a picture counts as
    one of the network's own.
    """

    score: float
    limit: float

    @property
    def familiar(self) -> bool:
        return self.score <= self.limit


@dataclass(frozen=True, eq=False)
class Answer:
    """What a network says of a picture.

    `logits` is (classes,) float32. `verdict` is None where it was not measured which pictures the
    network knows.
    """

    logits: NDArray[np.float32]
    verdict: Verdict | None


@dataclass(frozen=True, eq=False)
class Attribution:
    """What each input pixel adds to (positive) or takes from (negative) a class.

    `values` is (3 or 1, H, W), signed, in the picture's pixels; methods that give one value a
    pixel (Grad-CAM) have one channel.
    """

    method: str
    values: Maps
    target: Prediction
    predictions: tuple[Prediction, ...]
    seconds: float
    forward_passes: int
    """Pictures that went forward through the network."""
    backward_passes: int = 0
    """Gradients that came back."""
    convergence_delta: float | None = None
    """Sum of the values less F(picture) - F(baseline), where the method promises equality."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    finished: bool = True
    """False for a look at a map that is still being computed."""
    nodes: tuple[float, ...] = ()
    """Where on the path from the baseline (0) to the picture (1) gradients were taken."""
    unscaled_delta: float | None = None
    """`convergence_delta` before pieces of the path were scaled; None where nothing was scaled."""
    scaled_by: tuple[float, float] | None = None
    """The smallest and the largest factor that a piece was scaled by."""

    @property
    def heat(self) -> NDArray[np.float32]:
        """(H, W), summed over the colour channels."""
        return np.asarray(self.values.sum(axis=0), dtype=np.float32)
