"""The page on few parameters as a visitor uses it: guess, reveal, controls, sources, phone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from scripts.browser import settle

expect.set_options(timeout=20_000)  # a busy machine is no finding
SHOWN = "efficiency?guess=Just+show+me"


def point(page: Page, title: str) -> Locator:
    return page.locator(f'.scatter-point[data-id="{title}"]')


def option(page: Page, name: str) -> Locator:
    return page.get_by_role("radio", name=name, exact=True)


def test_a_guess_reveals_the_densenets_and_lights_the_answer(open_page: Any) -> None:
    visit = open_page("efficiency", reduced_motion=True)
    page = visit.page
    title = page.locator(".scatter-title")
    expect(title).to_have_text("Where would the DenseNets be?")
    expect(page.locator(".scatter-point")).to_have_count(4)
    option(page, "40 million").click()
    settle(page)
    expect(page.get_by_text("Fewer: 20.0 million.")).to_be_visible()
    expect(page.locator(".scatter-point")).to_have_count(8)
    expect(page.locator(".scatter-point.scatter-lit")).to_have_count(2)
    for lit in ("DenseNet-201", "ResNet-101"):
        expect(point(page, lit)).to_have_attribute("aria-pressed", "true")
    expect(title).to_contain_text("with 45% of its parameters")
    assert page.url.endswith("?guess=40+million")
    assert visit.errors == []


def test_the_question_can_be_passed_over_by_keyboard(open_page: Any) -> None:
    page = open_page("efficiency", reduced_motion=True).page
    show = option(page, "Just show me")
    show.focus()
    page.keyboard.press("Enter")
    settle(page)
    expect(page.locator(".scatter-point")).to_have_count(8)
    expect(page.locator(".scatter-point.scatter-lit")).to_have_count(0)


def test_the_address_restores_guess_cost_and_pictures(open_page: Any) -> None:
    page = open_page("efficiency?guess=20+million&cost=Multiply-adds", reduced_motion=True).page
    expect(page.get_by_text("Yes: 20.0 million.")).to_be_visible()
    expect(page.locator(".scatter-title")).to_contain_text("with 55% of its multiply-adds")
    page = open_page("efficiency?data=SVHN", reduced_motion=True).page
    expect(page.locator(".scatter-title")).to_contain_text("with 10 times its parameters")
    expect(page.get_by_text("Guess before you look")).to_have_count(0)


def test_garbage_in_the_address_falls_back(open_page: Any) -> None:
    visit = open_page("efficiency?guess=frog&data=CIFAR&cost=1&mistake=top", reduced_motion=True)
    expect(visit.page.locator(".scatter-title")).to_have_text("Where would the DenseNets be?")
    assert visit.page.get_by_test_id("stException").count() == 0
    assert visit.errors == []


def test_points_move_with_the_cost_and_the_kind_of_mistake(open_page: Any) -> None:
    page = open_page(SHOWN, reduced_motion=True).page
    mark = point(page, "DenseNet-201")

    def place_at(values: str) -> str:
        expect(mark).to_have_attribute("aria-label", f"DenseNet-201, DenseNet: {values}")
        return mark.locator("path").first.get_attribute("transform") or ""

    places = [place_at("20 million, 22.58%")]
    option(page, "Multiply-adds").click()
    places.append(place_at("4.29 billion, 22.58%"))
    page.get_by_role("combobox", name="Error").click()
    page.get_by_role("option", name="Top-5, ten crops").click()
    places.append(place_at("4.29 billion, 5.54%"))
    assert len(set(places)) == 3


def test_every_point_reads_out_its_source(open_page: Any) -> None:
    page = open_page(SHOWN, reduced_motion=True).page
    readout = page.locator(".scatter-readout")
    point(page, "DenseNet-169").hover()
    expect(readout).to_contain_text("23.8%")
    expect(readout).to_contain_text("Densely Connected Convolutional Networks, table 3 (2017)")
    page.locator('.scatter-point[tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    expect(readout).to_contain_text("error: ")


def test_table_2_stands_whole_beside_its_chart(open_page: Any) -> None:
    page = open_page("efficiency?data=C10%2B", reduced_motion=True).page
    expect(page.locator(".scatter-table tbody tr")).to_have_count(21)
    row = page.locator('.scatter-table tr[data-id="ResNet-1202 with stochastic depth"]')
    expect(row).to_contain_text("19,421,274")
    expect(row).to_contain_text("10.2 M")
    expect(page.get_by_text("A hundred layers against a thousand.")).to_be_visible()
    option(page, "C100").click()
    settle(page)
    expect(page.locator(".scatter-title")).to_contain_text("FractalNet with drop-path")
    expect(point(page, "DenseNet-BC-190 (k = 40)")).to_have_count(0)  # no such error in the table


def test_a_kept_point_waits_while_another_table_has_none_of_it(open_page: Any) -> None:
    page = open_page("efficiency?data=C10%2B", reduced_motion=True).page
    point(page, "DenseNet-BC-190 (k = 40)").click()
    expect(page.locator(".scatter-readout")).to_contain_text("DenseNet-BC-190 (k = 40): ")
    option(page, "C100").click()
    settle(page)
    expect(point(page, "DenseNet-BC-190 (k = 40)")).to_have_count(0)
    page.mouse.move(5, 5)
    expect(page.locator(".scatter-readout")).to_contain_text("Point at a system")
    option(page, "C10+").click()
    settle(page)
    expect(page.locator(".scatter-readout")).to_contain_text("DenseNet-BC-190 (k = 40): ")


def test_the_differing_errors_are_shown_and_told(open_page: Any) -> None:
    page = open_page(SHOWN, reduced_motion=True).page
    chart = page.get_by_test_id("stPlotlyChart")
    names = chart.evaluate(
        "(chart) => [chart, ...chart.querySelectorAll('*')].map((each) => each.ariaLabel ?? '')"
    )
    assert any("DenseNet-169 lies between 23.6% (authors’ code)" in name for name in names)
    expect(page.get_by_text("Not known.")).to_be_visible()
    page.get_by_text("Every published error, with its source").click()
    row = page.get_by_test_id("stTable").last.locator("tr", has_text="24.400% (75.600%)")
    expect(row.get_by_role("link", name="torchvision 0.28")).to_be_visible()


@pytest.mark.parametrize("address", [SHOWN, "efficiency?data=C100%2B"])
def test_a_phone_scrolls_only_down(open_page: Any, address: str) -> None:
    page = open_page(address, width=390, height=844, reduced_motion=True).page
    wider = page.evaluate(
        """() => {
          const main = document.querySelector('[data-testid="stMain"]');
          return main.scrollWidth - main.clientWidth;
        }"""
    )
    assert wider <= 0
    box = page.locator(".scatter-svg").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
