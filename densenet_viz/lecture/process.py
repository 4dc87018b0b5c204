"""What a server needs of its process to be followed: many lines at once, and an end to them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

MOST_LINES = 8192


def allow_many_lines() -> None:
    """Lets the process have as many lines open as it may, `MOST_LINES` at most.

    The usual 1024 are too few: 300 phones open some six each while they load the page.
    """
    with suppress(ImportError, ValueError, OSError):  # not a Unix, or it may not
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = MOST_LINES if hard == resource.RLIM_INFINITY else min(hard, MOST_LINES)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def before_the_server_ends(call: Callable[[], None]) -> None:
    """Calls `call` when the process is asked to end, and then what is called on that so far.

    A server that is told to end waits for its streams, and these end with their room only. Does
    nothing outside of the main thread, where nobody is told of signals.
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
