"""The kinds of picture files that this app reads, and other files that people choose.

A file's kind is told by its first bytes; its name does not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from densenet_viz.images.limits import MAX_MEGAPIXELS, MAX_SECONDS, ImageError, Reason

HEAD = 1024
"""So many first bytes are enough to tell a kind."""
CHOOSE = "Please choose a picture: PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, HEIC or DICOM."


@dataclass(frozen=True)
class Kind:
    """A kind of picture file.

    Attributes:
        name: as it stands in a sentence after "This".
        start: what its first bytes match.
        endings: of file names, for a chooser.
        formats: Pillow's names of it; none if another library reads it.
        megapixels: the most that the child's memory is enough for.
        seconds: the processor time that the child gets.
        package: what has to be installed for it, with its version.
    """

    name: str
    start: bytes
    endings: tuple[str, ...]
    formats: tuple[str, ...] = ()
    megapixels: int = MAX_MEGAPIXELS
    seconds: float = MAX_SECONDS
    package: str = ""


KINDS = (
    Kind("PNG", rb"\x89PNG\r\n\x1a\n", ("png",), ("PNG",)),
    Kind("JPEG", rb"\xff\xd8\xff", ("jpg", "jpeg", "jfif", "jpe"), ("JPEG", "MPO")),
    # libwebp keeps two canvases, and Pillow its own copy: 17 bytes a pixel.
    Kind("WebP", rb"RIFF.{4}WEBP", ("webp",), ("WEBP",), megapixels=25),
    Kind("GIF", rb"GIF8", ("gif",), ("GIF",)),
    Kind("BMP", rb"BM.{4}\0{4}", ("bmp", "dib"), ("BMP",)),
    Kind("TIFF", rb"II[*+]\0|MM\0[*+]", ("tif", "tiff"), ("TIFF",)),
    # With transparency, in ten bits and 4:4:4, libavif and Pillow need 16 bytes a pixel.
    Kind(
        "AVIF",
        rb".{4}ftyp(avi[fs]|m(if|sf)1.{4}(.{4}){0,16}?avi[fs])",
        ("avif",),
        ("AVIF",),
        megapixels=25,
    ),
    # The 12 megapixels of a phone take up to 2.1 s, of noise (docs/decisions.md).
    Kind(
        "HEIC photo",
        rb".{4}ftyp(hei[cxms]|hev[cxms]|m(if|sf)1)",
        ("heic", "heif", "hif"),
        ("HEIF",),
        megapixels=25,
        seconds=5.0,
        package="pillow-heif==1.8.1",
    ),
    # To load the library alone takes 0.6 s.
    Kind(
        "DICOM file",
        rb".{128}DICM",
        ("dcm", "dicom"),
        megapixels=25,
        seconds=5.0,
        package="pydicom==3.0.2",
    ),
)
ENDINGS = tuple(ending for kind in KINDS for ending in kind.endings)
"""Usual endings of the names of picture files, without the dot."""

_OTHERS = {
    "a video": rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI ",
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


def kind_of(data: bytes) -> Kind:
    """The kind of a picture file.

    Args:
        data: the file, or at least its first `HEAD` bytes.

    Raises:
        ImageError: it is another file, or empty.
    """
    if not data:
        raise ImageError(f"This file is empty. {CHOOSE}", Reason.DAMAGED)
    head = data[:HEAD]
    for kind in KINDS:
        if re.match(kind.start, head, re.DOTALL):
            return kind
    for name, pattern in _OTHERS.items():
        if re.match(pattern, head, re.DOTALL | re.IGNORECASE):
            raise ImageError(f"This file is {name}. {CHOOSE}", Reason.OTHER_KIND)
    raise ImageError(f"This app does not know this kind of file. {CHOOSE}", Reason.OTHER_KIND)
