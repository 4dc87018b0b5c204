"""A place in a picture, marked so that it can be seen on any ground."""

from __future__ import annotations

from densenet_viz.results.traces import Picture

LEAST = 0.14
"""The side of the smallest mark, as a part of the picture's."""


def mark_place(picture: Picture, y: float, x: float, side: float) -> Picture:
    """A copy of a square picture with a frame around a place, white on black.

    Args:
        picture: (S, S, 3) uint8.
        y: the place's middle, from top to bottom, 0 to 1.
        x: from left to right, 0 to 1.
        side: of the place, as a part of the picture's; a smaller frame than `LEAST` is not drawn.

    >>> import numpy as np
    >>> marked = mark_place(np.full((64, 64, 3), 90, np.uint8), 0.5, 0.5, 0.25)
    >>> marked[32, 32].tolist(), marked[32, 23].tolist(), marked[32, 22].tolist()
    ([90, 90, 90], [255, 255, 255], [0, 0, 0])
    """
    made, size = picture.copy(), len(picture)
    half = max(side, LEAST) * size / 2
    for grow, colour in ((2, 0), (1, 255)):
        outer = [_span(middle * size, half + grow, size) for middle in (y, x)]
        inner = [_span(middle * size, half + grow - 1, size) for middle in (y, x)]
        kept = made[inner[0], inner[1]].copy()
        made[outer[0], outer[1]] = colour
        made[inner[0], inner[1]] = kept
    return made


def _span(middle: float, half: float, size: int) -> slice:
    return slice(max(0, round(middle - half)), min(size, round(middle + half)))
