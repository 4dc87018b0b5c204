"""Two at once in a browser: linked reading by keyboard, scales without the server, a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from densenet_viz.attribution import attribute
from densenet_viz.evaluation.difference import difference
from densenet_viz.network.models import load_model
from densenet_viz.ui.current import sample
from scripts.browser import settle
from tests.browser.checks import WIDER_THAN_WINDOW_JS, axe_findings

PATIENCE = 90_000
NETWORKS = "bench?view=two&two=networks&two_method=saliency"
PICTURES = "bench?view=two&two_picture=heart&two_method=saliency"


def wait_for_maps(page: Page) -> None:
    page.locator(".two-done").wait_for(timeout=PATIENCE)
    settle(page)


def values(page: Page) -> list[str]:
    return page.locator(".two-column:not([hidden]) .two-value").all_inner_texts()


def as_number(text: str) -> float:
    return float(text.replace("−", "-").rstrip("%"))


def test_one_picture_before_two_networks_is_read_by_keyboard(
    app_url: str, browser: Browser
) -> None:
    with browser.new_context(viewport={"width": 1440, "height": 1100}) as context:
        page = context.new_page()
        sent: list[object] = []
        page.on("websocket", lambda socket: socket.on("framesent", lambda one: sent.append(one)))
        page.goto(f"{app_url}/{NETWORKS}")
        wait_for_maps(page)
        expect(page.locator(".two .stage-title")).to_contain_text("The same picture, two networks")
        told = len(sent)
        page.locator(".two-side .frame-canvas").first.focus()
        for key in ("Home", "ArrowRight", "ArrowRight", "Shift+ArrowUp"):
            page.keyboard.press(key)
        expect(page.locator(".two .frame-pointed")).to_have_count(3)
        expect(page.locator(".two-readout")).to_contain_text("x 2, y 54: left ")
        pixels = sample("ring").pixels
        honest = load_model("scenes")
        target = attribute(honest, pixels, method="saliency").target.index
        one, other = (
            attribute(model, pixels, method="saliency", target=target).heat
            for model in (honest, load_model("cheater"))
        )
        apart = difference(one, other)
        shares = [100 * heat[54, 2] / abs(heat).sum() for heat in (one, other)]
        read = [as_number(text) for text in values(page)]
        expected = [*shares, 100 * float(apart.heat[54, 2])]
        assert read == pytest.approx(expected, rel=0.03, abs=2e-6)
        expect(page.locator(".two-apart .two-sentence")).to_contain_text(
            f"rank correlation is {apart.rho:.2f}".replace("-", "−")
        )
        page.get_by_label("values, one scale").check()
        expect(page.locator(".two .stage-sentence")).to_contain_text("different units")
        page.get_by_label("each map its own scale").check()
        expect(page.locator(".two .stage-title")).to_contain_text("strengths cannot be compared")
        expect(page.locator(".two-side .two-small").nth(1)).to_contain_text("full colour: ±")
        assert len(sent) == told
        assert axe_findings(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_pictures_on_a_phone_are_read_one_by_one(
    app_url: str, browser: Browser, scheme: str
) -> None:
    with browser.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    ) as context:
        page = context.new_page()
        page.goto(f"{app_url}/{PICTURES}")
        wait_for_maps(page)
        assert page.evaluate(WIDER_THAN_WINDOW_JS) == {"document": 0, "main": 0}
        boxes = [page.locator(".two-side .frame").nth(place).bounding_box() for place in (0, 1)]
        assert boxes[0] is not None
        assert boxes[1] is not None
        assert boxes[0]["y"] == boxes[1]["y"]
        assert boxes[0]["width"] > 150
        expect(page.locator(".two-apart")).to_be_hidden()
        page.locator(".two-side .frame-canvas").nth(1).tap(position={"x": 60, "y": 60})
        expect(page.locator(".two .frame-pointed")).to_have_count(1)
        expect(page.locator(".two-readout")).to_have_text(re.compile(r"^x \d+, y \d+: right [+−0]"))
        assert values(page)[0] == ""
        assert axe_findings(page) == []
