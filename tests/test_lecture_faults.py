"""What one visitor must not be able to do to the lectures of others; without a browser."""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from densenet_viz.errors import Cancelled
from densenet_viz.lecture import crowd as crowd_module
from densenet_viz.lecture import hall as hall_module
from densenet_viz.lecture import rooms as rooms_module
from densenet_viz.lecture.codes import ALPHABET, LENGTH
from densenet_viz.lecture.crowd import Crowd, EventStream
from densenet_viz.lecture.hall import MOST_DECKS, Hall, Published
from densenet_viz.lecture.networks import Networks
from densenet_viz.lecture.page import pack_files
from densenet_viz.lecture.pictures import picture_scene
from densenet_viz.lecture.reading import deck_of
from densenet_viz.lecture.rooms import (
    DESERTED_SECONDS,
    LONGEST_SECONDS,
    MOST_FOLLOWERS,
    MOST_ROOMS,
    Refused,
    Room,
)
from densenet_viz.stage.modules import all_files, version
from densenet_viz.ui.lecture.live import asked_call
from densenet_viz.ui.lecture.shelf import Shelf
from densenet_viz.ui.work import queue
from tests.lecture_server import Client, Clock, deck, served
from tests.small_models import small_model


@pytest.fixture
def client() -> Iterator[Client]:
    with served() as started:
        yield started


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(clock: Clock) -> Hall:
    return Hall(clock)


def publish(hall: Hall, title: object = "Dense") -> str:
    return hall.publish({**deck(), "title": str(title)})


def listen(hall: Hall, room: Room, phones: int = 1) -> None:
    """So many phones have an open stream."""
    crowd = hall.crowds[room.code]
    for _ in range(phones):
        crowd.add(EventStream(crowd, hall.join(room.code, "")[1], {}))


# -- files ----------------------------------------------------------------------------------


def test_names_that_strangers_make_up_are_not_remembered(client: Client) -> None:
    known = set(pack_files())
    assert {"follow/follow.js", "shared/dom.js", "shared/stage.css"} <= known
    assert known == set(all_files())
    for name in (*(f"no-{number}.js" for number in range(20)), "a" * 300 + ".js", "x%00.js"):
        assert client.ask("GET", f"/hall/files/{version()}/{name}")[0] == 404
    assert set(pack_files()) == known


# -- codes ----------------------------------------------------------------------------------


def test_a_right_code_lets_in_whatever_was_guessed_before(client: Client) -> None:
    code, token = client.open()
    wrong = ("C" if code[0] != "C" else "D") + code[1:]
    for _ in range(60):
        assert client.post(f"/hall/{wrong}/join", follower="")[0] == 404
        assert client.post(f"/hall/{wrong}/move", "x", slide=1, step=0)[0] == 404
    follower = client.join(code)
    assert client.listen(code, follower).next()[0] == "state"
    assert client.post(f"/hall/{code}/move", token, slide=2, step=0)[0] == 200


def test_guessing_a_code_is_hopeless() -> None:
    """The numbers of `codes.LENGTH` and docs/lecture.md."""
    codes, guesses_a_second, seconds_a_year = len(ALPHABET) ** LENGTH, 10_000, 365.25 * 86400

    def years(rooms: int) -> float:
        """Until the first of so many codes is found, when no guess is repeated."""
        return (codes + 1) / (rooms + 1) / guesses_a_second / seconds_a_year

    assert codes == pytest.approx(1.02e13, rel=0.01)
    assert years(MOST_ROOMS) == pytest.approx(1.5, abs=0.05)
    assert years(1) == pytest.approx(16, abs=0.3)
    assert codes / (guesses_a_second * LONGEST_SECONDS) == pytest.approx(35_000, rel=0.02)


def test_who_joins_again_and_again_keeps_nobody_out(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms_module, "MOST_FOLLOWERS", 5)
    room = hall.open(publish(hall))
    room.move(2, 1)
    listen(hall, room, 2)
    listening = set(hall.crowds[room.code].streams)
    answered = room.join()
    room.answer(answered, 2, 1)
    for _ in range(50):
        hall.join(room.code, "")
    assert len(room.followers) == 5
    assert listening | {answered} <= room.followers
    listen(hall, room, 3)
    assert (len(room.followers), answered in room.followers) == (5, False)
    assert room.counts(2) == [0, 0, 0], "what is forgotten no longer counts"
    with pytest.raises(Refused) as full:
        hall.join(room.code, "")
    assert full.value.status == 503
    assert MOST_FOLLOWERS >= 2000


# -- rooms ----------------------------------------------------------------------------------


