"""The rooms in which students follow a lecture: in memory only, deleted when they close.

A room knows the presenter's place and how many followers chose which answer. Of a follower it
knows only a random name that the server made, as long as the room is open; nothing of the person.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from densenet_viz.lecture.codes import LENGTH, new_code, new_follower, new_token, same, tidy

MOST_ROOMS = 20
MOST_FOLLOWERS = 2000
IDLE_SECONDS = 30 * 60
"""A room is closed when its presenter's window has sent nothing for this long."""
LONGEST_SECONDS = 8 * 60 * 60
DESERTED_SECONDS = 2 * 60
"""A presenter's open window sends a request every two seconds, in the background every minute."""


class Refused(Exception):
    """A request that is refused, with the reason in one sentence; `status` is the HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Asked:
    """A slide's question: how many options, which is right (from 0), and when that is shown."""

    options: int
    right: int | None
    reveal: int | None
    """The step at which the answer is shown; None if the presenter shows it with a button."""


@dataclass(frozen=True)
class Outline:
    """What a room needs to know about its deck: `steps` holds the last step of each slide."""

    key: str
    steps: tuple[int, ...]
    questions: Mapping[int, Asked]
    """By the slide's number, counted from 1."""
    pictures: frozenset[str] = frozenset()
    """The keys of the deck's pictures."""


def outline_of(key: str, scene: Mapping[str, Any]) -> Outline:
    """The outline of a deck's scene (docs/lecture.md)."""
    slides = list(enumerate(scene["slides"], 1))
    return Outline(
        key=key,
        steps=tuple(int(slide["steps"]) for _, slide in slides),
        questions={
            number: Asked(len(asked["options"]), asked.get("right"), asked.get("reveal"))
            for number, slide in slides
            if (asked := slide.get("question"))
        },
        pictures=frozenset(
            change["key"]
            for _, slide in slides
            if (picture := slide.get("picture"))
            for change in (picture, *picture["states"])
            if "key" in change
        ),
    )


@dataclass
class Room:
    """One lecture with followers; slides are counted from 1 and steps from 0."""

    code: str
    token: str
    outline: Outline
    opened: float
    """Seconds on the rooms' clock."""
    heard: float
    """When the presenter's window last sent something, on the same clock."""
    owner: str = ""
    """The address that opened it (`limits.counted_as`)."""
    slide: int = 1
    step: int = 0
    version: int = 1
    """Grows with every change that is sent to followers."""
    reached: int = 1
    """The last slide that the presenter has shown."""
    pictures: int = 0
    """How many of the deck's pictures were made when followers were told last."""
    followers: set[str] = field(default_factory=set)
    answers: dict[int, dict[str, int]] = field(default_factory=dict)
    """By slide, then follower: the option, counted from 0."""
    revealed: set[int] = field(default_factory=set)

    def move(self, slide: int, step: int) -> None:
        """Moves the lecture to a place; a step that shows an answer reveals it.

        Raises:
            Refused: the deck has no such place.
        """
        steps = self.outline.steps
        if not 1 <= slide <= len(steps):
            raise Refused(400, f"Slide {slide} was given; 1 to {len(steps)} are allowed.")
        if not 0 <= step <= steps[slide - 1]:
            raise Refused(
                400, f"Step {step} was given; slide {slide} has steps 0 to {steps[slide - 1]}."
            )
        asked = self.outline.questions.get(slide)
        if asked and asked.reveal is not None and step >= asked.reveal:
            self.revealed.add(slide)
        self.slide, self.step = slide, step
        self.reached = max(self.reached, slide)
        self.version += 1

    def join(self, follower: str = "", listening: Container[str] = ()) -> str:
        """The name of a follower: the given one if this room knows it, otherwise a new one.

        If the room is full, the new follower replaces one that has no open stream.

        Args:
            follower: the name that the phone had, or "".
            listening: the names with an open stream.

        Raises:
            Refused: the room is full, and every follower has an open stream.
        """
        if follower in self.followers:
            return follower
        if len(self.followers) >= MOST_FOLLOWERS:
            self._forget_one(listening)
        follower = new_follower()
        self.followers.add(follower)
        return follower

    def _forget_one(self, listening: Container[str]) -> None:
        """Forgets a follower without an open stream, if possible one that has not answered."""
        away = [one for one in self.followers if one not in listening]
        if not away:
            raise Refused(503, f"This lecture is full: {MOST_FOLLOWERS} phones follow it.")
        gone = min(away, key=lambda one: any(one in chosen for chosen in self.answers.values()))
        self.followers.remove(gone)
        for chosen in self.answers.values():
            chosen.pop(gone, None)

    def answer(self, follower: str, slide: int, option: int) -> None:
        """What a follower chooses on a slide; until the answer is shown, the last choice counts.

        Raises:
            Refused: the follower is not in this room, there is no such question or option, the
                lecture is not there yet, or the answer has been shown.
        """
        if follower not in self.followers:
            raise Refused(403, "This phone has not joined the lecture: reload the page.")
        options = self._asked(slide).options
        if not 0 <= option < options:
            raise Refused(400, f"Option {option} was given; 0 to {options - 1} are allowed.")
        if slide > self.reached:
            raise Refused(409, f"The lecture has not reached slide {slide} yet.")
        if slide in self.revealed:
            raise Refused(409, "The answer has been shown: choices no longer count.")
        self.answers.setdefault(slide, {})[follower] = option

    def reveal(self, slide: int) -> None:
        """Shows everybody how many chose what on a slide, and which option is right.

        Raises:
            Refused: there is no question, or the lecture is not there yet.
        """
        self._asked(slide)
        if slide > self.reached:
            raise Refused(409, f"The lecture has not reached slide {slide} yet.")
        self.revealed.add(slide)
        self.version += 1

    def counts(self, slide: int) -> list[int]:
        """How many chose each option of a slide's question."""
        chosen = list(self.answers.get(slide, {}).values())
        return [chosen.count(option) for option in range(self._asked(slide).options)]

    def _asked(self, slide: int) -> Asked:
        if slide not in self.outline.questions:
            known = ", ".join(map(str, self.outline.questions)) or "none"
            raise Refused(
                400, f"Slide {slide} was given; slides with a question are allowed: {known}."
            )
        return self.outline.questions[slide]

    def state(self) -> dict[str, Any]:
        """The state that every follower gets."""
        return {
            "version": self.version,
            "slide": self.slide,
            "step": self.step,
            "reached": self.reached,
            "pictures": self.pictures,
            "revealed": {
                str(slide): {
                    "counts": self.counts(slide),
                    "right": self.outline.questions[slide].right,
                }
                for slide in sorted(self.revealed)
            },
        }

    def tally(self) -> dict[str, Any]:
        """What only the presenter gets: the counts of every question, revealed or not."""
        return {
            "questions": {
                str(slide): {"counts": self.counts(slide), "revealed": slide in self.revealed}
                for slide in self.outline.questions
            }
        }


