"""`images` against hand-computed pixels, and against files that want to do harm."""

from __future__ import annotations

import io
import os
import re
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from densenet_viz.images import limits, pictures
from densenet_viz.images.pictures import ImageError, fit, load_image, to_png
from densenet_viz.images.spare import Spare
from densenet_viz.results.traces import Picture
from tests.image_files import (
    GREY,
    GREY_ALPHA,
    MAX_BYTES,
    PALETTE,
    RGB,
    RGB_ALPHA,
    black_png,
    chunk,
    encode,
    exif_bomb,
    huffman_bomb,
    interlaced_png,
    png,
    png_of,
    riff,
    scan_bomb,
    segment,
    small_png,
    webp_frames,
    with_jpeg_size,
    ycck_jpeg,
)
from tests.tiers import in_tiers

RANDOM = np.random.default_rng(0)
NOISE: Picture = RANDOM.integers(0, 256, (24, 40, 3), dtype=np.uint8)
QUADRANTS: Picture = (
    np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
    .repeat(16, axis=0)
    .repeat(24, axis=1)
)
"""32 x 48 px: red and green above blue and white."""

ROOT = Path(limits.__file__).parents[2]
ONE_LINE = re.compile(r"[A-Z][^\n]*\.")


def complaint(source: bytes | str | Path) -> str:
    """What `load_image` says of a file that it refuses: one line for a visitor."""
    with pytest.raises(ImageError) as caught:
        load_image(source)
    said = str(caught.value)
    assert ONE_LINE.fullmatch(said), said
    assert caught.value.__cause__ is None
    return said


def is_picture(picture: Picture) -> bool:
    height, width, channels = picture.shape
    return (
        picture.dtype == np.uint8
        and channels == 3
        and 8 <= min(height, width) <= max(height, width) <= 2048
    )


# -- pictures as they are -----------------------------------------------------------------


def test_a_png_and_a_lossless_webp_come_back_unchanged() -> None:
    for file in (encode(NOISE, "PNG"), encode(NOISE, "WEBP", lossless=True), interlaced_png(NOISE)):
        assert np.array_equal(load_image(file), NOISE)


def test_a_jpeg_comes_back_nearly_unchanged() -> None:
    for options in ({}, {"progressive": True}):
        file = encode(QUADRANTS, "JPEG", quality=95, subsampling=0, **options)
        assert np.abs(load_image(file).astype(int) - QUADRANTS).max() <= 4


def test_bytes_and_both_kinds_of_path_are_the_same_and_the_name_does_not_matter(
    tmp_path: Path,
) -> None:
    path = tmp_path / "holiday.gif"
    path.write_bytes(encode(NOISE, "PNG"))
    for source in (path, str(path), path.read_bytes()):
        assert np.array_equal(load_image(source), NOISE)


def test_the_picture_can_be_written_to() -> None:
    assert load_image(encode(NOISE, "PNG")).flags.writeable
    assert fit(NOISE, 24).flags.writeable


def test_grey_of_every_depth() -> None:
    column = np.ones((16, 1), np.uint8)
    one = png_of(column * np.array([[0b01000000, 0b00000001]], np.uint8), 1, GREY, width=16)
    two = png_of(column * np.array([[0b00011011] * 2], np.uint8), 2, GREY, width=8)
    four = png_of(column * np.array([[0x0F, 0x1E, 0x2D, 0x3C]], np.uint8), 4, GREY, width=8)
    for file, expected in (
        (one, [0, 255, *[0] * 13, 255]),
        (two, [0, 85, 170, 255] * 2),
        (four, [0, 255, 17, 238, 34, 221, 51, 204]),
    ):
        picture = load_image(file)
        assert picture[7, :, 0].tolist() == expected
        assert np.array_equal(picture[..., 0], picture[..., 2])


def test_sixteen_bits_are_rescaled_not_clipped() -> None:
    values = np.array([0, 255, 256, 1000, 4660, 32768, 65279, 65535], np.uint16)
    expected = [0, 0, 1, 3, 18, 128, 254, 255]
    grey = np.tile(values, (8, 1))
    colour = np.stack([grey, grey[:, ::-1], grey], axis=-1)
    assert load_image(png_of(grey, 16, GREY))[3, :, 1].tolist() == expected
    assert load_image(png_of(colour, 16, RGB))[3, :, 0].tolist() == expected
    assert load_image(png_of(colour, 16, RGB))[3, :, 1].tolist() == expected[::-1]


