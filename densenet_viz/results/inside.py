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
class Reading:
    """One map as one of its readers sees it, through the reader's batch norm and ReLU.

    `seen` is (height, width). A value v becomes max(0, gamma * (v - mean) / spread + beta).
    """

    connection: Connection
    gamma: float
    beta: float
    mean: float
    spread: float
    seen: NDArray[np.float32]
