"""What several commands share: error messages, progress bars and checks of numbers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Protocol

PROGRAM = "python -m densenet_viz"
DEVICES = ("auto", "cpu", "cuda")


class Complaint(Exception):
    """An error that is printed as one line on stderr, with exit code 2."""


def check_device(device: str) -> None:
    """Refuses `cuda` if there is no such device.

    Raises:
        Complaint: there is no CUDA device.
    """
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        raise Complaint("There is no CUDA device here. Use --device cpu or auto.")


class ShowPart(Protocol):
    """Shows the part that is done, 0 to 1, and words after it."""

    def __call__(self, part: float, note: str = "") -> None: ...


def progress_bar(title: str) -> ShowPart | None:
    """A progress line on stderr, if that is a terminal."""
    if not sys.stderr.isatty():
        return None

    def show(part: float, note: str = "") -> None:
        filled = round(30 * part)
        end = "\n" if part >= 1 else ""
        print(
            f"\r{title} [{'#' * filled}{'.' * (30 - filled)}] {part:4.0%}{note}",
            end=end,
            file=sys.stderr,
            flush=True,
        )

    return show


def count(low: int, high: int | None = None) -> Callable[[str], int]:
    """A type for argparse: whole numbers from `low`, and to `high` if that is given."""
    words = f"a whole number from {low}" + ("" if high is None else f" to {high}")
    limit = 2**31 - 1 if high is None else high

    def whole_number(text: str) -> int:
        # The length is checked first: int() raises another error for a very long text.
        if len(text) > 10 or not text.isdecimal() or not low <= int(text) <= limit:
            raise argparse.ArgumentTypeError(f"{text[:40]!r} is not {words}")
        return int(text)

    return whole_number


def as_json(report: Mapping[str, Any]) -> str:
    """One JSON object, as every command's `--json` prints it.

    >>> print(as_json({"size": "3×3"}))
    {
      "size": "3×3"
    }
    """
    return json.dumps(report, indent=2, ensure_ascii=False)
