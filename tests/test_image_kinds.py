"""Pictures as people bring them: each kind of file, its odd forms, and files that want to do harm.

HEIC and DICOM need packages that are no requirement: where one is missing, the same tests check
that the file's sentence names it.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from densenet_viz.images import decoder, kinds, limits, pictures
from densenet_viz.images.kinds import ENDINGS, KINDS, Kind, kind_of
from densenet_viz.images.pictures import ImageError, OpenedPicture, Reason, open_picture
from tests import dicom_files as dcm
from tests.image_files import GREY, RGB, encode, png_of
from tests.image_files import with_jpeg_size as resized
from tests.tiers import in_tiers

HERE = Path(__file__).parent
NOISE = np.random.default_rng(0).integers(0, 256, (24, 40, 3), dtype=np.uint8)
QUADRANTS = (
    np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)
    .repeat(16, axis=0)
    .repeat(24, axis=1)
)
HEIC = (HERE / "quadrants.heic").read_bytes()
BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Much processor time, so that only the limit of memory is tested, on any machine."""
    monkeypatch.setattr(pictures, "kind_of", lambda data: replace(kind_of(data), seconds=60.0))
    monkeypatch.setattr(pictures, "_DEADLINE", 300.0)


def picture_or_sentence(file: bytes) -> Reason | None:
    """The reason why there is no picture; None with one."""
    said, reason = "One.", None
    try:
        assert max(open_picture(file).pixels.shape) <= 2048
    except ImageError as error:
        said, reason = str(error), error.reason
    assert re.fullmatch(r"[A-Z][^\n]*\.", said)
    return reason


def complaint(file: bytes) -> ImageError:
    """The one sentence for a file that gives no picture."""
    with pytest.raises(ImageError) as caught:
        open_picture(file)
    assert re.fullmatch(r"[A-Z][^\n]*\.", str(caught.value))
    return caught.value


def has(kind: Kind) -> bool:
    module = kind.package.partition("==")[0].replace("-", "_")
    return not module or find_spec(module) is not None


def opened(file: bytes) -> OpenedPicture | None:
    """The picture; None where the package for it is missing, after a check of what is said."""
    kind = kind_of(file)
    if has(kind):
        return open_picture(file)
    error = complaint(file)
    assert error.reason is Reason.PACKAGE
    assert f"pip install {kind.package}" in str(error)
    return None


# -- the kinds ------------------------------------------------------------------------------

FILES: dict[str, bytes] = {
    "PNG": encode(QUADRANTS, "PNG"),
    "JPEG": encode(QUADRANTS, "JPEG", quality=95, subsampling=0),
    "WebP": encode(QUADRANTS, "WEBP", lossless=True),
    "GIF": encode(Image.fromarray(QUADRANTS).quantize(4), "GIF"),
    "BMP": encode(QUADRANTS, "BMP"),
    "TIFF": encode(QUADRANTS, "TIFF", compression="tiff_lzw"),
    "AVIF": encode(QUADRANTS, "AVIF", quality=95),
    "HEIC photo": HEIC,
    "DICOM file": dcm.dicom(QUADRANTS, shades="RGB", bits=8),
}


@pytest.mark.parametrize("name", [kind.name for kind in KINDS])
def test_each_kind_is_told_by_its_content_and_read(name: str) -> None:
    kind = kind_of(FILES[name])
    assert kind.name == name
    picture = opened(FILES[name])
    if picture is not None:
        assert picture.notes == ()
        corners = picture.pixels[4::24, 6::36].astype(int)
        assert np.abs(corners - QUADRANTS[4::24, 6::36]).max() <= 8  # AVIF and HEIC round colours


def test_a_file_of_several_brands_is_what_it_can_be_read_as() -> None:
    head = b"\0\0\0\x1cftypmif1\0\0\0\0"
    assert kind_of(head + b"mif1avifmiaf").name == "AVIF"
    assert kind_of(head + b"mif1heicmiaf").name == "HEIC photo"


def test_the_usual_endings_are_offered() -> None:
    assert {"png", "jpg", "jfif", "webp", "gif", "bmp", "tif", "avif", "heic", "dcm"} <= set(
        ENDINGS
    )
    assert len(ENDINGS) == len(set(ENDINGS))


