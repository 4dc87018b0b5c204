"""The gradients at every layer, as the backward pass goes; and the direct paths that are cut."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.stages.conftest import Show
from tests.stage_scenes import gradients


def test_the_player_goes_back_layer_by_layer(show: Show) -> None:
    scene = gradients.scene()
    page = show("gradients", scene)
    values = page.locator(".gradients-row b")
    expect(page.locator(".gradients-line")).to_have_count(3)
    expect(values).to_have_text([line["words"][0] for line in scene["lines"]])
    page.get_by_role("button", name="To the start").click()
    expect(values).to_have_text([line["words"][9] for line in scene["lines"]])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(values).to_have_text([line["words"][8] for line in scene["lines"]])
    page.keyboard.press("End")
    expect(values).to_have_text([line["words"][0] for line in scene["lines"]])


def test_a_new_scene_keeps_the_place_and_other_layers_end_it(show: Show) -> None:
    page = show("gradients", gradients.scene(measured=False))
    expect(page.locator(".gradients-row")).to_have_count(3)
    expect(page.locator(".gradients-line")).to_have_count(0)
    height = page.locator(".stage").bounding_box()
    page.evaluate("(scene) => window.nextScene(scene)", gradients.scene())
    expect(page.locator(".gradients-line")).to_have_count(3)
    after = page.locator(".stage").bounding_box()
    assert height
    assert after
    assert abs(height["height"] - after["height"]) < 60  # one more line of the sentence
    page.get_by_role("button", name="To the start").click()
    page.evaluate("(scene) => window.nextScene(scene)", gradients.scene(at="weight"))
    expect(page.locator("[data-layer]")).to_have_attribute("data-layer", "10")
    page.evaluate("(scene) => window.nextScene(scene)", gradients.scene(16))
    expect(page.locator("[data-layer]")).to_have_attribute("data-layer", "1")


def test_keys_cut_the_direct_paths(show: Show) -> None:
    scene = gradients.direct()
    dense = scene["families"][2]
    page = show("gradients-direct", scene)
    chosen = page.locator(".direct-cut[aria-checked=true]")
    arcs, gone = page.locator(".direct-arc"), page.locator(".direct-gone")
    expect(arcs).to_have_count(len(dense["reaches"]))
    expect(gone).to_have_count(0)
    chosen.press("ArrowDown")
    expect(gone).to_have_count(sum(one["source"] == 0 for one in dense["reaches"]))
    expect(chosen.locator("b")).to_have_text(dense["amounts"][1]["words"])
    page.keyboard.press("End")
    expect(gone).to_have_count(len(dense["reaches"]))
    page.get_by_role("radio", name="plain").click()
    expect(arcs).to_have_count(0)
    expect(page.locator(".direct-sentence")).to_have_text(scene["families"][0]["sentence"])
