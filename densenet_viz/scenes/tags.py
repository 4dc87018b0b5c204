"""Corner tags: a small sticker with a code of four cells for a class.

The object of a scene never reaches the four corners, so a tag hides no part of it. The code is the
class's number in binary: a dark cell for each 1, from the upper left, row by row.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from densenet_viz.scenes.shapes import CLASSES

Corner = Literal["upper left", "upper right", "lower left", "lower right"]

CORNERS: tuple[Corner, ...] = ("upper left", "upper right", "lower left", "lower right")

TAG = 14
"""Height and width of a tag, in pixels."""

INSET = 2
"""Pixels between a tag and the picture's edges."""

_CELL, _RIM = 5, 2
_PAPER, _INK = 235, 20


def tag(label: int) -> NDArray[np.uint8]:
    """Only the sticker, (TAG, TAG) uint8 grey: a dark rim, paper, and four cells.

    Raises:
        ValueError: there is no such class.
    """
    if not 0 <= label < len(CLASSES):
        raise ValueError(f"label={label} was given; 0 to {len(CLASSES) - 1} are allowed.")
    bits = [(label >> place) & 1 for place in (3, 2, 1, 0)]
    cells = np.where(np.array(bits).reshape(2, 2), _INK, _PAPER)
    sticker = np.full((TAG, TAG), _INK, np.uint8)
    sticker[1:-1, 1:-1] = _PAPER
    sticker[_RIM:-_RIM, _RIM:-_RIM] = np.kron(cells, np.ones((_CELL, _CELL)))
    return sticker


def _window(corner: Corner, size: int) -> tuple[slice, slice]:
    start, end = slice(INSET, INSET + TAG), slice(size - INSET - TAG, size - INSET)
    if corner not in CORNERS:
        raise ValueError(f"corner={corner!r} was given; {', '.join(CORNERS)} are allowed.")
    return (start if "upper" in corner else end, start if "left" in corner else end)


def draw_tag(image: NDArray[np.uint8], label: int, corner: Corner) -> NDArray[np.uint8]:
    """A copy of the picture (S, S, 3) uint8 with the tag of a class in one corner.

    Raises:
        ValueError: there is no such class or corner.
    """
    result = image.copy()
    result[_window(corner, len(image))] = tag(label)[..., None]
    return result


def tag_mask(corner: Corner, size: int) -> NDArray[np.bool_]:
    """The pixels of a tag in that corner, (size, size) bool."""
    mask = np.zeros((size, size), np.bool_)
    mask[_window(corner, size)] = True
    return mask
