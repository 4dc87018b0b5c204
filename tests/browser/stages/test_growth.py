"""The growth stage: player, keys, finger, scale."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stages.conftest import Show
from tests.stage_pages import network_scenes


@cache
def scene() -> Any:
    return network_scenes()["growth"]


@pytest.fixture
def page(show: Show) -> Page:
    return show("growth", scene())


def test_keys_step_and_go_to_the_ends(page: Page) -> None:
    place = page.locator(".stage-place")
    page.locator(".stage-view").focus()
    page.keyboard.press("ArrowRight")
    expect(place).to_have_text("layer 1 of 2")
    page.keyboard.press("End")
    expect(place).to_have_text("layer 2 of 2")
