"""The nine systems live: what is lit stands in the address; the stages are in `stages/`."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.browser import settle
from tests.browser.helpers import saved_by

NAMES = 9
COUNTED = MEASURED = 900_000


@pytest.fixture(scope="module")
def page(open_page: Any) -> Page:
    address = "nine_systems?lit=densenet121,resnet50&reconcile=resnet152v2"
    opened: Page = open_page(address, reduced_motion=True).page
    return opened


def point(page: Page, panel: int, name: str) -> Locator:
    return page.locator(f'.scatter-point[data-id="{name}"]').nth(panel)


def sum_of(page: Page, name: str) -> Locator:
    return page.locator(f'.reconciliation [role="radio"][data-id="{name}"]')


def expect_address(page: Page, **parameters: str) -> None:
    """Holds that the address names these, and nothing else."""
    parts = [f"{name}={value.replace(',', '(,|%2C)')}" for name, value in parameters.items()]
    wanted = "".join(rf"(?=.*[?&]{part}(&|$))" for part in parts) if parts else r"[^?]*$"
    expect(page).to_have_url(re.compile(wanted))


def test_a_link_restores_what_was_lit_and_reconciled(page: Page) -> None:
    for name in ("densenet121", "resnet50"):
        expect(point(page, 0, name)).to_have_attribute("aria-pressed", "true")
    expect(sum_of(page, "resnet152v2")).to_have_attribute("aria-checked", "true")


def test_what_is_kept_and_chosen_stands_in_the_address(page: Page) -> None:
    page.locator(".scatter-free").first.click()
    expect_address(page, reconcile="resnet152v2")
    point(page, 1, "densenet201").locator(".scatter-mark").click()
    expect_address(page, lit="densenet201")
    point(page, 1, "resnet152").locator(".scatter-mark").click()
    expect_address(page, lit="densenet201,resnet152")
    sum_of(page, "densenet169").click()
    expect_address(page, lit="densenet201,resnet152", reconcile="densenet169")


def test_points_move_when_another_time_is_chosen_and_stay_lit(page: Page) -> None:
    if point(page, 2, "densenet201").get_attribute("aria-pressed") != "true":
        point(page, 2, "densenet201").locator(".scatter-mark").click()
    mark = point(page, 2, "densenet201").locator(".scatter-mark")
    before = mark.get_attribute("transform") or ""
    page.locator(".st-key-time").get_by_role("radio").nth(1).click()
    expect(mark).not_to_have_attribute("transform", before)
    expect(point(page, 2, "densenet201")).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("[?&]time=GPU"))


# -- counted and measured ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def counted(open_page: Any) -> Page:
    page: Page = open_page("nine_systems", reduced_motion=True).page
    expect(page.locator(".st-key-cancel_inventories")).to_have_count(0, timeout=COUNTED)
    settle(page)
    return page


@pytest.mark.slow
def test_live_counts_arrive_and_every_sum_is_equal(counted: Page) -> None:
    row = counted.locator('.scatter-table tr[data-id="densenet121"]')
    expect(row.locator("td").last).not_to_have_text("–")
    verdicts = counted.locator(".reconciliation-nine .reconciliation-mark").all()
    assert [one.get_attribute("data-equal") for one in verdicts] == ["true"] * 2 * NAMES


@pytest.mark.slow
def test_a_measurement_from_the_keyboard(counted: Page, tmp_path: Path) -> None:
    page = counted
    page.locator(".st-key-measure_batches").get_by_text("8", exact=True).click()
    settle(page)
    page.locator(".st-key-measure_rounds input[type=range]").press("Home")
    settle(page)
    start = page.locator(".st-key-measure_start button")
    start.press("Enter")
    expect(page.locator(".st-key-cancel_benchmark")).to_be_visible()
    expect(start).to_be_disabled()
    here = page.locator(".st-key-time").get_by_role("radio").nth(2)
    expect(here).to_be_visible(timeout=MEASURED)
    measured = page.get_by_test_id("stMain").get_by_test_id("stTable").first
    expect(measured.get_by_role("row")).to_have_count(1 + NAMES)
    row = page.locator('.scatter-table tr[data-id="resnet50"]')
    expect(row.locator("td").last).to_have_text("1.00×")
    expect(here).to_have_attribute("aria-checked", "true")  # what is new is shown
    file = page.locator(".st-key-benchmark-cpu_csv button")
    lines = list(csv.DictReader(saved_by(page, file, tmp_path)[1].decode().splitlines()))
    assert [line["model"] for line in lines][::8] == ["resnet50", "densenet201"]
    assert {(line["batch"], line["rounds"]) for line in lines} == {("1", "3")}
    assert lines[0]["ratio_to_resnet50"] == "1.0"
