"""Any Pillow image -> a smaller one in a mode that has a colour, part by part.

A conversion of a whole picture of 80 megapixels would need more memory than the child may have. So
the picture is converted and reduced in strips.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PIL import Image

STRIP = 4_000_000
"""Pixels of a strip, about."""

Convert = Callable[[Image.Image], Image.Image]


def strips_of(image: Image.Image, multiple: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """The upper row of each strip, and the strip; heights are multiples of `multiple`."""
    height = max(1, STRIP // (image.width * multiple)) * multiple
    for top in range(0, image.height, height):
        yield top, image.crop((0, top, image.width, min(top + height, image.height)))


def reduced(image: Image.Image, side: int, convert: Convert) -> Image.Image:
    """The image, its longer side at most `side` pixels, in the mode of `convert`.

    The pixels of squares are averaged first, and then the rest is resized (bicubic, antialiased).

    Args:
        image: decoded.
        side: in pixels.
        convert: gives a strip in L, LA, RGB, RGBA or CMYK, the same for each strip.
    """
    scale = max(1.0, max(image.size) / side)
    size = (max(1, round(image.width / scale)), max(1, round(image.height / scale)))
    factor = int(scale)
    is_ready = convert is as_it_is and image.mode not in ("LA", "RGBA")
    small = image.reduce(factor) if is_ready else _averaged(image, factor, convert)
    if small.size == size:
        return small
    box = (0.0, 0.0, image.width / factor, image.height / factor)
    return small.resize(size, Image.Resampling.BICUBIC, box)


def as_it_is(strip: Image.Image) -> Image.Image:
    """The conversion of an image whose mode is one of those already."""
    return strip


def _averaged(image: Image.Image, factor: int, convert: Convert) -> Image.Image:
    """Each square of `factor` x `factor` pixels as one pixel."""
    small: Image.Image | None = None
    for top, strip in strips_of(image, factor):
        part = convert(strip).reduce(factor)
        if small is None:
            small = Image.new(part.mode, (part.width, -(-image.height // factor)))
        small.paste(part, (0, top // factor))
    assert small is not None
    return small
