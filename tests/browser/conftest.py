"""One server and one Chromium for all tests of this folder.

A machine without Chromium skips each module once and says so; where `BROWSER_TESTS=required` is
set, the tests fail there instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebSocket,
    expect,
)

from scripts.browser import chromium, find_chromium, serve, settle

NO_CHROMIUM = (
    "no Chromium was found to open the app in: install the package chromium, or name a binary in "
    "CHROMIUM"
)
REQUIRED = os.environ.get("BROWSER_TESTS") == "required"
# Streamlit looks for its server under the page's own address first, and the browser reports it.
STREAMLIT_PROBE = "/_stcore/"

# A busy machine is no finding: tests wait for conditions, and give up only after these.
expect.set_options(timeout=30_000)
PATIENCE_MILLISECONDS = 120_000

Scheme = Literal["light", "dark"]


class ModuleWithoutBrowser(pytest.Module):
    def collect(self) -> Any:
        pytest.skip(NO_CHROMIUM, allow_module_level=True)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    if find_chromium() is None and not REQUIRED and module_path.name.startswith("test_"):
        return ModuleWithoutBrowser.from_parent(parent, path=module_path)
    return None


@dataclass
class Visit:
    """A page of the app that is open, and what the browser reported about it since."""

    page: Page
    errors: list[str] = field(default_factory=list)
    """Uncaught exceptions and console errors."""
    foreign: list[str] = field(default_factory=list)
    """Addresses asked for that are not the app's own."""
    sent: list[Any] = field(default_factory=list)
    """What the page told the server, where it was opened with `frames=True`."""
    received: list[Any] = field(default_factory=list)
    """What the server told the page, likewise."""

    def listen(self, app_url: str, *, frames: bool = False) -> None:
        if frames:
            self.page.on("websocket", self._listen_to)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note_message)
        self.page.on("request", lambda request: self._note_request(request, app_url))

    def _listen_to(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda one: self.sent.append(one))
        socket.on("framereceived", lambda one: self.received.append(one))

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error" and STREAMLIT_PROBE not in message.location["url"]:
            self.errors.append(f"{message.text} ({message.location['url']})")

    def _note_request(self, request: Request, app_url: str) -> None:
        host = app_url.split("://")[1]
        if not request.url.startswith(("data:", "blob:", f"http://{host}", f"ws://{host}")):
            self.foreign.append(request.url)


@pytest.fixture(scope="session")
def app_url() -> Iterator[str]:
    """The address of the app, started for the tests: `http://127.0.0.1:PORT`."""
    with serve() as base_url:
        yield base_url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if find_chromium() is None:
        pytest.fail(NO_CHROMIUM)
    with chromium() as started:
        yield started


Opener = Callable[..., Visit]


@pytest.fixture(scope="module")
def open_page(app_url: str, browser: Browser) -> Iterator[Opener]:
    """Opens an address of the app, `open_page("growth_rate?k=24", width=390)`, and settles it."""
    contexts: list[BrowserContext] = []

    def open_page(
        address: str = "",
        *,
        width: int = 1440,
        height: int = 900,
        scheme: Scheme = "light",
        reduced_motion: bool = False,
        frames: bool = False,
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce" if reduced_motion else "no-preference",
        )
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        visit = Visit(context.new_page())
        visit.listen(app_url, frames=frames)
        visit.page.goto(f"{app_url}/{address}")
        settle(visit.page)
        return visit

    yield open_page
    for context in contexts:
        context.close()