def test_a_palette_is_looked_up() -> None:
    file = encode(Image.fromarray(QUADRANTS).quantize(4), "PNG")
    assert file[25] == PALETTE
    assert np.array_equal(load_image(file), QUADRANTS)


@pytest.mark.parametrize(
    ("inks", "expected"),
    [
        ((255, 0, 0, 0), (0, 255, 255)),
        ((0, 0, 0, 255), (0, 0, 0)),
        ((0, 0, 0, 0), (255, 255, 255)),
        ((100, 0, 50, 50), (125, 205, 165)),  # (255 - K) * (255 - ink) / 255
    ],
)
def test_cmyk_inks_take_light_away(inks: tuple[int, ...], expected: tuple[int, ...]) -> None:
    picture = load_image(encode(Image.new("CMYK", (16, 16), inks), "JPEG", quality=100))
    assert np.abs(picture.astype(int) - expected).max() <= 2


def test_ycck_is_cmyk_told_in_another_way() -> None:
    # Cyan 60, magenta 120, yellow 180 as luma and chroma (ITU-R BT.601), black 40.
    luma = 0.299 * 60 + 0.587 * 120 + 0.114 * 180
    blue, red = 128 + 0.564 * (180 - luma), 128 + 0.713 * (60 - luma)
    picture = load_image(ycck_jpeg(round(luma), round(blue), round(red), 40))
    expected = [215 * (255 - ink) / 255 for ink in (60, 120, 180)]
    assert np.abs(picture - expected).max() <= 3


# -- transparency over white --------------------------------------------------------------


def over_white(colour: Picture, alpha: Picture) -> Picture:
    share = alpha[..., None] / 255
    return np.rint(colour * share + 255 * (1 - share))


def test_alpha_lies_over_white() -> None:
    alpha = RANDOM.integers(0, 256, NOISE.shape[:2], np.uint8)
    expected = over_white(NOISE, alpha)
    for kind, options in (("PNG", {}), ("WEBP", {"lossless": True, "exact": True})):
        file = encode(np.dstack([NOISE, alpha]), kind, **options)
        assert np.abs(load_image(file) - expected).max() <= 1


def test_grey_with_alpha_lies_over_white() -> None:
    grey, alpha = NOISE[..., 0], NOISE[..., 1]
    expected = over_white(np.dstack([grey] * 3), alpha)
    eight = png_of(np.stack([grey, alpha], axis=-1), 8, GREY_ALPHA)
    sixteen = png_of(np.stack([grey, alpha], axis=-1).astype(np.uint16) * 257, 16, GREY_ALPHA)
    for file in (eight, sixteen):
        assert np.abs(load_image(file) - expected).max() <= 1


def test_transparent_palette_entries_lie_over_white() -> None:
    indices = np.tile(np.array([0, 1, 2, 1], np.uint8), (8, 2))
    colours = chunk(b"PLTE", bytes([200, 0, 0, 0, 200, 0, 0, 0, 200]))
    whole = load_image(png_of(indices, 8, PALETTE, colours, chunk(b"tRNS", b"\xff\x00")))
    half = load_image(png_of(indices, 8, PALETTE, colours, chunk(b"tRNS", b"\x80\xff\x00")))
    assert whole[2, :3].tolist() == [[200, 0, 0], [255, 255, 255], [0, 0, 200]]
    assert half[2, 1:3].tolist() == [[0, 200, 0], [255, 255, 255]]
    assert np.abs(half[2, 0] - np.array([227.4, 127, 127])).max() <= 1


