"""The memory page as a visitor uses it: the picture, the keyboard, a measurement, a refusal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.browser import settle

expect.set_options(timeout=20_000)  # a busy machine is no finding
COUNTED = 120_000
MEASURED = 120_000


def opened(open_page: Any, **options: Any) -> Any:
    visit = open_page("memory", reduced_motion=True, **options)
    counting = visit.page.get_by_text("Building and counting")
    expect(counting).to_have_count(0, timeout=COUNTED)
    settle(visit.page)
    return visit


def wider_than_window(page: Page) -> int:
    width: int = page.evaluate(
        """() => {
          const main = document.querySelector('[data-testid="stMain"]');
          const page = document.documentElement;
          return Math.max(main.scrollWidth - main.clientWidth, page.scrollWidth - page.clientWidth);
        }"""
    )
    return width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_page_stands_without_an_error(open_page: Any, scheme: str, width: int) -> None:
    visit = opened(open_page, scheme=scheme, width=width)
    page = visit.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Few parameters, much memory")
    expect(page.get_by_text("DenseNet121 has 0.31× ResNet50's parameters")).to_be_visible()
    expect(page.get_by_text("28.3 MB for one picture")).to_be_visible()
    assert wider_than_window(page) <= 0
    assert (visit.errors, visit.foreign) == ([], [])


def only_densenet121(page: Page) -> None:
    for system in ("ResNet50", "DenseNet201"):
        page.get_by_role("button", name=re.compile(f"(Remove|Delete).*{system}")).or_(
            page.locator(f'[data-baseweb="tag"]:has-text("{system}") [role="presentation"]')
        ).first.click()
        settle(page)


def test_a_measurement_from_the_keyboard(open_page: Any, tmp_path: Path) -> None:
    page = opened(open_page).page
    only_densenet121(page)
    slider = page.get_by_role("slider", name="Pictures in a step")
    slider.focus()
    page.keyboard.press("Home")
    settle(page)
    start = page.get_by_role("button", name="Measure a training step")
    start.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Measuring training steps: "))).to_be_visible()
    expect(start).to_be_disabled()
    done = page.get_by_text(re.compile("DenseNet121: checkpointing leaves"))
    expect(done).to_be_visible(timeout=MEASURED)
    expect(page.get_by_text(re.compile("Measured on this machine at .*threads"))).to_be_visible()
    expect(page.get_by_text("Cited: 0.56× of the memory, 1.25× the time")).to_be_visible()
    expect(
        page.get_by_role("figure", name=re.compile("Bars of peak memory: DenseNet121"))
    ).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as JSON").click()
    file = tmp_path / "step.json"
    download.value.save_as(file)
    report = json.loads(file.read_text())
    plain, efficient = report["rows"]
    assert (plain["checkpointing"], efficient["checkpointing"]) == (False, True)
    assert efficient["peak_bytes"] < plain["peak_bytes"]
    assert report["machine"]["threads"].isdigit()


def test_a_later_visitor_sees_what_was_measured(open_page: Any) -> None:
    page = opened(open_page).page
    expect(page.get_by_text(re.compile("Measured on this machine at"))).to_be_visible()


def test_cancel_answers_and_leaves_what_was_there(open_page: Any) -> None:
    page = opened(open_page).page
    page.get_by_role("button", name="Measure a training step").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The measurement was cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Measure a training step")).to_be_enabled()
    expect(page.get_by_text(re.compile("Measured on this machine at"))).to_be_visible()


def test_nothing_chosen_is_refused_in_a_sentence(open_page: Any) -> None:
    page = opened(open_page).page
    page.get_by_role("button", name=re.compile("Clear all")).or_(
        page.locator('[data-testid="stMultiSelect"] [title="Clear all"]')
    ).first.click()
    expect(page.get_by_text("Choose at least one system to measure.")).to_be_visible()
    expect(page.get_by_role("button", name="Measure a training step")).to_be_disabled()
