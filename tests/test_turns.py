"""Measurements take turns in a process, with measurements that wait until the test lets them go."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from densenet_viz.ui.work import turns
from densenet_viz.ui.work.jobs import Desk, Job, Shop
from densenet_viz.ui.work.line import Declined
from densenet_viz.ui.work.turns import Measurement
from tests.facts import names_in
from tests.waiting import PATIENCE


class Sessions:
    """Several visitors of one process; `now` is whose desks are asked for."""

    def __init__(self) -> None:
        self.shop = Shop()
        self.now = "first"
        self.desks: dict[tuple[str, str], Desk] = {}

    def desk(self, name: str) -> Desk:
        return self.desks.setdefault((self.now, name), Desk(self.shop))


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> Sessions:
    made = Sessions()
    monkeypatch.setattr(turns, "desk", made.desk)
    return made


class Slow:
    """A measurement that says when it runs, and ends when it is told."""

    def __init__(self, result: object = "result") -> None:
        self.result, self.calls = result, 0
        self.started, self.go_on = threading.Event(), threading.Event()

    def __call__(self, report: Callable[[float], None], cancelled: Callable[[], bool]) -> object:
        self.calls += 1
        report(0.0)
        self.started.set()
        while not self.go_on.wait(0.01):
            if cancelled():
                raise InterruptedError
        return self.result


def job_of(bench: Measurement[object]) -> Job:
    job = bench.desk.job
    assert job is not None
    return job


def test_the_last_result_is_kept_for_everybody(sessions: Sessions) -> None:
    bench: Measurement[object] = Measurement("one")
    assert (bench.latest, bench.busy) == ({}, False)
    slow = Slow("seen by all")
    bench.ask("cpu", "question", slow)
    assert bench.busy
    slow.go_on.set()
    assert job_of(bench).finished.wait(PATIENCE)
    sessions.now = "second"
    assert (bench.latest, bench.busy) == ({"cpu": "seen by all"}, False)


def test_the_same_question_is_shared_while_it_runs_and_new_afterwards(sessions: Sessions) -> None:
    bench: Measurement[object] = Measurement("one")
    slow, other = Slow(), Slow()
    bench.ask("cpu", "question", slow)
    first = job_of(bench)
    assert slow.started.wait(PATIENCE)
    sessions.now = "second"
    bench.ask("cpu", "question", other)
    assert job_of(bench) is first
    slow.go_on.set()
    other.go_on.set()
    assert first.finished.wait(PATIENCE)
    assert (slow.calls, other.calls) == (1, 0)
    bench.ask("cpu", "question", other)
    assert job_of(bench).finished.wait(PATIENCE)
    assert other.calls == 1


def test_another_question_waits_for_its_turn(sessions: Sessions) -> None:
    bench: Measurement[object] = Measurement("one")
    elsewhere: Measurement[object] = Measurement("two")
    slow, next_one = Slow("first"), Slow("second")
    bench.ask("cpu", "question", slow)
    assert slow.started.wait(PATIENCE)
    sessions.now = "second"
    elsewhere.ask("cpu", "another", next_one)
    assert (job_of(elsewhere).begun, next_one.calls) == (False, 0)
    slow.go_on.set()
    assert next_one.started.wait(PATIENCE)
    next_one.go_on.set()
    assert job_of(elsewhere).finished.wait(PATIENCE)
    assert (bench.latest, elsewhere.latest) == ({"cpu": "first"}, {"cpu": "second"})


def test_a_waiting_one_can_be_cancelled(sessions: Sessions) -> None:
    bench: Measurement[object] = Measurement("one")
    slow, waiting = Slow(), Slow()
    bench.ask("cpu", "question", slow)
    assert slow.started.wait(PATIENCE)
    sessions.now = "second"
    bench.ask("cpu", "another", waiting)
    bench.desk.cancel()
    assert job_of(bench).finished.wait(PATIENCE)
    slow.go_on.set()
    sessions.now = "first"
    assert job_of(bench).finished.wait(PATIENCE)
    assert (waiting.calls, bench.latest) == (0, {"cpu": "result"})


@pytest.mark.parametrize("stop", ["cancel", "error"])
def test_one_that_ends_badly_gives_up_its_turn_and_changes_nothing(
    sessions: Sessions, stop: str
) -> None:
    bench: Measurement[object] = Measurement("one")
    good = Slow("good")
    good.go_on.set()
    bench.ask("cpu", "question", good)
    assert job_of(bench).finished.wait(PATIENCE)

    def broken(_report: object, _cancelled: object) -> object:
        raise ValueError("no luck")

    slow = Slow()
    bench.ask("cpu", "question", slow if stop == "cancel" else broken)
    bad = job_of(bench)
    if stop == "cancel":
        assert slow.started.wait(PATIENCE)
        bench.desk.cancel()
    assert bad.finished.wait(PATIENCE)
    assert (bench.latest, bench.busy) == ({"cpu": "good"}, False)
    again = Slow("better")
    again.go_on.set()
    bench.ask("cpu", "question", again)
    assert job_of(bench).finished.wait(PATIENCE)
    assert bench.latest == {"cpu": "better"}


def test_each_device_keeps_its_last_result(sessions: Sessions) -> None:
    bench: Measurement[object] = Measurement("one")
    for device, result in (("cuda", "quick"), ("cpu", "slow"), ("cuda", "quicker")):
        measure = Slow(result)
        measure.go_on.set()
        bench.ask(device, "the same question", measure)
        assert job_of(bench).finished.wait(PATIENCE)
        assert measure.calls == 1
    assert list(bench.latest.items()) == [("cpu", "slow"), ("cuda", "quicker")]


def test_memory_is_not_judged_while_something_is_measured(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "spare_bytes", lambda _device: 1_000_000_000)
    bench: Measurement[object] = Measurement("one")

    def shortage() -> str | None:
        return bench.shortage(2_000_000_000, "cpu", "do less")

    facts = ["2.0 GB", "1.0 GB", "do less"]
    assert names_in(shortage() or "", *facts) == facts
    assert bench.shortage(1_000_000_000, "cpu", "do less") is None
    slow = Slow()
    bench.ask("cpu", "question", slow)
    assert shortage() is None
    assert slow.started.wait(PATIENCE)
    sessions.now = "second"  # who would wait for the first one's end
    assert (bench.busy, shortage()) == (False, None)
    sessions.now = "first"
    slow.go_on.set()
    assert job_of(bench).finished.wait(PATIENCE)
    assert shortage() is not None


def test_who_has_its_turn_is_refused_if_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "spare_bytes", lambda _device: 1_000_000_000)
    turns.ensure_memory(1_000_000_000, "cpu", "do less")
    with (
        turns.turn(lambda: False),
        pytest.raises(Declined, match=r"2\.0 GB.*1\.0 GB.*do less"),
    ):
        turns.ensure_memory(2_000_000_000, "cpu", "do less")
