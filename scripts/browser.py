"""Starts the app and controls Chromium, for tests, screenshots and benchmarks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT: Final = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES: Final = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
CHROMIUM_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
# Limits for a very busy machine: every wait ends as soon as its condition is true.
START_SECONDS: Final = 180
SETTLE_SECONDS: Final = 180
CALM_MILLISECONDS: Final = 300

# True once the script has ended and nothing has been loading for a moment: a component that has
# just mounted may start a script again that has just ended. A stage loads its files later, and
# is shown when it has laid itself out.
_SETTLED_JS: Final = """(calm) => {
  const app = document.querySelector('[data-testid="stApp"]');
  const busy = [
    '[data-testid="stSkeleton"]', '[data-testid="stAppSkeleton"]', '[data-testid="stSpinner"]',
    '[data-testid="stStatusWidget"]', '[data-testid="stMain"] [data-stale="true"]',
    '[data-testid="stMain"] [data-testid="stBidiComponentIsolated"]:not([data-drawn])',
  ];
  const quiet = app !== null
    && app.dataset.testScriptState === 'notRunning'
    && app.dataset.testConnectionState === 'CONNECTED'
    && document.querySelector('[data-testid="stMain"] [data-testid="stElementContainer"]') !== null
    && !busy.some((selector) => document.querySelector(selector) !== null)
    && [...document.images].every((image) => image.complete)
    && document.fonts.status === 'loaded';
  if (!quiet) { window.quietSince = undefined; return false; }
  window.quietSince ??= performance.now();
  return performance.now() - window.quietSince >= calm;
}"""


def find_chromium() -> str | None:
    """The path of Chromium: $CHROMIUM, or the first one found on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


def free_port() -> int:
    """A TCP port that is free now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until_healthy(server: subprocess.Popen[Any], base_url: str) -> None:
    """Waits until the server at an address answers.

    Raises:
        RuntimeError: the server ended or did not answer in time.
    """
    deadline = time.monotonic() + START_SECONDS
    while not _answers(f"{base_url}/_stcore/health"):
        if server.poll() is not None:
            raise RuntimeError(f"the app's server ended at once with status {server.returncode}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"the app's server did not answer within {START_SECONDS} seconds")
        time.sleep(0.1)


@contextmanager
def serve(port: int | None = None, script: Path = ROOT / "app.py") -> Iterator[str]:
    """The running app's address, as `http://127.0.0.1:PORT`; stops the server at the end.

    Args:
        port: a free port; by default any.
        script: of the app.

    Raises:
        RuntimeError: the server ended or did not answer in time.
    """
    port = port or free_port()
    base_url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
    server = subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_until_healthy(server, base_url)
        yield base_url
    finally:
        server.terminate()
        try:
            server.wait(timeout=3)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium.

    Raises:
        RuntimeError: there is none on this machine.
    """
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        raise RuntimeError("no Chromium found: install it, or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def settle(page: Page, *, seconds: float = SETTLE_SECONDS) -> None:
    """Waits until the app's script has ended, and nothing on the page is loading or stale."""
    page.wait_for_function(_SETTLED_JS, arg=CALM_MILLISECONDS, polling=100, timeout=seconds * 1000)
