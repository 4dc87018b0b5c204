"""Stages by themselves: no server, no Streamlit, no torch, and one browser page for all tests.

`show` mounts a stage with a scene behind the same component interface that Streamlit uses. Whatever
stood in the page before is ended first, so a test never sees the one before it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from densenet_viz.stage.modules import adapted, style, style_of

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
  const call = (data) => component({ data, parentElement: root, setStateValue: tell });
  window.endStage = call(scene);
  window.nextScene = (data) => { window.endStage = call(data); };
}"""

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


@pytest.fixture(scope="session")
def stage_page(browser: Browser, root: Path) -> Iterator[Page]:
    with browser.new_context(accept_downloads=True, has_touch=True) as context:
        # An address of its own, so that a stage may change it; nothing is asked of any server.
        body = themed_page(root)
        context.route(ADDRESS, lambda route: route.fulfill(body=body, content_type="text/html"))
        page = context.new_page()
        page.goto(ADDRESS)
        yield page


@pytest.fixture
def show(stage_page: Page) -> Iterator[Show]:
    """`show("growth", scene, width=390, scheme="dark")` mounts a stage and gives the page.

    `styles` stand in the place of the usual style sheets. In the page, `window.told` is the list
    of [name, value] that the stage has told since, and `window.nextScene(scene)` is the server's
    next scene. A test fails where the page reported an error.
    """
    errors: list[str] = []

    def note(error: Any) -> None:
        errors.append(str(error))

    def show(
        name: str,
        scene: Any,
        *,
        width: int = 1100,
        height: int = 900,
        scheme: str = "light",
        reduced_motion: bool = True,
        styles: tuple[str, ...] = (),
    ) -> Page:
        stage_page.set_viewport_size({"width": width, "height": height})
        stage_page.emulate_media(
            color_scheme="dark" if scheme == "dark" else "light",
            reduced_motion="reduce" if reduced_motion else "no-preference",
        )
        css = style(*styles) if styles else f"{style('stage.css')}\n{style_of(name)}"
        stage_page.evaluate(MOUNT_JS, {"code": adapted(name), "css": css, "scene": scene})
        return stage_page

    stage_page.on("pageerror", note)
    yield show
    stage_page.remove_listener("pageerror", note)
    assert errors == []
