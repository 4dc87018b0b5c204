"""Linked scatter panels and their table, with the scenes of the three pages that show them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.systems import SYSTEMS
from densenet_viz.stage.scatter.efficiency import cifar_scene, imagenet_scene
from densenet_viz.stage.scatter.step_memory import memory_scene
from tests.browser.helpers import WIDER_JS, box_of, expect_inside, numbers
from tests.browser.stages import scenes
from tests.browser.stages.conftest import Show

NAMES = 9
LIT = re.compile("scatter-lit")


@pytest.fixture
def page(show: Show) -> Page:
    return show("scatter", scenes.systems())


def points(page: Page, name: str) -> Locator:
    """A system's point in each panel."""
    return page.locator(f'.scatter-point[data-id="{name}"]')


def mark(page: Page, panel: int, name: str) -> Locator:
    return points(page, name).nth(panel).locator(".scatter-mark")


def row(page: Page, name: str) -> Locator:
    return page.locator(f'.scatter-table tr[data-id="{name}"]')


def kept(page: Page) -> list[list[str]]:
    """What the stage told, one after the other."""
    told = page.evaluate("window.told")
    assert {name for name, _ in told} <= {"lit"}
    return [value["ids"] for _, value in told]


def test_three_panels_and_a_table_of_nine(page: Page) -> None:
    expect(page.locator(".scatter-panel")).to_have_count(3)
    expect(page.locator(".scatter-table tbody tr")).to_have_count(NAMES)
    expect(page.locator(".scatter-point")).to_have_count(3 * NAMES)


def test_pointing_lights_one_system_everywhere_and_tells_nothing(page: Page) -> None:
    mark(page, 0, "densenet201").hover()
    for panel in range(3):
        expect(points(page, "densenet201").nth(panel)).to_have_class(LIT)
        expect(points(page, "resnet50").nth(panel)).not_to_have_class(LIT)
    expect(row(page, "densenet201")).to_have_class(LIT)
    expect(page.locator(".scatter-readout b")).to_contain_text("DenseNet201")
    row(page, "resnet101").hover()
    expect(points(page, "resnet101").first).to_have_class(LIT)
    expect(points(page, "densenet201").first).not_to_have_class(LIT)
    assert kept(page) == []


def test_two_kept_systems_are_compared_and_told(page: Page) -> None:
    free = page.locator(".scatter-free")
    expect(free).to_be_hidden()
    mark(page, 1, "densenet201").click()
    mark(page, 1, "resnet152").click()
    page.mouse.move(5, 5)
    expect(page.locator(".scatter-readout b")).to_contain_text("ResNet152")
    text = page.locator(".scatter-readout span").inner_text()
    assert re.search(r"3\.01× parameters.*0\.7 points", text)
    free.click()
    expect(points(page, "resnet152").first).not_to_have_class(LIT)
    expect(free).to_be_hidden()
    assert kept(page) == [["densenet201"], ["densenet201", "resnet152"], []]


def test_what_was_told_comes_back_without_undoing_what_followed(page: Page) -> None:
    """The server answers with what was kept a moment ago, when the visitor is ahead of it."""
    mark(page, 0, "densenet201").click()
    mark(page, 0, "resnet50").click()
    page.evaluate("nextScene", scenes.systems(lit=("densenet201",)))
    expect(points(page, "resnet50").first).to_have_attribute("aria-pressed", "true")
    page.evaluate("nextScene", scenes.systems(lit=("resnet101",)))  # a link: this is another
    expect(points(page, "resnet101").first).to_have_attribute("aria-pressed", "true")
    expect(points(page, "resnet50").first).to_have_attribute("aria-pressed", "false")


def test_keys_walk_keep_and_let_go(page: Page) -> None:
    page.locator(".scatter-family").last.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    focused = page.locator(".scatter-point:focus")
    expect(focused).to_have_attribute("data-id", "densenet121")
    page.keyboard.press("ArrowRight")
    expect(focused).to_have_attribute("data-id", "densenet169")
    live = page.locator('.scatter [aria-live="polite"]')
    expect(live).to_contain_text(re.compile(r"DenseNet169.*14\.1 million.*76\.2%"))
    page.keyboard.press("Enter")
    expect(focused).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(focused).to_have_attribute("aria-pressed", "false")
    expect(points(page, "densenet169").first).not_to_have_class(LIT)
    assert kept(page) == [["densenet169"], []]


def test_a_family_lights_up_from_the_legend(page: Page) -> None:
    family = page.locator('.scatter-family[data-family="ResNetV2"]')
    family.hover()
    expect(page.locator(".scatter-point.scatter-lit")).to_have_count(3 * 3)
    family.click()
    expect(family).to_have_attribute("aria-pressed", "true")
    assert kept(page) == [["resnet50v2", "resnet101v2", "resnet152v2"]]


def test_columns_sort_by_their_numbers(page: Page) -> None:
    names = page.locator(".scatter-table tbody tr")
    depth = page.locator(".scatter-table th[scope=col]").filter(has_text="Depth").last

    def order() -> list[str | None]:
        return [one.get_attribute("data-id") for one in names.all()]

    depth.get_by_role("button").click()
    expect(depth).to_have_attribute("aria-sort", "ascending")
    assert order()[0] == "resnet50v2"
    depth.get_by_role("button").click()
    expect(depth).to_have_attribute("aria-sort", "descending")
    assert order()[:2] == ["densenet201", "densenet169"]


