"""Rooms, codes and allowances, without a server; streams with a line that is held up."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from densenet_viz.lecture import codes, crowd, limits, rooms
from densenet_viz.lecture.codes import ALPHABET, new_code, same, tidy
from densenet_viz.lecture.crowd import Crowd, EventStream
from densenet_viz.lecture.hall import MOST_DECKS, Hall
from densenet_viz.lecture.limits import Allowance
from densenet_viz.lecture.rooms import IDLE_SECONDS, LONGEST_SECONDS, Refused, Room, Rooms
from tests.lecture_server import Clock, deck

OUTLINE = rooms.outline_of("key", deck())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def some(clock: Clock) -> Rooms:
    return Rooms(clock)


@pytest.fixture
def room(some: Rooms) -> Room:
    return some.open(OUTLINE)


def refused(status: int, words: str) -> Any:
    """Expects a refusal with this status whose sentence has these words."""
    return pytest.raises(Refused, match=words, check=lambda refusal: refusal.status == status)


# -- codes ----------------------------------------------------------------------------------


def test_codes_have_no_letters_that_look_alike() -> None:
    for pair in ("0O", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert len(set(pair) & set(ALPHABET)) <= 1, pair
    assert len(ALPHABET) ** codes.LENGTH == 20**10


def test_every_letter_is_as_probable_as_the_others() -> None:
    letters = Counter("".join(new_code() for _ in range(4000)))
    expected = 4000 * codes.LENGTH / len(ALPHABET)
    assert set(letters) == set(ALPHABET)
    # Six standard deviations of a binomial count.
    assert all(abs(count - expected) < 6 * expected**0.5 for count in letters.values())


def test_a_code_that_is_taken_is_not_given_again(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = iter("C" * codes.LENGTH + "D" * codes.LENGTH)
    monkeypatch.setattr(codes.secrets, "choice", lambda _letters: next(letters))
    assert new_code({"C" * codes.LENGTH}) == "D" * codes.LENGTH


@given(st.text(max_size=60))
def test_what_is_no_code_is_never_taken_for_one(text: str) -> None:
    code = tidy(text)
    assert code is None or (len(code) == codes.LENGTH and set(code) <= set(ALPHABET))


def test_secrets_are_compared_as_bytes() -> None:
    assert same("é", "é")
    assert not same("", codes.new_token())
    assert len(codes.new_token()) >= 43  # 32 bytes in base 64
    assert len({codes.new_token() for _ in range(100)}) == 100


# -- allowances -----------------------------------------------------------------------------


def test_an_allowance_is_spent_and_comes_back(clock: Clock) -> None:
    allowance = Allowance(3, 0.5, clock)
    assert [allowance.spend("a") for _ in range(4)] == [0, 0, 0, 2]
    assert allowance.wait("b") == 0
    clock.now += 1.5
    assert allowance.spend("a") == 0.5
    clock.now += 0.5
    assert allowance.spend("a") == 0
    assert allowance.spend("a") == 2
    clock.now += 1000
    assert [allowance.spend("a") for _ in range(4)] == [0, 0, 0, 2]


def test_only_so_many_addresses_are_kept(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ADDRESSES", 3)
    allowance = Allowance(2, 0.1, clock)
    for address in "abc":
        allowance.spend(address)
    clock.now += 5
    allowance.spend("a")
    clock.now += 6  # b and c have all of it again, a has not
    allowance.spend("d")
    assert set(allowance._spent) == {"a", "d"}
    for address in "efg":
        allowance.spend(address)
    assert len(allowance._spent) == 3


# -- a room ---------------------------------------------------------------------------------


def test_a_room_knows_of_its_deck_only_its_outline() -> None:
    assert OUTLINE.steps == (0, 2, 1)
    assert OUTLINE.questions == {2: rooms.Asked(3, 1, 2), 3: rooms.Asked(2, None, None)}


def test_a_move_makes_a_new_version(room: Room) -> None:
    room.move(3, 1)
    room.move(2, 0)
    assert (room.slide, room.step, room.reached, room.version) == (2, 0, 3, 3)


@pytest.mark.parametrize(
    ("slide", "step", "words"),
    [
        (0, 0, "Slide 0 was given; 1 to 3 are allowed"),
        (4, 0, "Slide 4 was given; 1 to 3 are allowed"),
        (2, 3, "Step 3 was given; slide 2 has steps 0 to 2"),
        (2, -1, "Step -1 was given; slide 2 has steps 0 to 2"),
    ],
)
def test_a_place_that_is_not_there_is_refused(
    room: Room, slide: int, step: int, words: str
) -> None:
    with refused(400, words):
        room.move(slide, step)
    assert (room.slide, room.step, room.version) == (1, 0, 1)


def test_one_answer_a_follower_and_the_last_one_counts(room: Room) -> None:
    one, other = room.join(), room.join()
    room.move(2, 1)
    for follower, option in ((one, 0), (other, 1), (one, 1), (one, 1)):
        room.answer(follower, 2, option)
    assert room.counts(2) == [0, 2, 0]
    assert room.tally()["questions"]["2"] == {"counts": [0, 2, 0], "revealed": False}


def test_answers_that_do_not_count(room: Room) -> None:
    follower = room.join()
    with refused(409, "has not reached slide 2"):
        room.answer(follower, 2, 0)
    room.move(2, 1)
    with refused(403, "has not joined"):
        room.answer("stranger", 2, 0)
    with refused(400, "Option 3 was given; 0 to 2 are allowed"):
        room.answer(follower, 2, 3)
    with refused(400, "Option -1 was given"):
        room.answer(follower, 2, -1)
    with refused(400, "slides with a question are allowed: 2, 3"):
        room.answer(follower, 1, 0)
    room.reveal(2)
    with refused(409, "no longer count"):
        room.answer(follower, 2, 0)
    assert room.counts(2) == [0, 0, 0]


def test_followers_are_told_counts_and_the_right_answer_only_when_it_is_revealed(
    room: Room,
) -> None:
    follower = room.join()
    room.move(2, 1)
    room.answer(follower, 2, 1)
    assert room.state()["revealed"] == {}
    room.move(2, 2)  # the deck says that this step tells it
    assert room.state() == {
        "version": 3,
        "slide": 2,
        "step": 2,
        "reached": 2,
        "pictures": 0,
        "revealed": {"2": {"counts": [0, 1, 0], "right": 1}},
    }


def test_the_presenter_can_reveal_at_any_step_but_not_ahead(room: Room) -> None:
    with refused(409, "has not reached slide 3"):
        room.reveal(3)
    room.move(3, 0)
    version = room.version
    room.reveal(3)
    assert room.state()["revealed"] == {"3": {"counts": [0, 0], "right": None}}
    assert room.version == version + 1
    with refused(400, "slides with a question"):
        room.reveal(1)


def test_a_follower_that_comes_again_is_the_same(room: Room) -> None:
    follower = room.join()
    assert room.join(follower) == follower
    other = room.join("a name that somebody made up")
    assert other not in {follower, "a name that somebody made up"}
    assert room.followers == {follower, other}


def test_a_room_has_an_end(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_FOLLOWERS", 2)
    follower = room.join()
    room.join()
    with refused(503, "2 phones"):
        room.join(listening=room.followers)
    assert room.join(follower) == follower


def test_nothing_of_the_state_names_a_follower(room: Room) -> None:
    follower = room.join()
    room.move(2, 1)
    room.answer(follower, 2, 1)
    room.reveal(2)
    told = json.dumps([room.state(), room.tally()])
    assert follower not in told
    assert room.token not in told


# -- rooms ----------------------------------------------------------------------------------


def test_a_code_leads_to_its_room_however_it_is_typed(some: Rooms, room: Room) -> None:
    typed = f" {room.code[:5].lower()}-{room.code[5:]} "
    assert some.find(typed) is room
    with refused(404, "a code has 10 letters and digits"):
        some.find("CDF34O")
    other = "C" * 10 if room.code != "C" * 10 else "D" * 10
    with refused(404, other):
        some.find(other.lower())


def test_only_its_token_leads_a_room(some: Rooms, room: Room) -> None:
    other = some.open(OUTLINE)
    assert some.authorize(room.code, room.token) is room
    for token in (other.token, "", room.token[:-1], room.token + "x", "é"):
        with refused(403, "Only the window that opened this lecture"):
            some.authorize(room.code, token)


def test_rooms_are_counted(some: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_ROOMS", 2)
    first = some.open(OUTLINE)
    some.open(OUTLINE)
    with refused(503, "2 lectures are being followed"):
        some.open(OUTLINE)
    some.close(first)
    some.open(OUTLINE)
    assert len(some) == 2


def test_a_room_whose_presenter_is_silent_ends(some: Rooms, clock: Clock) -> None:
    quiet, heard = some.open(OUTLINE), some.open(OUTLINE)
    clock.now += IDLE_SECONDS - 1
    some.authorize(heard.code, heard.token)
    assert some.sweep() == []
    clock.now += 1
    assert some.sweep() == [quiet]
    assert len(some) == 1
    assert some.find(heard.code) is heard


def test_a_room_ends_after_hours_even_if_somebody_is_there(some: Rooms, clock: Clock) -> None:
    room = some.open(OUTLINE)
    for _ in range(LONGEST_SECONDS // (IDLE_SECONDS // 2)):
        assert some.sweep() == []
        clock.now += IDLE_SECONDS // 2
        room.heard = clock.now
    assert some.sweep() == [room]


# -- decks ----------------------------------------------------------------------------------


def test_followers_get_neither_notes_nor_answers_nor_joined_modules() -> None:
    hall, scene = Hall(), {**deck(), "live": {"1": []}}
    key = hall.publish(scene)
    shown = json.loads(gzip.decompress(hall.deck(key).packed))
    assert "a secret note" not in json.dumps(shown)
    assert [slide["question"] and slide["question"]["right"] for slide in shown["slides"]] == [
        *(None, None, None)
    ]
    assert shown["modules"] == {"growth": "../growth/growth.js"}
    assert shown["mode"] == "follow"
    assert "live" not in shown
    assert shown["slides"][1]["question"]["options"] == ["64", "96", "128"]
    assert scene["slides"][1]["question"]["right"] == 1, "the presenter's own is left as it was"
    assert hall.deck(key).outline == OUTLINE.__class__(key, OUTLINE.steps, OUTLINE.questions)


def test_a_deck_is_known_by_its_content_and_only_the_newest_are_kept() -> None:
    hall = Hall()
    keys = [hall.publish({**deck(), "title": str(number)}) for number in range(MOST_DECKS)]
    assert hall.publish({**deck(), "title": "0"}) == keys[0]
    hall.publish({**deck(), "title": "another"})
    assert hall.deck(keys[0])
    with refused(404, "open the page again"):
        hall.deck(keys[1])


def test_a_picture_that_is_made_later_is_told_once() -> None:
    hall, words = Hall(), deck()
    words["slides"][0]["picture"] = {"key": "a", "states": [{"step": 1, "key": "b"}]}
    key = hall.publish({**words, "scenes": {"a": {"n": 1}}})
    room = hall.open(key)
    assert (room.pictures, room.outline.pictures) == (1, {"a", "b"})
    hall.note_pictures(room)
    assert room.version == 1, "nothing is new"
    hall.add_picture(key, "b", {"n": 2})
    hall.note_pictures(room)
    hall.note_pictures(room)
    assert (room.version, room.state()["pictures"]) == (2, 2)
    assert b'"pictures":2' in hall.crowds[room.code].event
    assert hall.publish(words) == key, "the words alone are the key"
    assert json.loads(gzip.decompress(hall.deck(key).pictures["b"])) == {"n": 2}


def test_a_deck_may_go_while_its_room_goes_on() -> None:
    hall = Hall()
    room = hall.open(hall.publish(deck()))
    room.move(3, 1)
    assert room.slide == 3


def test_a_room_that_ends_by_itself_tells_its_crowd() -> None:
    clock = Clock()
    hall = Hall(clock)
    room = hall.open(hall.publish(deck()))
    ending = hall.crowds[room.code]
    clock.now += IDLE_SECONDS
    hall.sweep()
    assert ending.closed
    assert hall.crowds == {}


def test_a_swept_hall_keeps_on_sweeping_until_it_is_empty() -> None:
    class Loop:
        def __init__(self) -> None:
            self.later: list[Any] = []

        def call_later(self, _seconds: float, call: Any) -> None:
            self.later.append(call)

    loop, clock = Loop(), Clock()
    hall = Hall(clock)
    hall.open(hall.publish(deck()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "get_running_loop", lambda: loop)
        hall.sweep_later()
        hall.sweep_later()
        assert len(loop.later) == 1
        loop.later.pop()()
        assert len(loop.later) == 1
        clock.now += IDLE_SECONDS
        loop.later.pop()()
    assert loop.later == []
    assert len(hall.rooms) == 0


# -- streams --------------------------------------------------------------------------------


class Line:
    """A follower's line: what arrives, and whether it takes anything just now."""

    def __init__(self) -> None:
        self.arrived: list[bytes] = []
        self.takes = asyncio.Event()
        self.takes.set()
        self.gone = asyncio.Event()
        self.ended = False

    async def send(self, message: Message) -> None:
        await self.takes.wait()
        if message["type"] == "http.response.body":
            self.arrived.append(message["body"])
            self.ended = not message.get("more_body", False)

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}


