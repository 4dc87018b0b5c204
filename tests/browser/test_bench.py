"""The bench's page: its parts in one window, one after the other, as a visitor goes through them.

What a stage does by itself is tested in `stages/`, what a part computes in `tests/test_bench_*.py`.
Here the two meet: an address, a choice, maps that come, and files that go out and in.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from densenet_viz.batch.table import from_csv
from densenet_viz.images.pictures import to_png
from densenet_viz.scenes.generator import draw_scene
from densenet_viz.scenes.shapes import CLASSES
from scripts.browser import settle
from tests.browser.checks import UNNAMED_PICTURES_JS, WIDER_THAN_WINDOW_JS, axe_findings
from tests.browser.conftest import Opener, Visit

PATIENCE = 180_000
QUICK = "bench?maps=Saliency&maps=Grad-CAM"
NAMES = ("ring", "star")
VALUE = re.compile("[+−]?[0-9]")
# Parts of the page that compute for long, and what stands there in the end.
LONG = {
    "inside": ".structure-bar",
    "sanity&sanity_methods=Saliency": ".sanity",
    "faithful&faithful_methods=Saliency": ".faithful",
}


@pytest.fixture(scope="module")
def visit(open_page: Opener) -> Visit:
    """The page with two maps by quick methods."""
    visit = open_page(QUICK, height=1100, reduced_motion=True, frames=True)
    wait_for_maps(visit.page)
    return visit


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.page


def wait_for_maps(page: Page, stage: str = ".bench-done") -> None:
    """Until a stage stands there and nothing computes any more."""
    page.locator(stage).first.wait_for(timeout=PATIENCE)
    expect(page.get_by_test_id("stProgress")).to_have_count(0, timeout=PATIENCE)
    settle(page)


def go(page: Page, address: str) -> None:
    page.goto(f"{page.url.split('/bench')[0]}/bench?{address}")
    settle(page)


def test_the_address_chooses_the_maps_and_their_scale_asks_no_server(visit: Visit) -> None:
    page, told = visit.page, len(visit.sent)
    assert page.locator(".bench-name").all_inner_texts()[1:] == ["Saliency", "Grad-CAM"]
    expect(page.locator(".agreement-table tbody tr")).to_have_count(2)
    title = page.locator(".bench .stage-title").inner_text()
    page.locator('.bench [role=radio][value="own"]').check()
    expect(page.locator(".bench .stage-title")).not_to_have_text(title)
    page.get_by_role("button", name="Zoom in").first.click()
    page.locator(".bench-canvas").nth(1).press("ArrowRight")
    expect(page.locator(".bench-pointed")).to_have_count(3)
    assert len(visit.sent) == told
    assert axe_findings(page) == []


def test_classes_come_by_keyboard_and_stand_in_the_address(page: Page) -> None:
    page.locator(".st-key-compare [role=radio]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**compare=classes**", timeout=PATIENCE)
    expect(page.locator(".bench-panel")).to_have_count(6, timeout=PATIENCE)
    wait_for_maps(page)


def test_one_picture_stands_before_two_networks(page: Page) -> None:
    go(page, "view=two&two=networks&two_method=saliency")
    wait_for_maps(page, ".two-done")
    expect(page.locator(".two-column:not([hidden])")).to_have_count(3)
    page.locator(".two-side .frame-canvas").first.press("ArrowRight")
    expect(page.locator(".two .frame-pointed")).to_have_count(3)


def scene(name: str) -> bytes:
    return to_png(draw_scene(0, "sample", CLASSES.index(name)).image)


def test_a_picture_and_an_archive_become_an_archive_of_maps(page: Page, tmp_path: Path) -> None:
    go(page, "view=batch&batch_method=saliency")
    (tmp_path / "ring.png").write_bytes(scene("ring"))
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("more/star.png", scene("star"))
        archive.writestr("more/![x](y).txt", b"no picture, but some words of text")
    chooser = page.locator(".st-key-batch_upload")
    chooser.locator('input[type="file"]').set_input_files(
        [tmp_path / "ring.png", tmp_path / "more.zip"]
    )
    button = page.get_by_role("button", name="Make the maps")
    expect(button).to_be_enabled(timeout=PATIENCE)
    button.click()
    shown = [page.locator(f'img[alt*="map for {name}: "]') for name in NAMES]
    for one in shown:
        expect(one).to_have_count(1, timeout=PATIENCE)
    archive_button = page.locator(".st-key-batch_zip button")
    expect(archive_button).to_be_enabled(timeout=PATIENCE)
    settle(page)
    with page.expect_download(timeout=PATIENCE) as taken:
        archive_button.click()
    with zipfile.ZipFile(Path(taken.value.path())) as archive:
        rows = from_csv(archive.read("results.csv").decode("utf-8-sig"))
        assert [row.named for row in rows] == ["ring", "star", ""]
        for row in rows[:2]:
            with Image.open(io.BytesIO(archive.read(f"maps/{row.map}.png"))) as drawn:
                assert np.asarray(drawn).shape == (256, 256, 3)


def test_nothing_went_wrong_meanwhile(visit: Visit) -> None:
    assert (visit.errors, visit.foreign) == ([], [])
    assert visit.page.evaluate(UNNAMED_PICTURES_JS) == []


@pytest.mark.slow
def test_maps_come_one_by_one_and_can_be_cancelled(page: Page) -> None:
    go(page, "compare=baselines&baseline_map=shapley-sampling")
    expect(page.locator(".bench-panel")).to_have_count(7, timeout=PATIENCE)
    expect(page.locator(".bench-value", has_text=VALUE).first).to_be_visible(timeout=PATIENCE)
    page.locator(".st-key-cancel_grid button").click(timeout=PATIENCE)
    expect(page.get_by_test_id("stAlert")).to_be_visible(timeout=PATIENCE)
    assert page.locator(".bench-empty").count() > 0
    expect(page.locator(".bench-thumbnail:not([hidden])")).to_have_count(6)


@pytest.mark.slow
@pytest.mark.parametrize(("part", "there"), LONG.items(), ids=["inside", "sanity", "faithful"])
def test_a_long_part_ends_and_fits_a_dark_phone(
    open_page: Opener, page: Page, part: str, there: str
) -> None:
    go(page, f"view={part}")
    wait_for_maps(page, there)
    assert axe_findings(page) == []
    phone = open_page(
        f"bench?view={part}", width=390, height=844, scheme="dark", reduced_motion=True
    )
    wait_for_maps(phone.page, there)
    assert phone.page.evaluate(WIDER_THAN_WINDOW_JS) == {"document": 0, "main": 0}
    assert phone.page.evaluate(UNNAMED_PICTURES_JS) == []
    assert axe_findings(phone.page) == []
    assert phone.errors == []
