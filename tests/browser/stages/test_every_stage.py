"""What holds for each stage of pages, wide in the light and on a dark phone."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from densenet_viz.stage.attribution.scene import gallery_scene, predictions_scene
from densenet_viz.stage.drop.scene import drop_scene
from tests.browser.checks import (
    UNNAMED_PICTURES_JS,
    WIDER_THAN_WINDOW_JS,
    axe_findings,
    wait_until_painted,
)
from tests.browser.stages.conftest import Show
from tests.browser.stages.scenes import network_scenes
from tests.stage_pages import check_scenes, map_scenes
from tests.stage_scenes import flows, gradients, inside, learning, maps, scissors, watched

STAGES = (
    *("agreement", "attribution", "attribution-bars", "attribution-gallery", "bench", "faithful"),
    *("lineup", "paths", "sanity", "scoreboard", "structure", "truth", "two"),
    *("growth", "block", "transition", "overview", "variants", "variants-count", "variants-table"),
    *("variants-costs", "scatter", "reconciliation", "drop", "inside", "scissors"),
    *("gradients", "gradients-direct", "training", "digit", "watched"),
)


@cache
def scenes() -> dict[str, Any]:
    bars = predictions_scene((maps.RING, maps.STAR), {1: "ring", 0: "star"}, 1, "ring")
    samples = [("ring", maps.picture(0)), ("star", maps.picture(1))]
    others = {
        "attribution-bars": bars,
        "attribution-gallery": gallery_scene(samples, "ring", label="Pictures"),
        "bench": maps.bench(),
        "digit": learning.digit(),
        "drop": drop_scene("input"),
        "gradients": gradients.scene(),
        "gradients-direct": gradients.direct(),
        "inside": inside.scene(),
        "paths": flows.paths(),
        "scissors": scissors.scene(),
        "structure": flows.structure(),
        "training": learning.training(),
        "watched": watched.watched(),
    }
    return map_scenes() | check_scenes() | others | network_scenes()


def test_every_scene_has_its_stage() -> None:
    assert sorted(scenes()) == sorted(STAGES)


@pytest.mark.parametrize(("width", "scheme"), [(1100, "light"), (390, "dark")])
@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_fits_and_can_be_read(show: Show, stage: str, width: int, scheme: str) -> None:
    page = show(stage, scenes()[stage], width=width, scheme=scheme)
    wait_until_painted(page)
    assert page.evaluate(WIDER_THAN_WINDOW_JS) == {"document": 0, "main": 0}
    assert page.evaluate(UNNAMED_PICTURES_JS) == []
    assert axe_findings(page) == []
