"""Pictures of more than eight bits a pixel -> eight bits, at their own range if it is narrow.

A camera or an X-ray machine of 12 bits writes 0 to 4,095 into a file of 16 bits: by the file's own
range, such a picture is nearly black.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

from PIL import Image, ImageChops

from densenet_viz.images.limits import ImageError, Reason

DEEP = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")
"""Pillow's modes of one channel with more than eight bits."""
_DEEPEST = 65_535
_HALF = 32_768
"""A 16-bit picture that stays below uses fewer than its 16 bits."""


@dataclass(frozen=True)
class Shades:
    """Which value becomes black and which white; `note` says it if that is not the file's range."""

    black: float
    white: float
    note: str = ""
    is_inverted: bool = False
    """Whether the highest value is black."""

    def applied(self, strip: Image.Image) -> Image.Image:
        """A part of the picture, in one of the modes of `DEEP`, as L."""
        step = 255 / (self.white - self.black)
        start = 0.5 - self.black * step  # what follows cuts the fraction off
        if self.white - self.black == _DEEPEST:
            step, start = 1 / 256, 0.0  # the high byte, as Pillow reads 16-bit colour
        grey = plain(strip).point(lambda value: value * step + start).convert("L")
        return ImageChops.invert(grey) if self.is_inverted else grey


def shades_of(strips: Iterable[Image.Image]) -> Shades:
    """Which values of a picture become black and white.

    Args:
        strips: the parts of the picture, all in the same mode of `DEEP`.

    Raises:
        ImageError: a value is no number.
    """
    low, high, mode = float("inf"), -float("inf"), ""
    for strip in map(plain, strips):
        least, most = (float(end) for end in strip.getextrema())  # type: ignore[arg-type]
        low, high, mode = min(low, least), max(high, most), strip.mode
    if not (isfinite(low) and isfinite(high)):
        raise ImageError(
            "This picture has a value that is no finite number. Please save it as PNG.",
            Reason.DAMAGED,
        )
    if mode == "F":
        return _of_range(low, high, whole=(0.0, 1.0), least=0.0)
    return _of_range(low, high, whole=(0, _DEEPEST), least=_HALF)


def plain(image: Image.Image) -> Image.Image:
    """I or F, in which each value can be computed with."""
    return image if image.mode in ("I", "F") else image.convert("I")


def _of_range(low: float, high: float, *, whole: tuple[float, float], least: float) -> Shades:
    """The whole range if the picture reaches `least` in it, otherwise the picture's own."""
    is_whole = whole[0] <= low and least <= high <= whole[1]
    if is_whole or low == high:
        return Shades(*whole)
    return Shades(
        low,
        high,
        f"Its values go only from {low:,g} to {high:,g}. This range is stretched from black to "
        "white.",
    )
