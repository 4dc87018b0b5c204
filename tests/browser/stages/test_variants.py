"""The variants' strips, the counter of layers, and what both take over from live networks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.stage.modules import adapt_stage
from densenet_viz.stage.variants.scene import variants_scene, variants_shown
from densenet_viz.stage.variants.table import table_scene
from densenet_viz.ui.variants.own import BASE
from tests.browser.helpers import Player, box_of, expect_inside, numbers, play
from tests.browser.stages import scenes
from tests.browser.stages.conftest import Show

ALSO_JS = """async ([code, scene]) => {
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { default: component } = await import(address);
  const parentElement = document.body.appendChild(document.createElement("div"));
  const [first, second] = [
    window.endStage,
    component({ data: [scene], parentElement, setStateValue() {} }),
  ];
  window.endStage = () => { first(); second(); };
}"""
"""Mounts another stage in the same page, as a page of the app does; both end together."""
ORDER = (121, 169, 201, 264, 161)
COUNTED = {"densenet121": inventory_of(VARIANTS["densenet201"])}
"""Another network's inventory, since a live one's numbers are the computed ones."""


def rows_of(page: Page) -> dict[int, Locator]:
    """The strips by their networks' numbers."""
    rows = page.locator(".variants-row").all()
    names = [row.locator(".variants-title b").inner_text() for row in rows]
    return {
        int(numbers(name.replace("-", " "))[0]): row for name, row in zip(names, rows, strict=True)
    }


def title(page: Page) -> str:
    return page.locator(".stage-title").inner_text()


# -- strips -----------------------------------------------------------------------------------


@pytest.fixture
def page(show: Show) -> Page:
    return show("variants", scenes.strips())


def test_five_strips_stand_on_one_scale(page: Page) -> None:
    rows = rows_of(page)
    assert set(rows) == set(ORDER)
    # Blocks 1 and 2 are alike in all, and stand at the same place.
    places = [box_of(row.locator(".variants-block").nth(1)) for row in rows.values()]
    assert len({(round(box["x"]), round(box["width"])) for box in places}) == 1
    # Block 3 of 264 has 64 layers in place of 24, so that it is 65 columns wide and not 25.
    wide, narrow = (box_of(rows[name].locator(".variants-block").nth(2)) for name in (264, 121))
    assert wide["width"] / narrow["width"] == pytest.approx(65 / 25, rel=0.01)


def test_pointing_at_a_block_lights_it_in_all(page: Page) -> None:
    rows = rows_of(page)
    rows[201].locator(".variants-block").nth(2).hover()
    assert numbers(title(page).replace("-", " ")) == [201, 3, 48]
    expect(page.locator(".variants-same")).to_have_count(5)
    own = rows[121].locator("strong")
    assert own.all_inner_texts() == ["2.84 M", "0.55 G"]
    page.mouse.move(2, 2)
    expect(own.first).to_have_text("7.98 M")
    expect(page.locator(".variants-same")).to_have_count(0)


def test_arrow_keys_go_from_strip_to_strip_and_block_to_block(page: Page) -> None:
    rest = title(page)
    rows_of(page)[121].locator(".variants-name").focus()
    for key, said in (
        ("ArrowDown", [169, 14.1, 3.36]),
        ("ArrowUp", [121, 7.98, 2.83]),
        ("ArrowRight", [121, 1, 6]),
        ("End", [121, 4, 16]),
    ):
        page.keyboard.press(key)
        assert numbers(title(page).replace("-", " ")) == said
    page.keyboard.press("Escape")
    assert title(page) == rest


def test_strips_take_over_what_was_counted(page: Page) -> None:
    row = rows_of(page)[121]
    badge = page.locator(".stage-badge").inner_text()
    page.evaluate("nextScene", scenes.strips(COUNTED))
    assert row.locator("strong").all_inner_texts() == ["20.0 M", "4.29 G"]
    label = row.locator(".variants-name").get_attribute("aria-label") or ""
    assert numbers(label.replace("-", " "))[:3] == [121, 20.0, 4.29]
    page.evaluate(
        "nextScene", scenes.strips({name: inventory_of(VARIANTS[name]) for name in VARIANTS})
    )
    expect(page.locator(".stage-badge")).not_to_have_text(badge)
    expect(page.locator(".stage-badge")).to_contain_text("live")


def test_strips_draw_themselves_where_motion_is_welcome(show_timed: Show) -> None:
    page = show_timed("variants", scenes.strips())
    peak = page.locator(".variants-peak").first
    expect(peak).to_have_css("opacity", "0")
    play(page, 4000)
    expect(peak).to_have_css("opacity", "1")


def test_on_a_phone_a_tap_tells_a_blocks_numbers(show: Show) -> None:
    page = show("variants", scenes.strips(), width=390, height=844)
    rows = rows_of(page)
    rows[121].locator(".variants-block").nth(3).tap()
    assert numbers(title(page).replace("-", " ")) == [121, 4, 16]
    expect_inside(page.locator(".variants-svg").all(), 390)


