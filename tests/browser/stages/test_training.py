"""A training's picture: it can be scrubbed, follows new epochs, and stays where it was put."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.stages.conftest import Show
from tests.stage_scenes.learning import training


def title_has(page: Page, text: str) -> None:
    expect(page.locator(".training .stage-title")).to_contain_text(text)


def test_it_shows_the_last_epoch_and_can_go_back(show: Show) -> None:
    page = show("training", training())
    title_has(page, "epoch 2")
    expect(page.locator(".training-row")).to_have_count(2)
    best = page.locator(".training-bar[data-best]")
    expect(best.locator(".training-label")).to_have_text("3")
    reading = page.locator(".training-reuse img")
    expect(reading).to_have_count(1)
    last = reading.get_attribute("src")
    page.get_by_role("button", name="To the start").click()
    title_has(page, "0.0%")
    assert reading.get_attribute("src") != last
    expect(best.locator(".training-label")).to_have_text("0")
    page.get_by_role("button", name="One epoch forward").press("Enter")
    title_has(page, "epoch 1")
    expect(page.locator(".training-sample[data-right]")).to_have_count(3)


def test_new_epochs_are_followed_only_from_the_end(show: Show) -> None:
    page = show("training", training(2))
    page.evaluate("(scene) => window.nextScene(scene)", training(3))
    title_has(page, "epoch 2")
    page.get_by_role("button", name="One epoch back").click()
    title_has(page, "epoch 1")
    page.evaluate("(scene) => window.nextScene(scene)", training(4))
    title_has(page, "epoch 1")
    page.evaluate("(scene) => window.nextScene(scene)", training(2, "Run 2"))
    page.evaluate("(scene) => window.nextScene(scene)", training(4, "Run 2"))
    title_has(page, "epoch 3")
