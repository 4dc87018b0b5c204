"""The program that decodes one uploaded picture, in its own process.

A file of an allowed size can keep a decoder busy for minutes (a progressive JPEG of a hundred
thousand scans) or use more than half a gigabyte (a WebP of one megapixel with 65,536 sets of
Huffman tables), and its header seldom shows this. So `densenet_viz.images.pictures` runs this file
as a child process, and the operating system ends it when it exceeds `MAX_SECONDS` or `MAX_MEMORY`.
(Windows has neither limit: only the limits on bytes and pixels and the parent's deadline apply.)
It needs only Pillow, and starts in about 0.1 s.

stdin: the file. stdout: width and height (`HEADER`), then the RGB bytes, row after row; or, with
the exit status `REFUSED`, one sentence in UTF-8.
"""

from __future__ import annotations

import io
import signal
import struct
import sys

from PIL import Image, ImageChops, ImageCms

MAX_MEGAPIXELS = {"PNG": 25, "JPEG": 50, "WEBP": 25}
"""Width x height in millions, by Pillow's name of the format. A large JPEG is decoded at half its
size or less, so a phone's 48-megapixel photo is allowed; the others are decoded at full size."""
MIN_SIDE = 8
"""Pixels on the shorter side."""
MAX_ASPECT = 20
"""Longer side over shorter side."""
WORKING_SIDE = 2048
"""A longer picture is reduced to this many pixels."""
MAX_SECONDS = 1.7
"""Processor time of the child, its start included."""
MAX_MEMORY = 512_000_000
"""Bytes of the child's address space."""
HEADER = struct.Struct("<II")
NOT_STARTED, REFUSED, DAMAGED, TOO_MUCH = 1, 3, 4, 5
"""Exit statuses; 1 is also Python's own, where this file could not run."""

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation (CIPA DC-008, tag 274)."""


class ImageError(ValueError):
    """This app cannot use a file as a picture; the message tells the visitor why."""


def decode(data: bytes) -> Image.Image:
    """The first frame of a PNG, JPEG or WebP file as an upright RGB image in sRGB, over white.

    Raises:
        ImageError: the picture is too large, too small or too narrow.
        Exception: whatever Pillow raises at a damaged file.
    """
    image = _opened(data)
    if image.format == "PNG":
        image.load()  # its EXIF may stand behind the pixels
    turn = _UPRIGHT.get(_orientation(image))
    profile = image.info.get("icc_profile")
    image = _averageable(image, data)
    image.thumbnail((WORKING_SIDE, WORKING_SIDE), reducing_gap=1.0)
    image = _over_white(image, profile)
    return image if turn is None else image.transpose(turn)


def _opened(data: bytes) -> Image.Image:
    """The image, not yet decoded, after a check of its size."""
    try:
        image = Image.open(io.BytesIO(data), formats=tuple(MAX_MEGAPIXELS))
    except Image.DecompressionBombError:
        raise ImageError(
            f"This picture has more than {max(MAX_MEGAPIXELS.values())} megapixels; "
            "please choose a smaller one."
        ) from None
    width, height = image.size
    short, long = sorted(image.size)
    most = MAX_MEGAPIXELS.get(image.format or "", MAX_MEGAPIXELS["JPEG"])  # MPO is a JPEG too
    wish = ""
    if width * height > most * 10**6:
        wish = f"choose one of at most {most} megapixels"
    elif short < MIN_SIDE:
        wish = f"choose one of at least {MIN_SIDE} by {MIN_SIDE}"
    elif long > MAX_ASPECT * short:
        wish = f"crop it so that its longer side is at most {MAX_ASPECT} times the shorter"
    if wish:
        raise ImageError(f"This picture has {width} by {height} pixels; please {wish}.")
    return image


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # a broken note about a picture does not make the picture broken
        return 1


def _averageable(image: Image.Image, data: bytes) -> Image.Image:
    """The image in a mode whose pixels can be averaged: L, LA, RGB, RGBA or CMYK.

    A JPEG is returned unchanged and not yet decoded, so that it can be decoded at a reduced size.
    """
    transparent = image.info.get("transparency")
    if image.mode == "I;16":
        return _eight_bit(image, transparent)
    if image.format == "PNG" and image.mode in ("L", "RGB") and transparent is not None:
        image.info["transparency"] = _in_eight_bits(transparent, bits=data[24])
    if image.has_transparency_data:
        return image if image.mode in ("LA", "RGBA") else image.convert("RGBA")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _eight_bit(image: Image.Image, transparent: int | None) -> Image.Image:
    """16-bit grey by its high byte, as Pillow reads 16-bit colour (its grey clips at 255)."""
    pixels = image.tobytes("raw", "I;16")
    high = Image.frombytes("L", image.size, pixels[1::2])
    if transparent is None:
        return high
    low = Image.frombytes("L", image.size, pixels[::2])
    alpha = ImageChops.lighter(
        high.point([255 * (value != transparent >> 8) for value in range(256)]),
        low.point([255 * (value != transparent & 255) for value in range(256)]),
    )
    return Image.merge("LA", (high, alpha))


def _in_eight_bits(transparent: int | tuple[int, ...], *, bits: int) -> int | tuple[int, ...]:
    """A PNG's transparent colour, which Pillow leaves in the file's bits, as it is decoded."""
    if isinstance(transparent, tuple):
        return tuple(value >> 8 if bits == 16 else value & 255 for value in transparent)
    most: int = 2**bits - 1
    return (transparent & most) * 255 // most


def _over_white(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode not in ("LA", "RGBA"):
        return _srgb(image, profile)
    opaque = _srgb(image.convert(image.mode.removesuffix("A")), profile)
    white = Image.new("RGB", image.size, "white")
    white.paste(opaque, mask=image.getchannel("A"))
    return white


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """An L, RGB or CMYK image in sRGB; a broken profile or one of another kind is ignored."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except Exception:  # as with EXIF: better a picture in plain colours than none
            converted = None
        if converted is not None:
            return converted
    return image.convert("RGB")


def _limit_this_process() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    signal.setitimer(signal.ITIMER_PROF, MAX_SECONDS)  # its signal ends the process


def _answer(data: bytes) -> tuple[int, bytes]:
    """The exit status and what goes to stdout."""
    try:
        image = decode(data)
        return 0, HEADER.pack(*image.size) + image.tobytes()
    except ImageError as error:
        return REFUSED, str(error).encode()
    except MemoryError:
        return TOO_MUCH, b""
    except Exception:  # Pillow's decoders raise nearly anything at a damaged file
        return DAMAGED, b""


def main() -> int:
    """Decode stdin to stdout within the limits."""
    _limit_this_process()
    Image.MAX_IMAGE_PIXELS = max(MAX_MEGAPIXELS.values()) * 10**6 // 2  # it refuses twice this
    status, answer = _answer(sys.stdin.buffer.read())
    sys.stdout.buffer.write(answer)
    return status


if __name__ == "__main__":
    sys.exit(main())
