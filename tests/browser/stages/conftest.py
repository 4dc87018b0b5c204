"""Stages by themselves: no server, no Streamlit, no torch, and one browser page for all tests.

`show` mounts a stage with a scene behind the same component interface that Streamlit uses. Whatever
stood in the page before is ended first, so a test never sees the one before it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from densenet_viz.stage.modules import SHARED_STYLE, adapt_stage, style, style_of
from tests.browser.helpers import SEEN_JS

ADDRESS = "http://localhost/"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A stage</title><style>
:root { color-scheme: light dark; LIGHT }
@media (prefers-color-scheme: dark) { :root { DARK } }
body { margin: 0; padding: 16px; background: var(--st-background-color);
color: var(--st-text-color); font-family: sans-serif }
</style></head><body><main id="place"></main></body></html>"""
MOUNT_JS = """async ({ code, css, scene }) => {
  await window.endStage?.();
  history.replaceState(null, "", "/");
  document.body.replaceChildren(Object.assign(document.createElement("main"), { id: "place" }));
  scrollTo(0, 0);
  const root = document.getElementById("place").attachShadow({ mode: "open" });
  const sheet = document.createElement("style");
  sheet.textContent = css;
  root.append(sheet);
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const { default: component } = await import(address);
  URL.revokeObjectURL(address);
  window.told = [];
  const tell = (name, value) => window.told.push([name, value]);
  const call = (data) => component({ data: [data], parentElement: root, setStateValue: tell });
  window.endStage = call(scene);
  // Stages lay themselves out once they are told their width.
  await new Promise((told) => new ResizeObserver(told).observe(root.host));
  window.nextScene = (data) => { window.endStage = call(data); };
}"""
DRAWN_JS = "() => document.getElementById('place').hasAttribute('data-drawn')"
FRAME = 17
"""Milliseconds of the standing clock, a little more than a frame."""

Show = Callable[..., Page]


def themed_page(root: Path) -> str:
    """The page with the colours that Streamlit would give a stage in either theme."""
    theme = tomllib.loads((root / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
    names = {"text": "textColor", "background": "backgroundColor", "primary": "primaryColor"}
    light, dark = (
        "".join(f"--st-{name}-color: {theme[scheme][key]}; " for name, key in names.items())
        for scheme in ("light", "dark")
    )
    return PAGE.replace("LIGHT", light).replace("DARK", dark)


def go_to_stage_page(page: Page, root: Path) -> None:
    """An address of its own, so that a stage may change it; nothing is asked of any server."""
    body = themed_page(root)
    page.route(ADDRESS, lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(ADDRESS)


@pytest.fixture(scope="session")
def stage_page(browser: Browser, root: Path) -> Iterator[Page]:
    with browser.new_context(accept_downloads=True, has_touch=True) as context:
        page = context.new_page()
        go_to_stage_page(page, root)
        yield page


def mounted(
    page: Page,
    name: str,
    scene: Any,
    *,
    width: int = 1100,
    height: int = 900,
    scheme: str = "light",
    reduced_motion: bool = True,
    styles: tuple[str, ...] = (),
) -> Page:
    """Mounts a stage in a page, in place of what stood there, and gives the page."""
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce" if reduced_motion else "no-preference",
    )
    page.mouse.move(0, 0)  # on nothing
    css = style(*styles) if styles else f"{style(SHARED_STYLE)}\n{style_of(name)}"
    page.evaluate(MOUNT_JS, {"code": adapt_stage(name), "css": css, "scene": scene})
    return page


def drawn(page: Page, name: str, scene: Any, **options: Any) -> Page:
    """The same, once the stage is laid out and visible."""
    mounted(page, name, scene, **options)
    page.wait_for_function(DRAWN_JS)
    return page


@contextmanager
def without_errors(page: Page) -> Iterator[None]:
    errors: list[str] = []

    def note(error: Any) -> None:
        errors.append(str(error))

    page.on("pageerror", note)
    yield
    page.remove_listener("pageerror", note)
    assert errors == []


@pytest.fixture
def show(stage_page: Page) -> Iterator[Show]:
    """`show("growth", scene, width=390, scheme="dark")` mounts a stage and gives the page.

    `styles` stand in the place of the usual style sheets. In the page, `window.told` is the list
    of [name, value] that the stage has told since, and `window.nextScene(scene)` is the server's
    next scene. A test fails where the page reported an error.
    """
    with without_errors(stage_page):
        yield partial(drawn, stage_page)


@pytest.fixture
def show_timed(browser: Browser, root: Path) -> Iterator[Show]:
    """The same, where motion is welcome, in a page whose time stands still.

    It goes on only by `helpers.play(page, milliseconds)`, so that a test of motion waits for
    nothing and is the same on any machine. The page comes back once its stage was seen.
    """

    def show(name: str, scene: Any, **options: Any) -> Page:
        mounted(page, name, scene, **{"reduced_motion": False, **options})
        while not page.evaluate(DRAWN_JS):
            page.clock.run_for(FRAME)
        page.evaluate(SEEN_JS)
        return page

    with browser.new_context() as context:
        page = context.new_page()
        page.clock.install(time=0)
        go_to_stage_page(page, root)
        page.clock.pause_at(1000)
        with without_errors(page):
            yield show
