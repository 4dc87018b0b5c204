"""The memory page live: a measurement by keyboard; its chart is in `stages/`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.browser import settle
from tests.browser.helpers import saved_by

MEASURED = 120_000


@pytest.fixture(scope="module")
def page(open_page: Any) -> Page:
    opened: Page = open_page("memory", reduced_motion=True).page
    return opened


def start(page: Page) -> Locator:
    return page.locator(".st-key-step_start button")


def cancel(page: Page) -> Locator:
    return page.locator(".st-key-cancel_training button")


def test_a_measurement_begins_by_keyboard_and_is_cancelled(page: Page) -> None:
    start(page).press("Enter")
    expect(cancel(page)).to_be_visible()
    expect(start(page)).to_be_disabled()
    cancel(page).press("Enter")
    expect(cancel(page)).to_have_count(0)
    expect(start(page)).to_be_enabled()


@pytest.mark.slow
def test_a_measurement_from_the_keyboard(page: Page, tmp_path: Path) -> None:
    for system in ("ResNet50", "DenseNet201"):
        page.get_by_role("button", name=re.compile(f"(Remove|Delete).*{system}")).or_(
            page.locator(f'[data-baseweb="tag"]:has-text("{system}") [role="presentation"]')
        ).first.click()
        settle(page)
    page.locator(".st-key-step_batch input[type=range]").press("Home")
    settle(page)
    start(page).press("Enter")
    file = page.locator(".st-key-training-step-cpu_json button")
    expect(file).to_be_visible(timeout=MEASURED)
    report = json.loads(saved_by(page, file, tmp_path)[1])
    plain, efficient = report["rows"]
    assert (plain["checkpointing"], efficient["checkpointing"]) == (False, True)
    assert efficient["peak_bytes"] < plain["peak_bytes"]
    assert report["machine"]["threads"].isdigit()
