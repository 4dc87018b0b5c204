"""What happens inside one layer of a network for one picture: frozen values, without torch.

Maps are float32 (channels, height, width); all values were captured while the network ran.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from densenet_viz.facts.connections import Connection
from densenet_viz.results.traces import Maps


@dataclass(frozen=True, eq=False)
class Step:
    """One module of a layer as it ran: its name in the layer, such as `norm1`, and its maps."""

    name: str
    maps: Maps


@dataclass(frozen=True, eq=False)
class LayerInside:
    """A dense layer, a transition or the stem, step by step."""

    at: str
    """The module's name below `features`, such as `denseblock2.denselayer5`."""
    entering: Maps
    steps: tuple[Step, ...]


@dataclass(frozen=True, eq=False)
class OneNumber:
    """How a convolution made one number: the window that it read, times its kernel, summed.

    `window`, `kernel` and `products` are float64 (channels read, kernel height, kernel width).
    Where the window reaches beyond the map, it holds the padding's zeros.
    """

    module: str
    """The convolution's name below `features`."""
    channel: int
    y: int
    x: int
    top: int
    left: int
    """Where the window's upper left corner lies in the map that is read; may be negative."""
    window: NDArray[np.float64]
    kernel: NDArray[np.float64]
    activation: float
    """What the network itself computed at this place."""
    after: tuple[tuple[str, float], ...]
    """The same place after the norm and the ReLU that follow in the layer, by module."""

    @property
    def products(self) -> NDArray[np.float64]:
        return self.window * self.kernel

    @property
    def total(self) -> float:
        """The sum of all products."""
        return float(self.products.sum())

    @property
    def by_channel(self) -> NDArray[np.float64]:
        """(channels read,), the part of the sum that comes from each map."""
        return np.asarray(self.products.sum((1, 2)))


@dataclass(frozen=True, eq=False)
class ChannelInside:
    """How a layer's last convolution made one of its maps, pixel by pixel.

    `contributions` is float64 (channels read, height, width): what each map that is read adds to
    each pixel. Their sum over the channels is `made`, which the network itself computed.
    """

    at: str
    channel: int
    step: str
    """The convolution's name in the layer."""
    read: Maps
    kernel: NDArray[np.float64]
    """(channels read, kernel height, kernel width)."""
    stride: int
    padding: int
    contributions: NDArray[np.float64]
    made: NDArray[np.float32]
    after: tuple[Step, ...]
    """What follows in the layer, with this channel's map alone: a norm, a ReLU, a pool."""

    @property
    def strongest(self) -> NDArray[np.intp]:
        """The channels read, those first that add or take most, on average over the pixels."""
        strengths = np.abs(self.contributions).mean((1, 2))
        return np.argsort(-strengths, kind="stable")


@dataclass(frozen=True)
class SourceShare:
    """How much a channel's map changes if one source is set to zero for its layer alone.

    `change` is the mean size of the change over the pixels, divided by the map's own mean size.
    """

    source: int
    change: float


@dataclass(frozen=True)
class Reader:
    """Who reads a channel, through which norm, and how strongly.

    `strength` is the mean absolute weight with which it reads the channel, times gamma / spread.
    """

    connection: Connection
    gamma: float
    beta: float
    mean: float
    spread: float
    strength: float


@dataclass(frozen=True, eq=False)
class ClassifierInside:
    """How the last linear layer made the scores: `weights` @ `features` + `biases` is `logits`.

    `features` is float32 (C,), `weights` (classes, C), `biases` and `logits` (classes,), which the
    network itself computed.
    """

    features: NDArray[np.float32]
    weights: NDArray[np.float32]
    biases: NDArray[np.float32]
    logits: NDArray[np.float32]
    pooled: bool
    """Whether the features are the means of the last block's maps; else other linear layers come
    between."""


@dataclass(frozen=True, eq=False)
class Excitement:
    """The largest value that each of N pictures causes in each channel of a layer, and where.

    `values` is float32 (N, channels), `places` int32 (N, channels): row * `side` + column in a map
    of `side` x `side` pixels.
    """

    at: str
    side: int
    values: NDArray[np.float32]
    places: NDArray[np.int32]

    def most(self, channel: int, count: int) -> tuple[Excited, ...]:
        """The pictures that excite a channel most, the strongest first."""
        column = self.values[:, channel]
        best = np.argsort(-column, kind="stable")[:count]
        return tuple(
            Excited(
                int(picture),
                float(column[picture]),
                *divmod(int(self.places[picture, channel]), self.side),
            )
            for picture in best
        )


@dataclass(frozen=True)
class Excited:
    """A picture that excites a channel: its number, the largest value, its row and column."""

    picture: int
    value: float
    y: int
    x: int
