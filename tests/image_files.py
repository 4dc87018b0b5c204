"""Builders of picture files that no picture program writes: odd, broken and hostile ones."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MAX_BYTES = 25 * 1024 * 1024
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6
ADAM7 = (
    (0, 0, 8, 8),
    (0, 4, 8, 8),
    (4, 0, 8, 4),
    (0, 2, 4, 4),
    (2, 0, 4, 2),
    (0, 1, 2, 2),
    (1, 0, 2, 1),
)
"""First row, first column, row step and column step of each pass (PNG specification, 8.2)."""


def encode(pixels: NDArray[np.uint8] | Image.Image, kind: str, **options: Any) -> bytes:
    """A file as Pillow writes it."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


# -- PNG ----------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int,
    height: int,
    bits: int,
    colour: int,
    data: bytes,
    *before: bytes,
    after: bytes = b"",
    interlaced: bool = False,
) -> bytes:
    """A PNG of given header and compressed `data`, with chunks `before` and `after` the pixels."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            *before,
            chunk(b"IDAT", data),
            after,
            chunk(b"IEND"),
        )
    )


def rows(pixels: NDArray[Any]) -> bytes:
    """Unfiltered PNG rows: the first axis counts rows, the values are as wide as their dtype."""
    big_endian = pixels.astype(pixels.dtype.newbyteorder(">"))
    return b"".join(b"\0" + row.tobytes() for row in big_endian)


def png_of(
    pixels: NDArray[Any], bits: int, colour: int, *before: bytes, width: int | None = None
) -> bytes:
    """A PNG of the rows in `pixels`; `width` where a byte holds several pixels."""
    height = pixels.shape[0]
    return png(width or pixels.shape[1], height, bits, colour, zlib.compress(rows(pixels)), *before)


def interlaced_png(pixels: NDArray[np.uint8]) -> bytes:
    """An RGB PNG in seven passes."""
    passes = (pixels[top::down, left::right] for top, left, down, right in ADAM7)
    data = zlib.compress(b"".join(rows(part) for part in passes))
    return png(pixels.shape[1], pixels.shape[0], 8, RGB, data, interlaced=True)


def black_png(width: int, height: int, bits: int, colour: int, *before: bytes) -> bytes:
    """All samples 0, filtered by the slowest filter (Paeth): a few hundred kilobytes at most."""
    samples = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}[colour]
    row = b"\4" + bytes(width * samples * bits // 8)
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png(width, height, bits, colour, data, *before)


def small_png(*before: bytes, after: bytes = b"") -> bytes:
    """16 x 16 px of mid grey, with other chunks around them."""
    pixels = np.full((16, 16), 128, np.uint8)
    return png(16, 16, 8, GREY, zlib.compress(rows(pixels)), *before, after=after)


def exif_bomb() -> bytes:
    """A directory of 65,535 entries that all point at the same 9 MB (PNG and JPEG share it)."""
    entry = struct.Struct("<HHII")
    entries = b"".join(entry.pack(tag, 7, 9_000_000, 10) for tag in range(65_535))
    return b"II*\0\x08\0\0\0" + struct.pack("<H", 65_535) + entries + bytes(9_000_000)


# -- JPEG ---------------------------------------------------------------------------------


def segment(marker: int, data: bytes = b"") -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def scan_bomb(width: int, height: int) -> bytes:
    """A grey progressive JPEG whose scans, as many as fit in the file, each visit every block."""
    blocks = -(-width // 8) * -(-height // 8)
    one_code = b"\1" + bytes(15)
    start = b"".join(
        (
            b"\xff\xd8",
            segment(0xDB, b"\0" + b"\1" * 64),
            segment(0xC2, struct.pack(">BHHB", 8, height, width, 1) + b"\1\x11\0"),
            segment(0xC4, b"\0" + one_code + b"\0"),
            segment(0xC4, b"\x10" + one_code + b"\xe0"),  # "end of band" for 16,384 blocks and more
            segment(0xDA, b"\1\1\0\0\0\0") + bytes(-(-blocks // 8)),
        )
    )
    runs = -(-blocks // 16_384)
    bits = ("0" + "0" * 14) * runs
    bits += "1" * (-len(bits) % 8)
    scan = segment(0xDA, b"\1\1\0\1\x3f\0") + int(bits, 2).to_bytes(len(bits) // 8, "big")
    return start + scan * ((MAX_BYTES - len(start) - 2) // len(scan)) + b"\xff\xd9"


def with_jpeg_size(file: bytes, width: int, height: int) -> bytes:
    """The same JPEG with another size in its frame header."""
    at = file.index(b"\xff\xc0") + 5
    return file[:at] + struct.pack(">HH", height, width) + file[at + 4 :]


def ycck_jpeg(luma: int, blue: int, red: int, black: int) -> bytes:
    """16 x 16 px of one colour, stored as YCCK with Adobe's marker; inks count 0 to 255.

    Pillow writes CMYK only, inverted as Adobe does. Written with the channels of YCCK and its
    marker changed from "CMYK" (0) to "YCCK" (2), it is a YCCK file.
    """
    channels = (255 - luma, 255 - blue, 255 - red, black)
    file = encode(Image.new("CMYK", (16, 16), channels), "JPEG", quality=100)
    transform = file.index(b"Adobe") + 11
    return file[:transform] + b"\2" + file[transform + 1 :]


# -- WebP ---------------------------------------------------------------------------------


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + bytes(len(data) & 1) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_frames(count: int, canvas: int) -> bytes:
    """An animation of `count` frames of 16 x 16 px on a canvas of that many px a side."""
    still = encode(Image.new("RGB", (16, 16), (0, 128, 0)), "WEBP")[12:]
    size = (canvas - 1).to_bytes(3, "little")
    frame = bytes(6) + (15).to_bytes(3, "little") * 2 + b"\x64\0\0\0" + still
    return riff((b"VP8X", b"\2\0\0\0" + size * 2), (b"ANIM", bytes(6)), *[(b"ANMF", frame)] * count)


class _Bits(list[NDArray[np.uint8]]):
    """Bits in the order in which WebP's lossless format reads them."""

    def put(self, value: int, count: int) -> None:
        self.append(np.array([value >> bit & 1 for bit in range(count)], np.uint8))

    def joined(self) -> NDArray[np.uint8]:
        return np.concatenate(self)


