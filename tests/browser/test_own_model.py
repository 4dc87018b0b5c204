"""A visitor's own model in a browser: uploaded, named, explained; and a bad file."""

from __future__ import annotations

from pathlib import Path

import pytest
import safetensors.torch
from playwright.sync_api import Browser, Locator, Page, expect

from densenet_viz.facts.spec import DenseNetSpec
from scripts.browser import settle
from tests.small_models import small_network

PATIENCE = 30_000
SPEC = DenseNetSpec(12, (4, 4, 4), 24, num_classes=3, input_size=64)
TITLE = "your model (DenseNet-28, 3 classes)"


@pytest.fixture(scope="module")
def page(app_url: str, browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    opened.goto(f"{app_url}/dense_block")
    settle(opened)
    return opened


def bring(page: Page, weights: Path, labels: Path | None = None) -> None:
    """Fills the form in, and sends it."""
    form = page.get_by_test_id("stForm")
    if not form.is_visible():
        page.get_by_text("Bring your own DenseNet").click()
    inputs = form.locator('input[type="file"]')
    inputs.nth(0).set_input_files(weights)
    expect(form.get_by_text(weights.name)).to_be_visible(timeout=PATIENCE)
    if labels is not None:
        inputs.nth(1).set_input_files(labels)
        expect(form.get_by_text(labels.name)).to_be_visible(timeout=PATIENCE)
    size = form.get_by_role("spinbutton", name="Input size (px)")
    size.fill("64")
    size.press("Tab")
    form.get_by_role("button", name="Load this model").click()


def chosen(page: Page) -> Locator:
    return page.get_by_role("combobox", name="DenseNet")


def test_a_bad_file_gets_one_sentence_and_the_page_goes_on(page: Page, tmp_path: Path) -> None:
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"GIF89a and so on")
    bring(page, bad)
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("not a readable weight file", timeout=PATIENCE)
    settle(page)
    assert alert.count() == 1
    assert page.get_by_test_id("stException").count() == 0
    expect(chosen(page)).to_have_value("121, drawn scenes")
    page.get_by_role("radio", name="2", exact=True).click()
    expect(page.get_by_text("Over 12 layers")).to_be_visible(timeout=PATIENCE)


def test_a_model_is_loaded_and_named(page: Page, tmp_path: Path) -> None:
    weights, labels = tmp_path / "mine.safetensors", tmp_path / "labels.txt"
    state = {key: value.contiguous() for key, value in small_network(SPEC).state_dict().items()}
    safetensors.torch.save_file(state, weights)
    labels.write_text("cat\n<b>dog</b>\nowl\n")
    bring(page, weights, labels)
    expect(chosen(page)).to_have_value(TITLE, timeout=PATIENCE)
    settle(page)
    assert page.get_by_test_id("stAlert").count() == 0
    expect(page.get_by_text("Over 4 layers")).to_be_visible()
    expect(page.get_by_text("Brought by the visitor")).to_be_visible()


@pytest.mark.parametrize("name", ["Growth rate", "Transition", "Dense block"])
def test_it_stays_from_page_to_page(page: Page, name: str) -> None:
    visit(page, name)
    expect(page.get_by_text("Brought by the visitor").first).to_be_visible(timeout=PATIENCE)
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
    expect(page.get_by_text("This link names a model")).to_be_visible(timeout=PATIENCE)
    expect(chosen(page)).to_have_value("121, drawn scenes")


def test_a_picture_over_its_limit_is_not_sent(page: Page, tmp_path: Path) -> None:
    """The server lets larger files pass, for weights; a picture's chooser does not."""
    large = tmp_path / "large.png"
    large.write_bytes(bytes(11 << 20))
    chooser = page.get_by_test_id("stFileUploader").filter(has_text="Or bring your own")
    chooser.locator('input[type="file"]').set_input_files(large)
    expect(chooser).to_contain_text("File must be 10", timeout=PATIENCE)
