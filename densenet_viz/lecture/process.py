"""What a server with followers needs from its process: many connections, and a way to end them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

MOST_LINES = 8192


def allow_many_lines() -> None:
    """Allows the process as many open connections as possible, `MOST_LINES` at most.

    The usual 1024 are too few: 300 phones open about six each while they load the page.
    """
    with suppress(ImportError, ValueError, OSError):  # not on Unix, or not permitted
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = MOST_LINES if hard == resource.RLIM_INFINITY else min(hard, MOST_LINES)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def before_the_server_ends(call: Callable[[], None]) -> None:
    """Calls `call` when the process gets a signal to end, and then the previous signal handler.

    A server that must end waits for its streams, and these end only with their room. Does nothing
    outside of the main thread, because only the main thread gets signals.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        _put_before(number, call)


def _put_before(number: signal.Signals, call: Callable[[], None]) -> None:
    known: Any = signal.getsignal(number)

    def told(given: int, frame: FrameType | None) -> None:
        call()
        signal.signal(number, known)
        if callable(known):
            known(given, frame)
        else:
            signal.raise_signal(number)

    signal.signal(number, told)
