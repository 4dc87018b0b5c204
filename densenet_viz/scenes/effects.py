"""What makes a scene difficult besides its textures: light, shadow, and partial cover.

All of it is drawn independently of the object's class.
"""

from __future__ import annotations

import numpy as np

from densenet_viz.scenes.textures import Field, pixel_grid


def light(rng: np.random.Generator, size: int) -> tuple[Field, float]:
    """Brightness of every pixel, (size, size), about 0.6 to 1.15, and where the light comes from.

    The brightness decreases away from the lamp, whose direction is an angle in radians; in half of
    the scenes a soft shadow also crosses the picture.
    """
    x, y = pixel_grid(size)
    angle = float(rng.uniform(0, 2 * np.pi))
    towards = np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.5)
    brightness = 1 + rng.uniform(0, 0.35) * towards
    shade = shadow(rng, size)
    if rng.random() < 0.5:
        brightness = brightness * shade
    return brightness, angle


def shadow(rng: np.random.Generator, size: int) -> Field:
    """Brightness, (size, size), of a soft shadow over one side of the picture: about 0.6 to 1."""
    x, y = pixel_grid(size)
    edge, across, deep = rng.uniform(0, 2 * np.pi), rng.uniform(-0.35, 0.35), rng.uniform(0.1, 0.4)
    away = np.cos(edge) * (x - 0.5) + np.sin(edge) * (y - 0.5) - across
    shade: Field = 1 - deep * np.clip(away / 0.12 + 0.5, 0, 1)
    return shade


def half_plane(rng: np.random.Generator, size: int, x: float, y: float, inset: float) -> Field:
    """1 on one side of a line at distance `inset` from (x, y); (size, size), 0 to 1."""
    across, down = pixel_grid(size)
    angle = rng.uniform(0, 2 * np.pi)
    away = np.cos(angle) * (across - x) + np.sin(angle) * (down - y) - inset
    cover: Field = np.clip(away * size + 0.5, 0, 1)
    return cover


def stick(
    rng: np.random.Generator, size: int, x: float, y: float, radius: float, angle: float
) -> Field:
    """A short stroke over the rim of a round object, (size, size), 0 to 1.

    The object has its middle at (x, y) and is turned by `angle`; for every object, the stroke is
    never on the side that the angle points to.
    """
    where = angle + rng.uniform(np.pi / 3, 5 * np.pi / 3)
    distance, tilt = radius * rng.uniform(0.6, 0.95), rng.uniform(0, np.pi)
    length, width = radius * rng.uniform(0.3, 0.6), radius * rng.uniform(0.1, 0.17)
    across, down = pixel_grid(size)
    dx, dy = across - x - distance * np.cos(where), down - y - distance * np.sin(where)
    u, v = np.cos(tilt) * dx + np.sin(tilt) * dy, np.cos(tilt) * dy - np.sin(tilt) * dx
    away = np.hypot(np.maximum(np.abs(u) - length, 0), v)
    cover: Field = np.clip((width - away) * size + 0.5, 0, 1)
    return cover
