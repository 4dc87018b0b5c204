"""The attribution page: its map, bars and pictures, files out and in, and cancel."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from urllib.parse import quote_plus

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from densenet_viz.scenes.shapes import CLASSES
from scripts.browser import settle
from tests.browser.checks import axe_findings, pixels_of
from tests.browser.conftest import Opener, Visit
from tests.browser.helpers import WIDER_JS, numbers

PATIENCE = 180_000
CANVAS = ".attribution-canvas >> nth=1"


@pytest.fixture(scope="module")
def visit(open_page: Opener) -> Visit:
    """The page with a map by a quick method."""
    visit = open_page("attributions?method=Saliency", frames=True)
    wait_for_map(visit.page)
    return visit


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.page


def wait_for_map(page: Page) -> None:
    page.locator(".attribution:not(.attribution-empty)").wait_for(timeout=PATIENCE)
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=PATIENCE)
    settle(page)


def test_the_address_chooses_the_method_and_a_view_asks_no_server(visit: Visit) -> None:
    page, told = visit.page, len(visit.sent)
    expect(page.locator("figcaption").nth(1)).to_have_text("Saliency for ring")
    before = pixels_of(page.locator(CANVAS))
    page.get_by_role("slider", name="Opacity").fill("100")
    page.locator('.attribution [role=radio][value="map"]').check()
    assert pixels_of(page.locator(CANVAS)) != before
    assert len(visit.sent) == told


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
    assert b"Saliency" in files[f"saliency-{ring}.svg"]
    page.get_by_role("button", name="Python", exact=True).click()
    expect(page.get_by_test_id("stCode")).to_contain_text("Saliency(", timeout=PATIENCE)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE)


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


@pytest.mark.slow  # AppTest holds the cancel; this is the way through the browser
def test_cancel_answers(page: Page) -> None:
    page.goto(page.url.split("?")[0] + "?method=Kernel+SHAP")
    page.locator(".attribution").wait_for(timeout=PATIENCE)
    page.get_by_test_id("stExpander").filter(has_text="Settings").locator("summary").click()
    coalitions = page.get_by_role("slider", name="Coalitions at most")
    coalitions.focus()
    coalitions.press("End")
    page.get_by_role("button", name="Cancel").click(timeout=PATIENCE)
    expect(page.get_by_test_id("stAlert")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


@pytest.mark.slow  # AppTest holds the check's numbers; this is what a visitor sees of them
def test_the_check_with_captum_shows_both_maps_and_what_each_took(page: Page) -> None:
    page.goto(page.url.split("?")[0] + "?method=Saliency")
    wait_for_map(page)
    page.get_by_role("button", name="Check with Captum").click()
    page.locator(".bench-done").wait_for(timeout=PATIENCE)
    names = page.locator(".bench-name").all_inner_texts()[1:]
    assert len(names) == len(set(names)) == 3  # both maps, and their difference
    ours, theirs, apart = (pixels_of(page.locator(".bench-canvas").nth(n)) for n in (1, 2, 3))
    assert apart not in (ours, theirs)
    tables = page.get_by_test_id("stTable")
    took = tables.filter(has_text="Memory").locator("tbody tr")
    expect(took).to_have_count(2)
    for row in took.all():
        expect(row.get_by_text(re.compile(r"^\d+\.\d\d\s*s$"))).to_be_visible()
        expect(row.get_by_text(re.compile(r"^[\d,]+\s*MB$"))).to_be_visible()
        expect(row).to_contain_text("Captum")
    alike = tables.filter(has_text="Rank correlation").locator("tbody tr td")
    cosine, rank, largest = (numbers(text)[0] for text in alike.all_inner_texts())
    # Both are Captum's map; a processor with bfloat16 rounds the backward pass of ours.
    assert cosine > 0.999
    assert rank > 0.99
    assert 0 <= largest < 10  # percent
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    assert page.evaluate(WIDER_JS) <= 0
    assert axe_findings(page) == []


def test_nothing_went_wrong_meanwhile(visit: Visit) -> None:
    assert (visit.errors, visit.foreign) == ([], [])