def test_the_extras_are_pinned_in_one_file_as_the_sentences_say() -> None:
    lines = (HERE.parent / "requirements-extra.txt").read_text().splitlines()
    pinned = {line for line in lines if line and not line.startswith("#")}
    assert pinned == {kind.package for kind in KINDS if kind.package}
    assert pinned.isdisjoint((HERE.parent / "requirements.txt").read_text().splitlines())


@pytest.mark.parametrize("name", ["HEIC photo", "DICOM file"])
def test_a_missing_package_is_named_with_its_pip_line(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("pillow_heif", "pydicom"):
        monkeypatch.setitem(__import__("sys").modules, module, None)  # as if it were not installed
    status, told = decoder.answer(FILES[name])
    reason, sentence = told.decode().split("\n")
    assert (status, reason) == (limits.REFUSED, "PACKAGE")
    assert f"pip install {BY_NAME[name].package}" in sentence


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "AVIF", "WEBP", "PNG"])
def test_of_many_pictures_the_first_is_used_and_that_is_said(kind: str) -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime", "blue")]
    picture = open_picture(encode(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert np.abs(picture.pixels.astype(int) - [255, 0, 0]).max() <= 6
    assert len(picture.notes) == 1


# -- shades of more than eight bits ---------------------------------------------------------


def column(values: list[float], kind: str) -> np.ndarray[Any, Any]:
    return np.tile(np.array(values, kind), (8, 1))


def test_twelve_bits_in_a_file_of_sixteen_are_stretched_and_that_is_said() -> None:
    picture = open_picture(png_of(column([100, 1098, 2097, 4095] * 2, "uint16"), 16, GREY))
    assert picture.pixels[3, :4, 0].tolist() == [0, 64, 127, 255]
    assert re.findall(r"[\d,]*\d", picture.notes[0]) == ["100", "4,095"]


def test_sixteen_bits_used_whole_stay_as_they_are() -> None:
    picture = open_picture(png_of(column([0, 256, 4660, 40000] * 2, "uint16"), 16, GREY))
    assert picture.pixels[3, :4, 0].tolist() == [0, 1, 18, 156]
    assert picture.notes == ()


def test_one_value_everywhere_is_no_range() -> None:
    picture = open_picture(png_of(column([2560] * 8, "uint16"), 16, GREY))
    assert np.unique(picture.pixels).tolist() == [10]
    assert picture.notes == ()


def deep_tiff(pixels: np.ndarray[Any, Any], order: str) -> bytes:
    """Colours of 16 bits, not compressed; `order` is "<" or ">"."""
    height, width, samples = pixels.shape
    data = pixels.astype(f"{order}u2").tobytes()
    fields = [(256, 3, 1, width), (257, 3, 1, height), (259, 3, 1, 1), (262, 3, 1, 2)]
    bits_at = 8 + 2 + 12 * 8 + 4
    fields += [(258, 3, samples, bits_at), (273, 4, 1, bits_at + 2 * samples)]
    fields += [(277, 3, 1, samples), (279, 4, 1, len(data))]
    made = struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 8)
    made += struct.pack(f"{order}H", len(fields))
    for tag, kind, count, value in sorted(fields):
        packed = struct.pack(f"{order}H2x" if kind == 3 and count == 1 else f"{order}I", value)
        made += struct.pack(f"{order}HHI", tag, kind, count) + packed
    return made + bytes(4) + struct.pack(f"{order}{samples}H", *[16] * samples) + data


DARK_COLOURS = np.stack(
    [column(one, "uint16") for one in ([100, 1098, 2097, 4095] * 2, [4095, 100] * 4, [100] * 8)],
    axis=-1,
)


@pytest.mark.parametrize(
    "file",
    [
        png_of(DARK_COLOURS, 16, RGB),
        deep_tiff(DARK_COLOURS, "<"),
        deep_tiff(DARK_COLOURS, ">"),
    ],
)
def test_colours_of_twelve_bits_in_sixteen_are_stretched_together(file: bytes) -> None:
    picture = open_picture(file)
    assert picture.pixels[3, :4].tolist() == [
        [0, 255, 0],
        [64, 0, 0],
        [127, 255, 0],
        [255, 0, 0],
    ]
    assert re.findall(r"[\d,]*\d", picture.notes[0]) == ["100", "4,095"]


@pytest.mark.parametrize("make", [lambda c: png_of(c, 16, RGB), lambda c: deep_tiff(c, "<")])
def test_colours_that_use_their_sixteen_bits_stay_as_they_are(make: Any) -> None:
    picture = open_picture(make(DARK_COLOURS * 10))
    assert picture.pixels[3, :2].tolist() == [[3, 159, 3], [42, 3, 3]]
    assert picture.notes == ()


MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "LAB")


