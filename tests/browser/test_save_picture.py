"""Saving a stage as a picture or a video, in a page of its own: no server is needed for that."""

from __future__ import annotations

import base64
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from densenet_viz.lecture.pictures import scene_of
from densenet_viz.lecture.reading import deck_of
from densenet_viz.stage.modules import adapted, style
from tests.small_models import small_model

expect.set_options(timeout=20_000)  # a busy machine is no finding
STAGES = ("growth", "block", "transition", "overview")
DECK = "title: All\nminutes: 4\n" + "".join(
    f"\n---\n# {name}\nminutes: 1\npicture: {name}{', k=4' * (name == 'growth')}\n"
    for name in STAGES
)
PAGE = """<!doctype html><meta charset="utf-8"><style>body {{ margin: 0; padding: 16px;
background: #fcfbf8; color-scheme: light }}</style><div id="place"></div><script type="module">
const {{ default: component }} = await import("data:text/javascript;base64,{module}");
const root = document.getElementById("place").attachShadow({{ mode: "open" }});
const sheet = document.createElement("style");
sheet.textContent = {css};
root.append(sheet);
component({{ data: {scene}, parentElement: root, setStateValue() {{}} }});
</script>"""
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    deck = scene_of(deck_of(DECK), model=lambda _: small_model())
    folder = tmp_path_factory.mktemp("stages")
    found = {}
    for slide in deck["slides"]:
        name = slide["picture"]["stage"]
        file = folder / f"{name}.html"
        file.write_text(
            PAGE.format(
                module=base64.b64encode(adapted(name).encode()).decode(),
                css=json.dumps(style("stage.css", f"{name}.css")),
                scene=json.dumps(deck["scenes"][slide["picture"]["key"]]),
            ),
            encoding="utf-8",
        )
        found[name] = file.as_uri()
    return found


Opener = Callable[..., Page]


@pytest.fixture
def stage(browser: Browser, pages: dict[str, str]) -> Iterator[Opener]:
    contexts = []

    def open_stage(name: str, width: int = 1100) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(pages[name])
        expect(row(page)).to_be_visible()
        return page

    yield open_stage
    for context in contexts:
        context.close()


def row(page: Page) -> Locator:
    return page.get_by_role("group", name="Save this picture")


def saved(page: Page, button: str, tmp_path: Path) -> tuple[str, bytes]:
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name=button).click()
    path = tmp_path / "saved"
    download.value.save_as(path)
    return download.value.suggested_filename, path.read_bytes()


def size(page: Page) -> tuple[int, int]:
    box = page.locator(".stage").bounding_box()
    assert box is not None
    return round(box["width"]), round(box["height"])


@pytest.mark.parametrize("name", STAGES)
def test_a_picture_at_twice_the_size(stage: Opener, name: str, tmp_path: Path) -> None:
    page = stage(name)
    file, data = saved(page, "Save this picture as PNG", tmp_path)
    assert re.fullmatch(r"densenet-[\w-]+\.png", file)
    expect(page.locator(".stage-saved")).to_have_text(f"{file} is saved.")
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
    expect(page.locator(".growth-count b").last).to_have_text("24")
    before = page.locator(".stage-view canvas").evaluate("(c) => [c.width, c.toDataURL()]")
    shape = page.locator(".stage").evaluate(
        "(r) => { const a = r.getBoundingClientRect();"
        "const b = r.querySelector('.stage-view canvas').getBoundingClientRect();"
        "return [b.left - a.left, b.top - a.top, b.width, b.height]; }"
    )
    _, data = saved(page, "Save this picture as PNG", tmp_path)
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
    expect(page.locator(".growth-count b").last).to_have_text("24")
    file, data = saved(page, "Save this picture as SVG", tmp_path)
    assert file == "densenet-growth.svg"
    root = ET.fromstring(data)  # noqa: S314
    tags = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert {"image", "text", "rect"} <= tags
    assert tags <= {"svg", "g", "defs", "clipPath", "image", "text", "rect", "line"}
    words = [node.text for node in root.iter(f"{SVG}text")]
    assert {"24", "layer 2", "after layer 2"} <= set(words)
    assert not re.search(rb"var\(|color\(|https?://", data.replace(SVG[1:-1].encode(), b""))
    for image in root.iter(f"{SVG}image"):
        assert image.attrib["href"].startswith("data:image/")


def test_the_growth_animation_as_a_video(stage: Opener, tmp_path: Path) -> None:
    page = stage("growth")
    place = page.locator(".stage-place").inner_text()
    file, data = saved(page, "Save the animation as a video", tmp_path)
    assert re.fullmatch(r"densenet-growth\.(mp4|webm)", file)
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
    assert 3 < length < 30  # two layers of 1.6 s, and a rest
    assert width == 1280
    assert height % 2 == 0
    assert page.locator(".stage-place").inner_text() == place


def test_a_recording_can_be_stopped(stage: Opener) -> None:
    page = stage("growth")
    page.get_by_role("button", name="Save the animation as a video").click()
    page.get_by_role("button", name="Stop recording").click()
    expect(page.locator(".stage-saved")).to_have_text("Recording was stopped.")
    expect(page.get_by_role("button", name="Save the animation as a video")).to_have_text("Video")


@pytest.mark.parametrize("name", STAGES)
def test_the_row_fits_a_phone_and_takes_keys(stage: Opener, name: str) -> None:
    page = stage(name, width=390)
    boxes: list[Any] = [button.bounding_box() for button in row(page).get_by_role("button").all()]
    assert len(boxes) == (3 if name == "growth" else 2)
    assert len({box["y"] for box in boxes}) == 1
    assert all(box["width"] >= 44 and box["height"] >= 44 for box in boxes)
    assert max(box["x"] + box["width"] for box in boxes) <= 390
    row(page).get_by_role("button").first.focus()
    with page.expect_download():
        page.keyboard.press("Enter")
