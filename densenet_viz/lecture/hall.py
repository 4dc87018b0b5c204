"""What one server keeps of its lectures: decks, open rooms, their streams, and rate limits."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any
from weakref import WeakValueDictionary

from densenet_viz.lecture.crowd import Crowd
from densenet_viz.lecture.limits import Allowance
from densenet_viz.lecture.process import allow_many_lines, before_the_server_ends
from densenet_viz.lecture.rooms import IDLE_SECONDS, Outline, Refused, Room, Rooms, outline_of
from densenet_viz.stage.modules import linked_modules

MOST_DECKS = 4
"""The most decks without an open room that are kept. Decks of open rooms are kept in addition."""
OPENINGS = (5, 1 / 60)
"""Rooms that an address may open: at once, and then per second."""


@dataclass(frozen=True)
class Published:
    """A deck as followers get it: compressed JSON, and what a room needs to know about it."""

    outline: Outline
    packed: bytes
    """The words, without scenes."""
    own: bool = False
    """Whether it is a visitor's own: it is deleted when its session and its rooms have ended."""
    pictures: dict[str, bytes] = field(default_factory=dict, compare=False)
    """By key: the scenes of the pictures that are made, as compressed JSON."""


class Hall:
    """Everything that is kept, in memory only.

    Call everything except `publish` only from the server's event loop.

    Args:
        clock: a clock in seconds that never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.served = False
        """Whether a server has the routes for it (`server.routes`): otherwise nobody can follow."""
        self.painted = Event()
        """Set when a browser has drawn the first picture of this server (`stage.modules`)."""
        self.ahead: tuple[str, ...] = ()
        """The files that pages need, by their paths after the app's own (`hints.files_ahead`)."""
        self.rooms = Rooms(clock)
        self.crowds: dict[str, Crowd] = {}
        self.openings = Allowance(*OPENINGS, clock)
        self._decks: dict[str, Published] = {}
        self._own: WeakValueDictionary[str, Published] = WeakValueDictionary()
        """Visitors' own decks; only their sessions and the open rooms keep them."""
        self._used = Counter[str]()
        """By a deck's key: how many open rooms use it."""
        self._lock = Lock()
        self._sweeping = False
        self._prepared = False

    def publish(self, scene: Mapping[str, Any], holder: list[Published] | None = None) -> str:
        """Publishes a deck's scene for followers, from any thread; returns its key.

        Followers get neither the speaker's notes nor the right options of questions. Pictures that
        are not made yet can come later (`add_picture`).

        Args:
            scene: of the deck.
            holder: for a visitor's own deck, a list of its session. The deck becomes its only item,
                and is deleted with it, or later, when the last room that uses the deck ends.
        """
        text = json.dumps(for_followers(scene), separators=(",", ":"), sort_keys=True).encode()
        key = hashlib.sha256(text).hexdigest()[:32]
        known = self._decks.get(key) or self._own.get(key)
        # Without the lock: otherwise the server's event loop would wait.
        made = known or Published(
            outline_of(key, scene), gzip.compress(text, 6, mtime=0), holder is not None
        )
        _add_pictures(made, scene["scenes"])
        with self._lock:
            if made.own and holder is not None:
                holder[:] = [made]
                self._own[key] = made
                return key
            self._decks.pop(key, None)
            self._decks[key] = made
            self._drop_unused()
        return key

    def add_picture(self, key: str, name: str, scene: Mapping[str, Any]) -> None:
        """Adds a picture that was made later to a published deck, from any thread.

        Args:
            key: of the deck.
            name: the picture's key.
            scene: of the picture.

        Raises:
            Refused: the deck is missing.
        """
        _add_pictures(self.deck(key), {name: scene})

    def note_pictures(self, room: Room) -> None:
        """Tells everybody in the room if more pictures of its deck are made than they know of."""
        made = len(self.deck(room.outline.key).pictures)
        if made != room.pictures:
            room.pictures = made
            room.version += 1
            self.broadcast(room)

    def _drop_unused(self) -> None:
        """Keeps the newest `MOST_DECKS` decks that no open room uses; needs the lock."""
        unused = [key for key in self._decks if not self._used[key]]
        own = [key for key in unused if self._decks[key].own]
        shared = [key for key in unused if not self._decks[key].own]
        for key in (*own, *shared[: max(0, len(shared) - MOST_DECKS)]):
            del self._decks[key]

    def deck(self, key: str) -> Published:
        """A deck by its key.

        Raises:
            Refused: it was not published, or newer decks have replaced it.
        """
        with self._lock:
            found = self._decks.get(key) or self._own.get(key)
        if found is None:
            raise Refused(404, "This lecture's slides are missing: open the page again.")
        return found

    def open(self, key: str, owner: str = "") -> Room:
        """A new room for a published deck, which is kept as long as the room is open.

        Args:
            key: of the deck.
            owner: the address that opens the room.

        Raises:
            Refused: the deck is missing, or too many rooms are open.
        """
        deck = self.deck(key)
        self.sweep()
        listeners = {code: len(crowd.streams) for code, crowd in self.crowds.items()}
        if ending := self.rooms.choose_to_end(owner, listeners):
            self.close(ending)
        if not self._prepared:
            self._prepared = True
            allow_many_lines()
            before_the_server_ends(self.end)
        with self._lock:
            room = self.rooms.open(deck.outline, owner)
            room.pictures = len(deck.pictures)
            self._decks[key] = deck  # it may have been removed after it was found
            self._used[key] += 1
        self.crowds[room.code] = Crowd(room.state())
        return room

    def join(self, code: str, follower: str) -> tuple[Room, str]:
        """The room of a code, and the phone's name in it: the name that it had, or a new one.

        Raises:
            Refused: there is no such room, or it is full.
        """
        room = self.rooms.find(code)
        return room, room.join(follower, self.crowds[room.code].streams)

    def broadcast(self, room: Room) -> None:
        """Sends the room's state to everybody in it."""
        self.crowds[room.code].tell(room.state())

    def close(self, room: Room) -> None:
        """Ends a room and deletes it."""
        self.rooms.close(room)
        self._let_go(room)

    def _let_go(self, room: Room) -> None:
        """Releases what was kept for a room that has ended: its followers' streams and its deck."""
        self.crowds.pop(room.code).close()
        key = room.outline.key
        with self._lock:
            self._used[key] -= 1
            self._used += Counter()  # removes decks that are no longer used
            self._drop_unused()

    def end(self) -> None:
        """Ends all rooms, so no open stream prevents the server from ending."""
        for crowd in self.crowds.values():
            crowd.close()

    def sweep(self) -> None:
        """Ends the rooms whose presenter is gone."""
        for room in self.rooms.sweep():
            self._let_go(room)

    def sweep_later(self) -> None:
        """Sweeps regularly until no room is open, so that nothing is kept of an old one."""
        if not self._sweeping:
            self._sweeping = True
            asyncio.get_running_loop().call_later(IDLE_SECONDS / 10, self._sweep_again)

    def _sweep_again(self) -> None:
        self._sweeping = False
        self.sweep()
        if len(self.rooms):
            self.sweep_later()


def _add_pictures(deck: Published, scenes: Mapping[str, Any]) -> None:
    for name, scene in scenes.items():
        if name not in deck.pictures:
            text = json.dumps(scene, separators=(",", ":")).encode()
            deck.pictures[name] = gzip.compress(text, 6, mtime=0)


def for_followers(scene: Mapping[str, Any]) -> dict[str, Any]:
    """A deck's words without what followers must not see, and with the addresses of modules."""
    # Followers get no controls of live pictures: these need a page of the app.
    shown = {name: part for name, part in scene.items() if name != "live"}
    return {
        **shown,
        "mode": "follow",
        "scenes": {},
        "slides": [_without_secrets(slide) for slide in scene["slides"]],
        # Single files beside the player's, which the browser caches: joined modules would repeat.
        "modules": linked_modules(scene["modules"]),
    }


def _without_secrets(slide: Mapping[str, Any]) -> dict[str, Any]:
    question = slide.get("question")
    return {**slide, "notes": [], "question": question and {**question, "right": None}}
