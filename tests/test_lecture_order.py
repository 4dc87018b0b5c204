"""A deck's pictures are made in the order of slides, and the shown slide's come first."""

from __future__ import annotations

from typing import Any

import pytest

from densenet_viz.errors import Cancelled
from densenet_viz.lecture.deck import Deck
from densenet_viz.lecture.order import Order
from densenet_viz.lecture.pictures import Later, Make, keys_of, make_scenes
from densenet_viz.lecture.reading import deck_of
from densenet_viz.ui.lecture.making import Making
from densenet_viz.ui.lecture.shelf import SHELF
from densenet_viz.ui.work.jobs import Job, Reporter

# Pictures by arithmetic only, so that no network is loaded.
TEXT = """title: Five pictures
minutes: 5
---
# Words

Only words.
---
# One strip
picture: overview
---
# Times
picture: systems, time=cpu
step 1: time=gpu
---
# Names
picture: name-count
---
# The same strip
picture: overview
---
# All
picture: variants
"""
NAMES = ["overview", "systems", "systems", "name-count", "variants"]


@pytest.fixture
def deck() -> Deck:
    return deck_of(TEXT)


def no_model(name: str) -> Any:
    raise AssertionError(f"no network is needed, and {name} was asked for")


def named(keys: list[str]) -> list[str]:
    return [key.rpartition("-")[0] for key in keys]


def made_while(deck: Deck, order: Order, shown: dict[int, int]) -> list[str]:
    """The keys in the order in which they are made; `shown` has the slide after so many."""
    made: list[str] = []
    for key, _ in make_scenes(deck, order, model=no_model, made=set(), kept=lambda _key, _make: {}):
        made.append(key)
        order.show(shown.get(len(made), -1))
    return made


def test_pictures_are_made_in_the_order_of_slides_each_once(deck: Deck) -> None:
    keys = keys_of(deck)
    assert [len(slide) for slide in keys] == [0, 1, 2, 1, 1, 1]
    assert keys[1] == keys[4]
    assert named(made_while(deck, Order(keys), {})) == NAMES


def test_after_a_jump_that_slide_comes_first_then_those_after_it_then_those_before(
    deck: Deck,
) -> None:
    made = made_while(deck, Order(keys_of(deck)), {1: 5})
    assert named(made) == ["overview", "variants", "name-count", "systems", "systems"]
    assert made[3:] == list(keys_of(deck)[2]), "a slide's own steps stay in their order"
    asked = Order(keys_of(deck))
    asked.show(3)  # as an address asks for it
    assert named(made_while(deck, asked, {}))[:3] == ["name-count", "overview", "variants"]


@pytest.mark.parametrize("slide", [-1, 6, 10**9])
def test_a_slide_that_the_deck_does_not_have_changes_nothing(deck: Deck, slide: int) -> None:
    order = Order(keys_of(deck))
    order.show(2)
    order.show(slide)
    assert order.next(set()) == keys_of(deck)[2][0]


def test_a_picture_that_is_put_off_is_made_later(deck: Deck) -> None:
    order, begun = Order(keys_of(deck)), list[str]()

    def kept(key: str, _make: Make) -> dict[str, Any]:
        begun.append(key)
        if len(begun) == 1:
            order.show(5)
            raise Later
        return {}

    scenes = make_scenes(deck, order, model=no_model, made=set(), kept=kept)
    made = [key for key, _ in scenes]
    assert named(begun)[:2] == ["overview", "variants"]
    assert sorted(named(made)) == sorted(NAMES)


# -- a session's work ---------------------------------------------------------------------------


def go() -> bool:
    return False


def test_without_routes_the_scenes_come_together_at_the_end(deck: Deck) -> None:
    making = Making(deck, own=True)
    making.shown.set()
    assert making.published == ""
    first = making.told("working")
    assert (first["ready"], first["id"], "scenes" in first) == ([], making.key, False)
    job = Job("made")
    making.make(Reporter(job), go)
    told = making.told("done")
    assert named(told["ready"]) == NAMES
    assert set(told["scenes"]) == set().union(*keys_of(deck))
    assert job.progress == 1.0


def test_a_cancelled_work_keeps_what_is_made_and_goes_on_from_there(
    deck: Deck, monkeypatch: pytest.MonkeyPatch
) -> None:
    making, begun = Making(deck, own=True), list[str]()
    making.shown.set()

    def get(key: str, _make: Make, _stopped: Any) -> dict[str, Any]:
        begun.append(key)
        return {}

    monkeypatch.setattr(SHELF, "get", get)
    with pytest.raises(Cancelled):
        making.make(Reporter(Job("made")), lambda: len(begun) == 2)
    assert named(making.ready()) == NAMES[:2]
    making.make(Reporter(Job("made")), go)
    assert named(begun) == NAMES


def test_a_jump_stops_the_picture_that_is_being_made(
    deck: Deck, monkeypatch: pytest.MonkeyPatch
) -> None:
    making, begun = Making(deck, own=True), list[str]()
    making.shown.set()

    def get(key: str, _make: Make, stopped: Any) -> dict[str, Any]:
        begun.append(key)
        assert not stopped()
        if len(begun) == 1:
            making.order.show(5)
            assert stopped()
            raise Cancelled
        return {}

    monkeypatch.setattr(SHELF, "get", get)
    making.make(Reporter(Job("made")), go)
    assert named(begun)[:2] == ["overview", "variants"]
    assert sorted(named(making.ready())) == sorted(NAMES)
