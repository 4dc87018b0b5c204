"""How a picture of any shape becomes the square that a network gets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from densenet_viz.images.limits import WORKING_SIDE
from densenet_viz.images.pictures import fit
from densenet_viz.results.traces import Picture

Fit = Literal["square", "margin", "squeezed", "padded"]

BILINEAR = Image.Resampling.BILINEAR
MARGIN = 256 / 224
"""torchvision's evaluation: the shorter side becomes 256 px, and the middle 224 px are kept."""


def _margin(picture: Picture, size: int) -> Picture:
    wide = min(round(size * MARGIN), WORKING_SIDE)
    start = (wide - size) // 2
    return np.ascontiguousarray(fit(picture, wide)[start : start + size, start : start + size])


def _squeezed(picture: Picture, size: int) -> Picture:
    return np.array(Image.fromarray(picture).resize((size, size), BILINEAR))


def _padded(picture: Picture, size: int) -> Picture:
    return np.array(ImageOps.pad(Image.fromarray(picture), (size, size), BILINEAR, color="black"))


_WAYS: Mapping[Fit, Callable[[Picture, int], Picture]] = MappingProxyType(
    {"square": fit, "margin": _margin, "squeezed": _squeezed, "padded": _padded}
)
FITS: Mapping[Fit, str] = MappingProxyType(
    {
        "square": "middle square",
        "margin": "middle, 256 then 224",
        "squeezed": "whole, squeezed",
        "padded": "whole, black added",
    }
)
"""What each way does, in words."""


def fit_as(picture: Picture, size: int, way: Fit) -> Picture:
    """A picture, (height, width, 3) uint8, as the (size, size, 3) uint8 that a network gets.

    Args:
        picture: of any size.
        size: pixels, 1 to 2,048.
        way: one of `FITS`.

    Raises:
        ValueError: another size.
    """
    if not 1 <= size <= WORKING_SIDE:
        raise ValueError(f"size={size!r} was given; 1 to {WORKING_SIDE:,} px is allowed.")
    return _WAYS[way](picture, size)


WHOLE: tuple[Fit, ...] = ("square", "squeezed", "padded")
"""The ways to make a square of a picture before a network's size is known."""


def make_square(picture: Picture, way: Fit) -> Picture:
    """(H, W, 3) uint8 as a square, as large as its longer side; "square" leaves it as it is.

    Args:
        picture: of any shape.
        way: one of `WHOLE`.
    """
    return (
        picture if way == "square" else fit_as(picture, min(max(picture.shape), WORKING_SIDE), way)
    )


def cut_share(picture: Picture) -> float:
    """The part of a picture, 0 to 1, that its middle square leaves out."""
    height, width = picture.shape[:2]
    return float(1 - min(height, width) / max(height, width))


def grey(picture: Picture) -> Picture:
    """(H, W, 3) uint8 with three equal channels: the lightness, as Pillow's mode L has it."""
    return np.array(Image.fromarray(picture).convert("L").convert("RGB"))
