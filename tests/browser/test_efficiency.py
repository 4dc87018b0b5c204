"""The page on few parameters live: guess, controls, address; its charts are in `stages/`."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.browser import settle


@pytest.fixture(scope="module")
def page(open_page: Any) -> Page:
    opened: Page = open_page("efficiency", reduced_motion=True).page
    return opened


def point(page: Page, title: str) -> Locator:
    return page.locator(f'.scatter-point[data-id="{title}"]')


def option(page: Page, key: str, place: int) -> Locator:
    return page.locator(f".st-key-{key}").get_by_role("radio").nth(place)


def test_a_guess_by_keyboard_reveals_the_densenets_and_lights_the_answer(page: Page) -> None:
    expect(page.locator(".scatter-point")).to_have_count(4)
    option(page, "guess", 0).press("Enter")
    expect(page.locator(".scatter-point")).to_have_count(8)
    expect(page.locator(".scatter-point.scatter-lit")).to_have_count(2)
    for lit in ("DenseNet-201", "ResNet-101"):
        expect(point(page, lit)).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(r"\?guess=40\+million$"))


def test_points_move_with_the_cost_that_the_address_keeps(page: Page) -> None:
    mark = point(page, "ResNet-101").locator(".scatter-mark")
    before = mark.get_attribute("transform") or ""
    option(page, "cost", 1).click()
    expect(mark).not_to_have_attribute("transform", before)
    moved = mark.get_attribute("transform") or ""
    settle(page)
    page.reload()
    settle(page)
    expect(option(page, "cost", 1)).to_have_attribute("aria-checked", "true")
    expect(mark).to_have_attribute("transform", moved)


def test_other_pictures_are_another_chart(page: Page) -> None:
    option(page, "data", 1).click()
    best = point(page, "DenseNet-BC-100 (k = 12)")
    best.locator(".scatter-mark").click()
    expect(page.locator(".st-key-guess")).to_have_count(0)
    expect(page).to_have_url(re.compile("[?&]data=C10%2B"))
    option(page, "data", 2).click()
    expect(page.locator(".scatter-svg")).to_have_attribute("aria-label", re.compile(r"C100\+"))
    expect(best).to_have_attribute("aria-pressed", "true")
