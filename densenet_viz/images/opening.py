"""A picture file -> an open Pillow image, after a check of its size; the library of its kind."""

from __future__ import annotations

import io

from PIL import Image

from densenet_viz.images.kinds import Kind
from densenet_viz.images.limits import (
    MAX_ASPECT,
    MAX_MEGAPIXELS,
    MAX_MEMORY,
    MIN_SIDE,
    ImageError,
    Reason,
)

_BESIDE = 150_000_000
"""Bytes for the file, the program, and the picture at the size at which a JPEG is decoded."""


def open_image(data: bytes, kind: Kind) -> Image.Image:
    """The image in a file, not yet decoded.

    Raises:
        ImageError: it is too large, too small or too narrow, or a package for it is missing.
        MemoryError: it is a JPEG that needs too much.
        Exception: whatever Pillow raises at a damaged file.
    """
    _prepare(kind)
    try:
        image = Image.open(io.BytesIO(data), formats=kind.formats)
    except Image.DecompressionBombError:
        raise ImageError(
            f"This picture has more than {MAX_MEGAPIXELS} megapixels; please choose a smaller one.",
            Reason.TOO_LARGE,
        ) from None
    check_size(*image.size, kind)
    _check_coefficients(image)
    return image


def _check_coefficients(image: Image.Image) -> None:
    """Refuses a progressive JPEG whose coefficients, all kept until the end, need too much memory.

    Without this check libjpeg finds it out itself, and Pillow calls the file broken.

    Raises:
        MemoryError: it needs too much.
    """
    layers = getattr(image, "layer", None)
    if not (layers and image.info.get("progressive")):
        return
    areas = [across * down for _name, across, down, _table in layers]
    needed = 2 * image.width * image.height * sum(areas) // max(areas)
    if needed > MAX_MEMORY - _BESIDE:
        raise MemoryError


def _prepare(kind: Kind) -> None:
    """Loads the library of a kind; one thread of a decoder is enough, and each takes memory."""
    if kind.name == "AVIF":
        from PIL import AvifImagePlugin

        AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    if "HEIF" in kind.formats:
        try:
            import pillow_heif
        except ImportError:
            raise missing(kind) from None
        pillow_heif.register_heif_opener(
            thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
        )


def missing(kind: Kind) -> ImageError:
    """The sentence that names the package which a kind of files needs."""
    return ImageError(
        f"This file is a {kind.name}, and a package for it is not installed: run "
        f"`pip install {kind.package}`, or save the picture as PNG or JPEG.",
        Reason.PACKAGE,
    )


def check_size(width: int, height: int, kind: Kind) -> None:
    """Compares a picture's size in pixels with the limits.

    Raises:
        ImageError: it is too large, too small or too narrow.
    """
    short, long = sorted((width, height))
    for is_wrong, wish, reason in (
        (
            width * height > kind.megapixels * 10**6,
            f"choose one of at most {kind.megapixels} megapixels",
            Reason.TOO_LARGE,
        ),
        (
            short < MIN_SIDE,
            f"choose one of at least {MIN_SIDE} by {MIN_SIDE}",
            Reason.TOO_SMALL,
        ),
        (
            long > MAX_ASPECT * short,
            f"crop it so that its longer side is at most {MAX_ASPECT} times the shorter",
            Reason.TOO_NARROW,
        ),
    ):
        if is_wrong:
            raise ImageError(f"This picture has {width} by {height} pixels; please {wish}.", reason)
