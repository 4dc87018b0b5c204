"""The sums from trainable parameters to Keras's totals, one system at a time."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from densenet_viz.facts.systems import SYSTEMS
from tests.browser.helpers import WIDER_JS, expect_inside, numbers
from tests.browser.stages import scenes
from tests.browser.stages.conftest import Show


@pytest.fixture
def page(show: Show) -> Page:
    return show("reconciliation", scenes.sums())


def choice(page: Page, name: str) -> Locator:
    return page.locator(f'[role="radio"][data-id="{name}"]')


def expect_sum(page: Page, title: str, *terms: float) -> None:
    """Holds whose sum is shown, and that its terms make its total."""
    said = page.locator(".stage-title").inner_text()
    assert said.startswith(title)
    *parts, total = numbers(said.split(":")[1])
    assert [*parts, total] == [*terms]
    assert sum(parts) == total


def test_every_sum_and_depth_of_the_nine_is_equal(page: Page) -> None:
    marks = page.locator(".reconciliation-nine .reconciliation-mark")
    expect(marks).to_have_count(2 * len(SYSTEMS))
    assert {one.get_attribute("data-equal") for one in marks.all()} == {"true"}


def test_a_system_is_chosen_by_key_by_pointer_and_in_the_table(page: Page) -> None:
    expect_sum(page, "DenseNet121", 7_978_856, 83_648, 8_062_504)
    choice(page, "densenet121").press("ArrowRight")
    expect(choice(page, "densenet169")).to_be_focused()
    expect(choice(page, "densenet169")).to_have_attribute("aria-checked", "true")
    expect(choice(page, "densenet121")).to_have_attribute("aria-checked", "false")
    expect_sum(page, "DenseNet169", 14_149_480, 158_400, 14_307_880)
    choice(page, "resnet152v2").click()
    expect_sum(page, "ResNet152V2", 60_185_128, 143_744, 51_776, 60_380_648)
    page.locator('.reconciliation-nine tr[data-id="resnet50"]').click()
    expect(choice(page, "resnet50")).to_have_attribute("aria-checked", "true")
    assert page.evaluate("window.told") == [
        ["chosen", name] for name in ("densenet169", "resnet152v2", "resnet50")
    ]


def test_a_scene_that_comes_back_leaves_the_choice(page: Page) -> None:
    choice(page, "resnet50").click()
    page.evaluate("nextScene", scenes.sums("densenet121"))
    expect(choice(page, "resnet50")).to_have_attribute("aria-checked", "true")


def test_a_difference_is_shown_as_one(show: Show) -> None:
    scene: Any = scenes.sums()
    wrong = [{**one, "keras": 1, "equal": False} for one in scene["systems"]]
    page = show("reconciliation", {**scene, "systems": wrong})
    badge = page.locator(".stage-badge")
    expect(badge).to_have_attribute("data-kind", "mismatch")
    expect(badge).to_contain_text("8,062,503")


def test_fits_a_phone(show: Show) -> None:
    page = show("reconciliation", scenes.sums(), width=390, height=844)
    assert page.evaluate(WIDER_JS) <= 0
    expect_inside(page.get_by_role("radio").all(), 390)
