"""The sanity check: stages by keyboard, by playing and by pointing; another measure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from densenet_viz.stage.sanity.scene import MEASURES, Strip, sanity_scene
from tests.browser.checks import pixels_of
from tests.browser.stages.conftest import Show
from tests.stage_scenes import maps

STAGES = ("trained", "classifier", "block 2", "stem")
VALUES = {"rank_absolute": (1.0, 0.75, 0.5, 0.25), "rank": (1.0, 0.5, 0.0, -0.5)}


def strip(title: str, made: int = len(STAGES)) -> Strip:
    """A method whose map is another one at each stage."""
    alike = {name: VALUES.get(name, VALUES["rank"])[:made] for name in MEASURES}
    ended = made == len(STAGES)
    return Strip(
        title=title,
        heats=[maps.heat(stage) for stage in range(made)],
        alike=alike,
        at_the_end=dict.fromkeys(MEASURES, 0.1) if ended else None,
        unchanged=False if ended else None,
    )


def scene(made: int = len(STAGES)) -> Any:
    return sanity_scene(
        maps.picture(),
        caption="a drawn ring",
        label="ring",
        stages=STAGES,
        strips=[strip("Saliency", made), strip("Grad-CAM", made)],
        edges=np.abs(maps.heat(0)),
        limit=0.5,
    )


@pytest.fixture
def page(show: Show) -> Page:
    return show("sanity", scene(), reduced_motion=False)


def large(page: Page, place: int = 0) -> Locator:
    return page.locator(".sanity-card canvas").nth(place)


def values(page: Page) -> list[str]:
    return page.locator(".sanity-value b").all_inner_texts()


def test_stages_are_stepped_by_keyboard(page: Page) -> None:
    expect(page.locator(".sanity-card canvas")).to_have_count(3)
    page.locator(".sanity-scroll").focus()
    page.keyboard.press("Home")
    trained, edges = pixels_of(large(page)), pixels_of(large(page, 2))
    seen = [trained]
    for stage, name in enumerate(STAGES[1:], 1):
        page.keyboard.press("ArrowRight")
        seen.append(pixels_of(large(page)))
        expect(page.locator(".sanity-names .sanity-now")).to_have_text(name)
        assert values(page)[0] == f"{VALUES['rank_absolute'][stage]:.2f}"
    assert len(set(seen)) == len(STAGES)
    assert pixels_of(large(page, 2)) == edges  # no network moves it
    expect(page.locator(".sanity-readout")).to_contain_text("Saliency 0.25")
    page.keyboard.press("Home")
    assert pixels_of(large(page)) == trained
    assert page.evaluate("() => window.told") == []


def test_another_measure_is_chosen_by_arrows(page: Page) -> None:
    page.locator(".sanity-scroll").press("End")
    assert values(page)[0] == "0.25"
    radios = page.locator(".sanity-choice [role=radio]")
    radios.first.press("ArrowRight")
    expect(radios.nth(1)).to_have_attribute("aria-checked", "true")
    assert values(page)[0] == "−0.50"


def test_it_plays_and_stops(page: Page) -> None:
    page.locator(".sanity-scroll").press("Home")
    play, scrub = page.locator(".stage-play"), page.locator(".stage-player input")
    # Stopped from within the page, so that a slow machine does not play it to the end first.
    labels = play.evaluate("""async (play) => {
      const labels = [];
      const now = () => play.getRootNode().querySelector('.sanity-names .sanity-now');
      const first = now();
      play.click();
      labels.push(play.ariaLabel);
      while (now() === first) await new Promise(requestAnimationFrame);
      play.click();
      labels.push(play.ariaLabel);
      return labels;
    }""")
    assert labels == ["Pause", "Play"]
    place, still = scrub.input_value(), pixels_of(large(page))
    assert 0 < float(place) < len(STAGES) - 1
    assert pixels_of(large(page)) == still
    assert scrub.input_value() == place


def test_a_small_map_is_a_way_to_its_stage(page: Page) -> None:
    page.locator(".sanity-strip").nth(1).locator("button").nth(1).click()
    expect(page.locator(".sanity-names .sanity-now")).to_have_text(STAGES[1])
    box = page.locator(".sanity-svg").bounding_box()
    assert box is not None
    page.locator(".sanity-svg").hover(position={"x": 5, "y": box["height"] / 2})
    expect(page.locator(".sanity-names .sanity-now")).to_have_text(STAGES[0])


def test_maps_come_one_by_one_until_the_visitor_looks_back(show: Show) -> None:
    page = show("sanity", scene(1))
    now = page.locator(".sanity-names .sanity-now")
    expect(now).to_have_text(STAGES[0])
    page.evaluate("(scene) => window.nextScene(scene)", scene(2))
    expect(now).to_have_text(STAGES[1])  # it follows what comes
    expect(page.locator(".sanity-empty")).to_have_count(2 * 2)
    page.locator(".sanity-scroll").press("Home")
    page.evaluate("(scene) => window.nextScene(scene)", scene())
    expect(now).to_have_text(STAGES[0])
    expect(page.locator(".sanity-verdict[data-unchanged=false]")).to_have_count(2)
    page.locator("summary").click()
    expect(page.locator(".sanity-table tbody tr")).to_have_count(len(STAGES) + 1)
