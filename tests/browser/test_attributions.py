"""The attribution page in a browser: what the stage answers alone, uploads, and cancel."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from densenet_viz.scenes.shapes import CLASSES
from scripts.browser import settle

PATIENCE = 60_000
CANVAS = ".attribution-canvas >> nth=1"


@pytest.fixture(scope="module")
def sent() -> list[Any]:
    """What the browser has told the server."""
    return []


@pytest.fixture(scope="module")
def page(app_url: str, browser: Browser, sent: list[Any]) -> Iterator[Page]:
    """The page with a map by a quick method."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        opened = context.new_page()
        opened.on("websocket", lambda socket: socket.on("framesent", lambda one: sent.append(one)))
        opened.goto(f"{app_url}/attributions?method=Saliency")
        wait_for_map(opened)
        yield opened


def wait_for_map(page: Page) -> None:
    page.get_by_text("What it cost.").wait_for(timeout=PATIENCE)
    settle(page)


def pixels(page: Page) -> str:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    address: str = page.locator(CANVAS).evaluate("(canvas) => canvas.toDataURL()")
    return address


def test_address_chooses_the_method(page: Page) -> None:
    expect(page.locator("figcaption").nth(1)).to_have_text("Saliency for ring")


def test_opacity_threshold_and_view_are_answered_without_the_server(
    page: Page, sent: list[Any]
) -> None:
    told, before = len(sent), pixels(page)
    seen = {before}
    page.get_by_label("Opacity").fill("100")
    seen.add(pixels(page))
    page.get_by_label("Hide the weakest").fill("90")
    seen.add(pixels(page))
    page.get_by_label("map alone").check()
    seen.add(pixels(page))
    page.get_by_label("picture alone").check()
    seen.add(pixels(page))
    assert len(seen) == 5
    assert len(sent) == told


def test_arrow_keys_read_values(page: Page) -> None:
    canvas, readout = page.locator(CANVAS), page.locator(".attribution-readout")
    canvas.focus()
    canvas.press("ArrowRight")
    expect(readout).to_contain_text("x 65, y 64: ")
    canvas.press("Shift+ArrowUp")
    expect(readout).to_contain_text("x 65, y 54: ")
    canvas.press("Home")
    expect(readout).to_contain_text("x 0, y 54: ")


def test_picture_and_values_can_be_taken_along(page: Page) -> None:
    files = {}
    for name in ("PNG", "SVG", "NPZ", "JSON"):
        with page.expect_download(timeout=PATIENCE) as taken:
            page.get_by_role("button", name=name, exact=True).click()
        files[taken.value.suggested_filename] = Path(taken.value.path()).read_bytes()
    ring = CLASSES.index("ring")
    assert Image.open(io.BytesIO(files[f"saliency-{ring}.png"])).size == (128, 128)
    with np.load(io.BytesIO(files[f"saliency-{ring}.npz"]), allow_pickle=False) as archive:
        assert archive["values"].shape == (3, 128, 128)
        assert json.loads(str(archive["metadata"]))["target"]["label"] == "ring"
    assert json.loads(files[f"saliency-{ring}.json"])["values"]["shape"] == [3, 128, 128]
    assert b"Saliency map for ring" in files[f"saliency-{ring}.svg"]
    page.get_by_role("button", name="Python", exact=True).click()
    expect(page.get_by_text("Saliency(network).attribute")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Escape")


def test_a_bar_asks_for_the_map_of_its_class(page: Page) -> None:
    second = page.locator(".bars-bar").nth(1)
    name = second.get_attribute("aria-label").split(":")[0]
    second.click()
    expect(page.locator(".attribution .stage-title")).to_contain_text(name, timeout=PATIENCE)
    expect(second).to_have_attribute("aria-pressed", "true")
    assert f"target={quote_plus(name)}" in page.url
    page.locator(".bars-bar").first.click()
    expect(page.locator(".bars-bar").first).to_have_attribute("aria-pressed", "true")
    page.wait_for_url(lambda address: "target=" not in address, timeout=PATIENCE)
    title = page.locator(".attribution .stage-title")
    expect(title).not_to_contain_text(name, timeout=PATIENCE)


def test_a_small_picture_becomes_the_current_one(page: Page) -> None:
    page.get_by_role("radio", name="star", exact=True).check(force=True)
    expect(page.locator("figcaption").first).to_contain_text("a drawn star", timeout=PATIENCE)
    wait_for_map(page)


def test_a_bad_file_gets_one_sentence_and_the_page_goes_on(page: Page) -> None:
    file = {"name": "<b>cat</b>.png", "mimeType": "image/png", "buffer": b"GIF89a and so on"}
    page.locator(".st-key-upload_widget input").set_input_files([file])
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("GIF", timeout=PATIENCE)
    assert alert.count() == 1
    assert "cat" not in alert.inner_text()
    wait_for_map(page)


def test_cancel_answers(page: Page) -> None:
    page.goto(page.url.split("?")[0] + "?method=Kernel+SHAP")
    wait_for_map(page)
    page.get_by_text("Settings of the method").click()
    coalitions = page.get_by_role("slider", name="Coalitions at most")
    coalitions.focus()
    coalitions.press("End")
    page.get_by_role("button", name="Cancel").click(timeout=PATIENCE)
    expect(page.get_by_test_id("stAlert")).to_contain_text("was cancelled", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    page.get_by_role("button", name="Compute it after all").wait_for()
