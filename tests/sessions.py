"""A visitor's session as a test sees it: its desks for background jobs, and what it was told."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from densenet_viz.ui.work.jobs import Desk, desk_key
from tests.waiting import PATIENCE


def has_desk(app: AppTest, name: str) -> bool:
    return desk_key(name) in app.session_state


def desk_of(app: AppTest, name: str) -> Desk:
    """The session's desk for one kind of job; KeyError where the page asked for none."""
    mine: Desk = app.session_state[desk_key(name)]
    return mine


def let_finish(app: AppTest, *names: str) -> AppTest:
    """The page as it is once the jobs at these desks have ended, if they have any."""
    for name in names:
        job = desk_of(app, name).job
        assert job is None or job.finished.wait(PATIENCE)
    return app.run()
