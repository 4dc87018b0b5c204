"""Threads wait in the queue for their turn; each goes on when the test lets it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pytest

from densenet_viz.attribution import attribute
from densenet_viz.errors import Cancelled
from densenet_viz.machine import lending, pausing
from densenet_viz.ui.work import queue as queues
from densenet_viz.ui.work.jobs import Desk, Shop
from densenet_viz.ui.work.line import NOTHING, Declined, Need, Place
from densenet_viz.ui.work.queue import Queue
from densenet_viz.ui.work.visitors import GRACE, Visitor
from tests.small_models import picture, small_model
from tests.waiting import PATIENCE, until

Stopped = Callable[[], bool]


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> Queue:
    return Queue(2, clock=clock, free=lambda _device: 10**12)


class Passes:
    """A job of many passes: it makes one when the test asks for it, and ends when it is told."""

    def __init__(self, result: object = "result") -> None:
        self.result, self.made = result, 0
        self.began, self.go_on = threading.Event(), threading.Event()

    def __call__(self, _report: object, stopped: Stopped) -> object:
        self.began.set()
        while not self.go_on.wait(0.005):
            if stopped():
                raise Cancelled
            self.made += 1
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def ask(shop: Shop, key: str, compute: Any, seconds: float = 1.0, **more: Any) -> Desk:
    desk = Desk(shop, more.pop("visitor", None))
    desk.ask(key, compute, need=Need(seconds, **more))
    return desk


def outcome(desk: Desk) -> Any:
    assert desk.job is not None
    assert desk.job.finished.wait(PATIENCE)
    return desk.job.error or desk.job.result


def number(desk: Desk) -> int | None:
    assert desk.job is not None
    standing = desk.job.standing()
    return None if standing is None else standing.number


def test_jobs_run_one_after_the_other_and_know_their_place(queue: Queue) -> None:
    shop, jobs = Shop(queue=queue), [Passes(place) for place in range(3)]
    desks = []
    for place, job in enumerate(jobs):
        desks.append(ask(shop, str(place), job))
        until(lambda: number(desks[-1]) == (len(desks) - 1 or None))
    assert [job.began.is_set() for job in jobs] == [True, False, False]
    for place, job in enumerate(jobs):
        assert job.began.wait(PATIENCE)
        assert [number(desk) for desk in desks[place:]] == [None, 1, 2][: 3 - place]
        job.go_on.set()
        assert outcome(desks[place]) == place


def test_a_long_job_pauses_for_a_short_one_and_goes_on_after_it(queue: Queue) -> None:
    shop, long, short = Shop(queue=queue), Passes("long"), Passes("short")
    first = ask(shop, "long", long, 60.0)
    assert long.began.wait(PATIENCE)
    second = ask(shop, "short", short, 0.5)
    assert short.began.wait(PATIENCE)
    until(lambda: number(first) == 1)
    before = long.made
    short.go_on.set()
    assert outcome(second) == "short"
    until(lambda: long.made > before)
    long.go_on.set()
    assert outcome(first) == "long"


def test_what_a_job_holds_is_lent_while_it_pauses(queue: Queue) -> None:
    shop, lock = Shop(queue=queue), threading.Lock()
    alone: list[float] = []

    def job(seconds: float) -> Callable[[object, Stopped], object]:
        def compute(_report: object, stopped: Stopped) -> object:
            with lock, lending(lock.release, take):
                began.set()
                while seconds > 1 and not alone:
                    assert not stopped()
                alone.append(seconds)
            return seconds

        return compute

    def take() -> None:
        lock.acquire()

    began = threading.Event()
    long = ask(shop, "long", job(60.0), 60.0)
    assert began.wait(PATIENCE)
    short = ask(shop, "short", job(0.5), 0.5)
    assert [outcome(short), outcome(long)] == [0.5, 60.0]
    assert alone == [0.5, 60.0]
    assert not lock.locked()


def test_who_waits_or_pauses_can_leave(queue: Queue) -> None:
    shop, long, short, never = Shop(queue=queue), Passes(), Passes(), Passes()
    first = ask(shop, "long", long, 60.0)
    assert long.began.wait(PATIENCE)
    second = ask(shop, "short", short, 0.5)
    assert short.began.wait(PATIENCE)
    third = ask(shop, "never", never, 0.5)
    until(lambda: {number(first), number(third)} == {1, 2})
    for desk in (first, third):
        desk.cancel()
        assert isinstance(outcome(desk), Cancelled)
    short.go_on.set()
    assert outcome(second) == "result"
    assert not never.began.is_set()


def test_a_newer_wish_replaces_the_one_that_waits_or_runs(queue: Queue) -> None:
    shop, running, waiting, newest = Shop(queue=queue), Passes(), Passes(), Passes("newest")
    desk = ask(shop, "running", running)
    assert running.began.wait(PATIENCE)
    other = ask(shop, "waiting", waiting)
    old = other.job
    other.ask("newest", newest, need=Need(1.0))
    assert old is not None
    assert old.finished.wait(PATIENCE)
    desk.ask("newest", newest, need=Need(1.0))
    assert desk.job is other.job
    newest.go_on.set()
    assert outcome(desk) == "newest"
    assert not waiting.began.is_set()


@pytest.mark.parametrize("place", ["running", "waiting"])
def test_the_job_of_a_closed_page_ends(queue: Queue, clock: Clock, place: str) -> None:
    shop, state = Shop(queue=queue), {"open": True}
    visitor = Visitor(lambda: state["open"], clock)
    before, mine = Passes("before"), Passes("mine")
    if place == "waiting":
        first = ask(shop, "before", before)
        assert before.began.wait(PATIENCE)
    desk = ask(shop, "mine", mine, visitor=visitor)
    until(lambda: mine.began.is_set() if place == "running" else number(desk) == 1)
    state["open"] = False
    clock.now += GRACE - 0.1
    made = mine.made
    until(lambda: place == "waiting" or mine.made > made + 1)
    assert desk.state == "working"
    clock.now += 0.2
    assert isinstance(outcome(desk), Cancelled)
    if place == "waiting":
        before.go_on.set()
        assert outcome(first) == "before"
    state["open"] = True  # the connection was lost for longer, and is back
    mine.go_on.set()
    desk.ask("mine", mine, need=Need(1.0))
    assert outcome(desk) == "mine"


def test_an_error_gives_the_turn_to_the_next(queue: Queue) -> None:
    shop, broken, good = Shop(queue=queue), Passes(ValueError("a sentence")), Passes("good")
    desks = [ask(shop, "broken", broken), ask(shop, "good", good)]
    broken.go_on.set()
    good.go_on.set()
    assert str(outcome(desks[0])) == "a sentence"
    assert outcome(desks[1]) == "good"


@pytest.mark.parametrize("outer", [NOTHING, Need(60.0)])
def test_a_job_that_waits_for_another_job_does_not_keep_it_waiting(
    queue: Queue, outer: Need
) -> None:
    shop, picture, other = Shop(queue=queue), Passes("picture"), Passes("other")
    deck = Desk(shop)

    def compute(_report: object, stopped: Stopped) -> object:
        mine = Desk(shop)
        return mine.ask("picture", picture, need=Need(1.0)).outcome(stopped)

    deck.ask("deck", compute, need=outer)
    assert picture.began.wait(PATIENCE)
    next_one = ask(shop, "other", other)
    until(lambda: number(next_one) == 1)
    picture.go_on.set()
    other.go_on.set()
    assert [outcome(deck), outcome(next_one)] == ["picture", "other"]


def test_a_job_that_computes_nothing_never_pauses(queue: Queue) -> None:
    shop, deck, first, second = Shop(queue=queue), Passes("deck"), Passes(), Passes()
    desks = [ask(shop, "deck", deck, 60.0, cores=0), ask(shop, "first", first)]
    assert first.began.wait(PATIENCE)
    desks.append(ask(shop, "second", second, 0.1))
    until(lambda: number(desks[2]) == 1)  # a shorter one waits
    before = deck.made
    until(lambda: deck.made > before + 2)
    for job in (deck, first, second):
        job.go_on.set()
    assert [outcome(desk) for desk in desks] == ["deck", "result", "result"]


def test_a_job_shows_the_place_of_the_one_that_it_waits_for(queue: Queue) -> None:
    shop, before = Shop(queue=queue), Passes()
    first = ask(shop, "before", before)
    assert before.began.wait(PATIENCE)
    deck = Desk(shop, Visitor(lambda: True))

    def compute(_report: object, stopped: Stopped) -> object:
        job = Desk(shop).ask("picture", Passes(), need=Need(1.0))
        assert job.place.visitor is deck.visitor
        return job.outcome(stopped)

    deck.ask("deck", compute, need=NOTHING)
    until(lambda: number(deck) == 1)
    deck.cancel()
    assert isinstance(outcome(deck), Cancelled)
    before.go_on.set()
    assert outcome(first) == "result"


def test_two_jobs_that_want_the_whole_machine_get_it_one_after_the_other(queue: Queue) -> None:
    inside: list[int] = []
    shop, together = Shop(queue=queue), threading.Barrier(2)

    def compute(_report: object, stopped: Stopped) -> object:
        together.wait(PATIENCE)  # both run, and each waits for the other's end
        with queue.whole(stopped):
            assert queue.is_measuring()
            inside.append(len(inside))
            return inside[-1]

    desks = [ask(shop, name, compute, cores=1) for name in ("one", "two")]
    assert {outcome(desk) for desk in desks} == {0, 1}
    assert not queue.is_measuring()


def test_what_never_fits_is_declined_in_a_sentence(clock: Clock) -> None:
    free = [100]
    queue = Queue(2, clock=clock, free=lambda _device: free[0])
    shop, job = Shop(queue=queue), Passes()
    desk = ask(shop, "large", job, memory=200_000_000)
    until(lambda: desk.job is not None and desk.job.place.short is not None)
    clock.now += queues.PATIENCE + 1
    error = outcome(desk)
    assert isinstance(error, Declined)
    assert "0.2 GB" in str(error)
    desk.again()
    free[0] = 10**9
    job.go_on.set()
    desk.ask("large", job, need=Need(1.0, memory=200_000_000))
    assert outcome(desk) == "result"


def test_a_thread_without_the_place_is_not_made_to_pause(queue: Queue) -> None:
    """As one of the threads that share a batch, which would keep all others waiting."""
    place, shop = Place(Need(60.0)), Shop(queue=queue)
    with queue.taking(place, lambda: False):
        short = ask(shop, "short", Passes(), 0.1)
        until(lambda: number(short) == 1)
        thread = threading.Thread(target=queue.pause, args=(place, lambda: False))
        thread.start()
        thread.join(PATIENCE)
        assert not thread.is_alive()
        assert number(short) == 1
    short.leave()


def test_a_map_that_pauses_for_another_draws_its_own_random_numbers() -> None:
    """Both draw from NumPy's only generator, each from its own seed."""
    model, pixels = small_model(), picture()
    asked = {"method": "kernel-shap", "samples": 200, "target": 1}
    alone = [attribute(model, pixels, seed=seed, **asked).values for seed in (1, 2)]
    between: list[Any] = []
    calls = count()

    def pause() -> bool:
        if next(calls) == 5:
            with pausing():
                between.append(attribute(model, pixels, seed=2, **asked).values)
        return False

    paused = attribute(model, pixels, seed=1, cancelled=pause, **asked).values
    assert next(calls) > 6
    assert np.array_equal(paused, alone[0])
    assert np.array_equal(between[0], alone[1])
    assert not np.array_equal(*alone)
