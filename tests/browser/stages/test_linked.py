"""A stage whose files come from a server, under a path that only the browser knows."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from densenet_viz.lecture.page import pack_files
from densenet_viz.stage.modules import FILES, PAINTED, SHARED_STYLE, link_stage, sheets_of, version
from tests.stage_pages import map_scenes

# Streamlit's own page names its script like this, relative to the page (its `index.html`).
PAGE = """<!doctype html><title>x</title>
<script type="module" crossorigin src="./static/js/index.DormvYxC.js"></script><main></main>"""
MOUNT_JS = """async ({ code, scene }) => {
  const file = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const parentElement = document.querySelector('main').attachShadow({ mode: 'open' });
  const { default: show } = await import(file);
  const given = { data: [scene], parentElement, setStateValue() {} };
  show(given);
  window.remove = show(given);
}"""


@pytest.fixture(params=["https://app.test/", "https://app.test/teach/dense/"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page under a base path, and the files of stages beside it."""
    base: str = request.param
    folder = f"{base}{FILES.format(version=version())[1:]}"

    def answer(route: Route) -> None:
        address = route.request.url
        if address == f"{base}attributions":
            route.fulfill(body=PAGE, content_type="text/html")
        elif address == f"{base}{PAINTED[1:]}":
            route.fulfill(status=204)
        elif address.endswith("index.DormvYxC.js"):
            route.fulfill(body="", content_type="text/javascript")
        elif address.removeprefix(folder) in pack_files():
            packed, kind = pack_files()[address.removeprefix(folder)]
            headers = {"Cache-Control": "immutable, max-age=3600"}
            route.fulfill(body=gzip.decompress(packed), content_type=kind, headers=headers)
        else:
            route.fulfill(status=404)

    with browser.new_context() as context:
        page = context.new_page()
        page.route("**/*", answer)
        page.goto(f"{base}attributions")
        yield page


def test_it_loads_its_files_from_there_and_has_its_styles(page: Page) -> None:
    missing: list[str] = []
    page.on("response", lambda found: missing.append(found.url) if found.status >= 400 else None)
    code = link_stage("attribution", (SHARED_STYLE, *sheets_of("attribution")))
    with page.expect_request(f"**{PAINTED}"):  # it says that it is drawn
        page.evaluate(MOUNT_JS, {"code": code, "scene": map_scenes()["attribution"]})
    figure = page.locator(".attribution-pictures")
    expect(figure).to_be_visible()
    assert figure.evaluate("(node) => getComputedStyle(node).display") == "grid"
    assert [address for address in missing if "favicon" not in address] == []
    expect(page.locator("main .stage")).to_have_count(1)
    page.evaluate("() => window.remove()")
    expect(page.locator("main .stage")).to_have_count(0)


@pytest.mark.parametrize("lost", ["attribution/attribution.js", "attribution/attribution.css"])
def test_a_file_that_does_not_come_is_said_in_the_picture_s_place(page: Page, lost: str) -> None:
    page.route(f"**/{lost}", lambda route: route.abort())
    code = link_stage("attribution", (SHARED_STYLE, *sheets_of("attribution")))
    page.evaluate(MOUNT_JS, {"code": code, "scene": map_scenes()["attribution"]})
    expect(page.get_by_role("alert")).to_have_count(1)
    assert page.locator("main").get_attribute("data-drawn") == "failed"
    page.evaluate("() => window.remove()")
    expect(page.get_by_role("alert")).to_have_count(0)
