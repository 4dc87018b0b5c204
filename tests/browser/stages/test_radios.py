"""The radio group that pictures share: one stop of the Tab key, and keys that choose."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from densenet_viz.stage.agreement.scene import agreement_scene
from densenet_viz.stage.attribution.scene import gallery_scene
from densenet_viz.stage.variants.count import count_scene
from densenet_viz.stage.variants.scene import variants_shown
from tests.browser.stages.conftest import Show

WHITE = np.full((8, 8, 3), 255, np.uint8)


def agreement() -> Any:
    table = np.array([[1.0, 0.5], [0.5, 1.0]])
    return agreement_scene(["One", "Other"], table, table / 2, lesson="They differ.")


def gallery() -> Any:
    return gallery_scene([(name, WHITE) for name in ("ring", "star", "bar")], "star", label="All")


def count() -> Any:
    return count_scene(variants_shown(), {})


def radios(page: Page) -> Locator:
    return page.get_by_role("radiogroup").first.get_by_role("radio")


@pytest.mark.parametrize(
    ("stage", "make"),
    [("agreement", agreement), ("attribution-gallery", gallery), ("variants-count", count)],
)
def test_keys_choose_and_the_focus_goes_along(show: Show, stage: str, make: Any) -> None:
    group = radios(show(stage, make()))
    last = group.count() - 1
    chosen = next(place for place in range(last + 1) if group.nth(place).is_checked())
    group.nth(chosen).focus()
    for key, place in (
        ("Home", 0),
        ("ArrowLeft", last),
        ("ArrowDown", 0),
        ("ArrowRight", 1),
        ("ArrowUp", 0),
        ("End", last),
    ):
        group.page.keyboard.press(key)
        expect(group.nth(place)).to_be_checked()
        expect(group.nth(place)).to_be_focused()
        tab_stops = group.evaluate_all("(all) => all.map((one) => one.tabIndex)")
        assert tab_stops == [0 if at == place else -1 for at in range(last + 1)]


def test_what_is_chosen_already_is_not_told_again(show: Show) -> None:
    page = show("attribution-gallery", gallery())
    told = "window.told.map(([name, value]) => [name, value.name])"
    page.get_by_role("radio", name="star").click()
    assert page.evaluate(told) == []
    page.get_by_role("radio", name="bar").click()
    assert page.evaluate(told) == [["picked", "bar"]]


def test_new_pictures_take_the_place_of_the_old_ones(show: Show) -> None:
    page = show("attribution-gallery", gallery())
    others = gallery_scene([(name, WHITE) for name in ("cat", "cup")], "ring", label="Others")
    page.evaluate("(scene) => window.nextScene(scene)", others)
    radios = page.get_by_role("radiogroup", name="Others").get_by_role("radio")
    expect(radios).to_have_count(2)
    expect(page.get_by_role("radio", checked=True)).to_have_count(0)
    assert radios.evaluate_all("(all) => all.map((one) => one.tabIndex)") == [0, -1]
    radios.first.focus()
    page.keyboard.press("ArrowRight")
    expect(radios.first).to_be_checked()


def test_the_servers_choice_is_marked_and_not_told(show: Show) -> None:
    page = show("attribution-gallery", gallery())
    page.evaluate("(scene) => window.nextScene(scene)", gallery() | {"chosen": "ring"})
    expect(page.get_by_role("radio", name="ring")).to_be_checked()
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    assert page.evaluate("window.told") == []