def _even_code(bits: _Bits, symbols: int) -> None:
    """A prefix code that gives symbols 0 to 255 eight bits each and any further ones none."""
    bits.put(0, 1)
    bits.put(12 - 4, 4)
    for symbol in (17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8):
        bits.put(symbol in (8, 18), 3)
    bits.put(0, 1)
    bits.put(0, 256)
    if symbols > 256:
        bits.put(1, 1)
        bits.put(symbols - 256 - 11, 7)


def _deep_code(bits: _Bits, symbols: int) -> None:
    """A prefix code with lengths 1 to 15: it needs a table of the second level."""
    bits.put(0, 1)
    bits.put(19 - 4, 4)
    for symbol in (17, 18, *range(6), 16, *range(6, 16)):
        bits.put({0: 5, 18: 5, 16: 0, 17: 0}.get(symbol, 4), 3)
    bits.put(0, 1)
    for length in (*range(1, 16), 15):
        bits.put(int(f"{length - 1:04b}"[::-1], 2), 4)
    left = symbols - 16
    while left >= 11:
        bits.put(0b11111, 5)
        bits.put(min(left, 138) - 11, 7)
        left -= min(left, 138)
    for _ in range(left):
        bits.put(0b01111, 5)


def huffman_bomb() -> bytes:
    """A lossless WebP of 1024 x 1024 px that has its own five codes for each 4 x 4 pixels.

    libwebp builds tables for all 65,536 of them: 6.7 MB of file ask for some 550 MB.
    """
    head = _Bits()
    for value, count in ((0x2F, 8), (1023, 14), (1023, 14), (0, 1), (0, 3), (0, 1), (0, 1)):
        head.put(value, count)
    head.put(1, 1)  # a picture says which codes hold where,
    head.put(2 - 2, 3)  # with a pixel for 2^2 x 2^2 pixels
    head.put(0, 1)
    _even_code(head, 280)
    _even_code(head, 256)
    for _ in range(3):
        head.put(1, 4)  # a code of one symbol, 0
    numbers = np.arange(65_536, dtype=np.uint16).view(np.uint8)
    group = _Bits()
    for symbols in (280, 256, 256, 256, 40):
        _deep_code(group, symbols)
    bits = np.concatenate(
        (
            head.joined(),
            np.unpackbits(numbers, bitorder="little"),
            np.tile(group.joined(), 65_536),
            np.zeros(4 * 1024 * 1024 + 64, np.uint8),
        )
    )
    return riff((b"VP8L", np.packbits(bits, bitorder="little").tobytes()))
