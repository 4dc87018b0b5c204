"""Colours of 16 bits that stay in the lower half of their range -> eight bits at their own range.

Pillow keeps the high byte of each sample. Of a picture of 12 bits (a microscope, a raw photograph),
that leaves 16 shades near black. So the low bytes are decoded too, and the picture is stretched as
a grey one is (`shades`).
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

from PIL import Image

from densenet_viz.images.reducing import strips_of
from densenet_viz.images.shades import Shades, shades_of

MOST_PIXELS = 25_000_000
"""Of a larger picture the high bytes are kept: there is no memory for both."""
_HALF = 128
"""A high byte from here on says that the picture uses its whole range."""
_DEPTH_AT = 24
"""The byte of a PNG that says how many bits a sample has."""
_BITS_PER_SAMPLE = 258
"""The tag of a TIFF that says the same."""
_OTHER_BYTE = {
    ";16B": ";16L",
    ";16L": ";16B",
    ";16N": ";16B" if sys.byteorder == "little" else ";16L",
}
"""Pillow takes the first or the second byte of a sample by the end of its raw mode's name."""


def own_range(image: Image.Image, data: bytes) -> tuple[Image.Image, str]:
    """The image at its own range if it is such a picture, and a note; otherwise as it is.

    Args:
        image: decoded.
        data: the file.
    """
    if not _is_dark_and_deep(image, data):
        return image, ""
    try:
        low = _low_bytes(image, data)
    except ValueError:  # a layout of samples that Pillow reads in one way only
        return image, ""
    shades = shades_of(value for strip in _pairs(image, low) for value in _values(*strip))
    stretched = Image.new(image.mode, image.size)
    top = 0
    for high_strip, low_strip in _pairs(image, low):
        stretched.paste(_stretched(high_strip, low_strip, shades), (0, top))
        top += high_strip.height
    stretched.info = image.info
    return stretched, shades.note


def _is_dark_and_deep(image: Image.Image, data: bytes) -> bool:
    if image.mode not in ("RGB", "RGBA") or image.width * image.height > MOST_PIXELS:
        return False
    if image.format == "PNG":
        bits = data[_DEPTH_AT]
        if image.info.get("transparency") is not None:  # a colour of the file's own numbers
            return False
    else:
        bits = min(getattr(image, "tag_v2", {}).get(_BITS_PER_SAMPLE, (8,)))
    colours = image.getextrema()[:3]
    return bits == 16 and all(most < _HALF for _least, most in colours)  # type: ignore[misc]


def _low_bytes(image: Image.Image, data: bytes) -> Image.Image:
    """The image of the other byte of each sample.

    Raises:
        ValueError: Pillow knows no such layout.
    """
    low = Image.open(io.BytesIO(data), formats=[image.format or ""])
    low.tile = [tile._replace(args=_swapped(tile.args)) for tile in low.tile]
    low.load()
    return low


def _swapped(layout: str | tuple[object, ...] | None) -> str | tuple[object, ...] | None:
    """A tile's arguments with the other byte; the raw mode is the first of them."""
    if isinstance(layout, tuple) and layout and isinstance(layout[0], str):
        return (_swapped(layout[0]), *layout[1:])
    if isinstance(layout, str):
        return f"{layout[:-4]}{_OTHER_BYTE.get(layout[-4:], layout[-4:])}"
    return layout


def _pairs(high: Image.Image, low: Image.Image) -> Iterator[tuple[Image.Image, Image.Image]]:
    for (_top, first), (_also, second) in zip(strips_of(high), strips_of(low), strict=True):
        yield first, second


def _values(high: Image.Image, low: Image.Image) -> list[Image.Image]:
    """The three colours of a strip, in 16 bits."""
    return [
        _joined(first, second)
        for first, second in zip(high.split()[:3], low.split()[:3], strict=True)
    ]


def _joined(high: Image.Image, low: Image.Image) -> Image.Image:
    both = bytearray(2 * high.width * high.height)
    both[::2], both[1::2] = low.tobytes(), high.tobytes()
    return Image.frombytes("I;16", high.size, bytes(both))


def _stretched(high: Image.Image, low: Image.Image, shades: Shades) -> Image.Image:
    colours = [shades.applied(value) for value in _values(high, low)]
    return Image.merge(high.mode, (*colours, *high.split()[3:]))
