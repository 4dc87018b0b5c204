"""The line of all computing: its order, its room, and what it says to those who wait."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from densenet_viz.ui.work.experience import LAST, Experience
from densenet_viz.ui.work.line import AGEING, GAIN, LATER, Declined, Line, Need, Place
from densenet_viz.ui.work.visitors import GRACE, Visitor

PLENTY = 10**12


def line_of(cores: int = 2, free: int | None = PLENTY, most: int = 20) -> Line:
    return Line(cores, lambda _device: free, most)


def come(line: Line, now: float, *seconds: float, visitor: object = None) -> list[Place]:
    """Jobs that use all cores arrive one after the other, and run if they may."""
    places = [Place(Need(one), visitor) for one in seconds]
    for place in places:
        line.join(place, now)
        line.admit(now)
    return places


def order_of(line: Line, now: float, *places: Place) -> list[int]:
    """Which of the places run one after the other, by their number, if each ends at its time."""
    order = []
    while running := line.running:
        order += [places.index(one) for one in running if one in places]
        now += running[0].left(now)
        line.leave(running[0], now)
        line.admit(now)
    return order


def test_one_job_with_all_cores_runs_at_a_time_and_the_shortest_is_next() -> None:
    line = line_of()
    places = come(line, 0.0, 2.0, 9.0, 1.0, 4.0)
    assert [one.running for one in places] == [True, False, False, False]
    assert order_of(line, 0.0, *places) == [0, 2, 3, 1]


def test_equal_jobs_keep_the_order_in_which_they_came() -> None:
    line = line_of()
    places = [come(line, now / 10, 1.6)[0] for now in range(10)]
    assert order_of(line, 1.0, *places) == list(range(10))


@pytest.mark.parametrize(("cores", "wanted"), [(2, (1, 1, 1)), (4, (3, 1, 4)), (16, (8, 8, 8))])
def test_as_many_run_as_there_are_cores_to_share(cores: int, wanted: Sequence[int]) -> None:
    line = line_of(cores)
    places = [Place(Need(1.0, cores=one)) for one in wanted]
    for place in places:
        line.join(place, 0.0)
    line.admit(0.0)
    assert [one.running for one in places] == [True, True, False]
    line.leave(places[0], 1.0)
    line.leave(places[1], 1.0)
    assert line.admit(1.0) == [places[2]]


def test_a_visitor_with_seven_jobs_holds_up_nobody_who_has_one() -> None:
    line = line_of()
    come(line, 0.0, 1.0)
    seven = come(line, 0.0, *[2.0] * 7, visitor="seven")
    (one,) = come(line, 0.1, 3.0, visitor="one")
    assert order_of(line, 0.1, *seven, one)[:3] == [0, 7, 1]


def test_nobody_waits_for_ever() -> None:
    """A long job waits, and each second a short one comes that takes a second."""
    line, now, seconds = line_of(), 0.0, 30.0
    (running,) = come(line, now, 1.0)
    (long,) = come(line, now, seconds)
    while not long.running:
        now += 1.0
        line.leave(running, now)
        (running,) = come(line, now, 1.0)
        assert now <= seconds / AGEING
    assert now >= (seconds - 1.0) / AGEING - 1.0


def test_a_running_job_pauses_only_for_one_that_is_much_shorter() -> None:
    line = line_of()
    (long,) = come(line, 0.0, 20.0)
    assert not line.should_pause(long, 5.0)
    (other,) = come(line, 5.0, 15.0 - GAIN + 0.1)
    assert not line.should_pause(long, 5.0)
    (short,) = come(line, 5.0, 1.0)
    assert line.should_pause(long, 5.0)
    long.turn(5.0, running=False)
    assert line.admit(5.0) == [short]
    line.leave(short, 6.0)
    assert line.admit(6.0) == [other]
    assert (long.ran(6.0), long.waited(6.0)) == (5.0, 1.0)


def test_several_jobs_pause_for_one_that_needs_the_cores_of_all() -> None:
    line = line_of(2)
    first, second = Place(Need(60.0, cores=1)), Place(Need(50.0, cores=1))
    for place in (first, second):
        line.join(place, 0.0)
    assert set(line.admit(0.0)) == {first, second}
    (short,) = come(line, 5.0, 1.0)
    assert line.should_pause(first, 5.0)
    assert line.should_pause(second, 5.0)
    first.turn(5.0, running=False)
    assert line.admit(5.0) == []  # the other one still has a core
    assert line.should_pause(second, 5.1)
    second.turn(5.2, running=False)
    assert line.admit(5.2) == [short]
    line.leave(short, 6.2)
    assert set(line.admit(6.2)) == {first, second}


def test_patient_jobs_let_all_others_go_first_however_long_they_waited() -> None:
    line = line_of(1)
    running, *waiting = (Place(Need(20.0, cores=1, patient=True)) for _ in range(5))
    for place in (running, *waiting):
        line.join(place, 0.0)
    assert line.admit(0.0) == [running]
    assert not line.should_pause(running, 100.0)
    (other,) = come(line, 100.0, 19.5)
    assert line.should_pause(running, 100.0)
    running.turn(100.0, running=False)
    assert line.admit(100.0) == [other]
    assert not line.should_pause(other, 110.0)
    line.leave(other, 119.5)
    (first,) = line.admit(119.5)
    line.leave(first, 120.0)
    (late,) = come(line, 2 * LATER / AGEING, 1.0)
    assert line.admit(2 * LATER / AGEING) != [late]  # nobody waits for ever


def test_a_training_does_not_put_off_the_maps_of_its_visitor() -> None:
    line = line_of(1)
    training = Place(Need(100.0, patient=True), visitor="one")
    line.join(training, 0.0)
    line.admit(0.0)
    own, others = Place(Need(1.0), visitor="one"), Place(Need(2.0), visitor="two")
    for place in (others, own):
        line.join(place, 1.0)
    training.turn(1.0, running=False)
    assert line.admit(1.0) == [own]


def test_equal_jobs_never_pause_for_each_other_even_on_a_busy_machine() -> None:
    line = line_of()
    (first, *_) = come(line, 0.0, *[3.0] * 5)
    assert not any(line.should_pause(first, now) for now in range(100))
    first.report(0.1, 270.0, now=30.0)  # ten times as slow as expected
    assert not any(line.should_pause(first, now) for now in range(30, 300))
    come(line, 31.0, 0.1)
    assert line.should_pause(first, 31.0)


def test_after_a_pause_the_job_that_has_begun_is_next_even_on_a_busy_machine() -> None:
    line = line_of()
    (first, _second) = come(line, 0.0, 3.0, 3.0)
    first.report(0.1, 20.0, now=10.0)  # ten times as slow as expected
    (short,) = come(line, 10.0, 0.1)
    first.turn(10.0, running=False)
    assert line.admit(10.0) == [short]
    line.leave(short, 11.0)
    assert line.admit(11.0) == [first]


def test_a_job_of_unknown_length_lets_short_ones_go_first() -> None:
    line, late = line_of(), Place()
    late.need = Need()
    line.join(late, 0.0)
    line.admit(0.0)
    come(line, 60.0, 3.0)
    assert late.left(60.0) > 3.0 + GAIN
    assert line.should_pause(late, 60.0)


def test_a_measurement_has_the_machine_to_itself() -> None:
    line = line_of(4)
    first, whole, last = Place(Need(1.0, cores=1)), Place(Need(2.0)), Place(Need(9.0, cores=1))
    whole.whole = True
    for place in (first, whole, last):
        line.join(place, 0.0)
    assert line.admit(0.0) == [first]
    line.leave(first, 1.0)
    assert line.admit(1.0) == [whole]
    standing = line.standing(last, 1.0)
    assert standing is not None
    assert standing.measuring
    come(line, 1.0, 0.1)
    assert not line.should_pause(whole, 1.0)
    line.leave(whole, 3.0)
    assert last in [*line.admit(3.0), *line.running] or not last.running


def test_what_does_not_fit_waits_and_says_so_while_smaller_ones_run() -> None:
    free = {"cpu": 1_000, "cuda": 5_000}
    line = Line(4, free.__getitem__)
    running, large, small = (Place(Need(1.0, 1, memory)) for memory in (600, 700, 300))
    elsewhere = Place(Need(1.0, 1, 700, "cuda"))
    for place in (running, large, small, elsewhere):
        line.join(place, 0.0)
    assert line.admit(0.0) == [running, small, elsewhere]
    standing = line.standing(large, 0.0)
    assert standing is not None
    assert standing.free == 400  # what the running one may still take is not free
    line.leave(running, 1.0)
    line.leave(small, 1.0)
    assert line.admit(1.0) == [large]
    assert large.short is None


def test_a_paused_job_keeps_its_memory() -> None:
    line = line_of(free=1_000)
    needs = ((9.0, 2, 600), (1.0, 2, 700), (1.0, 2, 200))
    long, large, small = (Place(Need(*one)) for one in needs)
    line.join(long, 0.0)
    assert line.admit(0.0) == [long]
    for place in (large, small):
        line.join(place, 1.0)
    long.turn(1.0, running=False)
    assert line.admit(1.0) == [small]
    line.leave(small, 2.0)
    assert line.admit(2.0) == [long]  # which needs no second memory


def test_unknown_memory_is_enough() -> None:
    line = line_of(free=None)
    place = Place(Need(1.0, None, PLENTY))
    line.join(place, 0.0)
    assert line.admit(0.0) == [place]


def test_a_waiting_job_knows_its_number_and_its_time() -> None:
    line = line_of(4)
    (running, second, third) = come(line, 0.0, 4.0, 6.0, 8.0)
    assert line.standing(running, 1.0) is None
    found = [line.standing(one, 1.0) for one in (second, third)]
    assert [(one.number, one.seconds) for one in found if one] == [(1, 3.0), (2, 9.0)]
    quarter = Place(Need(2.0, cores=1))
    line.join(quarter, 1.0)
    found = [line.standing(one, 1.0) for one in (quarter, second)]
    # one core of four for 2 s is a quarter of the work that all four do in 2 s
    assert [(one.number, one.seconds) for one in found if one] == [(1, 3.0), (2, 3.5)]


def test_who_leaves_moves_the_others_up() -> None:
    line = line_of()
    (_running, second, third) = come(line, 0.0, 1.0, 2.0, 3.0)
    line.leave(second, 0.5)
    standing = line.standing(third, 0.5)
    assert standing is not None
    assert (standing.number, standing.seconds) == (1, 0.5)
    assert (line.standing(second, 0.5), second.waiting) == (None, False)


def test_a_line_has_an_end() -> None:
    line = line_of(most=2)
    come(line, 0.0, 1.0, 1.0)
    with pytest.raises(Declined):
        come(line, 0.0, 1.0)


def test_a_jobs_own_account_of_what_is_left_counts_more() -> None:
    place = Place(Need(100.0))
    place.turn(0.0, running=True)
    place.report(0.5, 4.0, now=10.0)
    assert (place.left(10.0), place.left(12.0)) == (4.0, 2.0)
    place.turn(12.0, running=False)
    assert place.left(50.0) == 2.0  # while it waits, nothing gets less


# -- what is learned, and who is there ----------------------------------------------------------


def test_earlier_runs_teach_what_the_next_one_takes() -> None:
    experience = Experience(most=2)
    assert experience.expected("kind") is None
    for seconds in (9.0, 1.0, 1.2, 1.1):  # the first one loaded something
        experience.note("kind", 2.0, seconds)
    assert experience.expected("kind", 4.0) == 1.1 * 2
    assert LAST == 3
    experience.note(None, 1.0, 5.0)
    assert experience.expected(None) is None
    for kind in ("another", "kinds"):
        experience.note(kind, 1.0, 1.0)
    assert experience.expected("kind") is None  # the oldest was forgotten


def test_a_page_that_is_closed_is_gone_after_a_moment() -> None:
    state, now = {"open": True}, [0.0]
    visitor = Visitor(lambda: state["open"], lambda: now[0])
    assert visitor.is_here()
    now[0], state["open"] = 100.0, True
    assert visitor.is_here()
    state["open"] = False
    now[0] += GRACE - 0.1
    assert visitor.is_here()
    now[0] += 0.2
    assert not visitor.is_here()
    state["open"] = True
    assert visitor.is_here()
