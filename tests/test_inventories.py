"""Live inventories on a page: counted in the background, once in a process."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.facts.arithmetic.counting import inventory_of
from densenet_viz.facts.arithmetic.inventory import Inventory
from densenet_viz.facts.systems import NAMED_SPECS
from densenet_viz.ui import inventories
from densenet_viz.ui.work import jobs, progress, turns
from tests.live_counts import counted
from tests.sessions import desk_of, has_desk
from tests.waiting import PATIENCE, until

NAMES = ("resnet50", "densenet121", "resnet50v2")


class Counting:
    """Stands for building and counting a network; waits for leave before those in `held`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.alive = self.most_alive = 0
        self.held: set[str] = set()
        self.error: Exception | None = None
        self.leave = threading.Event()

    def __call__(self, name: str) -> tuple[Inventory, int]:
        self.asked.append(name)
        self.alive += 1
        self.most_alive = max(self.alive, self.most_alive)
        try:
            if name in self.held:
                assert self.leave.wait(PATIENCE)
            if self.error is not None:
                raise self.error
            return inventory_of(NAMED_SPECS[name]), len(name)
        finally:
            self.alive -= 1


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    stand_in = Counting()
    monkeypatch.setattr(inventories, "count_system", stand_in)
    monkeypatch.setattr(inventories, "COUNTED", {})
    monkeypatch.setattr(jobs, "SHOP", jobs.Shop())
    yield stand_in
    stand_in.leave.set()


def page(names: tuple[str, ...]) -> None:
    import streamlit as st

    from densenet_viz.ui.inventories import file_sizes, show_or_get, show_progress_line

    got = show_or_get(names)
    st.write(" ".join(f"{name}={one.depth}/{file_sizes(names)[name]}" for name, one in got.items()))
    show_progress_line(names)


def opened(names: tuple[str, ...] = NAMES) -> AppTest:
    return AppTest.from_function(page, args=(names,), default_timeout=PATIENCE).run()


def said(session: AppTest) -> list[str]:
    return [text.value for text in session.markdown]


def run_until_all_are_there(session: AppTest) -> None:
    until(lambda: len(said(session.run())[0].split()) == len(NAMES))


def state(session: AppTest) -> str:
    return desk_of(session, "inventories").state


def test_a_page_gets_what_is_there_and_then_all(counting: Counting) -> None:
    counting.held = {"densenet121"}
    session = opened()
    until(lambda: counting.asked == ["resnet50", "densenet121"])
    assert said(session.run()) == ["resnet50=107/8"]
    assert [button.key for button in session.button] == ["cancel_inventories"]
    counting.leave.set()
    run_until_all_are_there(session)
    assert said(session) == ["resnet50=107/8 densenet121=242/11 resnet50v2=103/10"]
    assert not session.button
    assert counting.asked == list(NAMES)
    assert counting.most_alive == 1


def test_nothing_is_counted_twice(counting: Counting) -> None:
    run_until_all_are_there(opened())
    again = opened()
    assert len(said(again)[0].split()) == len(NAMES)
    assert not has_desk(again, "inventories")
    opened(("densenet121", "densenet169"))
    until(lambda: len(counting.asked) == 4)
    assert counting.asked == [*NAMES, "densenet169"]


@pytest.mark.slow
def test_the_page_runs_again_when_the_last_came_between(counting: Counting) -> None:
    """Counted after the page asked and before it looked how far the counting is."""
    run_until_all_are_there(opened())

    def script() -> None:
        import streamlit as st

        from densenet_viz.ui import inventories

        names = ("resnet50", "densenet121")
        runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        late = inventories.COUNTED.pop("densenet121") if runs == 1 else None
        got = inventories.show_or_get(names)
        if late is not None:
            inventories.COUNTED["densenet121"] = late
        inventories.show_progress_line(names)
        st.write(f"{runs} {len(got)}")

    session = AppTest.from_function(script, default_timeout=PATIENCE).run()
    assert said(session) == ["2 2"]


def test_it_can_be_cancelled_and_taken_up_again(counting: Counting) -> None:
    counting.held = {"densenet121"}
    session = opened()
    until(lambda: len(counting.asked) == 2)
    session.run().button(key="cancel_inventories").click().run()
    assert state(session) == "cancelled"
    assert ["cancelled" in info.value for info in session.info] == [True]
    counting.leave.set()
    job = desk_of(session, "inventories").job
    assert job is not None
    assert job.finished.wait(PATIENCE)
    assert counting.asked == ["resnet50", "densenet121"]  # what was begun is kept
    session.button(key="count_again").click()
    run_until_all_are_there(session)
    assert counting.asked == list(NAMES)


def test_it_stops_when_nobody_looks(counting: Counting) -> None:
    counting.held = {"densenet121"}
    session = opened()
    until(lambda: len(counting.asked) == 2)
    job = desk_of(session, "inventories").job
    assert job is not None
    del session
    gc.collect()
    counting.leave.set()
    assert job.finished.wait(PATIENCE)
    assert job.stopped
    assert counting.asked == ["resnet50", "densenet121"]


def progress_said(session: AppTest) -> str:
    (bar,) = session.get("progress")
    return str(bar.proto.text)


def test_behind_a_measurement_it_says_that_it_waits(counting: Counting) -> None:
    counting.held = {"resnet50"}
    with turns.turn(lambda: False):
        session = opened()
        job = desk_of(session, "inventories").job
        assert job is not None
        until(lambda: session.run() and progress.MEASURING in progress_said(session))
        assert (job.begun, counting.asked) == (False, [])
        assert progress.MEASURING in progress_said(session.run())
    until(lambda: counting.asked == ["resnet50"])
    assert "0%" in progress_said(session.run())
    counting.leave.set()
    run_until_all_are_there(session)


def test_a_failure_is_one_sentence(counting: Counting) -> None:
    counting.error = RuntimeError("/secret/path is broken")
    session = opened()
    until(lambda: state(session) == "failed")
    assert [error.value for error in session.run().error] == [inventories.FAILED]
    assert not session.exception
    counting.error = None
    session.button(key="count_again").click()
    run_until_all_are_there(session)


def test_what_is_counted_is_the_live_network() -> None:
    inventory, size = inventories.count_system("densenet121")
    assert inventory == counted("densenet121").inventory
    assert size > inventory.weight_bytes