def tiff(pixels: np.ndarray[Any, Any], mode: str = "", **options: Any) -> bytes:
    image = Image.fromarray(pixels)
    return encode(image.convert(mode) if mode else image, "TIFF", **options)


@pytest.mark.parametrize(
    ("pixels", "expected", "is_stretched"),
    [
        (column([0, 1000, 2000, 4000] * 2, ">u2"), [0, 63, 127, 255], True),
        (column([0, 1000, 2000, 4000] * 2, "<u2"), [0, 63, 127, 255], True),
        (column([0, 25600, 51200, 65535] * 2, ">u2"), [0, 100, 200, 255], False),
        (column([-1000, 0, 500, 1000] * 2, "<i4"), [0, 127, 191, 255], True),
        (column([0.0, 0.2, 0.6, 1.0] * 2, "<f4"), [0, 51, 153, 255], False),
        (column([-5.0, 0.0, 2.5, 5.0] * 2, "<f4"), [0, 127, 191, 255], True),
    ],
)
def test_deep_tiffs(pixels: np.ndarray[Any, Any], expected: list[int], is_stretched: bool) -> None:
    picture = open_picture(tiff(pixels))
    assert np.abs(picture.pixels[3, :4, 0].astype(int) - expected).max() <= 1
    assert bool(picture.notes) is is_stretched


def test_white_is_zero_in_a_deep_tiff_too() -> None:
    file = tiff(column([0, 1000, 2000, 4000] * 2, "<u2"))
    tag = struct.pack("<HHI", 262, 3, 1)
    at = file.index(tag) + len(tag)
    assert file[at] == 1
    negative = file[:at] + b"\0" + file[at + 1 :]
    assert np.array_equal(open_picture(negative).pixels, 255 - open_picture(file).pixels)


def test_a_value_that_is_no_number_is_said() -> None:
    assert complaint(tiff(column([0, np.inf, 1, 2] * 2, "<f4"))).reason is Reason.DAMAGED


@pytest.mark.parametrize("mode", in_tiers(MODES, {"1", "PA", "CMYK", "LAB"}))
def test_every_mode_of_a_tiff_gives_a_picture(mode: str) -> None:
    source = Image.fromarray(QUADRANTS)
    image = Image.new("LAB", (48, 32), (136, 208, 195)) if mode == "LAB" else source
    if mode == "PA":
        image = source.convert("P").convert("PA")
    elif mode not in ("RGB", "LAB"):
        image = image.convert(mode)
    picture = open_picture(encode(image, "TIFF")).pixels
    assert picture.shape == (32, 48, 3)
    if mode == "LAB":  # L* 53.3, a* 80, b* 67 is sRGB's red
        assert np.abs(picture[0, 0].astype(int) - [255, 0, 0]).max() <= 12
    elif mode in ("P", "PA", "RGB", "RGBA", "RGBX", "CMYK"):
        assert np.abs(picture.astype(int) - QUADRANTS).max() <= 2
    else:
        assert picture[:16, :24].mean() < picture[16:, 24:].mean()  # red is darker than white


# -- large pictures -------------------------------------------------------------------------


def test_a_large_picture_says_what_became_of_it() -> None:
    picture = open_picture(encode(Image.new("L", (5000, 3000), 7), "PNG"))
    assert picture.pixels.shape == (1229, 2048, 3)
    assert re.findall(r"[\d,]*\d", picture.notes[0]) == ["5,000", "3,000", "2,048", "1,229"]


