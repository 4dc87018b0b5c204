"""The program that decodes one uploaded picture, in its own process.

A file of an allowed size can keep a decoder busy for minutes (a progressive JPEG of a hundred
thousand scans) or use more than half a gigabyte (a WebP of one megapixel with 65,536 sets of
Huffman tables), and its header seldom shows this. So `densenet_viz.images.pictures` runs `main` in
a child process, and the operating system ends it when it exceeds its kind's seconds or
`MAX_MEMORY`. (Windows has neither limit: only the limits on bytes and pixels and the parent's
deadline apply.) It loads only Pillow, and for HEIC and DICOM one more library; it starts in about
0.1 s.

stdin: the file. stdout: `HEADER`, the notes in UTF-8, one a line, and then the RGB bytes, row after
row; or, with the exit status `REFUSED`, a `Reason` and one sentence, on two lines.
"""

from __future__ import annotations

import signal
import sys
from dataclasses import dataclass

from PIL import Image

from densenet_viz.images.colours import over_white
from densenet_viz.images.deep_colours import own_range
from densenet_viz.images.kinds import Kind, kind_of
from densenet_viz.images.limits import (
    DAMAGED,
    HEADER,
    MAX_MEGAPIXELS,
    MAX_MEMORY,
    REFUSED,
    TOO_MUCH,
    WORKING_SIDE,
    ImageError,
)
from densenet_viz.images.modes import Conversion, conversion_of
from densenet_viz.images.opening import open_image
from densenet_viz.images.reducing import as_it_is, reduced

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


@dataclass(frozen=True, eq=False)
class Decoded:
    """An RGB image of at most `WORKING_SIDE` pixels a side; a note for each thing that it lost."""

    image: Image.Image
    notes: tuple[str, ...]


def decode(data: bytes) -> Decoded:
    """The first picture of a file as an upright RGB image in sRGB, over white.

    Raises:
        ImageError: the picture is too large, too small or too narrow, or the file is another one.
        Exception: whatever a decoder raises at a damaged file.
    """
    kind = kind_of(data)
    if kind.formats:
        return _with_pillow(data, kind)
    from densenet_viz.images.dicom import open_dicom

    image, notes = open_dicom(data, kind)
    return _finished(image, Conversion(as_it_is), notes)


def _with_pillow(data: bytes, kind: Kind) -> Decoded:
    image = open_image(data, kind)
    notes: tuple[str, ...] = ()
    if getattr(image, "is_animated", False):
        notes = (f"This {kind.name} has several pictures. Only the first is used.",)
    size = image.size
    if kind.name == "JPEG":
        image.draft(None, (WORKING_SIDE, WORKING_SIDE))  # decodes at a half, a quarter or an eighth
    image.load()  # EXIF may stand behind the pixels
    turn = _UPRIGHT.get(_orientation(image))
    if kind.name in ("PNG", "TIFF"):
        image, note = own_range(image, data)
        notes = (*notes, note) if note else notes
    decoded = _finished(image, conversion_of(image, data), notes, size)
    return decoded if turn is None else Decoded(decoded.image.transpose(turn), decoded.notes)


def _finished(
    image: Image.Image,
    conversion: Conversion,
    notes: tuple[str, ...],
    size: tuple[int, int] | None = None,
) -> Decoded:
    """The image at the working size, over white, and what is to be said of it.

    Args:
        image: decoded, perhaps at a reduced size.
        conversion: of its pixels.
        notes: so far.
        size: width and height in the file, if the image is reduced already.
    """
    small = over_white(
        reduced(image, WORKING_SIDE, conversion.convert), image.info.get("icc_profile")
    )
    more = (conversion.note, _size_note(size or image.size, small.size))
    return Decoded(small, (*notes, *filter(None, more)))


def _size_note(before: tuple[int, int], after: tuple[int, int]) -> str:
    if max(before) <= max(after):
        return ""
    return (
        f"It was made smaller, from {before[0]:,} by {before[1]:,} pixels to {after[0]:,} by "
        f"{after[1]:,}."
    )


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # a broken note about a picture does not make the picture broken
        return 1


def _limit_this_process(seconds: float) -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    signal.setitimer(signal.ITIMER_PROF, seconds)  # its signal ends the process


def answer(data: bytes) -> tuple[int, bytes]:
    """The exit status for a file, and what goes to stdout."""
    try:
        decoded = decode(data)
        notes = "\n".join(decoded.notes).encode()
        return 0, HEADER.pack(*decoded.image.size, len(notes)) + notes + decoded.image.tobytes()
    except ImageError as error:
        return REFUSED, f"{error.reason.name}\n{error}".encode()
    except MemoryError:
        return TOO_MUCH, b""
    except Exception:  # decoders raise nearly anything at a damaged file
        return DAMAGED, b""


def main(seconds: float) -> int:
    """Decode stdin to stdout within the limits; `seconds` is the processor time."""
    _limit_this_process(seconds)
    Image.MAX_IMAGE_PIXELS = MAX_MEGAPIXELS * 10**6 // 2  # it refuses twice this
    Image.preinit()  # while nothing waits: this process may be started before its file is there
    status, told = answer(sys.stdin.buffer.read())
    sys.stdout.buffer.write(told)
    return status
