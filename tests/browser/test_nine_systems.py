"""The nine systems: what lights up lights up everywhere, by pointer, by key and by link."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.browser import settle

NAMES = 9
MEASURED = 120_000
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LIT = re.compile("scatter-lit")


@pytest.fixture
def page(open_page: Any) -> Page:
    opened: Page = open_page("nine_systems", reduced_motion=True).page
    return opened


def mark(page: Page, panel: int, name: str) -> Locator:
    return page.locator(".scatter-panel").nth(panel).locator(f'[data-id="{name}"] .scatter-mark')


def points(page: Page, name: str) -> Locator:
    return page.locator(f'.scatter-point[data-id="{name}"]')


def row(page: Page, name: str) -> Locator:
    return page.locator(f'.scatter-table tr[data-id="{name}"]')


def counted(page: Page) -> None:
    expect(page.get_by_text("Building and counting")).to_have_count(0, timeout=120_000)
    settle(page)


def test_three_panels_and_a_table_of_nine(open_page: Any) -> None:
    visit = open_page("nine_systems", reduced_motion=True)
    page = visit.page
    expect(page.locator(".scatter-panel")).to_have_count(3)
    expect(page.locator(".scatter-table tbody tr")).to_have_count(NAMES)
    assert page.locator(".scatter-point").count() == 3 * NAMES
    expect(page.get_by_text("Parameters: every DenseNet is on the front")).to_be_visible()
    expect(page.get_by_text("CPU time, cited: no DenseNet is on the front")).to_be_visible()
    expect(page.get_by_text("Keras Applications, cited")).to_be_visible()
    assert visit.errors == []


def test_pointing_lights_one_system_everywhere(page: Page) -> None:
    mark(page, 0, "densenet201").hover()
    for panel in range(3):
        expect(points(page, "densenet201").nth(panel)).to_have_class(LIT)
        expect(points(page, "resnet50").nth(panel)).not_to_have_class(LIT)
    expect(row(page, "densenet201")).to_have_class(LIT)
    expect(page.locator(".scatter-readout")).to_contain_text("DenseNet201: Parameters 20 million")
    row(page, "resnet101").hover()
    expect(points(page, "resnet101").first).to_have_class(LIT)
    expect(points(page, "densenet201").first).not_to_have_class(LIT)


def test_two_kept_systems_are_compared_and_stand_in_the_address(page: Page) -> None:
    mark(page, 1, "densenet201").click()
    page.wait_for_url("**lit=densenet201")
    mark(page, 1, "resnet152").click()
    page.wait_for_url(re.compile("lit=densenet201(,|%2C)resnet152$"))
    page.mouse.move(5, 5)
    expect(page.locator(".scatter-readout")).to_contain_text(
        "ResNet152 against DenseNet201: 3.01× parameters · Top-1 0.7 points lower"
    )
    page.get_by_role("button", name="Let all go").click()
    page.wait_for_url(re.compile(r"nine_systems$"))
    expect(points(page, "resnet152").first).not_to_have_class(LIT)


def test_a_link_restores_what_was_lit_and_reconciled(open_page: Any) -> None:
    address = "nine_systems?lit=densenet121,resnet50&reconcile=resnet152v2"
    page = open_page(address, reduced_motion=True).page
    expect(points(page, "densenet121").first).to_have_attribute("aria-pressed", "true")
    expect(points(page, "resnet50").first).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("radio", name="ResNet152V2")).to_have_attribute("aria-checked", "true")
    expect(page.locator(".reconciliation .stage-title")).to_have_text(
        "ResNet152V2: 60,185,128 + 143,744 + 51,776 = 60,380,648"
    )


def test_keys_walk_keep_and_let_go(page: Page) -> None:
    page.locator(".scatter-family").last.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    focused = page.locator(".scatter-point:focus")
    expect(focused).to_have_attribute("data-id", "densenet121")
    page.keyboard.press("ArrowRight")
    expect(focused).to_have_attribute("data-id", "densenet169")
    live = page.locator('.scatter [aria-live="polite"]')
    expect(live).to_contain_text("DenseNet169: Parameters 14.1 million, Top-1 76.2%")
    page.keyboard.press("Enter")
    expect(focused).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(focused).to_have_attribute("aria-pressed", "false")
    expect(points(page, "densenet169").first).not_to_have_class(LIT)


def test_a_family_lights_up_from_the_legend(page: Page) -> None:
    page.get_by_role("button", name="ResNetV2", exact=True).hover()
    assert page.locator(".scatter-point.scatter-lit").count() == 3 * 3


def test_columns_sort_by_their_numbers(page: Page) -> None:
    names = page.locator(".scatter-table tbody th")
    depth = page.locator(".scatter-table th[scope=col]").filter(has_text="Depth").last
    depth.get_by_role("button").click()
    expect(depth).to_have_attribute("aria-sort", "ascending")
    assert names.all_inner_texts()[0] == "ResNet50V2"
    depth.get_by_role("button").click()
    expect(depth).to_have_attribute("aria-sort", "descending")
    assert names.all_inner_texts()[:2] == ["DenseNet201", "DenseNet169"]


def test_points_move_when_another_time_is_chosen(page: Page) -> None:
    before = mark(page, 2, "densenet201").get_attribute("transform")
    page.get_by_text("GPU, cited").click()
    expect(page.get_by_text("GPU time, cited: no DenseNet is on the front")).to_be_visible()
    assert mark(page, 2, "densenet201").get_attribute("transform") != before
    page.wait_for_url("**time=GPU**")


def test_live_counts_arrive_and_every_sum_is_equal(page: Page) -> None:
    counted(page)
    expect(page.locator(".scatter-notes").get_by_text("counted live", exact=True)).to_be_visible()
    expect(row(page, "densenet121").locator("td").last).not_to_have_text("–")
    verdicts = page.locator(".reconciliation-nine .reconciliation-mark")
    assert verdicts.all_inner_texts() == ["✓ equal"] * 2 * NAMES
    choice = page.get_by_role("radio", name="DenseNet121")
    choice.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".reconciliation .stage-title")).to_have_text(
        "DenseNet169: 14,149,480 + 158,400 = 14,307,880"
    )
    page.wait_for_url("**reconcile=densenet169**")


def test_on_a_phone_panels_stand_under_one_another(open_page: Any) -> None:
    page = open_page("nine_systems", width=390, height=844, reduced_motion=True).page
    boxes = [panel.bounding_box() for panel in page.locator(".scatter-panel").all()]
    assert all(box["x"] + box["width"] <= 390 for box in boxes)
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
    assert page.evaluate(OVERFLOW) == 0


def test_a_measurement_from_the_keyboard(page: Page, tmp_path: Path) -> None:
    counted(page)
    page.get_by_role("radio", name="8", exact=True).or_(
        page.get_by_role("button", name="8", exact=True)
    ).first.click()
    settle(page)
    page.get_by_role("slider", name="Rounds").focus()
    page.keyboard.press("Home")
    settle(page)
    start = page.get_by_role("button", name="Measure on this machine")
    start.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile("Measuring nine systems: "))).to_be_visible()
    expect(start).to_be_disabled()
    here = page.get_by_text("CPU, here, 1 picture")
    expect(here).to_be_visible(timeout=MEASURED)
    expect(page.get_by_text(re.compile("Measured on this machine at .*threads"))).to_be_visible()
    measured = page.get_by_role("table", name="Times as multiples of ResNet50's")
    expect(measured.get_by_role("row")).to_have_count(1 + NAMES)
    expect(page.locator(".scatter-table th[scope=col]").last).to_contain_text(
        "CPU × ResNet50, 1 picture"
    )
    expect(row(page, "resnet50").locator("td").last).to_have_text("1.00×")
    here.click()
    expect(page.get_by_text(re.compile("CPU time, here, 1 picture: "))).to_be_visible()
    page.wait_for_url("**time=CPU**here**")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    file = tmp_path / "times.csv"
    download.value.save_as(file)
    lines = list(csv.DictReader(file.read_text().splitlines()))
    assert [line["model"] for line in lines][::8] == ["resnet50", "densenet201"]
    assert {(line["batch"], line["rounds"]) for line in lines} == {("1", "3")}
    assert lines[0]["ratio_to_resnet50"] == "1.0"


def test_a_later_visitor_can_cancel_and_keeps_what_was_measured(page: Page) -> None:
    counted(page)
    measured = page.get_by_text(re.compile("Measured on this machine at"))
    expect(measured).to_be_visible()
    page.get_by_role("button", name="Measure on this machine").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The measurement was cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Measure on this machine")).to_be_enabled()
    expect(measured).to_be_visible()
