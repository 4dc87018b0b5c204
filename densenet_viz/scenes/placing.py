"""Where an object may be, and how large it is drawn: the same for every class.

A place must not tell the class. So every object gets the room that the widest class would need at
its area. That room is inside the picture, and does not touch the corners or another object's room.
"""

from __future__ import annotations

import numpy as np

from densenet_viz.scenes.shapes import CLASSES, SHAPES, Shape

CORNER = 18 / 128
"""Side of the square in each corner that stays free of objects, in picture widths."""

Circle = tuple[float, float, float]
"""x, y and radius of an object's bounding circle, in picture widths."""


def _unit_area(shape: Shape) -> float:
    grid = (np.arange(400) + 0.5) / 200 - 1
    x, y = np.meshgrid(1.05 * grid, 1.05 * grid)
    return float(shape(x, y).mean() * 2.1**2)


_AREAS = {name: _unit_area(shape) for name, shape in SHAPES.items()}
_WIDEST = 1 / np.sqrt(min(_AREAS.values()))  # of all classes' radii at area 1


def radius_of(label: int, area: float) -> float:
    """Radius of a class's bounding circle in picture widths; `area` is a share of the picture."""
    return float(np.sqrt(area / _AREAS[CLASSES[label]]))


def area_of(label: int, circle: Circle) -> float:
    """Area that the object of a class was drawn with, in pictures, whatever lies over it."""
    return circle[2] ** 2 * _AREAS[CLASSES[label]]


def room(area: float) -> float:
    """Radius of the room for an object of this area, for every class, in picture widths."""
    return float(np.sqrt(area) * _WIDEST) + 0.01


def clear_of_corners(x: float, y: float, radius: float) -> bool:
    """Whether a circle touches none of the four corner squares; lengths in picture widths."""
    across, down = min(x, 1 - x) - CORNER, min(y, 1 - y) - CORNER
    return float(np.hypot(max(across, 0), max(down, 0))) >= radius


def places(rng: np.random.Generator, areas: tuple[float, ...]) -> list[tuple[float, float]]:
    """A middle for each object; its room is inside the picture and does not touch another's."""
    rooms = [room(area) for area in areas]
    while True:
        spots = [tuple(radius + (1 - 2 * radius) * rng.random(2)) for radius in rooms]
        apart = all(
            np.hypot(a[0] - b[0], a[1] - b[1]) >= rooms[i] + rooms[j]
            for i, a in enumerate(spots)
            for j, b in enumerate(spots[:i])
        )
        if apart and all(
            clear_of_corners(x, y, radius) for (x, y), radius in zip(spots, rooms, strict=True)
        ):
            return [(float(x), float(y)) for x, y in spots]
