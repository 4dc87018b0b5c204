"""What a picture file may be and may take, and what the two sides of its decoder tell each other.

The child process (`decoder.py`) and its parent (`pictures.py`) both read this file, so it loads
nothing.
"""

from __future__ import annotations

import struct
from enum import StrEnum

MAX_BYTES = 25 * 1024 * 1024
"""Size of a file; what Streamlit calls 25 MB."""
MAX_MEGAPIXELS = 80
"""Width x height in millions; some kinds of files have a lower limit (`kinds.Kind`)."""
MIN_SIDE = 8
"""Pixels on the shorter side."""
MAX_ASPECT = 20
"""Longer side over shorter side."""
WORKING_SIDE = 2048
"""A longer picture is reduced to this many pixels."""
MAX_SECONDS = 1.7
"""Processor time of the child, its start included; some kinds of files have another limit."""
MAX_MEMORY = 512_000_000
"""Bytes of the child's address space."""

HEADER = struct.Struct("<III")
"""In front of the child's answer: width, height, and the bytes of its notes."""
NOT_STARTED, REFUSED, DAMAGED, TOO_MUCH = 1, 3, 4, 5
"""Exit statuses; 1 is also Python's own, where the child could not run."""


class Reason(StrEnum):
    """Why a file gives no picture, in a few words, so that files can be counted by it."""

    OTHER_KIND = "of a kind that this app does not read"
    TOO_LARGE = "too large"
    TOO_SMALL = "too small"
    TOO_NARROW = "too narrow"
    DAMAGED = "damaged or incomplete"
    TOO_COSTLY = "too costly in time or memory"
    COMPRESSION = "in a compression that this app cannot read"
    PACKAGE = "without the package that reads it"
    NO_FILE = "not to be read"
    ARCHIVE = "not to be unpacked"
    FOLDER = "folder(s)"
    HIDDEN = "hidden"


class ImageError(ValueError):
    """This app cannot use a file as a picture; the message tells the visitor why."""

    def __init__(self, message: str, reason: Reason = Reason.NO_FILE) -> None:
        super().__init__(message)
        self.reason = reason
