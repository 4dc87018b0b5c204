"""Who asks for a job, and whether the page that asked is still open in a browser."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

GRACE = 5.0
"""Seconds for which a page may lose its connection: a phone's file chooser can break it."""
_KEY = "_visitor"


class Visitor:
    """One session, which is one open page of the app in one browser.

    Args:
        is_open: whether the browser is connected now.
        clock: returns seconds.
    """

    def __init__(
        self, is_open: Callable[[], bool], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._is_open, self._clock = is_open, clock
        self._seen = clock()

    def is_here(self) -> bool:
        """Whether its page is open, or was until a moment ago."""
        if self._is_open():
            self._seen = self._clock()
        return self._clock() - self._seen < GRACE


def this_visitor() -> Visitor:
    """The visitor whose page is being drawn."""
    visitor: Visitor | None = st.session_state.get(_KEY)
    if visitor is None:
        context = get_script_run_ctx()
        visitor = Visitor(_connection(context.session_id if context else ""))
        st.session_state[_KEY] = visitor
    return visitor


def _connection(session: str) -> Callable[[], bool]:
    """Whether a session has a browser; always, if no server runs."""
    if not runtime.exists():
        return lambda: True
    server = runtime.get_instance()
    return lambda: server.is_active_session(session)
