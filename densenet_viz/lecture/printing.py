"""The handout as a PDF: the exported page, printed by a browser of this machine.

The page holds its own load event back until every picture is drawn (`stage/lecture/file.js`),
and a headless browser prints at that event; its title says so where something stayed undrawn.
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
"""What the title of the page starts with as long as a picture is missing."""
MISSING = (
    "A PDF is printed by Chromium, Google Chrome or Microsoft Edge, and none was found here: "
    f"install one, or name its program in the environment variable {NAMED}; or open the HTML "
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
    "--host-resolver-rules=MAP * ~NOTFOUND",  # the page asks for nothing, nor shall the browser
    "--window-size=1280,1000",
    "--force-device-scale-factor=2",  # canvases are drawn at twice the size, for paper
    "--force-prefers-reduced-motion",  # pictures stand at their end
    "--no-pdf-header-footer",
)


class PrintError(Exception):
    """Why there is no PDF, in one sentence."""


def to_pdf(html: str, *, browser: Path | None = None, limit: float = LIMIT_SECONDS) -> bytes:
    """The handout of an exported lecture as a PDF: A4, a slide and its notes on each page.

    Args:
        html: what `export.to_html` returned.
        browser: the program that prints; by default the one that `find_browser` finds.
        limit: seconds after which the browser is ended.

    Raises:
        PrintError: there is no browser, it took too long, or a picture was not drawn.
    """
    program = browser or find_browser()
    if program is None:
        raise PrintError(MISSING)
    # A browser that was ended may still be writing its profile while that is removed.
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
    """Chromium refuses to run as root with its sandbox; the page that it prints is our own."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _run(command: list[str], limit: float) -> None:
    """Runs the browser, and ends it with all its children when its time is up."""
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        raise PrintError("The browser could not be started; name another one.") from None
    try:
        child.wait(timeout=limit)
    except subprocess.TimeoutExpired:
        raise PrintError(f"The browser had not printed after {limit:g} seconds.") from None
    finally:
        if child.poll() is None:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()
    child.wait()