@pytest.mark.parametrize(
    ("bits", "colour", "row", "transparent", "expected"),
    [
        (1, GREY, np.array([0b01010101], np.uint8), b"\0\0", [255] * 4),
        (4, GREY, np.array([0x0F, 0x5A, 0, 0], np.uint8), b"\0\x0f", [0, 255, 85, 170]),
        (4, GREY, np.array([0x0F, 0x5A, 0, 0], np.uint8), b"\0\x05", [0, 255, 255, 170]),
        (8, GREY, np.array([9, 8, 7, 6, 0, 0, 0, 0], np.uint8), b"\0\x08", [9, 255, 7, 6]),
        (16, GREY, np.array([4660, 4661, 0, 65535] * 2, np.uint16), b"\x12\x34", [255, 18, 0, 255]),
        (8, RGB, np.array([[5, 6, 7], [5, 6, 8]] * 4, np.uint8), b"\0\5\0\6\0\7", [255, 5]),
        (16, RGB, np.array([[4660] * 3, [9999] * 3] * 4, np.uint16), b"\x12\x34" * 3, [255, 39]),
    ],
)  # fmt: skip
def test_one_transparent_colour_lies_over_white(
    bits: int, colour: int, row: Picture, transparent: bytes, expected: list[int]
) -> None:
    pixels = np.stack([row] * 8)
    width = 8 if bits < 8 else None
    picture = load_image(png_of(pixels, bits, colour, chunk(b"tRNS", transparent), width=width))
    assert picture[5, : len(expected), 0].tolist() == expected


# -- orientation, animation, colour -------------------------------------------------------

FAITHFUL: dict[str, dict[str, Any]] = {
    "PNG": {},
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True},
}
UPRIGHT = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].transpose(1, 0, 2),
    8: lambda stored: np.rot90(stored, 1),
}


ORIENTED = [(kind, turn) for kind in FAITHFUL for turn in (*UPRIGHT, 0, 9, 65535)]
"""Each kind of file with each orientation that there is, and with some that do not exist."""


@pytest.mark.parametrize(
    "case",
    in_tiers(
        ORIENTED, [*(case for case in ORIENTED if case[0] == "PNG"), ("JPEG", 6), ("WEBP", 6)]
    ),
    ids=str,
)
def test_exif_orientation_is_applied(case: tuple[str, int]) -> None:
    kind, orientation = case
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = load_image(encode(QUADRANTS, kind, exif=exif, **FAITHFUL[kind]))
    expected = UPRIGHT.get(orientation, UPRIGHT[1])(QUADRANTS)
    assert picture.shape == expected.shape
    assert np.abs(picture.astype(int) - expected).max() <= 4


def test_exif_behind_the_pixels_counts_and_broken_exif_does_not() -> None:
    exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0"
    pixels = png_of(QUADRANTS, 8, RGB)
    late = pixels[:-12] + chunk(b"eXIf", exif) + pixels[-12:]
    assert np.array_equal(load_image(late), QUADRANTS[::-1, ::-1])
    for broken in (b"", b"MM", exif[:13], b"II" + exif[2:], bytes(range(256))):
        file = pixels[:-12] + chunk(b"eXIf", broken) + pixels[-12:]
        assert np.array_equal(load_image(file), QUADRANTS)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_first_frame_of_an_animation_counts(kind: str) -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "lime", "blue")]
    file = encode(
        frames[0], kind, save_all=True, append_images=frames[1:], duration=40, lossless=True
    )
    assert np.array_equal(np.unique(load_image(file).reshape(-1, 3), axis=0), [[255, 0, 0]])


def test_of_a_phones_several_pictures_in_one_jpeg_the_first_counts() -> None:
    second = Image.new("RGB", (48, 32), "black")
    options = FAITHFUL["JPEG"]
    file = encode(QUADRANTS, "MPO", save_all=True, append_images=[second], **options)
    assert np.abs(load_image(file).astype(int) - QUADRANTS).max() <= 4


