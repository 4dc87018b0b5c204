"""Saving a stage as a picture, a GIF or a video."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.helpers import saved_by
from tests.browser.stages import scenes
from tests.browser.stages.conftest import Show
from tests.stage_pages import CHECKS, MAPS, SIDE, check_scenes, map_scenes
from tests.tiers import in_tiers

STAGES = ("growth", "block", "transition", "overview")
OTHERS = ("variants", "variants-count", "scatter", "reconciliation")
LAYERS = 1
"""Of the growth stage that is saved here."""
MAPS_AT_THE_END = 8 + LAYERS * 4
SVG = "{http://www.w3.org/2000/svg}"

ON_A_PHONE = ("growth", "scatter", "variants", "attribution", "faithful")
"""One of each kind is on a phone in the first tier."""
CONTROLS = ".stage-aside, .stage-player, .stage-save, .stage-choice, .stage-switch"
"""What is for hands only."""

Opener = Callable[..., Page]


@cache
def all_scenes() -> dict[str, Any]:
    own = scenes.network_scenes() | {"growth": scenes.growth(layers=LAYERS)}
    return own | map_scenes() | check_scenes()


@pytest.fixture
def stage(show: Show) -> Opener:
    def open_stage(name: str, width: int = 1100) -> Page:
        page = show(name, all_scenes()[name], width=width)
        expect(row(page)).to_be_visible()
        return page

    return open_stage


def row(page: Page) -> Locator:
    return page.locator(".stage-save")


def button(page: Page, kind: str) -> Locator:
    """PNG or SVG, GIF or video."""
    place = ("PNG", "SVG", "GIF", "video").index(kind)
    return row(page).locator("button").nth(place)


def saved(page: Page, kind: str, folder: Path) -> tuple[str, bytes]:
    return saved_by(page, button(page, kind), folder)


def size(page: Page) -> tuple[int, int]:
    box = page.locator(".stage").bounding_box()
    assert box is not None
    return round(box["width"]), round(box["height"])


@pytest.mark.parametrize("name", in_tiers(STAGES, {"growth", "overview"}))
def test_a_picture_at_twice_the_size(stage: Opener, name: str, tmp_path: Path) -> None:
    page = stage(name)
    file, data = saved(page, "PNG", tmp_path)
    assert re.fullmatch(r"densenet-[\w-]+\.png", file)
    expect(page.locator(".stage-saved")).to_contain_text(file)
    image = Image.open(io.BytesIO(data)).convert("RGB")
    width, height = size(page)
    assert image.width == 2 * (width + 40)  # 20 pixels of margin on each side
    assert image.height < 2 * (height + 40)  # without the controls
    colours = image.getcolors(1 << 24)
    assert colours is not None
    assert len(colours) > 500
    assert image.getpixel((5, 5)) == (252, 251, 248)  # the ground


def test_the_picture_shows_what_the_canvas_shows(stage: Opener, tmp_path: Path) -> None:
    """Pixel by pixel: the growth stage's canvas, found in the saved picture."""
    page = stage("growth")
    page.locator(".stage-view").press("End")
    expect(page.locator(".growth-count b").last).to_have_text(str(MAPS_AT_THE_END))
    before = page.locator(".stage-view canvas").evaluate("(c) => [c.width, c.toDataURL()]")
    shape = page.locator(".stage").evaluate(
        "(r) => { const a = r.getBoundingClientRect();"
        "const b = r.querySelector('.stage-view canvas').getBoundingClientRect();"
        "return [b.left - a.left, b.top - a.top, b.width, b.height]; }"
    )
    _, data = saved(page, "PNG", tmp_path)
    after = page.locator(".stage-view canvas").evaluate("(c) => [c.width, c.toDataURL()]")
    assert after == before  # the stage is as it was
    left, top, width, height = shape
    image = Image.open(io.BytesIO(data)).convert("RGB")
    found = image.crop(
        tuple(round(2 * v) for v in (left + 20, top + 20, left + width + 20, top + height + 20))
    ).resize((round(width), round(height)), Image.Resampling.BOX)
    screen = Image.open(io.BytesIO(page.locator(".stage-view").screenshot())).convert("RGB")
    pairs = zip(found.tobytes(), screen.crop((0, 0, *found.size)).tobytes(), strict=True)
    far = sum(abs(one - other) > 60 for one, other in pairs)
    assert far < 0.03 * 3 * width * height