def test_one_address_cannot_hold_all_rooms(hall: Hall) -> None:
    key = publish(hall)
    own = [hall.open(key, "a") for _ in range(MOST_ROOMS)]
    for room in own[1:]:
        listen(hall, room)
    with pytest.raises(Refused) as full:
        hall.open(key, "a")
    assert full.value.status == 503
    ending = hall.crowds[own[0].code]
    other = hall.open(key, "b")
    assert (len(hall.rooms), ending.closed) == (MOST_ROOMS, True)
    assert hall.rooms.find(other.code) is other
    with pytest.raises(Refused):
        hall.rooms.find(own[0].code)


def test_addresses_end_with_equal_numbers_of_rooms(hall: Hall) -> None:
    key = publish(hall)
    for address in "abc":
        for _ in range(MOST_ROOMS):
            try:
                room = hall.open(key, address)
            except Refused:
                break
            listen(hall, room)
    held = sorted(sum(r.owner == a for r in hall.rooms._rooms.values()) for a in "abc")
    assert sum(held) == MOST_ROOMS
    assert held[-1] - held[0] <= 1
    assert hall.open(key, "d").owner == "d"


def test_a_deserted_room_gives_way_to_anybody(hall: Hall, clock: Clock) -> None:
    key = publish(hall)
    left, followed, *others = [hall.open(key, str(number)) for number in range(MOST_ROOMS)]
    listen(hall, followed)
    with pytest.raises(Refused):
        hall.open(key, "new")
    clock.now += DESERTED_SECONDS
    for room in others:
        hall.rooms.authorize(room.code, room.token)
    hall.open(key, "new")
    with pytest.raises(Refused):
        hall.rooms.find(left.code)
    with pytest.raises(Refused):
        hall.open(key, "newer")
    assert hall.rooms.find(followed.code) is followed
    assert len(hall.rooms) == MOST_ROOMS


def test_nobody_gives_way_while_there_are_places(hall: Hall, clock: Clock) -> None:
    key = publish(hall)
    first = hall.open(key, "a")
    clock.now += DESERTED_SECONDS
    for _ in range(MOST_ROOMS - 1):
        hall.open(key, "a")
    assert hall.rooms.find(first.code) is first


# -- decks ----------------------------------------------------------------------------------


def test_a_deck_that_a_room_uses_stays(hall: Hall) -> None:
    key = publish(hall)
    rooms = [hall.open(key), hall.open(key)]
    for number in range(3 * MOST_DECKS):
        publish(hall, number)
    for room in rooms:
        assert hall.deck(key).outline.key == room.outline.key
        hall.close(room)
    publish(hall, "one more")
    with pytest.raises(Refused):
        hall.deck(key)


def test_a_visitors_deck_ends_with_its_session_and_its_rooms(hall: Hall) -> None:
    session: list[Published] = []
    key = hall.publish({**deck(), "title": "mine"}, session)
    room = hall.open(key)
    session.clear()
    gc.collect()
    assert hall.deck(key).outline.key == key  # the room still shows it
    hall.close(room)
    gc.collect()
    with pytest.raises(Refused):
        hall.deck(key)
    hall.publish({**deck(), "title": "mine"}, session)
    for number in range(2 * MOST_DECKS):
        publish(hall, number)
    assert hall.deck(key).outline.key == key  # other decks do not replace it
    session.clear()
    gc.collect()
    with pytest.raises(Refused):
        hall.deck(key)


def test_decks_are_bounded_with_and_without_rooms(hall: Hall, clock: Clock) -> None:
    for number in range(MOST_ROOMS):
        hall.open(publish(hall, number))
    for number in range(100, 100 + 2 * MOST_DECKS):
        publish(hall, number)
    assert len(hall._decks) == MOST_ROOMS + MOST_DECKS
    clock.now += rooms_module.IDLE_SECONDS
    hall.sweep()
    assert (len(hall._decks), len(hall._used)) == (MOST_DECKS, 0)


def test_a_room_that_gives_way_lets_its_deck_go(hall: Hall) -> None:
    used = publish(hall)
    first = hall.open(used, "a")
    other = publish(hall, "other")
    for _ in range(MOST_ROOMS - 1):
        listen(hall, hall.open(other, "a"))
    hall.open(other, "b")
    assert first.code not in hall.crowds
    for number in range(MOST_DECKS):
        publish(hall, number)
    with pytest.raises(Refused):
        hall.deck(used)


