"""Maps that do not use the network: every method should beat them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from densenet_viz.results.traces import Picture

Heat = NDArray[np.float32]
Baseline = Callable[[Picture, np.random.Generator], Heat]

SMOOTHING = 3 / 128
"""Width (standard deviation) of the Gaussian over single pixels' values, in picture widths."""

BLOB = 1 / 6
"""Standard deviation of the blob in the middle, in picture widths."""

_GREY = np.array([0.299, 0.587, 0.114])


def smooth(values: ArrayLike, sigma: float) -> NDArray[np.float64]:
    """(H, W) smoothed by a Gaussian of `sigma` pixels; at the edges only weights inside count."""
    given = np.asarray(values, dtype=np.float64)
    down, across = (_gaussian(length, sigma) for length in given.shape)
    return np.asarray(down @ given @ across.T)


def _gaussian(length: int, sigma: float) -> NDArray[np.float64]:
    """(length, length): row i holds the weights around i, which add up to 1."""
    places = np.arange(length)
    weights = np.exp(-0.5 * np.square((places[:, None] - places) / sigma))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def random_map(picture: Picture, rng: np.random.Generator) -> Heat:
    """Independent values from 0 to 1, (H, W)."""
    return rng.random(picture.shape[:2], dtype=np.float32)


def centre_blob(picture: Picture, _rng: np.random.Generator) -> Heat:
    """A Gaussian in the middle with the maximum 1, (H, W)."""
    height, width = picture.shape[:2]
    down = _bell(height)
    return (down[:, None] * _bell(width)).astype(np.float32)


def _bell(length: int) -> NDArray[np.float64]:
    away = (np.arange(length) - (length - 1) / 2) / (BLOB * length)
    return np.asarray(np.exp(-0.5 * np.square(away)))


def edges(picture: Picture, _rng: np.random.Generator) -> Heat:
    """How steep the grey values are (Sobel), (H, W), smoothed like the pixel methods' maps.

    The grey picture is first smoothed a little (1 pixel), so that noise does not look like edges.
    """
    grey = smooth(picture @ _GREY, 1.0)
    around = np.pad(grey, 1, mode="edge")
    right = around[:, 2:] - around[:, :-2]
    down = around[2:] - around[:-2]
    across = right[:-2] + 2 * right[1:-1] + right[2:]
    along = down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]
    strength = smooth(np.hypot(across, along), SMOOTHING * len(picture))
    return strength.astype(np.float32)


BASELINES: Mapping[str, tuple[str, Baseline]] = MappingProxyType(
    {
        "random": ("Random map", random_map),
        "centre-blob": ("Blob in the middle", centre_blob),
        "edges": ("Edge detector", edges),
    }
)
"""Title and function by name."""