def test_an_svg_of_plain_shapes(stage: Opener, tmp_path: Path) -> None:
    page = stage("growth")
    page.locator(".stage-view").press("End")
    expect(page.locator(".growth-count b").last).to_have_text(str(MAPS_AT_THE_END))
    file, data = saved(page, "SVG", tmp_path)
    assert file == "densenet-growth.svg"
    root = ET.fromstring(data)  # noqa: S314
    tags = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert {"image", "text", "rect"} <= tags
    assert tags <= {"svg", "g", "defs", "clipPath", "image", "text", "rect", "line"}
    words = [node.text for node in root.iter(f"{SVG}text")]
    assert {str(MAPS_AT_THE_END), f"layer {LAYERS}"} <= set(words)
    assert not re.search(rb"var\(|color\(|https?://", data.replace(SVG[1:-1].encode(), b""))
    for image in root.iter(f"{SVG}image"):
        assert image.attrib["href"].startswith("data:image/")


def test_the_growth_animation_as_a_video(stage: Opener, tmp_path: Path) -> None:
    page = stage("growth")
    place = page.locator(".stage-place").inner_text()
    kind = button(page, "video").inner_text().lower()
    file, data = saved(page, "video", tmp_path)
    assert file == f"densenet-growth.{kind}"
    assert data[4:8] == b"ftyp" if kind == "mp4" else data[:4] == b"\x1a\x45\xdf\xa3"
    length, width, height = page.evaluate(
        """async (address) => {
          const video = document.createElement("video");
          video.src = address;
          await new Promise((done, no) => { video.onloadeddata = done; video.onerror = no; });
          video.currentTime = 1e6;
          await new Promise((done) => { video.onseeked = done; });
          return [video.currentTime, video.videoWidth, video.videoHeight];
        }""",
        f"data:video/{file.rpartition('.')[2]};base64,{base64.b64encode(data).decode()}",
    )
    assert 1 < length < 30  # of 2.8 s; a busy machine leaves pictures out
    assert width == 1280
    assert height % 2 == 0
    assert page.locator(".stage-place").inner_text() == place


def frames(data: bytes) -> list[Image.Image]:
    image = Image.open(io.BytesIO(data))
    pictures = []
    for place in range(image.n_frames):  # type: ignore[attr-defined]
        image.seek(place)
        pictures.append(image.convert("RGB"))
    return pictures


def test_the_growth_animation_as_a_gif(stage: Opener, tmp_path: Path) -> None:
    page = stage("growth")
    page.locator(".stage-view").press("ArrowRight")
    place = page.locator(".stage-place").inner_text()
    before = page.locator(".stage-view canvas").evaluate("(c) => [c.width, c.toDataURL()]")
    file, data = saved(page, "GIF", tmp_path)
    assert file == "densenet-growth.gif"
    expect(page.locator(".stage-saved")).to_contain_text(file)
    assert len(data) < 5_000_000
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.info["loop"], image.info["duration"]) == ("GIF", 0, 100)
    width, height = image.size
    assert width <= 960
    assert width * height <= 1.01 * 960 * 600
    pictures = frames(data)
    assert len(pictures) == 16 * LAYERS + 1
    assert np.abs(np.asarray(pictures[0]).astype(int)[:4] - (252, 251, 248)).max() <= 2
    arrays = [np.asarray(one).astype(int) for one in pictures]
    assert (np.abs(arrays[0] - arrays[-1]).max(axis=2) > 60).mean() > 0.02
    moves = [bool((one != other).any()) for one, other in pairwise(arrays)]
    assert sum(moves) > 0.8 * len(moves)  # while a layer computes, it may stand still
    assert len(np.unique(arrays[-1].reshape(-1, 3), axis=0)) > 50
    # The stage stands where it stood.
    assert page.locator(".stage-place").inner_text() == place
    after = page.locator(".stage-view canvas").evaluate("(c) => [c.width, c.toDataURL()]")
    assert after == before


def test_the_gif_ends_with_what_the_saved_picture_shows(stage: Opener, tmp_path: Path) -> None:
    page = stage("growth")
    last = frames(saved(page, "GIF", tmp_path)[1])[-1]
    page.locator(".stage-view").press("End")
    expect(page.locator(".growth-count b").last).to_have_text(str(MAPS_AT_THE_END))
    image = Image.open(io.BytesIO(saved(page, "PNG", tmp_path)[1]))
    # Both begin 20 pixels beside the stage; the picture has words under the stage, too.
    height = round(last.height * image.width / last.width)
    still = (
        image.convert("RGB")
        .crop((0, 0, image.width, height - 40))
        .resize((last.width, round(last.width * (height - 40) / image.width)), Image.Resampling.BOX)
    )
    pair = [np.asarray(one).astype(int)[: still.height] for one in (last, still)]
    assert (np.abs(pair[0] - pair[1]).max(axis=2) > 60).mean() < 0.05


