"""A deck's pictures, made in the background: first the shown slide's, each shown when made."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from densenet_viz.errors import Cancelled
from densenet_viz.lecture.architecture import StageScene
from densenet_viz.lecture.deck import Deck
from densenet_viz.lecture.hall import Published
from densenet_viz.lecture.order import Order
from densenet_viz.lecture.pictures import Later, Make, keys_of, make_scenes, words_of
from densenet_viz.lecture.server import HALL
from densenet_viz.ui.current import bundled_model
from densenet_viz.ui.lecture.shelf import SHELF
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.warmup import wait_for
from densenet_viz.ui.work.jobs import Desk, Reporter, desk
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.line import NOTHING
from densenet_viz.ui.work.progress import Notice, redraw, show_bar
from densenet_viz.ui.work.unfinished import show_stopped

DESK = "lecture"
KEY = "lecture_pictures"
TITLE = "Making the lecture’s pictures"
FAILED = "Making the lecture’s pictures failed. Try again."
NOTICE = Notice(
    TITLE,
    note="the slides can be shown now",
    cancelled="Making the pictures was cancelled.",
    failed=FAILED,
    resume="Make them now",
    cancel_key="lecture-cancel",
    again_key="lecture-again",
)


class Making:
    """The pictures of one deck, as far as they are made, in one session.

    Args:
        deck: the deck.
        own: whether it is the visitor's own; then it is deleted with the session.
    """

    def __init__(self, deck: Deck, *, own: bool) -> None:
        self.deck = deck
        self.key = deck_key(deck)
        keys = keys_of(deck)
        self.count = len(set().union(*keys))
        self.order = Order(keys)
        self.shown = threading.Event()
        """Set when the browser has the player."""
        self.kept = Kept(1)
        """The job's end, which only this session knows."""
        self._scenes: dict[str, StageScene] = {}
        """The scenes, where no server has a route for them."""
        self._held: list[Published] | None = [] if own else None
        self.published = ""
        """The deck's key for followers and for the player; "" without a server's routes."""
        if HALL.served:
            self.published = HALL.publish(words_of(deck, served=True), self._held)

    def ready(self) -> list[str]:
        """The keys of the pictures that are made."""
        return list(HALL.deck(self.published).pictures if self.published else self._scenes)

    def told(self, state: str) -> dict[str, Any]:
        """What the player has to know now; without routes, all scenes together at the end."""
        told: dict[str, Any] = {"id": self.key, "state": state, "ready": self.ready()}
        if not self.published and len(told["ready"]) == self.count:
            told["scenes"] = self._scenes
        return told

    def make(self, report: Reporter, stopped: Callable[[], bool]) -> None:
        """Makes all pictures that are missing.

        Raises:
            Cancelled: `stopped` returned True.
            ModelUnavailable: a model that a picture needs is not available.
        """
        made = set(self.ready())
        # On a new server, loading torch would slow down the server's answers.
        if "torch" not in sys.modules:
            wait_for(self.shown, stopped)

        def kept(key: str, make: Make) -> StageScene:
            if stopped():
                raise Cancelled
            try:
                return SHELF.get(key, make, lambda: stopped() or self.order.next(made) != key)
            except Cancelled:
                if stopped():
                    raise
                raise Later from None

        report(len(made) / max(1, self.count))
        for key, scene in make_scenes(
            self.deck, self.order, model=bundled_model, made=made, kept=kept
        ):
            self._take(key, scene)
            report(len(made) / self.count)

    def _take(self, key: str, scene: StageScene) -> None:
        if self.published:
            HALL.add_picture(self.published, key, scene)
        else:
            self._scenes[key] = scene

    def show_pictures(self) -> None:
        """Makes the pictures, tells the player which are made, and shows the progress."""
        mine = desk(DESK)
        mine.ask((DESK, self), self.make, self.kept, need=NOTHING)
        redraw(mine, partial(_draw, self, mine))
        if mine.state in ("cancelled", "failed"):
            show_stopped(mine, NOTICE)


def _draw(making: Making, mine: Desk) -> None:
    note = partial(_note_shown, making)
    told = making.told(mine.state)
    show_stage("lecture-pictures", told, key=KEY, sheets=(), on_shown_change=note)
    if mine.state == "working":
        show_bar(mine, NOTICE)


def _note_shown(making: Making) -> None:
    """Notes which slide the player shows; it tells so while pictures are missing."""
    shown = st.session_state.get(KEY, {}).get("shown") or {}
    if shown.get("id") == making.key and isinstance(shown.get("slide"), int):
        making.order.show(shown["slide"])
        making.shown.set()


def making_of(deck: Deck, *, own: bool) -> Making:
    """This session's pictures of a deck; of visitors' own decks, a session keeps the last one."""
    slot = f"_lecture_{'own' if own else 'shipped'}"
    known: Making | None = st.session_state.get(slot)
    if known is None or known.key != deck_key(deck):
        known = st.session_state[slot] = Making(deck, own=own)
    return known


def deck_key(deck: Deck) -> str:
    """A short hash of the whole deck: 16 hexadecimal digits."""
    return hashlib.sha256(repr(deck).encode()).hexdigest()[:16]
