"""The table of agreement: words, numbers, and two ways to read it."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import expect

from densenet_viz.stage.agreement.scene import agreement_scene
from tests.browser.stages.conftest import Show

NAMES = ["Saliency", "Grad-CAM", "DeepLIFT"]
SIGNED = np.array([[1, 0.83, -0.25], [0.83, 1, 0.1], [-0.25, 0.1, 1]])


def test_the_table_has_words_and_two_readings(show: Show) -> None:
    page = show("agreement", agreement_scene(NAMES, SIGNED, np.abs(SIGNED), lesson="Look."))
    table = page.locator(".agreement-table")
    expect(table.locator("tbody th")).to_have_text(
        [f"{n}{name}" for n, name in enumerate(NAMES, 1)]
    )
    cells = table.locator("tbody tr").first.locator("td")
    assert cells.all_inner_texts()[1:] == ["0.83", "−0.25"]
    page.locator('.agreement [role=radio][value="strength"]').check()
    assert cells.all_inner_texts()[1:] == ["0.83", "0.25"]
    longer = agreement_scene([*NAMES, "LRP"], np.eye(4), np.eye(4) + 0.5, lesson="Look.")
    page.evaluate("(scene) => window.nextScene(scene)", longer)
    expect(table.locator("tbody tr")).to_have_count(4)
    assert cells.all_inner_texts()[1:] == ["0.50", "0.50", "0.50"]  # still the second reading
