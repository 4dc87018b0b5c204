"""A visitor's own model in a browser: uploaded, named, explained; and a bad file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import safetensors.torch
from playwright.sync_api import Locator, Page, expect

from densenet_viz.facts.spec import DenseNetSpec
from densenet_viz.images.pictures import MAX_BYTES
from scripts.browser import settle
from tests.browser.conftest import Opener
from tests.small_models import small_network

PATIENCE = 180_000
SPEC = DenseNetSpec(12, (4, 4, 4), 24, num_classes=3, input_size=64)
LAYERS = ".block-node:not(.block-end)"
OURS = re.compile("^121, ")
TITLE = "your model (DenseNet-28, 3 classes)"


@pytest.fixture(scope="module")
def page(open_page: Opener) -> Page:
    """One window for all tests, which stand in the order in which a visitor does it."""
    opened: Page = open_page("dense_block").page
    return opened


def bring(page: Page, weights: Path, labels: Path | None = None) -> None:
    """Chooses the files; with labels, sets the size and loads the model."""
    chooser = page.locator("[class*='st-key-own_weights_']")
    if not chooser.is_visible():
        page.locator(".st-key-own_open button").click()
    chooser.locator('input[type="file"]').set_input_files(weights)
    expect(chooser.get_by_text(weights.name)).to_be_visible(timeout=PATIENCE)
    settle(page)
    if labels is None:
        return
    names = page.locator("[class*='st-key-own_labels_']")
    names.locator('input[type="file"]').set_input_files(labels)
    expect(names.get_by_text(labels.name)).to_be_visible(timeout=PATIENCE)
    settle(page)
    size = page.locator(".st-key-own_size input")
    size.fill("64")
    size.press("Tab")
    settle(page)
    page.locator(".st-key-own_load button").click()


def chosen(page: Page) -> Locator:
    return page.locator(".st-key-model input")


def test_a_bad_file_gets_one_sentence_and_the_page_goes_on(page: Page, tmp_path: Path) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"GIF89a and so on")
    bring(page, bad)
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_have_count(1, timeout=PATIENCE)
    settle(page)
    assert alert.count() == 1
    assert page.get_by_test_id("stException").count() == 0
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE)
    expect(chosen(page)).to_have_value(OURS)
    page.locator(".stage-controls [role=radio]").nth(1).click()
    expect(page.locator(LAYERS)).to_have_count(12, timeout=PATIENCE)


def test_back_leaves_the_window_closed(page: Page) -> None:
    visit(page, "Transition")
    settle(page)
    page.locator(".st-key-own_open button").click()
    expect(page.get_by_role("dialog")).to_have_count(1, timeout=PATIENCE)
    page.go_back()
    page.wait_for_url(lambda address: "dense_block" in address, timeout=PATIENCE)
    expect(page.locator(LAYERS).first).to_be_visible(timeout=PATIENCE)
    settle(page)
    assert page.get_by_role("dialog").count() == 0


def test_a_model_is_loaded_and_named(page: Page, tmp_path: Path) -> None:
    weights, labels = tmp_path / "mine.safetensors", tmp_path / "labels.txt"
    state = {key: value.contiguous() for key, value in small_network(SPEC).state_dict().items()}
    safetensors.torch.save_file(state, weights)
    labels.write_text("cat\n<b>dog</b>\nowl\n")
    bring(page, weights, labels)
    expect(chosen(page)).to_have_value(TITLE, timeout=PATIENCE)
    settle(page)
    assert page.get_by_test_id("stAlert").count() == 0
    expect(page.locator(LAYERS)).to_have_count(4)


def test_it_stays_on_another_page(page: Page) -> None:
    visit(page, "Growth rate")
    expect(page.get_by_role("group", name="Growth stage")).to_be_visible(timeout=PATIENCE)
    settle(page)
    expect(chosen(page)).to_have_value(TITLE)
    assert page.get_by_test_id("stException").count() == 0


def test_its_answer_is_explained_with_its_labels(page: Page) -> None:
    visit(page, "Attributions")
    bars = page.locator(".bars-bar")
    expect(bars).to_have_count(3, timeout=PATIENCE)
    names = {str(one.get_attribute("aria-label")).split(":")[0] for one in bars.all()}
    assert names == {"cat", "‹b›dog‹/b›", "owl"}
    shown = page.locator(".attribution:not(.attribution-empty)").first
    shown.wait_for(timeout=PATIENCE)
    expect(shown.locator("figcaption").first).to_contain_text("64 × 64 px")
    settle(page)
    assert page.get_by_test_id("stException").count() == 0


def visit(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_text(name).click()
    page.wait_for_url(lambda address: name.lower().replace(" ", "_") in address, timeout=PATIENCE)


def test_a_reload_is_another_session_and_says_so(page: Page) -> None:
    page.reload()
    expect(page.get_by_test_id("stAlert").first).to_be_visible(timeout=PATIENCE)
    expect(chosen(page)).to_have_value(OURS)


def test_a_picture_over_its_limit_is_not_sent(page: Page, tmp_path: Path) -> None:
    """The server lets larger files pass, for weights; a picture's chooser does not."""
    large = tmp_path / "large.png"
    large.write_bytes(bytes(MAX_BYTES + 1))
    chooser = page.locator(".st-key-upload_widget")
    chooser.locator('input[type="file"]').set_input_files(large)
    expect(chooser).to_contain_text(str(MAX_BYTES >> 20), timeout=PATIENCE)
