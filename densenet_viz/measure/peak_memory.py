"""How much memory this process uses while something runs."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

EVERY = 0.005
"""Seconds between two readings."""


class PeakMemory:
    """Reads the process's resident memory again and again until it ends; works on Linux.

    `above` is the largest reading minus the first, in bytes, 0 or more; None on other systems.
    Other work of the process at the same time counts, too.
    """

    def __init__(self) -> None:
        self.above: int | None = None
        self._over = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> PeakMemory:
        if sys.platform == "linux":
            with suppress(OSError, AttributeError):  # a C library without it
                ctypes.CDLL(None).malloc_trim(0)  # what is free would be used without being seen
            self._start = resident_bytes()
            self.above = 0
            self._reader.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._reader.is_alive():
            self._reader.join()
            self._look()

    def _read(self) -> None:
        while not self._over.wait(EVERY):
            self._look()

    def _look(self) -> None:
        self.above = max(self.above or 0, resident_bytes() - self._start)


def resident_bytes() -> int:
    """Bytes of this process that lie in memory now; only on Linux."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