def test_a_panorama_of_59_megapixels_is_made_smaller() -> None:
    small = encode(Image.new("RGB", (16_382, 16), "teal"), "JPEG")
    panorama = resized(small, 16_382, 3628)
    assert open_picture(panorama).pixels.shape == (454, 2048, 3)


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "GIF", "BMP"])
def test_79_megapixels_of_one_byte_stay_within_memory(kind: str) -> None:
    options = {"compression": "tiff_deflate"} if kind == "TIFF" else {}
    mode = "1" if kind == "BMP" else "L"
    file = encode(Image.new(mode, (9000, 8800)), kind, **options)
    assert open_picture(file).pixels.shape == (2002, 2048, 3)


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
def test_80_megapixels_of_colour_stay_within_memory() -> None:
    image = Image.new("RGBA", (10_000, 8000), (10, 20, 30, 255))
    file = encode(image, "PNG", compress_level=1)
    assert np.array_equal(np.unique(open_picture(file).pixels), [10, 20, 30])


def test_coefficients_that_need_too_much_memory_are_no_damage() -> None:
    small = encode(NOISE, "JPEG", progressive=True, subsampling=0)
    at = small.index(b"\xff\xc2") + 5
    large = small[:at] + struct.pack(">HH", 8000, 10_000) + small[at + 4 :]
    error = complaint(large)
    assert error.reason is Reason.TOO_COSTLY
    assert {"1.7", "512"} <= set(re.findall(r"[\d.]*\d", str(error)))


# -- DICOM ----------------------------------------------------------------------------------


def shades(file: bytes) -> list[int] | None:
    """The first, middle and last shade of a row."""
    picture = opened(file)
    return None if picture is None else picture.pixels[30, [0, 32, 63], 0].tolist()


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        pytest.param(dcm.dicom(dcm.ramp(0, 4095)), [0, 130, 255], marks=pytest.mark.slow),
        (dcm.dicom(dcm.ramp(0, 4095), shades="MONOCHROME1"), [255, 125, 0]),
        pytest.param(
            dcm.dicom(dcm.ramp(-1000, 1000, "int16"), bits=16),
            [0, 130, 255],
            marks=pytest.mark.slow,
        ),
        # Of 0 to 63, the window 16 to 48 goes from black to white (PS3.3 C.11.2.1.2: 15.5, 31).
        (dcm.dicom(dcm.ramp(0, 63), window=(32, 32)), [0, 132, 255]),
        # The same in the unit of slope and intercept: 10 x - 320 is 0 at 32.
        (dcm.dicom(dcm.ramp(0, 63), window=(0, 320), slope=(10, -320)), [0, 128, 255]),
        # No window: stretched.
        pytest.param(
            dcm.dicom(dcm.ramp(0, 63), window=(32, 0)), [0, 130, 255], marks=pytest.mark.slow
        ),
        pytest.param(
            dcm.dicom(dcm.ramp(0, 63), window=("1", "nan")), [0, 130, 255], marks=pytest.mark.slow
        ),
        (dcm.dicom(dcm.ramp(0, 4095), syntax=dcm.DEFLATED), [0, 130, 255]),
    ],
)
def test_dicom_is_shown_by_its_window_or_its_range(file: bytes, expected: list[int]) -> None:
    found = shades(file)
    assert found is None or np.abs(np.subtract(found, expected)).max() <= 1


def test_dicom_says_which_window_it_has() -> None:
    picture = opened(dcm.dicom(dcm.ramp(0, 4095), window=("40\\600", "400\\1500")))
    if picture is not None:
        assert re.findall(r"\d+", picture.notes[0]) == ["40", "400"]


def test_of_many_dicom_frames_the_first_is_used() -> None:
    pixels = np.concatenate([dcm.ramp(0, 100), dcm.ramp(3000, 4000)])
    picture = opened(dcm.dicom(pixels, size=(64, 64), frames=2))
    if picture is not None:
        assert picture.pixels.shape == (64, 64, 3)
        assert len(picture.notes) == 2
        assert re.findall(r"\d+", picture.notes[1]) == ["0", "100"]


