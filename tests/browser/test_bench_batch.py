"""The bench's batch in a browser: pictures and an archive in, maps, table and archive out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from densenet_viz.attribution.batch_rows import from_csv
from densenet_viz.images.pictures import to_png
from densenet_viz.scenes.generator import draw_scene
from densenet_viz.scenes.shapes import CLASSES
from scripts.browser import settle
from tests.browser.conftest import Opener

PATIENCE = 90_000
NAMES = ("ring", "star")


def scene(name: str) -> bytes:
    return to_png(draw_scene(0, "sample", CLASSES.index(name)).image)


def test_a_picture_and_an_archive_become_an_archive_of_maps(
    open_page: Opener, tmp_path: Path
) -> None:
    (tmp_path / "ring.png").write_bytes(scene("ring"))
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("more/star.png", scene("star"))
        archive.writestr("more/![x](y).txt", b"no picture, but some words of text")
    visit = open_page("bench?view=batch&batch_method=saliency")
    page = visit.page
    chooser = page.get_by_test_id("stFileUploader").filter(has_text="Pictures, or a ZIP")
    chooser.locator('input[type="file"]').set_input_files(
        [tmp_path / "ring.png", tmp_path / "more.zip"]
    )
    button = page.get_by_role("button", name="Make the maps")
    expect(button).to_be_enabled(timeout=PATIENCE)
    button.click()
    done = page.get_by_text("Done: 2 maps, 1 picture could not be read.")
    expect(done).to_be_visible(timeout=PATIENCE)
    settle(page)
    for name in NAMES:
        shown = page.locator(f'img[alt^="Saliency map for {name}: "]')
        expect(shown).to_have_count(1)
    assert page.locator("img:not([alt])").count() == 0
    with page.expect_download(timeout=PATIENCE) as taken:
        page.get_by_role("button", name="Download as ZIP").click()
    with zipfile.ZipFile(Path(taken.value.path())) as archive:
        rows = from_csv(archive.read("results.csv").decode("utf-8-sig"))
        assert [row.named for row in rows] == ["ring", "star", ""]
        for row in rows[:2]:
            with Image.open(io.BytesIO(archive.read(f"maps/{row.map}.png"))) as drawn:
                assert np.asarray(drawn).shape == (256, 256, 3)
    assert (visit.errors, visit.foreign) == ([], [])