def red_and_blue_exchanged() -> bytes:
    """sRGB's profile with the names of its red and blue columns exchanged."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_an_embedded_profile_is_applied(kind: str) -> None:
    file = encode(QUADRANTS, kind, icc_profile=red_and_blue_exchanged(), **FAITHFUL[kind])
    assert np.abs(load_image(file).astype(int) - QUADRANTS[..., ::-1]).max() <= 6


def test_alpha_survives_a_profile() -> None:
    pixels = np.dstack([QUADRANTS, np.full(QUADRANTS.shape[:2], 128, np.uint8)])
    picture = load_image(encode(pixels, "PNG", icc_profile=red_and_blue_exchanged()))
    assert np.abs(picture[0, 0].astype(int) - [127, 127, 255]).max() <= 2


def test_a_broken_or_unfitting_profile_is_ignored() -> None:
    good = red_and_blue_exchanged()
    for profile in (b"\0" * 200, good[:150], good[:36] + b"none" + good[40:], b"x"):
        assert np.array_equal(load_image(encode(NOISE, "PNG", icc_profile=profile)), NOISE)
    grey = NOISE[..., 0]
    assert np.array_equal(load_image(encode(grey, "PNG", icc_profile=good))[..., 0], grey)


# -- sizes --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", in_tiers(["PNG", "JPEG", "WEBP"], {"JPEG"}))
def test_a_large_picture_is_reduced_to_the_working_size(kind: str) -> None:
    large = np.kron(QUADRANTS, np.ones((80, 90, 1), np.uint8))
    assert large.shape == (2560, 4320, 3)
    picture = load_image(encode(large, kind))
    assert picture.shape == (1214, 2048, 3)
    for row, column in ((300, 500), (300, 1500), (900, 500), (900, 1500)):
        expected = QUADRANTS[row * 32 // 1214, column * 48 // 2048]
        assert np.abs(picture[row, column].astype(int) - expected).max() <= 4


def test_transparent_pixels_do_not_bleed_when_a_picture_is_reduced() -> None:
    pixels = np.zeros((4000, 4000, 4), np.uint8)
    pixels[:, ::2] = (255, 0, 0, 255)  # between black that is transparent
    middle = load_image(encode(pixels, "PNG", compress_level=1))[1000:1010, 1000:1010]
    assert np.abs(middle.astype(int) - [255, 127, 127]).max() <= 2


@pytest.mark.slow
def test_the_largest_photos_of_phones_are_read() -> None:
    photo = with_jpeg_size(encode(Image.new("RGB", (8000, 6000), "teal"), "JPEG"), 8000, 6000)
    assert load_image(photo).shape == (1536, 2048, 3)
    assert load_image(black_png(5000, 5000, 8, RGB_ALPHA)).shape == (2048, 2048, 3)
    assert load_image(webp_frames(1, 5000)).shape == (2048, 2048, 3)


@pytest.mark.parametrize(
    ("size", "accepted"),
    [((8, 8), True), ((7, 8), False), ((8, 160), True), ((161, 8), False), ((8, 161), False)],
)
def test_the_smallest_and_the_narrowest_picture(size: tuple[int, int], accepted: bool) -> None:
    file = encode(Image.new("RGB", size), "PNG")
    if accepted:
        assert load_image(file).shape == (size[1], size[0], 3)
    else:
        assert re.findall(r"\d+", complaint(file))[:2] == [str(side) for side in size]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (png(10_000, 8_001, 8, RGB, b""), ["80"]),
        (png(2**31 - 1, 2**31 - 1, 8, RGB, b""), ["80"]),
        (with_jpeg_size(encode(NOISE, "JPEG"), 65_000, 65_000), ["80"]),
        (webp_frames(1, 2**24), ["80"]),
        (webp_frames(1, 5001), ["5001", "5001", "25"]),
    ],
)
def test_too_many_pixels_are_refused_by_the_header(file: bytes, said: list[str]) -> None:
    """Said are the picture's sides, where they are known, and the most megapixels."""
    assert re.findall(r"\d+", complaint(file)) == said


def test_the_limit_on_bytes() -> None:
    file = encode(NOISE, "PNG")
    assert np.array_equal(load_image(file + bytes(MAX_BYTES - len(file))), NOISE)
    assert "25 MB" in complaint(file + bytes(MAX_BYTES - len(file) + 1))


