"""The objects of the drawn scenes, each as one function of points in the plane.

A function says which points (x, y) are inside its shape, in units of its own radius (about -1 to 1,
y downwards). x and y are arrays of equal dimensions; so is the result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]
Inside = NDArray[np.bool_]
Shape = Callable[[Plane, Plane], Inside]


def _polar(x: Plane, y: Plane) -> tuple[Plane, Plane]:
    return np.hypot(x, y), np.arctan2(y, x)


def polygon(corners: int) -> Shape:
    """A regular polygon whose corners lie at radius 1."""
    half = np.pi / corners

    def shape(x: Plane, y: Plane) -> Inside:
        r, angle = _polar(x, y)
        inside: Inside = r * np.cos((angle + half) % (2 * half) - half) <= np.cos(half)
        return inside

    return shape


def star(points: int, notch: float) -> Shape:
    """A star with its points at radius 1 and as many notches at radius `notch`."""
    step = 2 * np.pi / points
    tip = np.array([1.0, 0.0])
    edge = notch * np.array([np.cos(step / 2), np.sin(step / 2)]) - tip

    def shape(x: Plane, y: Plane) -> Inside:
        r, angle = _polar(x, y)
        fold = np.abs((angle + step / 2) % step - step / 2)
        px, py = r * np.cos(fold), r * np.sin(fold)
        inside: Inside = edge[0] * (py - tip[1]) - edge[1] * (px - tip[0]) >= 0
        return inside

    return shape


def ring(x: Plane, y: Plane) -> Inside:
    """A band between the radii 0.6 and 1."""
    r = np.hypot(x, y)
    return (r <= 1) & (r >= 0.6)


def broken_ring(x: Plane, y: Plane) -> Inside:
    """A ring with a gap of 60 degrees on its right."""
    return ring(x, y) & (np.abs(np.arctan2(y, x)) >= np.pi / 6)


def heart(x: Plane, y: Plane) -> Inside:
    """A heart with its tip at 0.93 below the middle, and lobes that reach a radius of 1.11."""
    u, v = 1.2 * x, -1.2 * y + 0.12
    return (u * u + v * v - 1) ** 3 - u * u * v**3 <= 0


def right_spiral(x: Plane, y: Plane) -> Inside:
    """An Archimedean band of two and a fifth turns: outwards, it turns to the right."""
    r, angle = _polar(x, y)
    turn = (angle / (2 * np.pi)) % 1
    arms = np.arange(-1, 4)
    along = turn[..., None] + arms  # how far round each winding is at this angle
    away = np.abs(r[..., None] - 0.1 - 0.36 * along)
    band = (away <= 0.105) & (along >= 0) & (along <= 2.2)
    return np.asarray(band.any(axis=-1), dtype=np.bool_)


def left_spiral(x: Plane, y: Plane) -> Inside:
    """The mirrored right-handed spiral: outwards, it turns to the left."""
    return right_spiral(x, -y)


def crescent(x: Plane, y: Plane) -> Inside:
    """A disc of radius 1 minus one of 0.8, whose middle is on the right."""
    return (np.hypot(x, y) <= 1) & (np.hypot(x - 0.45, y) > 0.8)


def cross(x: Plane, y: Plane) -> Inside:
    """Two bars of equal length across each other."""
    bar = (np.abs(x) <= 0.27) & (np.abs(y) <= 0.95)
    return bar | ((np.abs(y) <= 0.27) & (np.abs(x) <= 0.95))


def flower(x: Plane, y: Plane) -> Inside:
    """Six round petals around an open centre."""
    r, angle = _polar(x, y)
    return (r <= 0.68 + 0.32 * np.cos(6 * angle)) & (r >= 0.2)


def gear(x: Plane, y: Plane) -> Inside:
    """Nine square teeth and a hole."""
    r, angle = _polar(x, y)
    tooth = np.cos(9 * angle) > 0
    return (r <= np.where(tooth, 1.0, 0.76)) & (r >= 0.33)


def arrow(x: Plane, y: Plane) -> Inside:
    """A shaft from the left and a head that points to the right."""
    shaft = (np.abs(y) <= 0.2) & (x >= -1) & (x <= 0.2)
    return shaft | ((x >= 0.1) & (np.abs(y) <= 0.72 * (1 - x) / 0.9))


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        "star": star(5, 0.42),
        "six-pointed star": star(6, 0.577),
        "ring": ring,
        "broken ring": broken_ring,
        "heart": heart,
        "left spiral": left_spiral,
        "right spiral": right_spiral,
        "crescent": crescent,
        "cross": cross,
        "triangle": polygon(3),
        "square": polygon(4),
        "hexagon": polygon(6),
        "octagon": polygon(8),
        "flower": flower,
        "gear": gear,
        "arrow": arrow,
    }
)

CLASSES: tuple[str, ...] = tuple(SHAPES)

_HANDS = {"left spiral": "right spiral", "right spiral": "left spiral"}

MIRRORED: tuple[int, ...] = tuple(CLASSES.index(_HANDS.get(name, name)) for name in CLASSES)
"""The class of each class's mirror image: left and right spiral swap, the others stay."""
