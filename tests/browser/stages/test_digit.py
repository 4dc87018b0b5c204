"""The place to draw a digit: pointer, keyboard, and the answers."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.stages.conftest import Show
from tests.stage_scenes.learning import digit

SIZE = 32


def sent(page: Page) -> list[str]:
    """The drawings that the stage told, oldest first."""
    told: list[list[Any]] = page.evaluate("() => window.told")
    return [value["cells"] for name, value in told if name == "drawn"]


def wait_for(page: Page, count: int) -> list[str]:
    page.wait_for_function("(count) => window.told.length >= count", arg=count)
    return sent(page)


def test_a_stroke_is_sent_when_the_pointer_is_lifted(show: Show) -> None:
    page = show("digit", digit(0))
    canvas = page.locator(".digit-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 40, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, middle, steps=3)
    assert sent(page) == []
    page.mouse.up()
    (cells,) = wait_for(page, 1)
    assert len(cells) == SIZE * SIZE
    row = cells[16 * SIZE : 17 * SIZE]
    assert "1" * 16 in row  # no gaps between the points of a quick pointer
    assert "1" not in cells[: 8 * SIZE]
    page.get_by_role("button", name="Clear").click()
    assert "1" not in wait_for(page, 2)[-1]


def test_the_keyboard_draws_and_clears(show: Show) -> None:
    page = show("digit", digit(0))
    canvas = page.locator(".digit-canvas")
    canvas.focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "ArrowRight", "Space"):
        canvas.press(key)
    expect(page.locator(".digit-side [role=status]")).to_contain_text("painted")
    cells = wait_for(page, 1)[-1]
    assert cells[8 * SIZE + 16] == "1"
    assert cells[10 * SIZE + 17] == "1"
    canvas.press("Delete")
    page.wait_for_function("() => !window.told.at(-1)[1].cells.includes('1')")


def test_answers_stand_side_by_side(show: Show) -> None:
    page = show("digit", digit(2))
    answers = page.locator(".digit-answer b")
    expect(answers).to_have_text(["2", "1"])
    expect(page.locator(".digit-bar[data-best] .digit-percent")).to_have_text(["70%", "50%"])
    page.evaluate("(scene) => window.nextScene(scene)", digit(1))
    expect(answers).to_have_count(1)
