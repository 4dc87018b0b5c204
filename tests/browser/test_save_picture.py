"""Saving a page's chart; the stages' own pictures are in `stages/test_export.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.browser.helpers import box_of


@pytest.mark.slow
def test_a_chart_is_saved_by_keyboard(open_page: Any, tmp_path: Path) -> None:
    page = open_page("memory", width=390, height=844).page
    button = page.locator('[data-testid="stPlotlyChart"] [data-title*="PNG"]').first
    assert min(box_of(button)["width"], box_of(button)["height"]) >= 44
    button.focus()
    with page.expect_download(timeout=60_000) as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "densenet-kept-memory.png"
    download.value.save_as(tmp_path / "chart.png")
    image = Image.open(tmp_path / "chart.png").convert("RGB")
    assert image.width > 390  # twice as sharp as on the screen
    assert len(image.getcolors(1 << 24) or []) > 20
