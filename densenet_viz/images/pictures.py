"""Visitors' files -> checked RGB pictures; pictures -> the network's square, and PNG.

Every file may be hostile until it is decoded. Its name does not matter: its first bytes say what
it is, and a child process, limited by the operating system, decodes it
(`densenet_viz/images/decoder.py`). Pillow's global settings stay unchanged, any thread may call
this, and after a crash inside a decoder the visitor gets one sentence and the app runs on.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from densenet_viz.images import decoder
from densenet_viz.images.decoder import ImageError
from densenet_viz.results.traces import Picture

__all__ = ["MAX_BYTES", "ImageError", "fit", "load_image", "read_file", "to_png"]

MAX_BYTES = 10 * 1024 * 1024
"""Size of a file; what Streamlit calls 10 MB."""

_DEADLINE = 20.0
"""Seconds on the clock, in case the decoder's own limit does not work."""
_TURNS = threading.BoundedSemaphore(2)
"""If a whole class uploads at once, two decoders run, not thirty."""

_CHOOSE = "Please choose a PNG, JPEG or WebP picture."
_PICTURES = {
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "JPEG": rb"\xff\xd8\xff",
    "WebP": rb"RIFF.{4}WEBP",
}
_OTHERS = {
    "a GIF": rb"GIF8",
    "a HEIC photo": rb".{4}ftyp(hei|hev|mif1|msf1)",
    "an AVIF picture": rb".{4}ftypavi[fs]",
    "a video": rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI ",
    "a TIFF": rb"II[*+]\0|MM\0[*+]",
    "a BMP": rb"BM.{4}\0{4}",
    "a JPEG 2000 picture": rb"\0{3}\x0cjP  |\xff\x4f\xff\x51",
    "a JPEG XL picture": rb"\0{3}\x0cJXL |\xff\x0a",
    "an icon": rb"\0\0[\1\2]\0",
    "a Photoshop document": rb"8BPS",
    "a PDF": rb"%PDF-",
    "an archive or office document": rb"PK[\3\5]|\x1f\x8b|7z\xbc\xaf|Rar!",
    "a web page": rb"[^\0]{0,900}<(!doctype )?html",
    "an SVG drawing": rb"[^\0]{0,900}<svg",
    "plain text": rb"[\t\n\f\r -~]{64}|[\t\n\f\r -~]+\Z",
}
"""Other kinds of files that people choose, and their first bytes."""


def load_image(source: bytes | str | Path) -> Picture:
    """The picture in a PNG, JPEG or WebP file, as a viewer would show it on white paper.

    EXIF orientation is applied; transparent parts become white; palette, grey, 16-bit (the high
    byte), CMYK and embedded colour profiles become sRGB; an animation gives its first frame. A
    picture of up to 25 megapixels (JPEG: 50) is reduced to 2,048 px on its longer side: no
    network here reads more.

    A file takes at most 1.7 s of processor time and 512 MB of memory, in a process of its own.

    Args:
        source: the file's bytes, or its path.

    Returns:
        (height, width, 3) uint8, 0 to 255, sRGB; 8 to 2,048 px a side, at most 1:20.

    Raises:
        ImageError: anything else; the message says what is wrong and what to do, without a path.
    """
    data = source if isinstance(source, bytes) else read_file(Path(source))
    kind = _kind(data)
    status, answer = _decode(data)
    if status == decoder.REFUSED:
        raise ImageError(answer.decode())
    if status != 0:
        raise ImageError(_reason(kind, status))
    width, height = decoder.HEADER.unpack_from(answer)
    pixels = np.frombuffer(answer, np.uint8, offset=decoder.HEADER.size)
    return pixels.reshape(height, width, 3).copy()


def fit(picture: Picture, size: int) -> Picture:
    """The centre square of a picture, at a network's input size.

    The shorter side is scaled to `size` (bilinear, antialiased: torchvision's evaluation
    transform), and the longer one is cut equally at both ends.

    Args:
        picture: (height, width, 3) uint8.
        size: pixels, 1 to 2,048.

    Returns:
        (size, size, 3) uint8.

    Raises:
        ValueError: another size.
    """
    if not 1 <= size <= decoder.WORKING_SIDE:
        raise ValueError(f"size={size!r} was given; 1 to {decoder.WORKING_SIDE:,} px is allowed.")
    square = ImageOps.fit(Image.fromarray(picture), (size, size), Image.Resampling.BILINEAR)
    return np.array(square)


def to_png(picture: Picture) -> bytes:
    """A picture, (height, width, 3 or 4) uint8 in RGB or RGBA, as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format="PNG")
    return file.getvalue()


def read_file(path: Path) -> bytes:
    """A file's bytes, at most one more than allowed. Only ordinary files: a pipe may never end.

    Raises:
        ImageError: it is not an ordinary file, or it cannot be read.
    """
    try:
        if path.is_dir():
            raise ImageError(f"This is a folder. {_CHOOSE}")
        if not path.exists():
            raise ImageError("There is no such file. Please check its name.")
        if not path.is_file():
            raise ImageError(f"This is not an ordinary file. {_CHOOSE}")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        raise ImageError(
            "This file cannot be read. Please check its name and its permissions."
        ) from None


def _kind(data: bytes) -> str:
    """PNG, JPEG or WebP, by the first bytes."""
    if not data:
        raise ImageError(f"This file is empty. {_CHOOSE}")
    if len(data) > MAX_BYTES:
        raise ImageError(
            f"This file is larger than {MAX_BYTES >> 20} MB. Please choose a smaller one."
        )
    head = data[:1024]
    for name, pattern in _PICTURES.items():
        if re.match(pattern, head, re.DOTALL):
            return name
    for name, pattern in _OTHERS.items():
        if re.match(pattern, head, re.DOTALL | re.IGNORECASE):
            raise ImageError(f"This file is {name}. {_CHOOSE}")
    raise ImageError(f"This app does not know this kind of file. {_CHOOSE}")


def _decode(data: bytes) -> tuple[int, bytes]:
    """The decoder's exit status (negative: a signal ended it) and what it wrote."""
    command = [sys.executable, "-I", decoder.__file__]
    try:
        with _TURNS:
            child = subprocess.run(
                command,
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=_DEADLINE,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return decoder.TOO_MUCH, b""
    except OSError:  # the machine cannot start a process
        return decoder.NOT_STARTED, b""
    return child.returncode, child.stdout


def _reason(kind: str, status: int) -> str:
    if status == decoder.DAMAGED:
        return f"This {kind} is damaged or incomplete. Please save or download it again."
    if status == decoder.TOO_MUCH or status < 0:
        return (
            f"This {kind} takes too much time or memory to open. Please save it again in a "
            "picture program, smaller if it is large."
        )
    return "Pictures cannot be opened right now. Please try again in a minute."
