"""What one server keeps of its lectures: decks, open rooms, their crowds, and its patience."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from densenet_viz.lecture.codes import same
from densenet_viz.lecture.crowd import Crowd
from densenet_viz.lecture.limits import Allowance
from densenet_viz.lecture.process import allow_many_lines, before_the_server_ends
from densenet_viz.lecture.rooms import IDLE_SECONDS, Outline, Refused, Room, Rooms, outline_of
from densenet_viz.stage.modules import stage_file

MOST_DECKS = 4
WRONG_CODES = (30, 0.5)
"""At once, and a second. A hall behind one address mistypes, too; see `codes.LENGTH`."""
OPENINGS = (5, 1 / 60)
JOINS = (600, 5.0)
"""A hall of 300 behind one address joins at once, twice."""


@dataclass(frozen=True)
class Published:
    """A deck as followers get it: compressed JSON, and what a room has to know of it."""

    outline: Outline
    packed: bytes


class Hall:
    """Everything that is kept, in memory only.

    All but `publish` is for the server's own loop.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.served = False
        """Whether a server answers for it (`server.routes`): without, nobody can follow."""
        self.rooms = Rooms(clock)
        self.crowds: dict[str, Crowd] = {}
        self.wrong_codes = Allowance(*WRONG_CODES, clock)
        self.openings = Allowance(*OPENINGS, clock)
        self.joins = Allowance(*JOINS, clock)
        self._decks: dict[str, Published] = {}
        self._lock = Lock()
        self._sweeping = False
        self._prepared = False

    def publish(self, scene: Mapping[str, Any]) -> str:
        """Makes a deck's scene one that can be followed, from any thread; returns its key.

        Followers get neither the speaker's notes nor which option of a question is right.
        """
        text = json.dumps(for_followers(scene), separators=(",", ":"), sort_keys=True).encode()
        key = hashlib.sha256(text).hexdigest()[:32]
        with self._lock:
            known = self._decks.pop(key, None)
            self._decks[key] = known or Published(
                outline_of(key, scene), gzip.compress(text, 6, mtime=0)
            )
            while len(self._decks) > MOST_DECKS:
                self._decks.pop(next(iter(self._decks)))
        return key

    def deck(self, key: str) -> Published:
        """A deck by its key.

        Raises:
            Refused: it was not published, or others have taken its place since.
        """
        with self._lock:
            if key not in self._decks:
                raise Refused(404, "This lecture's slides are not there: open the page again.")
            return self._decks[key]

    def open(self, key: str) -> Room:
        """A new room for a published deck.

        Raises:
            Refused: the deck is not there, or too many rooms are open.
        """
        outline = self.deck(key).outline
        self.sweep()
        if not self._prepared:
            self._prepared = True
            allow_many_lines()
            before_the_server_ends(self.end)
        room = self.rooms.open(outline)
        self.crowds[room.code] = Crowd(room.state())
        return room

    def entered(self, code: str, address: str, secret: str) -> Room:
        """The room of a code; who is no part of it yet may guess only so often.

        A presenter's token or a follower's own name lets in whatever others at the same address
        guessed.

        Raises:
            Refused: there is no such room, or the address has named too many that are not.
        """
        room = self.rooms.get(code)
        if room and (secret in room.followers or same(secret, room.token)):
            return room
        if wait := self.wrong_codes.wait(address):
            raise Refused(
                429, f"Too many wrong codes came from here: try again in {wait + 1:.0f} s."
            )
        if room is None:
            self.wrong_codes.spend(address)
        return self.rooms.find(code)

    def told(self, room: Room) -> None:
        """Everybody in the room is sent its state."""
        self.crowds[room.code].tell(room.state())

    def close(self, room: Room) -> None:
        """Ends a room and forgets it."""
        self.rooms.close(room)
        self.crowds.pop(room.code).close()

    def end(self) -> None:
        """Ends all rooms, so that no stream keeps the server from ending."""
        for crowd in self.crowds.values():
            crowd.close()

    def sweep(self) -> None:
        """Ends the rooms whose presenter is gone."""
        for room in self.rooms.sweep():
            self.crowds.pop(room.code).close()

    def sweep_later(self) -> None:
        """Sweeps again and again until no room is open, so that nothing is kept of an old one."""
        if not self._sweeping:
            self._sweeping = True
            asyncio.get_running_loop().call_later(IDLE_SECONDS / 10, self._sweep_again)

    def _sweep_again(self) -> None:
        self._sweeping = False
        self.sweep()
        if len(self.rooms):
            self.sweep_later()


def for_followers(scene: Mapping[str, Any]) -> dict[str, Any]:
    """A deck's scene without what followers must not see, and with modules by their address."""
    # What controls of a live picture ask the app's page for, no follower can ask.
    shown = {name: part for name, part in scene.items() if name != "live"}
    return {
        **shown,
        "mode": "follow",
        "slides": [_without_secrets(slide) for slide in scene["slides"]],
        # Beside the player's own file, which the browser keeps: joined modules repeat each other.
        "modules": {name: f"../{stage_file(name)}" for name in scene["modules"]},
    }


def _without_secrets(slide: Mapping[str, Any]) -> dict[str, Any]:
    question = slide.get("question")
    return {**slide, "notes": [], "question": question and {**question, "right": None}}
