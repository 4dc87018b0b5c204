"""Waiting for something to become so, and no longer than that."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 120.0
"""Seconds that even a busy machine needs at most."""


def until(so: Callable[[], object]) -> None:
    """Returns as soon as `so()` is true; fails after `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < deadline, f"not so after {PATIENCE:.0f} s"
        time.sleep(0.01)
