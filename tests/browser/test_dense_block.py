"""The dense-block page: every connection, by pointer, by key and on a phone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def stage(page: Page) -> Locator:
    return page.locator(".stage[data-active]")


def layer(page: Page, number: int) -> Locator:
    return page.get_by_role("radio", name=f"layer {number}, read by")


def test_block_one_counts_twenty_one(open_page: Any) -> None:
    visit = open_page("dense_block", reduced_motion=True)
    page = visit.page
    expect(page.locator(".block-count b")).to_have_text("21")
    expect(page.get_by_text("1 + 2 + 3 + 4 + 5 + 6 = 6 × 7 / 2", exact=True)).to_be_visible()
    expect(page.get_by_text("live · measured on this network")).to_be_visible()
    assert page.locator(".block-node").count() == 8
    assert visit.errors == []


def test_pointer_lights_a_layer_and_its_ledger(open_page: Any) -> None:
    page = open_page("dense_block", reduced_motion=True).page
    layer(page, 3).hover()
    expect(stage(page)).to_have_attribute("data-active", "3")
    expect(page.locator(".stage-sentence")).to_have_text(
        "Layer 3 reads 128 maps from 3 sources, writes 32 new ones, and is read by 3 later layers."
    )
    lines = page.locator(".block-lines li")
    assert [line.split() for line in lines.all_inner_texts()] == [
        ["channels", "0–63", "what", "entered", "64"],
        ["channels", "64–95", "layer", "1", "32"],
        ["channels", "96–127", "layer", "2", "32"],
    ]
    expect(page.get_by_text("layers 4, 5 and 6, and the output")).to_be_visible()
    page.mouse.move(5, 5)
    expect(stage(page)).to_have_attribute("data-active", "4")


def test_keys_walk_through_layers_and_light_all(open_page: Any) -> None:
    page = open_page("dense_block", reduced_motion=True).page
    layer(page, 4).focus()
    page.keyboard.press("ArrowRight")
    expect(layer(page, 5)).to_be_focused()
    expect(layer(page, 5)).to_have_attribute("aria-checked", "true")
    expect(stage(page)).to_have_attribute("data-active", "5")
    page.keyboard.press("End")
    expect(page.locator(".stage-title")).to_have_text("The block hands on all 256 maps it ever had")
    page.keyboard.press("Home")
    expect(page.locator(".stage-title")).to_have_text("What enters is read by all 6 layers")
    page.keyboard.press("Escape")
    expect(stage(page)).to_have_attribute("data-active", "all")


def test_matrix_is_the_same_set_of_connections(open_page: Any) -> None:
    page = open_page("dense_block", reduced_motion=True).page
    page.get_by_role("radio", name="Matrix").click()
    expect(stage(page)).to_have_attribute("data-view", "matrix")
    expect(page.locator(".block-count b")).to_have_text("21")
    layer(page, 2).hover()
    expect(stage(page)).to_have_attribute("data-active", "2")


def test_a_map_is_read_pixel_by_pixel(open_page: Any) -> None:
    page = open_page("dense_block", reduced_motion=True).page
    maps = page.get_by_role("slider", name="Map to show large")
    maps.focus()
    page.keyboard.press("ArrowRight")
    expect(maps).to_have_attribute("aria-valuenow", "2")
    expect(page.get_by_text("map 2 of 32 · channel 161")).to_be_visible()
    lens = page.locator(".tiles-lens canvas").first
    lens.hover(position={"x": 4, "y": 4})
    expect(page.locator(".tiles-value")).to_contain_text("row 1, column 1")


def test_block_stands_in_the_address(open_page: Any) -> None:
    visit = open_page("dense_block?block=4")
    page = visit.page
    expect(page.locator(".block-count b")).to_have_text("136", timeout=15_000)
    page.get_by_test_id("stMain").get_by_role("radio", name="3", exact=True).first.click()
    expect(page.locator(".block-count b")).to_have_text("300", timeout=15_000)
    assert "block=3" in page.url
    assert visit.errors == []


def test_the_count_plays_once_and_ends_complete(open_page: Any) -> None:
    page = open_page("dense_block").page
    expect(page.locator(".block-count b")).to_have_text("21", timeout=15_000)
    expect(stage(page)).to_have_attribute("data-active", "4")
    page.get_by_role("button", name="To the start").click()
    expect(page.locator(".block-count b")).to_have_text("0")
    page.get_by_role("button", name="One layer on").click()
    page.get_by_role("button", name="One layer on").click()
    expect(page.locator(".block-count b")).to_have_text("3")


def test_fits_a_phone(open_page: Any) -> None:
    page = open_page("dense_block?block=3", width=390, height=844, reduced_motion=True).page
    for view in ("Arcs", "Matrix"):
        page.get_by_role("radio", name=view).click()
        assert page.evaluate(OVERFLOW) <= 0
        boxes = [node.bounding_box() for node in page.locator(".block-node").all()]
        assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
