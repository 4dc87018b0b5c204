"""How the pixels of any Pillow image become ones that can be averaged: L, LA, RGB, RGBA or CMYK."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from PIL import Image, ImageChops

from densenet_viz.images.colours import lab_to_rgb
from densenet_viz.images.reducing import Convert, as_it_is, strips_of
from densenet_viz.images.shades import DEEP, Shades, shades_of

_WHITE_IS_ZERO = 262
"""A TIFF's tag of that meaning: if it is 0, the highest value is black. Pillow reads it for eight
bits and fewer."""
_DEPTH_AT = 24
"""The byte of a PNG that says how many bits a sample has."""


@dataclass(frozen=True)
class Conversion:
    """`convert` gives a part of the image in such a mode; `note` tells what a visitor may miss."""

    convert: Convert
    note: str = ""


def conversion_of(image: Image.Image, data: bytes) -> Conversion:
    """What to do with the parts of an image.

    Args:
        image: decoded.
        data: the file.
    """
    transparent = image.info.get("transparency")
    if image.mode in DEEP:
        return _deep(image, transparent)
    if image.mode == "LAB":
        return Conversion(lab_to_rgb)
    if image.format == "PNG" and image.mode in ("L", "RGB") and transparent is not None:
        image.info["transparency"] = _in_eight_bits(transparent, bits=data[_DEPTH_AT])
    if image.has_transparency_data or image.mode in ("RGBa", "La", "PA"):
        return Conversion(as_it_is if image.mode in ("LA", "RGBA") else _to_rgba)
    return Conversion(as_it_is if image.mode in ("L", "RGB", "CMYK") else _to_rgb)


def _to_rgb(strip: Image.Image) -> Image.Image:
    return strip.convert("RGB")


def _to_rgba(strip: Image.Image) -> Image.Image:
    return strip.convert("RGBA")


def _deep(image: Image.Image, transparent: object) -> Conversion:
    shades = shades_of(strip for _top, strip in strips_of(image))
    if getattr(image, "tag_v2", {}).get(_WHITE_IS_ZERO) == 0:
        shades = replace(shades, is_inverted=True)
    if image.mode == "I;16" and isinstance(transparent, int):
        return Conversion(partial(_deep_with_alpha, shades, transparent), shades.note)
    return Conversion(shades.applied, shades.note)


def _deep_with_alpha(shades: Shades, transparent: int, strip: Image.Image) -> Image.Image:
    """16-bit grey of which one value is transparent."""
    pixels = strip.tobytes("raw", "I;16")
    high = Image.frombytes("L", strip.size, pixels[1::2])
    low = Image.frombytes("L", strip.size, pixels[::2])
    alpha = ImageChops.lighter(
        high.point([255 * (value != transparent >> 8) for value in range(256)]),
        low.point([255 * (value != transparent & 255) for value in range(256)]),
    )
    return Image.merge("LA", (shades.applied(strip), alpha))


def _in_eight_bits(transparent: int | tuple[int, ...], *, bits: int) -> int | tuple[int, ...]:
    """A PNG's transparent colour, which Pillow leaves in the file's bits, as it is decoded."""
    if isinstance(transparent, tuple):
        return tuple(value >> 8 if bits == 16 else value & 255 for value in transparent)
    most: int = 2**bits - 1
    return (transparent & most) * 255 // most
