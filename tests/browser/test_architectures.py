"""The variants' page live: its ways in and out, and live counts; its stages are in `stages/`."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from scripts.browser import settle

COUNTED = 100_000
"""Milliseconds that building and counting the five may take beside other tests."""


@pytest.mark.slow
def test_one_click_opens_a_variant(open_page: Any) -> None:
    page = open_page("architectures", reduced_motion=True).page
    page.locator(".st-key-open-densenet169").get_by_role("link").nth(2).click()
    page.wait_for_url("**/transition**")
    settle(page)
    assert page.get_by_test_id("stException").count() == 0
    chosen = page.get_by_test_id("stSidebar").get_by_test_id("stSelectbox").first.locator("input")
    assert "169" in chosen.input_value()


@pytest.mark.slow
def test_numbers_become_those_of_the_live_networks(open_page: Any) -> None:
    page = open_page("architectures", reduced_motion=True).page
    badge = page.locator(".variants .stage-badge")
    expect(badge).to_contain_text("live", timeout=COUNTED)
    settle(page)
    expect(page.locator(".count .stage-badge")).to_contain_text("live")
    block = page.locator(".table tr", has_text="Dense block 4")
    expect(block.locator("td").nth(4)).to_contain_text("1,152 → 2,688")


def beside(page: Page) -> None:
    page.get_by_test_id("stMain").locator('a[href*="architectures"]').click()
    page.wait_for_url("**/architectures**")
    settle(page)
    page.mouse.move(2, 2)  # it stands on a strip, which would tell of a block


def growth(page: Page, variant: str) -> None:
    page.locator(f".st-key-open-{variant}").locator('a[href*="growth_rate"]').click()
    page.wait_for_url("**/growth_rate**")
    settle(page)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "parameters", "strip_says"),
    [("densenet201", "11,723,020", "11.7 M"), ("densenet161", "7,834,124", "7.83 M")],
)
def test_a_network_of_the_growth_page_arrives_whole_and_goes_back(
    open_page: Any, model: str, parameters: str, strip_says: str
) -> None:
    address = f"growth_rate?model={model}-untrained&k=24&initial=64"
    visit = open_page(address, reduced_motion=True)
    own = visit.page
    expect(own.get_by_test_id("stMain")).to_contain_text(parameters)
    beside(own)
    expect(own.locator(".variants-row").last).to_contain_text(strip_says)
    assert "block3=" in own.url  # to be copied and shared
    growth(own, "own")
    expect(own.get_by_test_id("stMain")).to_contain_text(parameters)
    assert f"model={model.removeprefix('densenet')}" in own.url
    assert "k=24" in own.url
    assert "block3=" not in own.url
    assert visit.errors == []


@pytest.mark.slow
def test_links_lead_to_what_they_say_whatever_was_chosen_before(open_page: Any) -> None:
    own = open_page("growth_rate?model=densenet264-untrained", reduced_motion=True).page
    main = own.get_by_test_id("stMain")
    beside(own)
    expect(own.locator(".variants-row")).to_have_count(5)  # it is one of them
    own.get_by_role("button", name="Back to DenseNet-121").click()
    settle(own)
    growth(own, "densenet161")
    expect(main).to_contain_text("28,681,000")
    beside(own)
    expect(main).to_contain_text("DenseNet-161")
    growth(own, "densenet121")
    expect(main).to_contain_text("7,978,856")
    beside(own)
    expect(own.locator(".variants-row")).to_have_count(5)  # its blocks are not the ones before