def version_of(event: bytes) -> int:
    version: int = json.loads(event.decode().split("data: ")[1])["version"]
    return version


async def turn() -> None:
    """Lets everything that can go on go on."""
    for _ in range(20):
        await asyncio.sleep(0)


def start(there: Crowd, line: Line, follower: str = "one") -> asyncio.Task[None]:
    stream = EventStream(there, follower, {})
    return asyncio.ensure_future(stream({}, line.receive, line.send))


def test_a_stream_sends_the_state_at_once_and_then_each_newer_one() -> None:
    async def run() -> None:
        there, line = Crowd({"version": 4}), Line()
        task = start(there, line)
        await turn()
        assert line.arrived == [b'id: 4\nevent: state\ndata: {"version":4}\n\n']
        there.tell({"version": 5})
        await turn()
        there.close()
        await task
        assert [version_of(event) for event in line.arrived[:2]] == [4, 5]
        assert line.arrived[2:] == [crowd.CLOSED, b""]
        assert line.ended
        assert there.streams == {}

    asyncio.run(run())


def test_a_line_that_is_held_up_misses_what_is_no_longer_so() -> None:
    async def run() -> None:
        there, line = Crowd({"version": 1}), Line()
        task = start(there, line)
        await turn()
        line.takes.clear()
        for version in range(2, 1000):
            there.tell({"version": version})
            await asyncio.sleep(0)
        line.takes.set()
        await turn()
        # What was on its way when the line was held up, and the newest: nothing was queued.
        assert [version_of(event) for event in line.arrived] == [1, 2, 999]
        line.gone.set()
        await task
        assert there.streams == {}

    asyncio.run(run())