def test_the_loop_does_not_wait_while_a_deck_is_packed(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = publish(hall)
    packing, go_on = threading.Event(), threading.Event()

    def slow(text: bytes, *args: Any, **named: Any) -> bytes:
        packing.set()
        assert go_on.wait(60)
        return text

    monkeypatch.setattr(hall_module.gzip, "compress", slow)
    other = threading.Thread(target=publish, args=(hall, "slow"))
    other.start()
    assert packing.wait(60)
    assert hall._lock.acquire(timeout=0), "the lock is free"
    hall._lock.release()
    assert json.loads(gzip.decompress(hall.deck(key).packed))["title"] == "Dense"
    go_on.set()
    other.join()


# -- streams --------------------------------------------------------------------------------


def test_a_follower_has_no_more_streams_than_it_may_at_once() -> None:
    async def run() -> None:
        there = Crowd({"version": 1})
        streams = [EventStream(there, "one", {}) for _ in range(20)]
        for stream in streams:  # all in one turn of the loop
            there.add(stream)
        assert there.streams == {"one": streams[-crowd_module.MOST_TABS :]}
        for stream in streams:
            there.remove(stream)
        assert there.streams == {}

    asyncio.run(run())


def test_a_heartbeat_is_an_event_that_a_browser_hears() -> None:
    lines = crowd_module.HEARTBEAT.decode().split("\n")
    assert lines == ["event: heartbeat", "data: {}", "", ""]


# -- pictures of decks ----------------------------------------------------------------------


class Making:
    """A picture that is not made before a test lets it, or stops with who waits for it."""

    def __init__(self) -> None:
        self.began, self.may_end, self.stopped = (threading.Event() for _ in range(3))

    def __call__(self, cancelled: Any) -> dict[str, Any]:
        self.began.set()
        while not self.may_end.wait(0.01):
            if cancelled():
                self.stopped.set()
                raise Cancelled
        return {"made": True}


class Waiting:
    """A deck that waits for a picture in a thread of its own."""

    def __init__(self, shelf: Shelf, key: str, make: Any) -> None:
        self.cancelled, self.found, self.error = threading.Event(), {}, None
        self._thread = threading.Thread(target=self._wait, args=(shelf, key, make))
        self._thread.start()

    def _wait(self, shelf: Shelf, key: str, make: Any) -> None:
        try:
            self.found = shelf.get(key, make, self.cancelled.is_set)
        except Exception as error:
            self.error = error

    def end(self) -> Waiting:
        self._thread.join(60)
        assert not self._thread.is_alive()
        return self


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.setattr(queue, "QUEUE", queue.Queue(2))
    made = Shelf(4)
    yield made
    made.close()


def test_a_slow_picture_keeps_no_other_deck_waiting(shelf: Shelf) -> None:
    slow = Making()
    waiting = Waiting(shelf, "slow", slow)
    assert slow.began.wait(60)
    assert shelf.get("quick", lambda _cancelled: {"made": 1}) == {"made": 1}
    slow.may_end.set()
    assert waiting.end().found == {"made": True}


def test_a_picture_that_two_decks_want_is_made_once_and_stops_when_both_have_gone(
    shelf: Shelf,
) -> None:
    slow = Making()
    one, other = (Waiting(shelf, "slow", make) for make in (slow, slow))
    assert slow.began.wait(60)
    one.cancelled.set()
    assert isinstance(one.end().error, Cancelled)
    assert not slow.stopped.wait(0.1), "the other deck still wants it"
    other.cancelled.set()
    assert isinstance(other.end().error, Cancelled)
    assert slow.stopped.wait(60)


def test_only_so_many_pictures_are_made_at_once_and_who_waits_can_leave(shelf: Shelf) -> None:
    slow, third = [Making(), Making()], Making()
    holding = [Waiting(shelf, str(place), make) for place, make in enumerate(slow)]
    assert all(make.began.wait(60) for make in slow)
    waiting = Waiting(shelf, "third", third)
    waiting.cancelled.set()
    assert isinstance(waiting.end().error, Cancelled)
    assert not third.began.is_set()
    for make, one in zip(slow, holding, strict=True):
        make.may_end.set()
        assert one.end().found == {"made": True}
    third.may_end.set()
    assert shelf.get("third", third) == {"made": True}


def test_a_picture_of_many_passes_asks_whether_to_stop() -> None:
    deck_words = "title: One\nminutes: 1\n---\n# One\npicture: {}\n"
    for name in ("attribution, method=smoothgrad", "structure"):
        asked = deck_of(deck_words.format(name)).slides[0].picture
        assert asked is not None
        with pytest.raises(Cancelled):
            picture_scene(asked, Networks(lambda _name: small_model()), lambda: True)


# -- live pictures --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [{}, {"slide": float("inf")}, {"slide": 0, "step": 1e400, "settings": {}}, {"slide": [0]}],
)
def test_what_is_no_question_of_a_live_picture_is_not_answered(asked: dict[str, Any]) -> None:
    assert (
        asked_call(deck_of("title: One\nminutes: 1\n---\n# One\npicture: growth\n"), asked) is None
    )