# -- files that are no pictures -----------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (b"", "empty"),
        (encode(NOISE, "ICO"), "icon"),
        (encode(NOISE, "JPEG2000"), "JPEG 2000"),
        (encode(NOISE, "PDF"), "PDF"),
        (b"\0\0\0\x18ftypmp42" + bytes(40), "video"),
        (b"8BPS\0\1" + bytes(40), "Photoshop"),
        (b"PK\3\4" + bytes(40), "archive"),
        (b'<?xml version="1.0"?>\n<!-- a -->\n<SVG width="9">', "SVG"),
        (b"\n<!doctype html><p>hello", "web page"),
        (b"Dear Sir or Madam,\r\n", "text"),
        (b"8", "text"),
        (bytes(range(128, 256)), ""),
        (encode(NOISE, "PPM"), ""),
        (b"RIFF\0\0\0\0WAVE" + bytes(99), ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_files_are_named(file: bytes, name: str) -> None:
    """A kind that is not known has no name; the kinds that can be read are always said."""
    said = complaint(file)
    assert name in said
    assert {"PNG", "JPEG", "WebP"} <= set(re.findall(r"\w+", said))


def test_paths_that_lead_to_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "secret-pipe")
    for source in (
        tmp_path,
        tmp_path / "secret.png",
        str(tmp_path / "secret.png"),
        tmp_path / "secret-pipe",
        "/dev/zero",
        "secret\0.png",
        "secret" * 1000,
    ):
        said = complaint(source)
        assert "secret" not in said
        assert str(tmp_path) not in said
        assert "/dev" not in said


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(encode(NOISE, "PNG"))

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    assert "secret" not in complaint(path)


# -- damage and malice --------------------------------------------------------------------

SEEDS = {
    "PNG": encode(NOISE, "PNG"),
    "palette PNG": encode(Image.fromarray(NOISE).quantize(9), "PNG", transparency=1),
    "JPEG": encode(NOISE, "JPEG"),
    "progressive JPEG": encode(NOISE, "JPEG", progressive=True),
    "WebP": encode(NOISE, "WEBP"),
    "lossless WebP": encode(np.dstack([NOISE, NOISE[..., :1]]), "WEBP", lossless=True),
}


