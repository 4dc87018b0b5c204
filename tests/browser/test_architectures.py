"""The variants: strips that light up together, a counter that counts, and ways in and out."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.spec import VARIANTS
from densenet_viz.stage.modules import joined, stage_file
from densenet_viz.stage.variants.count import count_scene
from densenet_viz.stage.variants.scene import variants_scene, variants_shown
from scripts.browser import settle

COUNTED = 100_000
"""Milliseconds that building and counting the five may take beside other tests."""


@pytest.fixture(scope="module")
def page(open_page: Any) -> Page:
    """The page with reduced motion, so that nothing moves by itself."""
    opened: Page = open_page("architectures", reduced_motion=True).page
    return opened


def title(page: Page) -> Locator:
    return page.locator(".variants .stage-title")


def strip(page: Page, name: str) -> Locator:
    return page.locator(".variants-row", has_text=name)


def test_five_strips_stand_on_one_scale(page: Page) -> None:
    expect(title(page)).to_have_text("Blocks 3 and 4 make the difference")
    rows = page.locator(".variants-row")
    assert rows.count() == 5
    # Blocks 1 and 2 are alike in all, and stand at the same place.
    places = [rows.nth(row).locator(".variants-block").nth(1).bounding_box() for row in range(5)]
    assert len({(round(box["x"]), round(box["width"])) for box in places if box}) == 1
    # Block 3 of 264 has 64 layers in place of 24, so that it is 65 columns wide and not 25.
    wide, narrow = (
        strip(page, name).locator(".variants-block").nth(2).bounding_box()
        for name in ("DenseNet-264", "DenseNet-121")
    )
    assert wide
    assert narrow
    assert wide["width"] / narrow["width"] == pytest.approx(65 / 25, rel=0.01)


def test_pointing_at_a_block_lights_it_in_all(page: Page) -> None:
    strip(page, "DenseNet-201").locator(".variants-block").nth(2).hover()
    expect(title(page)).to_have_text("DenseNet-201, block 3: 48 layers")
    assert page.locator(".variants-same").count() == 5
    numbers = strip(page, "DenseNet-121").locator("strong")
    assert numbers.all_inner_texts() == ["2.84 M", "0.55 G"]
    page.mouse.move(2, 2)
    expect(numbers.first).to_have_text("7.98 M")


def test_arrow_keys_go_from_strip_to_strip(page: Page) -> None:
    strip(page, "DenseNet-121").locator(".variants-name").focus()
    expect(title(page)).to_have_text("DenseNet-121: 7.98 M parameters, 2.83 G multiply-adds")
    page.keyboard.press("ArrowDown")
    expect(title(page)).to_have_text("DenseNet-169: 14.1 M parameters, 3.36 G multiply-adds")
    page.keyboard.press("End")
    expect(title(page)).to_have_text("DenseNet-169, block 4: 32 layers")
    page.keyboard.press("Escape")
    expect(title(page)).to_have_text("Blocks 3 and 4 make the difference")


def test_counter_steps_from_nothing_to_121(page: Page) -> None:
    count = page.locator(".count")
    number = count.locator(".count-number")
    expect(number).to_have_text("121")
    count.get_by_role("button", name="To the start").click()
    expect(number).to_have_text("0")
    for shown in ("1", "3", "5"):
        count.get_by_role("button", name="One stop on").click()
        expect(number).to_have_text(shown)
    formula = count.locator(".count-formula")
    expect(formula).to_have_text("1+ 2 × (2+0+0+0) +0+0")
    page.keyboard.press("End")
    expect(formula).to_have_text("1+ 2 × (6+12+24+16) +3+1")
    expect(count.locator(".stage-title")).to_have_text(
        "120 convolutions + 1 classifier: hence DenseNet-121"
    )


def test_counter_counts_every_variant_by_both_rules(page: Page) -> None:
    count = page.locator(".count")
    count.get_by_role("radio", name="264").click()
    expect(count.locator(".count-number")).to_have_text("265")
    expect(count.locator(".stage-title")).to_have_text("DenseNet-264 really counts to 265")
    count.get_by_role("radio", name="121").click()
    count.get_by_role("radio", name="as in the name").focus()
    page.keyboard.press("ArrowRight")
    expect(count.locator(".count-number")).to_have_text("242")
    page.keyboard.press("ArrowLeft")
    expect(count.locator(".count-number")).to_have_text("121")


def test_numbers_become_those_of_the_live_networks(page: Page) -> None:
    badge = page.locator(".variants .stage-badge")
    expect(badge).to_have_text("● live: counted on these networks", timeout=COUNTED)
    settle(page)
    expect(page.get_by_test_id("stMain")).to_contain_text(
        "Read off the weights of the live networks."
    )
    expect(page.locator(".count .stage-badge")).to_have_text("● live: what ran in this network")
    block = page.locator(".table tr", has_text="Dense block 4")
    expect(block.locator("td").nth(4)).to_contain_text("1,152 → 2,688")


MOUNTED_ALONE = """async ([code, first, second]) => {
  const { mount } = await import(`data:text/javascript;base64,${code}`);
  const root = document.body.appendChild(document.createElement("div"));
  const stage = mount(root, first);
  stage.update(second);
  return [root.innerText, [...root.querySelectorAll("[aria-label]")].map(
    (node) => node.getAttribute("aria-label")).join(" ")];
}"""


def mounted(page: Page, name: str, first: object, second: object) -> tuple[str, str]:
    """What a stage says and is labelled once a scene of the same networks follows another."""
    code = base64.b64encode(joined(stage_file(name)).encode()).decode()
    text, labels = page.evaluate(MOUNTED_ALONE, [code, first, second])
    return text, labels


def test_strips_and_counter_take_over_what_was_counted(open_page: Any) -> None:
    """Held with the inventory of another network, since a live one's numbers are the computed."""
    alone = open_page("architectures", reduced_motion=True).page.context.new_page()
    alone.set_content("<title>A stage by itself</title>")
    five = variants_shown()
    other = {"densenet121": inventory_of(VARIANTS["densenet201"])}
    text, labels = mounted(alone, "variants", variants_scene(five, {}), variants_scene(five, other))
    assert "7.98 M" not in text + labels
    assert "20.0 M" in text
    assert "DenseNet-121: 20.0 M parameters, 4.29 G multiply-adds" in labels
    text, _ = mounted(alone, "variants-count", count_scene(five, {}), count_scene(five, other))
    assert "DenseNet-121 really counts to 201" in text
    assert "live: what ran in this network" in text
    alone.close()


