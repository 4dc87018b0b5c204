"""The rooms that students follow a lecture in: pure, in memory, and gone when they close.

A room knows where the hall is and how many chose which answer. Of a follower it knows a random
name that it made itself, as long as the room is open; of the person, nothing.
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
"""A room whose presenter has not been heard of for so long is closed."""
LONGEST_SECONDS = 8 * 60 * 60
DESERTED_SECONDS = 2 * 60
"""A presenter's window that is open is heard of each two seconds, in the background each minute."""


class Refused(Exception):
    """What cannot be done, in one sentence; `status` is HTTP's number for the reason."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Asked:
    """A slide's question: how many options, which is right (from 0), and when that is told."""

    options: int
    right: int | None
    reveal: int | None
    """The step at which the answer is told; None where the presenter tells it by a button."""


@dataclass(frozen=True)
class Outline:
    """What a room has to know of its deck: `steps` holds the last step of each slide."""

    key: str
    steps: tuple[int, ...]
    questions: Mapping[int, Asked]
    """By the slide's number, counted from 1."""


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
    )


@dataclass
class Room:
    """One lecture that is being followed; slides are counted from 1 and steps from 0."""

    code: str
    token: str
    outline: Outline
    opened: float
    """Seconds on the rooms' clock."""
    heard: float
    """When the presenter was last heard of, on the same clock."""
    owner: str = ""
    """The address that opened it (`limits.counted_as`)."""
    slide: int = 1
    step: int = 0
    version: int = 1
    """Grows with every change that followers are told of."""
    reached: int = 1
    """The last slide that the hall has seen."""
    followers: set[str] = field(default_factory=set)
    answers: dict[int, dict[str, int]] = field(default_factory=dict)
    """By slide, then follower: the option, counted from 0."""
    revealed: set[int] = field(default_factory=set)

    def move(self, slide: int, step: int) -> None:
        """The hall goes there; a step that tells an answer reveals it.

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
        """The name of a follower: the one given if it is this room's, else a new one.

        Where the room is full, the new name takes the place of one that nobody listens under.

        Args:
            follower: the name that the phone had, or "".
            listening: the names with an open stream.

        Raises:
            Refused: the room is full, and all listen.
        """
        if follower in self.followers:
            return follower
        if len(self.followers) >= MOST_FOLLOWERS:
            self._forget_one(listening)
        follower = new_follower()
        self.followers.add(follower)
        return follower

    def _forget_one(self, listening: Container[str]) -> None:
        """Forgets a follower that does not listen, if possible one that has not answered."""
        away = [one for one in self.followers if one not in listening]
        if not away:
            raise Refused(503, f"This lecture is full: {MOST_FOLLOWERS} follow it.")
        gone = min(away, key=lambda one: any(one in chosen for chosen in self.answers.values()))
        self.followers.remove(gone)
        for chosen in self.answers.values():
            chosen.pop(gone, None)

    def answer(self, follower: str, slide: int, option: int) -> None:
        """What a follower chooses on a slide; until the answer is told, a later choice counts.

        Raises:
            Refused: the follower is not of this room, there is no such question or option, the
                hall is not there yet, or the answer has been told.
        """
        if follower not in self.followers:
            raise Refused(403, "This phone has not joined the lecture: reload the page.")
        options = self._asked(slide).options
        if not 0 <= option < options:
            raise Refused(400, f"Option {option} was given; 0 to {options - 1} are allowed.")
        if slide > self.reached:
            raise Refused(409, f"The hall has not reached slide {slide} yet.")
        if slide in self.revealed:
            raise Refused(409, "The answer has been told: choices no longer count.")
        self.answers.setdefault(slide, {})[follower] = option

    def reveal(self, slide: int) -> None:
        """Everybody sees how many chose what on a slide, and which option is right.

        Raises:
            Refused: there is no question, or the hall is not there yet.
        """
        self._asked(slide)
        if slide > self.reached:
            raise Refused(409, f"The hall has not reached slide {slide} yet.")
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
        """What every follower is told."""
        return {
            "version": self.version,
            "slide": self.slide,
            "step": self.step,
            "reached": self.reached,
            "revealed": {
                str(slide): {
                    "counts": self.counts(slide),
                    "right": self.outline.questions[slide].right,
                }
                for slide in sorted(self.revealed)
            },
        }

    def tally(self) -> dict[str, Any]:
        """What only the presenter is told: the counts of every question, revealed or not."""
        return {
            "questions": {
                str(slide): {"counts": self.counts(slide), "revealed": slide in self.revealed}
                for slide in self.outline.questions
            }
        }


class Rooms:
    """All open rooms, `MOST_ROOMS` at most.

    Args:
        clock: seconds that only grow.
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
            Refused: there are as many as may be.
        """
        if len(self._rooms) >= MOST_ROOMS:
            raise Refused(503, f"{MOST_ROOMS} lectures are being followed, which is the most.")
        now = self._clock()
        code = new_code(self._rooms)
        room = self._rooms[code] = Room(code, new_token(), outline, now, now, owner)
        return room

    def choose_to_end(self, owner: str, listeners: Mapping[str, int]) -> Room | None:
        """The room that gives way when `owner` wants one and all places are taken.

        First, one that its presenter has left and nobody listens to. Else one of the address that
        holds most, if it holds at least two more than `owner`: so addresses end with equal numbers.

        Args:
            owner: the address that wants to open a room.
            listeners: how many phones listen, by a room's code.

        Returns:
            Of those rooms the one that fewest phones listen to, and of these the one whose
            presenter was heard of longest ago; None where there is a place, or nobody has to give
            way.
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
            raise Refused(404, f"No lecture is open under {tidied}: it has ended, or look again.")
        return self._rooms[tidied]

    def authorize(self, code: str, token: str) -> Room:
        """The room of a code, for who holds its token; notes that the presenter was heard of.

        Raises:
            Refused: there is no such room, or the token is not its own.
        """
        room = self.find(code)
        if not same(token, room.token):
            raise Refused(403, "Only the window that opened this lecture can do that.")
        room.heard = self._clock()
        return room

    def close(self, room: Room) -> None:
        """Forgets the room with all in it."""
        self._rooms.pop(room.code, None)

    def sweep(self) -> list[Room]:
        """Forgets the rooms whose presenter is gone or that are open too long; returns them."""
        now = self._clock()
        ended = [
            room
            for room in self._rooms.values()
            if now - room.heard >= IDLE_SECONDS or now - room.opened >= LONGEST_SECONDS
        ]
        for room in ended:
            self.close(room)
        return ended