@pytest.mark.parametrize(("kind", "name"), [("video", "MP4|WebM"), ("GIF", "GIF")])
def test_an_animation_can_be_stopped(stage: Opener, kind: str, name: str) -> None:
    page = stage("growth")
    others = [button(page, other) for other in ("PNG", "SVG")]
    start, status = button(page, kind), page.locator(".stage-saved")
    start.focus()
    page.keyboard.press("Enter")
    expect(start).to_have_text(re.compile(r"\(\d+%\)"))
    assert [other.is_disabled() for other in others] == [True, True]
    expect(start).to_be_focused()
    page.keyboard.press("Enter")
    expect(start).to_have_text(re.compile(name))
    assert status.inner_text()
    expect(status).not_to_contain_text("densenet-growth")  # no file
    assert [other.is_disabled() for other in others] == [False, False]


@pytest.mark.parametrize("name", in_tiers(MAPS + CHECKS, {"attribution", "lineup", "faithful"}))
def test_a_picture_of_maps_as_png(stage: Opener, name: str, tmp_path: Path) -> None:
    page = stage(name)
    file, data = saved(page, "PNG", tmp_path)
    assert re.fullmatch(r"densenet-[\w-]+\.png", file)
    image = Image.open(io.BytesIO(data)).convert("RGB")
    width, height = size(page)
    assert image.width == 2 * (width + 40)
    assert image.height < 2 * (height + 40)  # without the controls and the hint
    assert len(image.getcolors(1 << 24) or []) > 100


@pytest.mark.parametrize("name", in_tiers(MAPS, {"attribution", "bench"}))
def test_a_picture_of_maps_as_svg(stage: Opener, name: str, tmp_path: Path) -> None:
    page = stage(name)
    _, data = saved(page, "SVG", tmp_path)
    root = ET.fromstring(data)  # noqa: S314
    words = " ".join(node.text or "" for node in root.iter(f"{SVG}text"))
    assert page.locator(".stage-title").inner_text() in words
    controls = [text.strip() for text in page.locator(CONTROLS).all_inner_texts()]
    assert not [text for text in controls if text and text in words]
    pictures = [node.attrib["href"] for node in root.iter(f"{SVG}image")]
    # Picture and map and scale; three pictures and the scale; the same; a table.
    assert len(pictures) == {"attribution": 3, "lineup": 4, "bench": 4, "agreement": 0}[name]
    for address in pictures:
        pixels = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))
        assert pixels.size in {(SIDE, SIDE), (257, 1)}
        assert len(pixels.convert("RGB").getcolors(1 << 16) or []) > 50


def test_a_saved_map_has_the_colours_of_the_map(stage: Opener, tmp_path: Path) -> None:
    """Pixel by pixel: the canvas of the map is found in the saved picture as it is."""
    page = stage("attribution")
    address = page.locator("canvas.attribution-canvas").last.evaluate("(c) => c.toDataURL()")
    button(page, "PNG").hover()
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(address[22:]))).convert("RGB"))
    area, box = (
        page.locator(place).last.bounding_box() for place in (".stage", "canvas.attribution-canvas")
    )
    assert area
    assert box
    _, data = saved(page, "PNG", tmp_path)
    image = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    middles = (np.arange(SIDE) + 0.5) / SIDE
    down = np.round(2 * (box["y"] - area["y"] + 20 + middles * box["height"])).astype(int)
    right = np.round(2 * (box["x"] - area["x"] + 20 + middles * box["width"])).astype(int)
    found = image[np.ix_(down, right)]
    assert np.abs(found - shown)[2:-2, 2:-2].max() <= 2  # round corners are cut off


def test_a_hatched_bar_stays_hatched(stage: Opener, tmp_path: Path) -> None:
    _, data = saved(stage("lineup"), "SVG", tmp_path)
    root = ET.fromstring(data)  # noqa: S314
    hatches = [one for one in root.iter(f"{SVG}linearGradient") if "spreadMethod" in one.attrib]
    assert [one.attrib["spreadMethod"] for one in hatches] == ["repeat"] * 2  # one a network
    used = {node.attrib.get("fill") for node in root.iter(f"{SVG}rect")}
    assert {f"url(#{one.attrib['id']})" for one in hatches} <= used


@pytest.mark.parametrize("name", in_tiers(STAGES + OTHERS + MAPS + CHECKS, ON_A_PHONE))
def test_the_row_fits_a_phone_and_takes_keys(stage: Opener, name: str) -> None:
    page = stage(name, width=390)
    boxes: list[Any] = [button.bounding_box() for button in row(page).get_by_role("button").all()]
    assert len(boxes) == (4 if name == "growth" else 2)
    assert len({box["y"] for box in boxes}) == 1
    assert all(box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    assert max(box["x"] + box["width"] for box in boxes) <= 390
    row(page).get_by_role("button").first.focus()
    with page.expect_download():
        page.keyboard.press("Enter")