def test_counter_starts_once_it_is_seen_where_motion_is_welcome(open_page: Any) -> None:
    moving = open_page("architectures").page
    count = moving.locator(".count")
    assert count.get_by_role("button", name="Play", exact=True).count() == 1
    moving.locator(".count .stage-player").scroll_into_view_if_needed()
    expect(count.get_by_role("button", name="Pause", exact=True)).to_be_visible()
    count.get_by_role("button", name="Pause", exact=True).click()
    assert int(count.locator(".count-number").inner_text()) < 121
    moving.close()


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
    expect(own.get_by_test_id("stMain")).to_contain_text(f"it would have {parameters}")
    beside(own)
    expect(own.locator(".variants-row").last).to_contain_text(strip_says)
    assert "block3=" in own.url  # to be copied and shared
    growth(own, "own")
    expect(own.get_by_test_id("stMain")).to_contain_text(f"it would have {parameters}")
    assert f"model={model.removeprefix('densenet')}" in own.url
    assert "k=24" in own.url
    assert "block3=" not in own.url
    assert visit.errors == []
    own.close()


def test_links_lead_to_what_they_say_whatever_was_chosen_before(open_page: Any) -> None:
    own = open_page("growth_rate?model=densenet264-untrained", reduced_motion=True).page
    beside(own)
    expect(own.locator(".variants-row")).to_have_count(5)  # it is one of them
    own.get_by_role("button", name="Back to the five").click()
    settle(own)
    growth(own, "densenet161")
    expect(own.get_by_test_id("stMain")).to_contain_text("it would have 28,681,000")
    beside(own)
    expect(own.get_by_test_id("stMain")).to_contain_text("These are DenseNet-161’s numbers")
    growth(own, "densenet121")
    expect(own.get_by_test_id("stMain")).to_contain_text("it would have 7,978,856")
    beside(own)
    expect(own.locator(".variants-row")).to_have_count(5)  # its blocks are not the ones before
    own.close()


def beside(page: Page) -> None:
    page.get_by_role("link", name="beside the paper").click()
    page.wait_for_url("**/architectures**")
    settle(page)
    page.mouse.move(2, 2)  # it stands on a strip, which would tell of a block


def growth(page: Page, variant: str) -> None:
    page.locator(f".st-key-open-{variant}").get_by_role("link", name="Growth rate").click()
    page.wait_for_url("**/growth_rate**")
    settle(page)


def test_a_wrong_address_leaves_the_five(open_page: Any) -> None:
    wrong = open_page("architectures?k=<b>1</b>&layers=99999", reduced_motion=True).page
    assert wrong.locator(".variants-row").count() == 5
    expect(wrong.get_by_test_id("stAlert")).to_contain_text("The five stand without it")
    assert wrong.get_by_test_id("stException").count() == 0
    wrong.close()


def test_one_click_opens_a_variant(page: Page) -> None:
    page.locator(".st-key-open-densenet264").get_by_role("link", name="Transition").click()
    page.wait_for_url("**/transition**")
    settle(page)
    assert page.get_by_test_id("stException").count() == 0
    chosen = page.get_by_test_id("stSidebar").get_by_test_id("stSelectbox").first.locator("input")
    expect(chosen).to_have_value("264, random weights")


def test_on_a_phone_a_tap_tells_a_blocks_numbers(open_page: Any) -> None:
    phone = open_page("architectures", width=390, height=844, reduced_motion=True).page
    strip(phone, "DenseNet-121").locator(".variants-block").nth(3).click()
    expect(title(phone)).to_have_text("DenseNet-121, block 4: 16 layers")
    for row in phone.locator(".variants-svg").all():
        box = row.bounding_box()
        assert box["x"] + box["width"] <= 390
    phone.close()