def test_a_line_that_takes_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "SEND_SECONDS", 0.02)

    async def run() -> None:
        there, slow, quick = Crowd({"version": 1}), Line(), Line()
        tasks = [start(there, slow, "slow"), start(there, quick, "quick")]
        await turn()
        slow.takes.clear()
        there.tell({"version": 2})
        await tasks[0]
        assert set(there.streams) == {"quick"}
        assert not slow.ended, "without an end the server closes the line"
        assert [version_of(event) for event in quick.arrived] == [1, 2]
        there.close()
        await tasks[1]

    asyncio.run(run())


def test_a_silent_hall_is_heard_from_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "HEARTBEAT_SECONDS", 0.01)

    async def run() -> None:
        there, line = Crowd({"version": 1}), Line()
        task = start(there, line)
        while len(line.arrived) < 4:
            await asyncio.sleep(0.005)
        there.tell({"version": 2})
        await turn()
        line.gone.set()
        await task
        assert version_of(line.arrived[0]) == 1
        assert set(line.arrived[1:4]) == {crowd.HEARTBEAT}
        assert 2 in [version_of(event) for event in line.arrived if b"version" in event]

    asyncio.run(run())


def test_of_too_many_streams_of_one_follower_the_oldest_goes() -> None:
    async def run() -> None:
        there = Crowd({"version": 1})
        lines = [Line() for _ in range(crowd.MOST_TABS + 1)]
        tasks = [start(there, line) for line in lines]
        await turn()
        assert tasks[0].done()
        assert lines[0].ended
        assert len(there.streams["one"]) == crowd.MOST_TABS
        there.close()
        await asyncio.gather(*tasks)

    asyncio.run(run())