def test_points_move_to_another_time_and_stay_lit(page: Page) -> None:
    mark(page, 2, "densenet201").click()
    before = mark(page, 2, "densenet201").get_attribute("transform")
    page.evaluate("nextScene", scenes.systems(time="gpu", lit=("densenet201",)))
    expect(mark(page, 2, "densenet201")).not_to_have_attribute("transform", before or "")
    expect(points(page, "densenet201").nth(2)).to_have_attribute("aria-pressed", "true")


def test_on_a_phone_panels_stand_under_one_another(show: Show) -> None:
    page = show("scatter", scenes.systems(), width=390, height=844)
    expect(page.locator(".scatter-svg")).to_have_count(3)
    panels = page.locator(".scatter-panel").all()
    boxes = [box_of(panel) for panel in panels]
    expect_inside(panels, 390)
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
    assert page.evaluate(WIDER_JS) == 0


# -- few parameters ---------------------------------------------------------------------------


ANSWER = ("ResNet-101", "DenseNet-201")


def test_before_the_guess_there_are_four_points_and_then_the_answer_is_lit(show: Show) -> None:
    page = show("scatter", imagenet_scene("parameters", "top-1", revealed=False))
    expect(page.locator(".scatter-point")).to_have_count(4)
    page.evaluate("nextScene", imagenet_scene("parameters", "top-1", lit=ANSWER))
    expect(page.locator(".scatter-point")).to_have_count(8)
    expect(page.locator(".scatter-point.scatter-lit")).to_have_count(2)
    for name in ANSWER:
        expect(points(page, name)).to_have_attribute("aria-pressed", "true")


def test_points_move_with_the_cost_and_the_kind_of_mistake(show: Show) -> None:
    page = show("scatter", imagenet_scene("parameters", "top-1"))
    point = points(page, "DenseNet-201")
    places = []
    cases: list[tuple[Any, Any, list[float]]] = [
        ("parameters", "top-1", [20, 22.58]),
        ("multiply-adds", "top-1", [4.29, 22.58]),
        ("multiply-adds", "top-5, ten crops", [4.29, 5.54]),
    ]
    for cost, measure, values in cases:
        page.evaluate("nextScene", imagenet_scene(cost, measure))
        label = point.get_attribute("aria-label") or ""
        assert numbers(label.replace("-", " "))[1:] == values
        places.append(point.locator(".scatter-mark").get_attribute("transform"))
    assert len(set(places)) == 3


def test_every_point_reads_out_its_source(show: Show) -> None:
    page = show("scatter", imagenet_scene("parameters", "top-1"))
    readout = page.locator(".scatter-readout")
    points(page, "DenseNet-169").hover()
    expect(readout).to_contain_text("23.8%")
    expect(readout).to_contain_text("Densely Connected Convolutional Networks, table 3 (2017)")


def test_table_2_stands_whole_beside_its_chart(show: Show) -> None:
    page = show("scatter", cifar_scene("parameters", "C10+"))
    expect(page.locator(".scatter-table tbody tr")).to_have_count(21)
    expect(row(page, "ResNet-1202 with stochastic depth")).to_contain_text("19,421,274")
    expect(row(page, "ResNet-1202 with stochastic depth")).to_contain_text("10.2 M")


def test_a_kept_point_waits_while_another_table_has_none_of_it(show: Show) -> None:
    name = "DenseNet-BC-190 (k = 40)"
    page = show("scatter", cifar_scene("parameters", "C10+"))
    readout = page.locator(".scatter-readout b")
    mark(page, 0, name).click()
    expect(readout).to_contain_text(name)
    page.evaluate("nextScene", cifar_scene("parameters", "C100"))
    page.mouse.move(5, 5)
    expect(points(page, name)).to_have_count(0)
    expect(readout).to_have_text("")
    page.evaluate("nextScene", cifar_scene("parameters", "C10+"))
    expect(readout).to_contain_text(name)
    expect(points(page, name)).to_have_attribute("aria-pressed", "true")


# -- in both themes, on a phone ---------------------------------------------------------------


def memory(*, live: bool = True) -> Any:
    counted = {name: inventory_of(system.spec) for name, system in SYSTEMS.items()}
    return memory_scene(counted, live=live)


OTHERS = {
    "imagenet": lambda: imagenet_scene("parameters", "top-1"),
    "cifar": lambda: cifar_scene("parameters", "C100+"),
    "memory": memory,
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", OTHERS)
def test_a_phone_scrolls_only_down(show: Show, name: str, scheme: str) -> None:
    page = show("scatter", OTHERS[name](), width=390, height=844, scheme=scheme)
    expect(page.locator(".scatter-svg")).to_have_count(1)
    expect_inside([page.locator(".scatter-svg")], 390)
    assert page.evaluate(WIDER_JS) <= 0


def test_what_was_computed_becomes_live(show: Show) -> None:
    page = show("scatter", memory(live=False))
    legend = page.locator(".scatter-legend")
    expect(legend).not_to_contain_text("live")
    page.evaluate("nextScene", memory())
    expect(legend).to_contain_text("live")
    expect(page.locator(".scatter-point")).to_have_count(NAMES)