class Rooms:
    """All open rooms, `MOST_ROOMS` at most.

    Args:
        clock: a clock in seconds that never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._rooms: dict[str, Room] = {}

    def __len__(self) -> int:
        return len(self._rooms)

    def open(self, outline: Outline, owner: str = "") -> Room:
        """A new room at the deck's first slide.

        Args:
            outline: of the deck.
            owner: the address that opens it.

        Raises:
            Refused: `MOST_ROOMS` rooms are open.
        """
        if len(self._rooms) >= MOST_ROOMS:
            raise Refused(503, f"{MOST_ROOMS} lectures are being followed; no more are allowed.")
        now = self._clock()
        code = new_code(self._rooms)
        room = self._rooms[code] = Room(code, new_token(), outline, now, now, owner)
        return room

    def choose_to_end(self, owner: str, listeners: Mapping[str, int]) -> Room | None:
        """The room to close when `owner` wants to open one and `MOST_ROOMS` are open.

        First choice: a room that its presenter has left and that no phone listens to. Otherwise a
        room of the address with the most rooms, if it has at least two more than `owner`; so in
        the end all addresses have about the same number.

        Args:
            owner: the address that wants to open a room.
            listeners: how many phones listen, by a room's code.

        Returns:
            Of these rooms, the one with the fewest phones; if several have equally few, the one
            whose presenter has been silent longest. None if there is a free place or no such room.
        """
        if len(self._rooms) < MOST_ROOMS:
            return None
        silent_since = self._clock() - DESERTED_SECONDS
        rooms = list(self._rooms.values())
        may_go = [r for r in rooms if r.heard <= silent_since and not listeners.get(r.code)]
        if not may_go:
            held = Counter(room.owner for room in rooms)
            most = max(held.values())
            may_go = [r for r in rooms if held[r.owner] == most and most >= held[owner] + 2]
        return min(may_go, key=lambda r: (listeners.get(r.code, 0), r.heard), default=None)

    def find(self, code: str) -> Room:
        """The open room of a code as somebody typed it.

        Raises:
            Refused: the code cannot be one, or no room has it.
        """
        tidied = tidy(code)
        if tidied is None:
            raise Refused(404, f"That is not a code: a code has {LENGTH} letters and digits.")
        if tidied not in self._rooms:
            raise Refused(404, f"No lecture has the code {tidied}: is it right, or has it ended?")
        return self._rooms[tidied]

    def authorize(self, code: str, token: str) -> Room:
        """The room of a code, for the holder of its token; notes that the presenter is active.

        Raises:
            Refused: there is no such room, or it has another token.
        """
        room = self.find(code)
        if not same(token, room.token):
            raise Refused(403, "Only the window that opened this lecture can do that.")
        room.heard = self._clock()
        return room

    def close(self, room: Room) -> None:
        """Deletes the room with everything in it."""
        self._rooms.pop(room.code, None)

    def sweep(self) -> list[Room]:
        """Deletes rooms whose presenter is gone or that are open too long; returns them."""
        now = self._clock()
        ended = [
            room
            for room in self._rooms.values()
            if now - room.heard >= IDLE_SECONDS or now - room.opened >= LONGEST_SECONDS
        ]
        for room in ended:
            self.close(room)
        return ended