DICOM_REFUSED = {
    "compression": (dcm.dicom(dcm.ramp(0, 9), syntax=dcm.JPEG_LS), Reason.COMPRESSION),
    "private": (dcm.dicom(dcm.ramp(0, 9), syntax="1.2.3.4.5"), Reason.COMPRESSION),
    "colours": (dcm.dicom(dcm.ramp(0, 9), shades="HSV"), Reason.COMPRESSION),
    "no picture": (dcm.meta(dcm.PLAIN) + dcm.short(0x28, 0x10, 64), Reason.OTHER_KIND),
    "4.3 gigapixels": (dcm.dicom(dcm.ramp(0, 9), size=(65_535, 65_535)), Reason.TOO_LARGE),
    "too narrow": (dcm.dicom(dcm.ramp(0, 9), size=(8, 4000)), Reason.TOO_NARROW),
    "4 GB of pixels": (dcm.dicom(dcm.ramp(0, 9), claimed=0xFFFF_FFFE)[:600], Reason.DAMAGED),
    "cut short": (dcm.dicom(dcm.ramp(0, 9))[:-4000], Reason.DAMAGED),
    "bomb": (dcm.deflate_bomb(700), Reason.TOO_COSTLY),
}


@pytest.mark.parametrize("name", in_tiers(DICOM_REFUSED, {"compression", "cut short", "bomb"}))
def test_a_dicom_file_that_cannot_be_read_gets_one_sentence_without_its_patient(name: str) -> None:
    file, reason = DICOM_REFUSED[name]
    error = complaint(file)
    if has(BY_NAME["DICOM file"]):
        assert error.reason is reason
    assert not re.search("secret|patient|1\\.2\\.", str(error), re.IGNORECASE)
    if name == "compression" and error.reason is reason:
        assert "JPEG-LS Lossless" in str(error)


# -- hostile files --------------------------------------------------------------------------


def patched(file: bytes, where: bytes, skip: int, new: bytes) -> bytes:
    at = file.index(where) + skip
    return file[:at] + new + file[at + len(new) :]


def with_tiff_entry(file: bytes, tag: int, value: int) -> bytes:
    """A little-endian TIFF whose entry of that tag is one number of four bytes."""
    at = next(
        place for kind in (3, 4) if (place := file.find(struct.pack("<HHI", tag, kind, 1))) >= 0
    )
    return file[:at] + struct.pack("<HHII", tag, 4, 1, value) + file[at + 12 :]


def tiled_tiff(side: int) -> bytes:
    """64 x 64 px in one deflated tile of that many pixels a side."""
    data = zlib.compress(bytes(64 * 64))
    entries = {256: 64, 257: 64, 258: 8, 259: 8, 262: 1, 277: 1, 322: side, 323: side}
    start = 8 + 2 + 12 * (len(entries) + 2) + 4
    entries |= {324: start, 325: len(data)}
    packed = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries.items())
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + packed + bytes(4) + data


