"""Visitors' files -> checked RGB pictures; pictures -> the network's square, and PNG.

Every file may be hostile until it is decoded. Its name does not matter: its first bytes say what
it is, and a child process, limited by the operating system, decodes it
(`densenet_viz/images/decoder.py`). Pillow's global settings stay unchanged, any thread may call
this, and after a crash inside a decoder the visitor gets one sentence and the app runs on.
"""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from densenet_viz.images import limits
from densenet_viz.images.kinds import CHOOSE, ENDINGS, HEAD, Kind, kind_of
from densenet_viz.images.limits import MAX_BYTES, ImageError, Reason
from densenet_viz.images.spare import Spare, ask
from densenet_viz.results.traces import Picture

__all__ = [
    "ENDINGS",
    "MAX_BYTES",
    "ImageError",
    "OpenedPicture",
    "Reason",
    "fit",
    "load_image",
    "open_picture",
    "prepare_decoder",
    "read_file",
    "to_png",
]

_START = (
    "import sys; sys.path.append(sys.argv[1]); from densenet_viz.images.decoder import main; "
    "sys.exit(main(float(sys.argv[2])))"
)
"""The child's program. It is isolated (`-I`), so it has to be told where this package is."""
_PACKAGE = str(Path(limits.__file__).parents[2])
_DEADLINE = 20.0
"""Seconds on the clock, in case the decoder's own limit does not work."""
_TURNS = threading.BoundedSemaphore(2)
"""If a whole class uploads at once, two decoders run, not thirty."""


@dataclass(frozen=True, eq=False)
class OpenedPicture:
    """A checked picture, and what a visitor should know about it.

    `pixels` is (height, width, 3) uint8, 0 to 255, sRGB; 8 to 2,048 px a side, at most 1:20.
    `notes` are sentences: that it was made smaller, that its values were stretched, or that only
    the first of several pictures is used.
    """

    pixels: Picture
    notes: tuple[str, ...]


def load_image(source: bytes | str | Path) -> Picture:
    """The pixels of `open_picture`, (height, width, 3) uint8, without its notes.

    Raises:
        ImageError: as `open_picture`.
    """
    return open_picture(source).pixels


def open_picture(source: bytes | str | Path) -> OpenedPicture:
    """The picture in a file of one of `kinds.KINDS`, as a viewer would show it on white paper.

    EXIF orientation is applied; transparent parts become white; palette, grey, CMYK, L*a*b* and
    embedded colour profiles become sRGB; 16 bits become 8, and a narrow range of them is
    stretched; of several pictures the first counts. A picture of up to 80 megapixels (WebP, AVIF,
    HEIC and DICOM: 25) is reduced to 2,048 px on its longer side: no network here reads more.

    A file takes at most 1.7 s of processor time (HEIC and DICOM: 5 s) and 512 MB of memory, in a
    process of its own.

    Args:
        source: the file's bytes, or its path.

    Raises:
        ImageError: anything else; the message says what is wrong and what to do, without a path.
    """
    data = source if isinstance(source, bytes) else read_file(Path(source))
    kind = kind_of(data)
    if len(data) > MAX_BYTES:
        raise _too_many_bytes()
    status, answer = _decode(data, kind)
    if status == limits.REFUSED:
        reason, _, sentence = answer.decode().partition("\n")
        raise ImageError(sentence, Reason[reason])
    if status != 0:
        raise _broken(kind, status)
    width, height, told = limits.HEADER.unpack_from(answer)
    start = limits.HEADER.size
    pixels = np.frombuffer(answer, np.uint8, offset=start + told).reshape(height, width, 3)
    notes = answer[start : start + told].decode().splitlines()
    return OpenedPicture(pixels.copy(), tuple(notes))


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
    if not 1 <= size <= limits.WORKING_SIDE:
        raise ValueError(f"size={size!r} was given; 1 to {limits.WORKING_SIDE:,} px is allowed.")
    square = ImageOps.fit(Image.fromarray(picture), (size, size), Image.Resampling.BILINEAR)
    return np.array(square)


def to_png(picture: Picture) -> bytes:
    """A picture, (height, width, 3 or 4) uint8 in RGB or RGBA, as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, format="PNG")
    return file.getvalue()


def read_file(path: Path) -> bytes:
    """A picture file's bytes. Only ordinary files: a pipe may never end.

    Raises:
        ImageError: it is not an ordinary file, it cannot be read, or it is no picture or too large.
    """
    try:
        if path.is_dir():
            raise ImageError(f"This is a folder. {CHOOSE}", Reason.FOLDER)
        if not path.exists():
            raise ImageError("There is no such file. Please check its name.")
        if not path.is_file():
            raise ImageError(f"This is not an ordinary file. {CHOOSE}")
        with path.open("rb") as file:
            head = file.read(HEAD)
            kind_of(head)  # so that nobody waits for the rest of a video
            data = head + file.read(MAX_BYTES + 1 - len(head))
    except OSError:
        raise ImageError(
            "This file cannot be read. Please check its name and its permissions."
        ) from None
    if len(data) > MAX_BYTES:
        raise _too_many_bytes()
    return data


def _too_many_bytes() -> ImageError:
    return ImageError(
        f"This file is larger than {MAX_BYTES >> 20} MB. Please choose a smaller one.",
        Reason.TOO_LARGE,
    )


def _decode(data: bytes, kind: Kind) -> tuple[int, bytes]:
    """The decoder's exit status (negative: a signal ended it) and what it wrote."""
    try:
        with _TURNS:
            spare = _SPARE.take() if kind.seconds == limits.MAX_SECONDS else None
            if spare is not None:
                return ask(spare, data, _DEADLINE)
            child = subprocess.run(
                _command(kind.seconds),
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=_DEADLINE,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return limits.TOO_MUCH, b""
    except OSError:  # the machine cannot start a process
        return limits.NOT_STARTED, b""
    return child.returncode, child.stdout


def _command(seconds: float) -> list[str]:
    return [sys.executable, "-I", "-c", _START, _PACKAGE, str(seconds)]


def _start_spare() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        _command(limits.MAX_SECONDS),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


_SPARE = Spare(_start_spare)


def prepare_decoder() -> None:
    """Starts the process that will decode the next picture of a usual kind.

    Then that picture does not wait for it. A process decodes one picture; call this again after it.
    """
    with suppress(OSError):  # then the next picture starts its own, or says why it cannot
        _SPARE.prepare()


def _broken(kind: Kind, status: int) -> ImageError:
    if status == limits.DAMAGED:
        return ImageError(
            f"This {kind.name} is damaged or incomplete. Please save or download it again.",
            Reason.DAMAGED,
        )
    if status == limits.TOO_MUCH or status < 0:
        return ImageError(
            f"This {kind.name} needs more than the {kind.seconds:g} seconds or the "
            f"{limits.MAX_MEMORY // 10**6} MB of memory that a picture gets here. Please save it "
            "again in a picture program, smaller if it is large.",
            Reason.TOO_COSTLY,
        )
    return ImageError("Pictures cannot be opened right now. Please try again in a minute.")
