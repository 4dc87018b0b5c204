"""A child process that was started before it is needed, so that nobody waits for its start."""

from __future__ import annotations

import atexit
import subprocess
from collections.abc import Callable
from threading import Lock

Child = subprocess.Popen[bytes]


class Spare:
    """At most one child process that waits for its input; threads may share it.

    Args:
        start: starts a child with pipes for its input and its output.
    """

    def __init__(self, start: Callable[[], Child]) -> None:
        self._start = start
        self._lock = Lock()
        self._child: Child | None = None

    def prepare(self) -> None:
        """Starts a child, unless one waits already.

        Raises:
            OSError: the machine cannot start a process.
        """
        with self._lock:
            if self._child is None:
                self._child = self._start()
                atexit.register(self.close)

    def take(self) -> Child | None:
        """The child that waits, or None. The caller has to end it."""
        with self._lock:
            child, self._child = self._child, None
        if child is None:
            return None
        atexit.unregister(self.close)
        if child.poll() is None:
            return child
        end(child)  # the system has ended it, perhaps because memory was short
        return None

    def close(self) -> None:
        """Ends the child that waits."""
        if (child := self.take()) is not None:
            end(child)


def ask(child: Child, data: bytes, seconds: float) -> tuple[int, bytes]:
    """Gives a child its input; returns its exit status and what it wrote.

    Raises:
        subprocess.TimeoutExpired: it took longer on the clock; then it is ended.
    """
    try:
        told, _ = child.communicate(data, timeout=seconds)
    except subprocess.TimeoutExpired:
        end(child)
        raise
    return child.returncode, told


def end(child: Child) -> None:
    """Ends a child, and frees its pipes."""
    child.kill()
    child.communicate()