BLACK = np.zeros((64, 64), np.uint8)
CLAIMS = {
    "GIF": patched(FILES["GIF"], b"GIF8", 6, struct.pack("<HH", 65_535, 65_535)),
    "BMP": patched(FILES["BMP"], b"BM", 18, struct.pack("<ii", 130_000, 130_000)),
    "TIFF": with_tiff_entry(with_tiff_entry(tiff(BLACK), 256, 223_607), 257, 223_607),
    "AVIF": patched(FILES["AVIF"], b"ispe", 8, struct.pack(">II", 130_000, 130_000)),
    "HEIC photo": patched(HEIC, b"ispe", 8, struct.pack(">II", 130_000, 130_000)),
    "PNG": patched(FILES["PNG"], b"IHDR", 4, struct.pack(">II", 130_000, 130_000)),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_header_that_claims_50_gigabytes_is_refused(name: str) -> None:
    error = complaint(CLAIMS[name])
    assert error.reason in (Reason.TOO_LARGE, Reason.DAMAGED, Reason.PACKAGE)


@pytest.mark.parametrize("name", in_tiers([kind.name for kind in KINDS], {"TIFF", "AVIF"}))
def test_a_file_cut_short_is_damaged(name: str) -> None:
    file = FILES[name]
    for length in (len(file) // 3, len(file) * 3 // 4):
        error = complaint(file[:length])
        assert error.reason in (Reason.DAMAGED, Reason.PACKAGE)
        assert name in str(error)


def gif_of_many_frames() -> bytes:
    """A hundred thousand frames behind one."""
    head = FILES["GIF"][:-1]
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0"
    return head + frame * 100_000 + b";"


def tiff_of_many_pages() -> bytes:
    """Its first picture names itself as the next one: a chain without an end."""
    file = tiff(BLACK)
    start = struct.unpack_from("<I", file, 4)[0]
    count = struct.unpack_from("<H", file, start)[0]
    end = start + 2 + 12 * count
    return file[:end] + struct.pack("<I", start) + file[end + 4 :]


PICTURES_ALL_THE_SAME = {
    "GIF of many frames": gif_of_many_frames,
    "TIFF without an end": tiff_of_many_pages,
    "GIF bomb": lambda: encode(Image.new("P", (8900, 8900)), "GIF"),
    "TIFF bomb": lambda: encode(
        Image.new("L", (8900, 8900)), "TIFF", compression="tiff_adobe_deflate"
    ),
    "AVIF bomb": lambda: encode(Image.new("L", (5000, 5000)), "AVIF", speed=10),
}


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("name", PICTURES_ALL_THE_SAME)
def test_a_bomb_of_an_allowed_size_is_a_picture_within_the_limits(name: str) -> None:
    assert max(open_picture(PICTURES_ALL_THE_SAME[name]()).pixels.shape) <= 2048


BOMBS = {
    "a tile of 4 gigapixels": lambda: tiled_tiff(65_536),
    "a strip of 4 GB": lambda: with_tiff_entry(
        encode(Image.new("L", (64, 64)), "TIFF", compression="tiff_lzw"), 279, 0xFFFF_FFF0
    ),
    "a BMP of runs": lambda: (
        b"BM"
        + struct.pack("<IHHI", 0, 0, 0, 54 + 1024)
        + struct.pack("<IiiHHIIiiII", 40, 8900, 8900, 1, 8, 1, 0, 0, 0, 256, 0)
        + bytes(1024)
        + b"\1\0" * 2_000_000
    ),
    "16-bit colour in one strip": lambda: with_tiff_entry(
        with_tiff_entry(
            encode(Image.new("RGB", (64, 64)), "TIFF", compression="tiff_lzw"), 256, 8900
        ),
        257,
        8900,
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_gets_a_picture_or_one_sentence(name: str) -> None:
    assert picture_or_sentence(BOMBS[name]()) in (None, Reason.DAMAGED, Reason.TOO_COSTLY)


@pytest.mark.slow
@pytest.mark.parametrize("name", [kind.name for kind in KINDS])
def test_changed_bytes_give_a_picture_or_one_sentence(name: str) -> None:
    random = np.random.default_rng(len(name))
    for _ in range(4):
        file = bytearray(FILES[name])
        for place in random.integers(12, min(len(file), 900), 8):
            file[place] = random.integers(256)
        picture_or_sentence(bytes(file))


def test_a_16_bit_picture_in_colour_is_read_by_its_high_bytes() -> None:
    colour = np.stack([column([0, 256, 65_280, 65_535] * 2, "uint16")] * 3, axis=-1)
    assert open_picture(png_of(colour, 16, RGB)).pixels[0, :4, 0].tolist() == [0, 1, 255, 255]


def test_a_sentence_names_every_kind() -> None:
    for kind in KINDS:
        assert kind.name.split()[0] in kinds.CHOOSE


def test_a_picture_in_memory_is_the_one_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "scan.txt"  # its content counts, not its ending
    path.write_bytes(FILES["TIFF"])
    with Image.open(io.BytesIO(FILES["TIFF"])) as image:
        assert np.array_equal(open_picture(path).pixels, np.asarray(image))
