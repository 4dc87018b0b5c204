"""A visitor who waits in the line: the page says the place and the time, and can be left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from densenet_viz.ui import current
from densenet_viz.ui.work import jobs, queue
from densenet_viz.ui.work.line import Need, Place
from tests.facts import names_in
from tests.sessions import desk_of, let_finish
from tests.small_models import small_model
from tests.waiting import PATIENCE


@pytest.fixture
def page(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The attribution page with a small network in the bundled one's place."""
    monkeypatch.setattr(current, "LOADED", {"scenes": small_model()})
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    monkeypatch.setattr("densenet_viz.network.weights.find", lambda _name: None)
    st.cache_resource.clear()
    yield AppTest.from_file(str(root / "pages" / "attributions.py"), default_timeout=PATIENCE)
    st.cache_resource.clear()


def test_who_waits_sees_the_place_and_the_time_and_can_leave(page: AppTest) -> None:
    place = Place(Need(seconds=1.0))
    with queue.QUEUE.taking(place, lambda: False):
        place.report(0.5, 3000.0, queue.QUEUE.now())  # what runs takes 50 minutes
        place.whole = True  # so that it does not pause for the map
        page.run()
        (bar,) = page.get("progress")
        facts = ["first in line", "50 min"]
        assert names_in(str(bar.proto.text), *facts) == facts
        page.selectbox("picture").set_value("star").run()  # a newer wish takes its place
        assert len(page.get("progress")) == 1
        job = desk_of(page, "attribution").job
        assert job is not None
        assert job.standing() is not None
        page.button("cancel").click().run()
        assert job.finished.wait(PATIENCE)
        assert ["cancelled" in info.value.casefold() for info in page.info] == [True]
        page.button("again").click().run()
        assert len(page.get("progress")) == 1
    let_finish(page, "attribution")
    assert not page.get("progress")
    assert not page.exception
