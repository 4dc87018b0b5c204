"""Background jobs, with computations that wait until the test lets them go."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from densenet_viz.errors import Cancelled
from densenet_viz.ui.work import jobs
from densenet_viz.ui.work.jobs import Desk, Job, Shop
from densenet_viz.ui.work.line import Place
from tests.sessions import desk_of
from tests.waiting import PATIENCE


class Fake:
    """A computation that reports, and goes on when it is told."""

    def __init__(self, result: object = "result") -> None:
        self.result = result
        self.calls = 0
        self.started = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, report: Callable[[float], None], cancelled: Callable[[], bool]) -> object:
        self.calls += 1
        report(0.0)
        report(0.5)
        self.started.set()
        while not self.go_on.wait(0.01):
            if cancelled():
                raise Cancelled
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


@pytest.fixture
def shop() -> Shop:
    return Shop(kept=2)


def finished(job: Job) -> Job:
    assert job.finished.wait(PATIENCE)
    return job


def at_once(value: object) -> Callable[..., object]:
    return lambda _report, _cancelled: value


def test_a_job_reports_and_ends_with_its_result(shop: Shop) -> None:
    desk, fake = Desk(shop), Fake()
    job = desk.ask("key", fake)
    assert fake.started.wait(PATIENCE)
    assert (desk.state, job.progress, job.result) == ("working", 0.5, None)
    fake.go_on.set()
    assert finished(job).result == "result"
    assert desk.state == "done"


def test_progress_stays_between_nothing_and_all() -> None:
    job = Job("key")
    for given, kept in ((-1.0, 0.0), (0.25, 0.25), (7.0, 1.0)):
        job.report(given)
        assert job.progress == kept


def test_the_estimate_goes_on_as_it_went() -> None:
    place = Place()
    place.turn(98.0, running=True)
    assert place.known_left(100.0) is None
    place.report(0.01, None, now=100.0)  # what came before the first report does not count
    assert place.known_left(100.0) is None
    place.report(0.25, None, now=102.0)
    assert place.known_left(102.0) == 6.0  # a quarter took 2 s, three more take 6
    place.report(1.0, None, now=108.0)
    assert place.known_left(108.0) == 0.0


def test_the_same_question_is_computed_once(shop: Shop) -> None:
    desk, fake = Desk(shop), Fake()
    fake.go_on.set()
    finished(desk.ask("key", fake))
    assert desk.ask("key", fake).result == "result"
    other = Desk(shop)
    assert finished(other.ask("key", fake)).result == "result"
    assert other.state == "done"
    assert fake.calls == 1


def test_the_oldest_result_is_forgotten_first(shop: Shop) -> None:
    desk, fakes = Desk(shop), {key: Fake(key) for key in "abc"}
    for fake in fakes.values():
        fake.go_on.set()
    for key in "abac":  # a was asked for again, so b is the oldest when c comes
        finished(desk.ask(key, fakes[key]))
    for key in "acb":
        finished(desk.ask(key, fakes[key]))
    assert {key: fake.calls for key, fake in fakes.items()} == {"a": 1, "b": 2, "c": 1}


def test_cancel_answers_at_once_and_stops_the_thread(shop: Shop) -> None:
    desk, fake = Desk(shop), Fake()
    job = desk.ask("key", fake)
    assert fake.started.wait(PATIENCE)
    desk.cancel()
    assert desk.state == "cancelled"
    assert isinstance(finished(job).error, Cancelled)
    assert desk.state == "cancelled"


def test_a_cancel_is_told_once(shop: Shop) -> None:
    desk, fake = Desk(shop), Fake()
    job = desk.ask("key", fake)
    assert fake.started.wait(PATIENCE)
    assert not desk.just_cancelled()
    desk.cancel()
    assert desk.just_cancelled()
    assert not desk.just_cancelled()
    desk.cancel()  # there is nothing more to cancel
    assert not desk.just_cancelled()
    finished(job)
    desk.again()
    assert not desk.just_cancelled()


def test_a_cancelled_job_rests_until_it_is_asked_for_again(shop: Shop) -> None:
    desk, fake = Desk(shop), Fake()
    job = desk.ask("key", fake)
    desk.cancel()
    assert desk.ask("key", fake) is job
    finished(job)
    desk.again()
    fake.go_on.set()
    assert finished(desk.ask("key", fake)).result == "result"
    assert desk.state == "done"


def test_another_question_lets_go_of_the_one_before(shop: Shop) -> None:
    desk, slow = Desk(shop), Fake()
    job = desk.ask("slow", slow)
    assert finished(desk.ask("quick", at_once("quick"))).result == "quick"
    assert isinstance(finished(job).error, Cancelled)
    assert desk.state == "done"


def test_an_error_is_kept_for_the_page_and_not_for_the_next(shop: Shop) -> None:
    desk, broken = Desk(shop), Fake(ValueError("a sentence"))
    broken.go_on.set()
    job = finished(desk.ask("key", broken))
    assert desk.state == "failed"
    assert str(job.error) == "a sentence"
    assert desk.ask("key", at_once("never called")) is job
    desk.again()
    assert finished(desk.ask("key", at_once("result"))).result == "result"


class Network:
    """What a computation holds."""


@pytest.mark.parametrize("end", ["cancel", "error"])
def test_a_job_that_ends_badly_lets_go_of_what_it_held(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """Frames hold locals, and errors hold frames, those that they came from included."""
    log = logging.getLogger(jobs.__name__)
    monkeypatch.setattr(log, "disabled", True)  # pytest keeps what is logged
    fake = Fake()
    held: list[weakref.ref[Network]] = []

    def compute(report: Callable[[float], None], cancelled: Callable[[], bool]) -> object:
        network = Network()
        held.append(weakref.ref(network))
        fake(report, cancelled)
        try:
            fails()
        except ValueError as error:
            raise RuntimeError("another sentence") from error

    def fails() -> None:
        inner = Network()
        held.append(weakref.ref(inner))
        raise ValueError("a sentence")

    desk = Desk(shop)
    job = desk.ask("key", compute)
    assert fake.started.wait(PATIENCE)
    desk.cancel() if end == "cancel" else fake.go_on.set()
    assert isinstance(finished(job).error, Cancelled if end == "cancel" else RuntimeError)
    gc.collect()
    assert [one for one in held if one() is not None] == []
    assert len(held) == (1 if end == "cancel" else 2)


def test_sessions_share_a_job_and_one_cancel_leaves_it_to_the_other(shop: Shop) -> None:
    one, other, fake = Desk(shop), Desk(shop), Fake()
    job = one.ask("key", fake)
    assert other.ask("key", fake) is job
    one.cancel()
    assert (one.state, other.state) == ("cancelled", "working")
    fake.go_on.set()
    assert finished(job).result == "result"
    assert (one.state, other.state, fake.calls) == ("cancelled", "done", 1)


def test_sessions_ask_different_things_side_by_side(shop: Shop) -> None:
    one, other, first, second = Desk(shop), Desk(shop), Fake("first"), Fake("second")
    jobs = one.ask("a", first), other.ask("b", second)
    one.cancel()
    second.go_on.set()
    assert finished(jobs[1]).result == "second"
    assert isinstance(finished(jobs[0]).error, Cancelled)
    assert other.state == "done"


def test_a_session_that_ends_takes_its_job_along(shop: Shop) -> None:
    desk, fake = Desk(shop), Fake()
    job = desk.ask("key", fake)
    del desk
    gc.collect()
    assert isinstance(finished(job).error, Cancelled)


def test_a_job_that_was_just_stopped_is_not_handed_out(shop: Shop) -> None:
    one, other, fake = Desk(shop), Desk(shop), Fake()
    job = one.ask("key", fake)
    assert fake.started.wait(PATIENCE)
    one.cancel()
    finished(job)
    fake.go_on.set()
    assert finished(other.ask("key", fake)).result == "result"
    assert fake.calls == 2


def test_a_shop_that_closes_stops_what_is_running(shop: Shop) -> None:
    desk, fake = Desk(shop), Fake()
    job = desk.ask("key", fake)
    assert fake.started.wait(PATIENCE)
    shop.close(PATIENCE)
    assert job.finished.is_set()
    assert isinstance(job.error, Cancelled)


def test_a_session_has_a_desk_for_each_kind_of_job() -> None:
    def script() -> None:
        import streamlit as st

        from densenet_viz.ui.work.jobs import desk

        same = desk() is desk("attribution") and desk("benchmark") is desk("benchmark")
        st.write(same and desk("benchmark") is not desk())

    session = AppTest.from_function(script).run()
    assert [said.value for said in session.markdown] == ["`True`"]
    mine = desk_of(session, "benchmark")
    assert desk_of(session.run(), "benchmark") is mine