@pytest.mark.parametrize("seed", in_tiers(SEEDS, {"PNG", "JPEG"}))
def test_a_file_cut_short_is_damaged(seed: str) -> None:
    file = SEEDS[seed]
    kind = seed.split()[-1]
    for length in (16, len(file) // 2, len(file) * 3 // 4):
        said = complaint(file[:length])
        assert set(re.findall("PNG|JPEG|WebP", said)) == {kind}


def too_much_data() -> bytes:
    """81 million zeros in 200 kB."""
    file = black_png(9000, 9000, 8, GREY)
    start = file.index(b"IDAT")
    return file[start + 4 : start + 4 + int.from_bytes(file[start - 4 : start], "big")]


HOSTILE = {
    "no pixels": lambda: png(64, 64, 8, RGB, b""),
    "unknown colour type": lambda: png(64, 64, 7, 5, b""),
    "wrong compression": lambda: png(64, 64, 8, RGB, b"not deflate"),
    "text bomb": lambda: small_png(chunk(b"zTXt", b"k\0\0" + too_much_data())),
    "profile bomb": lambda: small_png(chunk(b"iCCP", b"k\0\0" + too_much_data())),
    "broken animation": lambda: small_png(
        chunk(b"acTL", b"\xff" * 8), chunk(b"fcTL", b"\xff" * 26)
    ),
    "lossless JPEG": lambda: SEEDS["JPEG"].replace(b"\xff\xc0", b"\xff\xc3", 1),
    "empty RIFF": riff,
    "empty WebP": lambda: riff((b"VP8L", b"")),
    "a million segments": lambda: b"\xff\xd8" + segment(0xE5) * 2_000_000,
    "many codes": huffman_bomb,
}
HARMLESS = {
    "large EXIF": lambda: small_png(chunk(b"eXIf", exif_bomb())),
    "text after the pixels": lambda: small_png(after=chunk(b"tEXt", b"k\0v") * 1000),
    "too much data": lambda: png(16, 16, 8, GREY, too_much_data()),
    "many frames": lambda: webp_frames(100_000, 16),
    "animation of no frames": lambda: small_png(chunk(b"acTL", bytes(8))),
    "declared larger": lambda: with_jpeg_size(SEEDS["JPEG"], 5000, 5000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_one_line(
    name: str, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    complaint(HOSTILE[name]())
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


@pytest.mark.parametrize("name", in_tiers(HARMLESS, {"large EXIF", "too much data"}))
def test_a_strange_file_may_still_be_a_picture(
    name: str, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    assert is_picture(load_image(HARMLESS[name]()))
    assert capfd.readouterr() == ("", "")
    assert not recwarn.list


def processor_seconds() -> float:
    """What the children that have ended took."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def test_the_system_ends_a_decoder_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", partial(patient, subprocess.run))
    before = processor_seconds()
    complaint(scan_bomb(2000, 2000))
    assert processor_seconds() - before < 2.0  # counted by the system: no clock of a busy machine


def patient(run: Callable[..., Any], *command: Any, **options: Any) -> Any:
    """So that it is not the parent who ends it."""
    return run(*command, **(options | {"timeout": 100}))


MEASURE = """
import contextlib, resource, sys
from densenet_viz.images.pictures import ImageError, load_image
for name in sys.argv[1:]:
    with contextlib.suppress(ImageError):
        load_image(name)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.mark.slow
def test_no_file_takes_more_memory_than_promised(tmp_path: Path) -> None:
    """The largest PNG and WebP that are read, and tables that would take 557 MB."""
    files = {
        "tables": huffman_bomb(),
        "pixels": black_png(5000, 5000, 8, RGB_ALPHA),
        "canvas": webp_frames(1, 5000),
        "deep grey": black_png(5000, 5000, 16, GREY, chunk(b"tRNS", b"\0\0")),
        "entries": small_png(chunk(b"eXIf", exif_bomb())),
    }
    for name, file in files.items():
        (tmp_path / name).write_bytes(file)
    command = [sys.executable, "-c", MEASURE, *(str(tmp_path / name) for name in files)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    kilobytes = int(run.stdout)
    assert 300_000 < kilobytes < 500_000  # the first: it was measured at all


def never_done(*_given: object, **_options: object) -> None:
    raise subprocess.TimeoutExpired("a decoder", 20)


def test_a_decoder_that_never_ends_or_starts_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = complaint(SEEDS["PNG"][:40])
    monkeypatch.setattr(subprocess, "run", never_done)
    too_long = complaint(SEEDS["PNG"])
    assert "PNG" in too_long
    assert too_long != damaged
    monkeypatch.undo()
    for executable in ("/nowhere/python", "/bin/false"):
        monkeypatch.setattr(sys, "executable", executable)
        assert "PNG" not in complaint(SEEDS["PNG"])  # it is not the file's fault


def test_a_prepared_decoder_is_used_once_and_keeps_the_limits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = pictures._SPARE._start()
    monkeypatch.setattr(pictures, "_SPARE", Spare(lambda: started))
    pictures.prepare_decoder()
    pictures.prepare_decoder()  # one waits already
    monkeypatch.setattr(subprocess, "run", never_done)  # any other decoder
    assert load_image(SEEDS["PNG"]).tobytes() == NOISE.tobytes()
    assert started.returncode == 0
    assert pictures._SPARE.take() is None
    monkeypatch.setattr(pictures, "_SPARE", Spare(pictures._start_spare))
    pictures.prepare_decoder()
    before = processor_seconds()
    complaint(scan_bomb(2000, 2000))
    assert processor_seconds() - before < 2.0


def test_a_prepared_decoder_that_has_ended_is_replaced() -> None:
    spare = Spare(pictures._start_spare)
    spare.prepare()
    child = spare._child
    assert child is not None
    child.kill()
    child.wait()
    assert spare.take() is None
    spare.prepare()
    waiting = spare._child
    assert waiting is not None
    spare.close()
    assert waiting.returncode == -signal.SIGKILL


CHANGED = st.builds(
    lambda seed, changes, length: changed(SEEDS[seed], changes)[:length],
    st.sampled_from(sorted(SEEDS)),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=12),
    st.integers(0, 4000),
)
"""Pictures with a few bytes changed, and cut off."""
RANDOM_BYTES = st.builds(
    bytes.__add__,
    st.sampled_from([b"", *(file[:cut] for file in SEEDS.values() for cut in (12, 45))]),
    st.binary(max_size=400),
)
"""Random bytes, mostly behind the beginning of a picture."""


def changed(file: bytes, changes: list[tuple[int, int]]) -> bytes:
    made = bytearray(file)
    for position, value in changes:
        made[position % len(made)] = value
    return bytes(made)


@pytest.mark.slow
@settings(max_examples=16, deadline=None)
@given(CHANGED | RANDOM_BYTES)
def test_broken_files_give_a_picture_or_one_line(file: bytes) -> None:
    picture_or_line(file)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(CHANGED | RANDOM_BYTES)
def test_many_broken_files_give_a_picture_or_one_line(file: bytes) -> None:
    picture_or_line(file)


def picture_or_line(file: bytes) -> None:
    said = None
    try:
        assert is_picture(load_image(file))
    except ImageError as error:
        said = str(error)
    assert said is None or ONE_LINE.fullmatch(said)


# -- threads and imports ----------------------------------------------------------------------


@pytest.mark.slow
def test_many_threads_each_get_their_own_picture() -> None:
    colours = [(10 * number, 255 - 10 * number, 77) for number in range(12)]
    files = [encode(Image.new("RGB", (30, 20), colour), "PNG") for colour in colours]
    before = threading.active_count()
    with ThreadPoolExecutor(12) as pool:
        pictures = list(pool.map(load_image, files))
    assert [tuple(picture[9, 9]) for picture in pictures] == colours
    assert threading.active_count() == before


def test_pillow_is_left_as_it_was_and_nothing_heavy_is_loaded() -> None:
    code = """
import sys, warnings
import numpy
from PIL import Image, ImageFile
from densenet_viz.images.pictures import load_image
before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters)
load_image(sys.stdin.buffer.read())
after = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters)
assert after == before
assert not {"torch", "torchvision", "streamlit", "plotly"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], input=SEEDS["PNG"], timeout=60, check=True)


def test_the_decoder_loads_only_pillow() -> None:
    code = f"""
import sys
sys.path.append({str(ROOT)!r})
from densenet_viz.images import decoder
decoder.main(9.0)
print(sorted(sys.modules), file=sys.stderr)
"""
    run = subprocess.run(
        [sys.executable, "-I", "-c", code],
        input=SEEDS["PNG"],
        capture_output=True,
        cwd="/",
        timeout=60,
        check=True,
    )
    loaded = run.stderr.decode()
    assert "densenet_viz.images.decoder" in loaded
    for heavy in ("numpy", "pydicom", "pillow_heif", "torch", "streamlit"):
        assert f"'{heavy}'" not in loaded
    assert limits.HEADER.unpack_from(run.stdout) == (40, 24, 0)
    assert run.stdout[limits.HEADER.size :] == NOISE.tobytes()


# -- fit and to_png -----------------------------------------------------------------------


def test_fit_keeps_the_centre() -> None:
    thirds = np.repeat(np.eye(3, dtype=np.uint8) * 255, 10, axis=0)  # red, green, blue
    wide = np.tile(thirds, (10, 1, 1))
    green = np.broadcast_to(np.array([0, 255, 0], np.uint8), (10, 10, 3))
    assert np.array_equal(fit(wide, 10), green)
    assert np.array_equal(fit(wide.transpose(1, 0, 2), 10), green)


def test_fit_of_a_picture_that_fits_changes_nothing() -> None:
    square = NOISE[:, :24]
    assert np.array_equal(fit(square, 24), square)
    assert fit(square, 24) is not square


def test_fit_averages_what_it_makes_smaller() -> None:
    fine = np.zeros((256, 256, 3), np.uint8)
    fine[::2, ::2] = fine[1::2, 1::2] = 255
    assert np.abs(fit(fine, 32).astype(int) - 127.5).max() <= 1.5  # every 8th pixel: 0 or 255


def test_fit_makes_larger_too() -> None:
    assert fit(NOISE, 224).shape == (224, 224, 3)
    assert (
        fit(np.full((8, 160, 3), 9, np.uint8), 300).tolist() == np.full((300, 300, 3), 9).tolist()
    )


@pytest.mark.parametrize("size", [0, -1, 2049])
def test_fit_says_which_sizes_are_allowed(size: int) -> None:
    with pytest.raises(ValueError, match=rf"\bsize={size}\b.*\b1\b.*2,048"):
        fit(NOISE, size)


@settings(max_examples=25, deadline=None)
@given(channels=st.sampled_from([3, 4]), height=st.integers(1, 20), width=st.integers(1, 20))
def test_to_png_keeps_every_value(channels: int, height: int, width: int) -> None:
    pixels = RANDOM.integers(0, 256, (height, width, channels), np.uint8)
    file = to_png(pixels)
    assert file.startswith(b"\x89PNG")
    with Image.open(io.BytesIO(file)) as image:
        assert np.array_equal(np.asarray(image), pixels)
    if channels == 3 and min(height, width) >= 8:
        assert np.array_equal(load_image(file), pixels)