# -- your own ---------------------------------------------------------------------------------


def slider(page: Page, name: str) -> Locator:
    return page.locator(f".stage-controls input[name={name}]")


def open_controls(page: Page) -> None:
    page.locator(".variants-own details").evaluate("node => { node.open = true; }")
    # A stage is hidden until it is laid out, and a hidden slider takes no key.
    expect(slider(page, "k")).to_be_visible()


def test_a_moved_control_shows_your_network_before_any_answer(show: Show) -> None:
    page = show("variants", scenes.explored_strips())
    expect(page.locator(".variants-row")).to_have_count(5)
    open_controls(page)
    slider(page, "k").press("ArrowLeft")
    # In the same frame, so nothing waits here.
    assert page.locator(".variants-row").count() == 6
    spec = replace(BASE, growth_rate=28)
    strip = variants_scene(variants_shown(spec), {})["variants"][-1]
    own = page.locator(".variants-own-strip")
    assert own.locator("strong").all_inner_texts() == [strip["parameters"], strip["multiplyAdds"]]
    told = page.locator(".variants-own .stage-number b").all_inner_texts()
    assert told[0] == f"{spec.parameters:,}"
    assert told[2] == f"{spec.activation_bytes / 1e6:.1f} MB"
    page.wait_for_function("() => window.told.length")
    [[name, choice]] = page.evaluate("window.told")
    assert (name, choice["asked"], choice["values"]["k"]) == ("chosen", 1, 28)
    assert page.evaluate("location.search") == "?k=28"


def test_your_network_is_none_or_one_of_the_five_and_the_stage_says_so(show: Show) -> None:
    page = show("variants", scenes.explored_strips(refused="Not allowed here.", layers=12))
    note, rows = page.locator(".stage-note"), page.locator(".variants-row")
    expect(note).to_have_text("Not allowed here.")
    expect(rows).to_have_count(5)
    slider(page, "layers").press("ArrowRight")
    expect(note).to_be_empty()
    expect(rows).to_have_count(6)
    for name in ("k", "initial", "compression", "layers", "block2"):
        slider(page, name).press("Home")
    expect(note).to_contain_text("no map")
    expect(rows).to_have_count(5)
    page.locator(".variants-own button", has_text="DenseNet-121").click()
    expect(note).to_be_empty()
    assert slider(page, "layers").input_value() == "6"
    for name, value in {"block3": 48, "block4": 32}.items():
        slider(page, name).fill(str(value))
    expect(note).to_contain_text("DenseNet-201")
    expect(rows).to_have_count(5)


def test_a_late_answer_does_not_replace_a_newer_network(show: Show) -> None:
    page = show("variants", scenes.explored_strips(k=24))
    numbers_of = page.locator(".variants-own-strip strong").first
    slider(page, "k").press("ArrowLeft")
    slider(page, "k").press("ArrowLeft")
    shown = numbers_of.inner_text()
    page.evaluate("nextScene", scenes.explored_strips(k=20, asked=1))
    assert numbers_of.inner_text() == shown
    assert slider(page, "k").input_value() == "16"
    page.evaluate("nextScene", scenes.explored_strips(k=16, asked=2))
    assert numbers_of.inner_text() == shown


def test_keys_reach_your_network_and_its_blocks(show: Show) -> None:
    page = show("variants", scenes.explored_strips(block4=20))
    page.locator(".variants-row").nth(4).locator(".variants-name").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    assert numbers(title(page)) == [4, 20]


def test_the_controls_stay_where_they_are_while_your_network_grows(show: Show) -> None:
    page = show("variants", scenes.explored_strips(k=24))

    def height() -> float:
        return box_of(slider(page, "k"))["y"] - box_of(page.locator(".variants"))["y"]

    before = height()
    for name in ("k", "block2"):
        slider(page, name).press("End")
    assert height() == before


def test_your_controls_fit_a_phone(show: Show) -> None:
    page = show("variants", scenes.explored_strips(k=24), width=390, height=844)
    expect_inside([*page.locator(".stage-slider").all(), page.locator(".variants-own-strip")], 390)


def test_count_and_table_follow_your_network(show: Show) -> None:
    """As on the page: the strips tell the others in the same frame."""
    page = show("variants-count", scenes.counter())
    page.evaluate(ALSO_JS, [adapt_stage("variants"), scenes.explored_strips()])
    open_controls(page)
    slider(page, "block4").press("ArrowRight")
    choose(page, "yours").click()
    expect(page.locator(".count-number")).to_have_text("123")
    slider(page, "block4").press("ArrowRight")
    expect(page.locator(".count-number")).to_have_text("125")
    page.locator(".variants-own details button").dispatch_event("click")  # it is not laid out here
    expect(page.get_by_role("radio", name="yours")).to_have_count(0)
    expect(page.locator(".count-number")).to_have_text("121")


