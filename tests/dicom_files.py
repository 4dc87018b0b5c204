"""Builders of DICOM files, element by element (PS3.5), so that no library has to write them."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

PLAIN = "1.2.840.10008.1.2.1"
"""Explicit VR Little Endian: not compressed."""
DEFLATED = "1.2.840.10008.1.2.1.99"
JPEG_LS = "1.2.840.10008.1.2.4.80"
PATIENT = "Secret^Patient"
_LONG = ("OB", "OW", "OF", "SQ", "UN", "UT")


def element(group: int, number: int, kind: str, value: bytes, length: int | None = None) -> bytes:
    """One element; `length` is what it claims to have."""
    value += b"\0" * (len(value) % 2)
    said = len(value) if length is None else length
    head = struct.pack("<HH", group, number) + kind.encode()
    size = struct.pack("<HI", 0, said) if kind in _LONG else struct.pack("<H", said)
    return head + size + value


def text(group: int, number: int, kind: str, value: object) -> bytes:
    words = str(value)
    return element(group, number, kind, (words + " " * (len(words) % 2)).encode())


def short(group: int, number: int, value: int) -> bytes:
    return element(group, number, "US", struct.pack("<H", value))


def meta(syntax: str) -> bytes:
    """The preamble and the elements that are never compressed."""
    rest = element(2, 0x10, "UI", syntax.encode())
    return bytes(128) + b"DICM" + element(2, 0, "UL", struct.pack("<I", len(rest))) + rest


def dicom(
    pixels: NDArray[Any],
    *,
    shades: str = "MONOCHROME2",
    bits: int = 12,
    syntax: str = PLAIN,
    window: tuple[object, object] | None = None,
    slope: tuple[object, object] | None = None,
    size: tuple[int, int] | None = None,
    frames: int = 1,
    claimed: int | None = None,
    more: bytes = b"",
) -> bytes:
    """A DICOM file of `pixels`, (rows, columns) or (rows, columns, 3), with a patient's name.

    Args:
        pixels: of all frames, uint8, uint16 or int16.
        shades: the photometric interpretation.
        bits: stored in each sample.
        syntax: the transfer syntax; the pixels are written plainly whatever it says.
        window: centre and width.
        slope: slope and intercept.
        size: the rows and columns that it claims.
        frames: the number of frames that it claims.
        claimed: bytes of pixels that it claims.
        more: elements behind the pixels.
    """
    rows, columns = size or pixels.shape[:2]
    samples = 3 if pixels.ndim == 3 else 1
    allocated = 8 * pixels.dtype.itemsize
    body = text(0x10, 0x10, "PN", PATIENT)
    body += short(0x28, 2, samples) + text(0x28, 4, "CS", shades)
    if samples == 3:
        body += short(0x28, 6, 0)
    body += text(0x28, 8, "IS", frames) if frames != 1 else b""
    body += short(0x28, 0x10, rows) + short(0x28, 0x11, columns)
    body += short(0x28, 0x100, allocated) + short(0x28, 0x101, min(bits, allocated))
    body += short(0x28, 0x102, min(bits, allocated) - 1)
    body += short(0x28, 0x103, int(pixels.dtype.kind == "i"))
    if window:
        body += text(0x28, 0x1050, "DS", window[0]) + text(0x28, 0x1051, "DS", window[1])
    if slope:
        body += text(0x28, 0x1052, "DS", slope[1]) + text(0x28, 0x1053, "DS", slope[0])
    kind = "OW" if allocated > 8 else "OB"
    body += element(0x7FE0, 0x10, kind, pixels.tobytes(), claimed) + more
    return meta(syntax) + (deflated(body) if syntax == DEFLATED else body)


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def deflate_bomb(megabytes: int) -> bytes:
    """A file of less than a hundredth whose one element unpacks to that much."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    parts = [packer.compress(element(0x28, 0x10, "OW", b"", megabytes * 10**6))]
    parts += [packer.compress(bytes(10**6)) for _ in range(megabytes)]
    return meta(DEFLATED) + b"".join(parts) + packer.flush()


def ramp(low: int, high: int, kind: str = "uint16", side: int = 64) -> NDArray[Any]:
    """Values that rise from left to right, (side, side)."""
    return np.tile(np.linspace(low, high, side).round(), (side, 1)).astype(kind)
