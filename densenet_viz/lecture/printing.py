"""The handout as a PDF: the exported page, printed by a browser on this machine.

The page delays its own load event until every picture is drawn (`export.py`), and a headless
browser prints at that event. If a picture is missing, the page's title says so.
"""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from densenet_viz.lecture.browser import NAMED, find_browser

LIMIT_SECONDS = 300
UNFINISHED = "handout-unfinished"
"""The page's title starts with this while a picture is missing."""
MISSING = (
    "No browser that can print a PDF was found (Chromium, Google Chrome or Microsoft Edge): "
    f"install one, or set the environment variable {NAMED} to its program; or open the HTML "
    "file in any browser, press Ctrl+P and choose to save it as a PDF."
)
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--host-resolver-rules=MAP * ~NOTFOUND",  # neither page nor browser may use the network
    "--window-size=1280,1000",
    "--force-device-scale-factor=2",  # canvases are drawn at twice the size, for paper
    "--force-prefers-reduced-motion",  # animations show their end
    "--no-pdf-header-footer",
)


class PrintError(Exception):
    """Why there is no PDF, in one sentence."""


def to_pdf(html: str, *, browser: Path | None = None, limit: float = LIMIT_SECONDS) -> bytes:
    """The handout of an exported lecture as a PDF: A4, a slide and its notes on each page.

    Args:
        html: what `export.to_html` returned.
        browser: the program that prints; by default the one that `find_browser` finds.
        limit: seconds after which the browser is stopped.

    Raises:
        PrintError: there is no browser, it took too long, or a picture was not drawn.
    """
    program = browser or find_browser()
    if program is None:
        raise PrintError(MISSING)
    # A stopped browser may still be writing its profile while the folder is removed.
    with TemporaryDirectory(prefix="densenet-viz-", ignore_cleanup_errors=True) as folder:
        page, pdf = Path(folder, "lecture.html"), Path(folder, "lecture.pdf")
        page.write_text(html, encoding="utf-8")
        flags = [*_FLAGS, f"--user-data-dir={Path(folder, 'profile')}", f"--print-to-pdf={pdf}"]
        _run([str(program), *_sandbox(), *flags, f"{page.as_uri()}?handout"], limit)
        if not pdf.is_file():
            raise PrintError("The browser ended without printing; try another one.")
        printed = pdf.read_bytes()
    if not printed.startswith(b"%PDF-") or f"/Title ({UNFINISHED}".encode() in printed:
        raise PrintError("The browser printed before every picture was drawn; try again.")
    return printed


def _sandbox() -> list[str]:
    """No sandbox for root: Chromium would refuse to start. The printed page is our own."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _run(command: list[str], limit: float) -> None:
    """Runs the browser; after `limit` seconds, ends it with all its child processes."""
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        raise PrintError("The browser could not be started; try another one.") from None
    try:
        child.wait(timeout=limit)
    except subprocess.TimeoutExpired:
        raise PrintError(f"The browser did not print within {limit:g} seconds.") from None
    finally:
        if child.poll() is None:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.wait()