def test_table_has_a_column_for_your_network(show: Show) -> None:
    five = {variant.title: inventory_of(variant.spec) for variant in variants_shown()}
    page = show("variants-table", table_scene(five, label="Table 1"))
    cells = page.locator(".table tr", has_text="Dense block 2").locator("td")
    assert [cell.get_attribute("colspan") for cell in cells.all()[1:]] == ["4", "1"]
    page.evaluate(ALSO_JS, [adapt_stage("variants"), scenes.explored_strips(block2=14)])
    expect(page.locator(".table thead th").last).to_have_text("Yours")
    expect(cells.last).to_contain_text("128 → 576")


RIGHT_JS = "node => node.x.baseVal.value + node.width.baseVal.value"


def test_costs_of_one_and_of_all_and_of_yours(show: Show) -> None:
    page = show("variants-costs", scenes.network_scenes()["variants-costs"])
    names = page.locator(".costs-chart text:nth-of-type(odd)")
    sentence, select = page.locator(".costs-sentence"), page.locator(".costs select")
    assert names.count() == 9  # stem, 4 blocks, 3 transitions, classifier
    assert numbers(sentence.inner_text().replace("-", " "))[:3] == [121, 3, 36]
    choose(page, "multiply-adds").click()
    page.get_by_role("switch").click()
    bars = page.locator(".costs-chart > g").all()
    ends = [bar.locator("rect").last.evaluate(RIGHT_JS) for bar in bars]
    assert max(ends) - min(ends) < 0.5  # shares fill every bar
    page.locator(".costs summary").click()
    cells = page.locator(".costs-table tr", has_text="Block 1").locator("td")
    expect(cells.last).to_have_text("1,040,449,536")
    select.select_option("all side by side")
    assert names.all_text_contents() == [f"DenseNet-{number}" for number in ORDER]
    page.evaluate(ALSO_JS, [adapt_stage("variants"), scenes.explored_strips(block4=40)])
    assert names.all_text_contents()[-1] == "Yours"
    select.select_option("Yours")
    assert numbers(sentence.inner_text())[0] == 4  # its block 4 is the largest part


# -- counter ----------------------------------------------------------------------------------


@pytest.fixture
def count(show: Show) -> Page:
    return show("variants-count", scenes.counter())


def choose(page: Page, text: str) -> Locator:
    return page.get_by_role("radio", name=text)


def test_counter_steps_from_nothing_to_121(count: Page) -> None:
    number, formula = count.locator(".count-number"), count.locator(".count-formula")
    player = Player(count)
    expect(number).to_have_text("121")
    player.first.click()
    expect(number).to_have_text("0")
    for shown in ("1", "3", "5"):
        player.on.click()
        expect(number).to_have_text(shown)
    expect(formula).to_have_text("1+ 2 × (2+0+0+0) +0+0")
    count.keyboard.press("End")
    expect(formula).to_have_text("1+ 2 × (6+12+24+16) +3+1")
    assert numbers(title(count).replace("-", " ")) == [120, 1, 121]


def test_counter_counts_every_variant_by_both_rules(count: Page) -> None:
    number = count.locator(".count-number")
    choose(count, "264").click()
    expect(number).to_have_text("265")
    assert numbers(title(count).replace("-", " ")) == [264, 265]
    choose(count, "121").click()
    paper, keras = count.locator('[role="radiogroup"]').last.get_by_role("radio").all()
    paper.press("ArrowRight")
    expect(keras).to_have_attribute("aria-checked", "true")
    expect(number).to_have_text("242")
    keras.press("ArrowLeft")
    expect(number).to_have_text("121")


def test_counter_takes_over_what_was_counted(count: Page) -> None:
    count.evaluate("nextScene", scenes.counter(COUNTED))
    expect(count.locator(".stage-badge")).to_contain_text("live")
    assert numbers(title(count).replace("-", " ")) == [121, 201]
    expect(count.locator(".count-number")).to_have_text("201")


def test_counter_starts_once_it_is_seen_where_motion_is_welcome(show_timed: Show) -> None:
    page = show_timed("variants-count", scenes.counter(), height=200)
    player = Player(page)
    player.expect_playing(False)  # all of it does not fit so low a window
    page.set_viewport_size({"width": 1100, "height": 900})
    player.expect_playing(True)
    play(page, 3000)
    assert 0 < int(page.locator(".count-number").inner_text()) < 121
    player.play.click()
    player.expect_playing(False)


def test_counter_fits_a_phone(show: Show) -> None:
    page = show("variants-count", scenes.counter(), width=390, height=844)
    expect(page.locator(".count-svg")).to_have_attribute("width", "358")
    expect_inside([page.locator(".count-svg"), *page.get_by_role("radio").all()], 390)
