"""Finds a browser on this machine that can print; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

NAMED = "CHROMIUM"
"""The environment variable that names a browser."""
NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
    "msedge",
)
_MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
)
_WINDOWS_ROOTS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")


def find_browser() -> Path | None:
    """The browser of $CHROMIUM, otherwise the first on the PATH or in a usual place."""
    named = os.environ.get(NAMED)
    if named:
        found = shutil.which(named)
        return Path(found) if found else None
    on_path = next(filter(None, map(shutil.which, NAMES)), None)
    if on_path:
        return Path(on_path)
    return next((path for path in usual_places(sys.platform, os.environ) if path.is_file()), None)


def usual_places(platform: str, environment: Mapping[str, str]) -> Iterator[Path]:
    """Where Chrome, Chromium and Edge are installed when they are not on the PATH.

    >>> [path.name for path in usual_places("darwin", {"HOME": "/Users/me"})][:2]
    ['Google Chrome', 'Google Chrome']
    """
    if platform == "darwin":
        roots = (Path("/Applications"), Path(environment.get("HOME", "/"), "Applications"))
        yield from (root / app for app in _MAC for root in roots)
    elif platform == "win32":
        named = filter(None, map(environment.get, _WINDOWS_ROOTS))
        folders = [Path(root) for root in named]
        yield from (folder / app for app in _WINDOWS for folder in folders)
    else:
        yield from (Path("/snap/bin/chromium"), Path("/opt/google/chrome/chrome"))
