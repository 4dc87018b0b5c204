"""Every slide of the project's own lecture, as a hall sees it: size, room, contrast, names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from densenet_viz.lecture.deck import OWN
from densenet_viz.lecture.reading import read_deck
from tests.browser.checks import axe_findings
from tests.browser.conftest import Opener
from tests.browser.lecture_fit import faults_of, go_to_slide

# Every slide takes minutes; three slides of a small deck are looked at in `stages/`.
pytestmark = pytest.mark.slow

MADE_MILLISECONDS = 600_000
STEPS = [slide.steps for slide in read_deck(OWN).slides]
LEAST_AT_1080 = 28
"""CSS pixels of the smallest letters on a screen of 1080 lines."""


@pytest.fixture(scope="module")
def page(open_page: Opener) -> Iterator[Page]:
    """The lecture, started when all of its pictures are made."""
    visit = open_page("lecture", width=1920, height=1080, reduced_motion=True)
    page: Page = visit.page
    page.locator('.lecture[data-missing="0"]').wait_for(timeout=MADE_MILLISECONDS)
    page.locator(".lecture-main").click(timeout=MADE_MILLISECONDS)
    yield page
    assert visit.errors == []


@pytest.mark.parametrize(
    ("width", "height", "least"),
    [(1920, 1080, LEAST_AT_1080), (1280, 720, 0), (1024, 768, 0)],
    ids=["1080p", "720p", "4:3"],
)
def test_at_every_step_all_of_a_slide_is_large_and_in_sight(
    page: Page, width: int, height: int, least: float
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    faults = {}
    for slide, steps in enumerate(STEPS, start=1):
        for step in range(steps + 1):
            go_to_slide(page, slide, step, len(STEPS))
            found = faults_of(page, slide, least)
            if found:
                faults[f"{slide}.{step}"] = found
    assert faults == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_slide(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": 1440, "height": 900})
    findings = {}
    for slide, steps in enumerate(STEPS, start=1):
        go_to_slide(page, slide, steps, len(STEPS))
        found = axe_findings(page)
        if found:
            findings[slide] = found
    assert findings == {}
