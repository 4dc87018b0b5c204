"""The bench's grid in a browser: one scale, linked zoom and crosshair, without the server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from densenet_viz.attribution import attribute
from densenet_viz.network.models import load_model
from densenet_viz.ui.current import sample
from scripts.browser import settle
from tests.browser.checks import WIDER_THAN_WINDOW_JS, axe_findings

PATIENCE = 90_000
QUICK = "bench?maps=Saliency&maps=Grad-CAM&maps=DeepLIFT"
PANELS = 4
TRANSFORMS_JS = "nodes => nodes.map(node => node.style.transform)"
VALUE = re.compile("[+−]?[0-9]")


@pytest.fixture(scope="module")
def sent() -> list[Any]:
    """What the browser has told the server."""
    return []


@pytest.fixture(scope="module")
def page(app_url: str, browser: Browser, sent: list[Any]) -> Iterator[Page]:
    """The page with three maps by quick methods."""
    with browser.new_context(viewport={"width": 1440, "height": 1100}) as context:
        opened = context.new_page()
        opened.on("websocket", lambda socket: socket.on("framesent", lambda one: sent.append(one)))
        opened.goto(f"{app_url}/{QUICK}")
        wait_for_maps(opened)
        yield opened


@pytest.fixture(autouse=True)
def whole(request: pytest.FixtureRequest) -> None:
    """Each test begins with the whole picture, no crosshair, and the scale that comes first."""
    if "page" in request.fixturenames:
        page: Page = request.getfixturevalue("page")
        page.get_by_role("button", name="Show the whole picture again").click(force=True)
        page.get_by_label("share of each map").check()
        page.mouse.move(5, 5)


def wait_for_maps(page: Page) -> None:
    page.locator(".bench-done").wait_for(timeout=PATIENCE)
    settle(page)


def canvas(page: Page, place: int) -> Locator:
    return page.locator(".bench-canvas").nth(place)


def pixels(page: Page, place: int = 2) -> str:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    address: str = canvas(page, place).evaluate("(canvas) => canvas.toDataURL()")
    return address


def transforms(page: Page) -> list[str]:
    found: list[str] = page.locator(".bench-canvas").evaluate_all(TRANSFORMS_JS)
    return found


def zoom_of(page: Page) -> float:
    """How much all panels are enlarged, the same in each."""
    (one,) = set(transforms(page))
    return float(one.removeprefix("scale(").partition(")")[0])


def test_the_address_chooses_what_stands_beside_the_picture(page: Page) -> None:
    expect(page.locator(".bench-name")).to_have_text(
        ["The picture", "Saliency", "Grad-CAM", "DeepLIFT"]
    )
    expect(page.locator(".bench .stage-title")).to_have_text(
        "Three ways to ask what speaks for ring"
    )


def test_scale_view_opacity_contrast_and_zoom_need_no_server(page: Page, sent: list[Any]) -> None:
    told, seen = len(sent), {pixels(page)}
    page.get_by_label("values, one scale").check()
    seen.add(pixels(page))
    page.get_by_label("Contrast").fill("40")
    seen.add(pixels(page))
    page.get_by_label("Opacity").fill("50")
    seen.add(pixels(page))
    page.get_by_label("map alone").check()
    seen.add(pixels(page))
    page.get_by_role("button", name="Zoom in, in all panels").click()
    assert zoom_of(page) == pytest.approx(1.5)
    page.get_by_label("Contrast").fill("0")
    page.get_by_label("over the picture").check()
    assert len(seen) == 5
    assert len(sent) == told


def test_own_scales_are_labelled_and_the_title_warns(page: Page) -> None:
    title, under = page.locator(".bench .stage-title"), page.locator(".bench-under")
    expect(under.nth(2)).to_have_text(re.compile("its whole strength: [0-9]"))
    page.get_by_label("each map its own scale").check()
    expect(title).to_have_text("Each map has its own scale: strengths cannot be compared")
    for place in range(1, PANELS):
        expect(under.nth(place)).to_have_text(re.compile("^full colour: ±[0-9.]+, "))
    expect(page.locator(".bench-limits")).to_contain_text("+ its limit")
    page.get_by_label("values, one scale").check()
    expect(title).to_contain_text("Three ways")
    expect(page.locator(".bench-limits")).to_contain_text(re.compile(r"\+[0-9]"))
    expect(under.nth(2)).to_have_text("weighted activation")


def test_arrow_keys_read_the_same_pixel_in_every_panel(page: Page) -> None:
    page.get_by_label("values, one scale").check()
    canvas(page, 1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    readout = page.locator(".bench-readout")
    expect(readout).to_contain_text("x 65, y 54: Saliency ")
    expect(page.locator(".bench-pointed")).to_have_count(PANELS)
    model, pixels = load_model("scenes"), sample("ring").pixels
    for place, method in enumerate(("saliency", "grad-cam", "deeplift"), start=1):
        value = float(attribute(model, pixels, method=method).heat[54, 65])
        shown = page.locator(".bench-value").nth(place).inner_text()
        assert float(shown.replace("−", "-")) == pytest.approx(value, rel=0.02, abs=1e-4), method
        assert shown in readout.inner_text()
    red, green, blue = model.picture(pixels)[54, 65]
    expect(page.locator(".bench-value").first).to_have_text(f"RGB {red}, {green}, {blue}")
    page.keyboard.press("Escape")
    expect(page.locator(".bench-pointed")).to_have_count(0)
    expect(page.locator(".bench-value").nth(1)).to_contain_text("strongest")


def test_pointing_marks_the_same_pixel_in_every_panel(page: Page) -> None:
    canvas(page, 2).hover(position={"x": 40, "y": 60})
    expect(page.locator(".bench-pointed")).to_have_count(PANELS)
    lines = page.locator(".bench-down").evaluate_all("nodes => nodes.map(node => node.style.left)")
    assert len(set(lines)) == 1
    page.mouse.move(5, 5)
    expect(page.locator(".bench-pointed")).to_have_count(0)


def test_keys_zoom_all_panels_around_the_crosshair(page: Page) -> None:
    canvas(page, 3).focus()
    page.keyboard.press("Home")
    for _ in range(3):
        page.keyboard.press("+")
    assert zoom_of(page) == pytest.approx(1.5**3)
    expect(page.locator(".bench-part")).to_contain_text("3.4×: x 0–37")
    page.keyboard.press("End")  # the part follows the crosshair
    expect(page.locator(".bench-part")).to_contain_text("3.4×: x 90–127")
    page.keyboard.press("-")
    assert zoom_of(page) == pytest.approx(1.5**2)
    page.keyboard.press("0")
    assert zoom_of(page) == 1


def test_the_wheel_zooms_in_a_clicked_panel_and_scrolls_elsewhere(page: Page) -> None:
    box = canvas(page, 1).bounding_box()
    assert box is not None
    page.locator(".bench .stage-title").click()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    page.mouse.wheel(0, -100)
    page.wait_for_timeout(150)
    assert zoom_of(page) == 1
    canvas(page, 1).scroll_into_view_if_needed()
    canvas(page, 1).click(position={"x": 30, "y": 30})
    page.mouse.wheel(0, -240)
    page.wait_for_function("() => true")
    expect(page.locator(".bench-part")).to_contain_text("2.0×")
    before = transforms(page)[0]
    box = canvas(page, 0).locator("xpath=..").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 80, steps=4)
    page.mouse.up()
    assert transforms(page)[0] != before
    assert zoom_of(page) == pytest.approx(2)
    page.locator(".bench-frame").nth(2).dblclick(position={"x": 50, "y": 50})
    assert zoom_of(page) == 1


def test_the_table_of_agreement_has_words_and_two_readings(page: Page) -> None:
    table = page.locator(".agreement-table")
    expect(table.locator("tbody th")).to_have_text(["1Saliency", "2Grad-CAM", "3DeepLIFT"])
    cells = table.locator("tbody tr").nth(0).locator("td")
    signed = cells.nth(2).inner_text()
    assert re.fullmatch("−?[01][.][0-9]{2}", signed)
    page.get_by_label("strengths alone").check()
    assert cells.nth(2).inner_text() != signed
    expect(page.locator(".agreement .stage-sentence")).to_contain_text("Least alike")


def test_layers_and_classes_come_by_keyboard(page: Page) -> None:
    chosen = page.get_by_role("radio", name="methods", exact=True)
    chosen.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".bench-note").nth(1)).to_contain_text("gives it", timeout=PATIENCE)
    wait_for_maps(page)
    expect(page.locator(".bench-panel")).to_have_count(6)
    assert "compare=classes" in page.url
    page.goto(page.url.split("?")[0] + "?compare=layers")
    wait_for_maps(page)
    names = page.locator(".bench-name").all_inner_texts()
    assert names[1:3] + names[-1:] == ["Block 1", "Transition 1", "Final"]


def test_maps_come_one_by_one_and_can_be_cancelled(app_url: str, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{app_url}/bench?compare=baselines&baseline_map=shapley-sampling")
        page.locator(".bench-canvas").first.wait_for(timeout=PATIENCE)
        expect(page.locator(".bench-panel")).to_have_count(7)
        expect(page.get_by_text("waiting for its turn").first).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".bench-value", has_text=VALUE).first).to_be_visible(timeout=PATIENCE)
        page.get_by_role("button", name="Cancel").click(timeout=PATIENCE)
        alert = page.get_by_test_id("stAlert")
        expect(alert).to_contain_text("were cancelled", timeout=PATIENCE)
        assert page.locator(".bench-empty").count() > 0
        expect(page.locator(".bench-thumbnail:not([hidden])")).to_have_count(6)


def test_a_phone_shows_two_columns_and_reads_by_touch(app_url: str, browser: Browser) -> None:
    with browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True) as context:
        page = context.new_page()
        page.goto(f"{app_url}/{QUICK}")
        wait_for_maps(page)
        assert page.evaluate(WIDER_THAN_WINDOW_JS) == {"document": 0, "main": 0}
        boxes = [canvas(page, place).bounding_box() for place in range(PANELS)]
        assert [box["y"] == boxes[0]["y"] for box in boxes] == [True, True, False, False]  # type: ignore[index]
        assert min(box["width"] for box in boxes) > 150  # type: ignore[index]
        canvas(page, 1).tap(position={"x": 80, "y": 80})
        expect(page.locator(".bench-pointed")).to_have_count(PANELS)
        expect(page.locator(".bench-readout")).to_contain_text("Grad-CAM ")
        page.get_by_role("button", name="Zoom in, in all panels").tap()
        assert zoom_of(page) == pytest.approx(1.5)
        assert axe_findings(page) == []
        page.get_by_role("button", name="Show the whole picture again").tap()
        pinch(page, canvas(page, 1), 15, 45)
        assert zoom_of(page) == pytest.approx(3, rel=0.1)


def pinch(page: Page, over: Locator, near: float, far: float) -> None:
    """Two fingers, each `near` pixels from the middle at first and `far` in the end."""
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)

    def touch(kind: str, away: float | None) -> None:
        points = [] if away is None else [{"x": x - away, "y": y}, {"x": x + away, "y": y}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", near)
    for step in range(1, 7):
        touch("touchMove", near + (far - near) * step / 6)
    touch("touchEnd", None)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_maps_and_a_crosshair(open_page: Any, scheme: str) -> None:
    visit = open_page(QUICK, scheme=scheme, reduced_motion=True)
    page: Page = visit.page
    wait_for_maps(page)
    canvas(page, 1).focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    assert axe_findings(page) == []
    assert visit.errors == []
    duration = canvas(page, 1).evaluate("node => getComputedStyle(node).transitionDuration")
    assert duration == "0s"


def test_maps_are_drawn_in_the_colours_of_their_values(page: Page) -> None:
    """Alone and at full contrast, a pixel far below zero is blue and one far above orange."""
    page.goto(page.url.split("?")[0] + "?" + QUICK.split("?")[1])
    wait_for_maps(page)
    page.get_by_label("map alone").check()
    page.get_by_label("Contrast").fill("100")
    pixels(page)
    data = canvas(page, 1).evaluate(
        "c => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
    )
    painted = np.array(data).reshape(128, 128, 4)
    heat = attribute(load_model("scenes"), sample("ring").pixels, method="saliency").heat
    for place, colour in ((heat.argmin(), (27, 111, 188)), (heat.argmax(), (176, 82, 0))):
        row, column = np.unravel_index(int(place), heat.shape)
        np.testing.assert_allclose(painted[row, column, :3], colour, atol=1)
