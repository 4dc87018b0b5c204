"""Textures from a seed: smooth noise, stripes, checks, grain and random strokes."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float64]
Colour = NDArray[np.float64]


@cache
def pixel_grid(size: int) -> tuple[Field, Field]:
    """x and y of every pixel's centre, (size, size), 0 to 1."""
    centres = (np.arange(size) + 0.5) / size
    return np.broadcast_to(centres, (size, size)), np.broadcast_to(centres[:, None], (size, size))


def _stretch(values: Field, size: int) -> Field:
    """Linear interpolation of the last axis from g points to `size` pixels."""
    place = np.linspace(0, values.shape[-1] - 1, size)
    left = np.minimum(place.astype(int), values.shape[-1] - 2)
    weight = place - left
    between: Field = values[..., left] * (1 - weight) + values[..., left + 1] * weight
    return between


def noise(rng: np.random.Generator, size: int, channels: int, roughness: float) -> Field:
    """Smooth noise in octaves, (channels, size, size), about 0 to 1.

    `roughness` (0 to 1) says how strong each finer octave is.
    """
    total, weight_sum = np.zeros((channels, size, size)), 0.0
    for octave, cells in enumerate((3, 6, 12, 24, 48)):
        weight = roughness**octave
        grid = rng.random((channels, cells, cells))
        wide = _stretch(grid, size)
        total += weight * _stretch(wide.swapaxes(1, 2), size).swapaxes(1, 2)
        weight_sum += weight
    return total / weight_sum


def pattern(rng: np.random.Generator, size: int) -> Field:
    """One of four patterns at any angle and scale, (size, size), 0 to 1."""
    x, y = pixel_grid(size)
    angle, cycles = rng.uniform(0, np.pi), rng.uniform(6, 18)
    phases = rng.uniform(0, 2 * np.pi, 2)
    u = np.cos(angle) * x + np.sin(angle) * y
    v = np.cos(angle) * y - np.sin(angle) * x
    first = np.sin(2 * np.pi * cycles * u + phases[0])
    second = np.sin(2 * np.pi * cycles * v + phases[1])
    kind = rng.integers(4)
    if kind == 0:
        values: Field = (first + 1) / 2
    elif kind == 1:
        values = (np.sign(first * second) + 1) / 2
    elif kind == 2:
        values = np.maximum(first, second) / 2 + 0.5
    else:
        values = np.clip((noise(rng, size, 1, 0.95)[0] - 0.5) * 3 + 0.5, 0, 1)
    return values


def strokes(rng: np.random.Generator, size: int, count: int) -> NDArray[np.float64]:
    """Coverage of `count` random strokes, dots and arcs, (count, size, size), 0 to 1."""
    x, y = pixel_grid(size)
    layers = np.empty((count, size, size))
    for index in range(count):
        cx, cy, length = rng.random(), rng.random(), rng.uniform(0.05, 0.3)
        angle, bend = rng.uniform(0, 2 * np.pi), rng.uniform(-3, 3)
        width = rng.uniform(0.008, 0.022)
        if rng.random() < 0.3:  # a dot
            length, width = 0.0, rng.uniform(0.015, 0.05)
        u = np.cos(angle) * (x - cx) + np.sin(angle) * (y - cy)
        v = np.cos(angle) * (y - cy) - np.sin(angle) * (x - cx) - bend * u * u
        away = np.hypot(np.maximum(np.abs(u) - length, 0), v)
        layers[index] = np.clip((width - away) * size + 0.5, 0, 1)
    return layers
