"""The lecture on its page: its deck, its pictures made in the background, and the player."""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Callable
from functools import cache, partial
from threading import BoundedSemaphore
from typing import Any, cast

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from densenet_viz.errors import Cancelled
from densenet_viz.lecture.deck import OWN, Deck
from densenet_viz.lecture.export import PLAYER_STYLES
from densenet_viz.lecture.inside import StageScene
from densenet_viz.lecture.networks import never
from densenet_viz.lecture.pictures import Make, scene_of
from densenet_viz.lecture.reading import MOST_BYTES, DeckError, deck_of, read_deck
from densenet_viz.lecture.server import HALL
from densenet_viz.stage.modules import adapt_stage, style
from densenet_viz.ui.current import bundled_model
from densenet_viz.ui.lecture.live import controls_of, show_answers
from densenet_viz.ui.work.jobs import PATIENCE, Desk, Reporter, Shop, desk
from densenet_viz.ui.work.progress import Notice
from densenet_viz.ui.work.unfinished import run_job

DESK = "lecture"
KEPT = 64
"""Pictures that the app remembers: more than the shipped deck's; one takes about 0.3 MB."""
AT_ONCE = 4
"""Pictures that are made at the same time: so many slow decks do not keep a quick one waiting."""
LOOK = 0.1
"""Seconds between two looks at whether a picture is still wanted."""
TITLE = "Making the lecture’s pictures"
FAILED = "The lecture’s pictures could not be made; please try again."


class Shelf:
    """The last pictures, by key: another window, or another deck with the same, finds them made.

    Threads may share it. A picture is a job of its own: decks that want the same share it, other
    decks do not wait for it, and it stops when no deck wants it any more.

    Args:
        most: pictures that are kept.
        at_once: pictures that are made at the same time; others wait for a place.
    """

    def __init__(self, most: int, at_once: int = AT_ONCE) -> None:
        self._shop = Shop(most)
        self._places = BoundedSemaphore(at_once)

    def get(self, key: str, make: Make, stopped: Callable[[], bool] = never) -> StageScene:
        """The picture of a key, made if it is not there.

        Args:
            key: of the picture.
            make: makes it.
            stopped: asked while it waits, whether the picture is still wanted here.

        Raises:
            Cancelled: `stopped` answered yes.
        """
        mine = Desk(self._shop)
        job = mine.ask(key, partial(self._compute, make))
        try:
            while not job.finished.wait(LOOK):
                if stopped():
                    raise Cancelled
        finally:
            mine.leave()
        if job.error is not None:
            raise job.error
        return cast("StageScene", job.result)

    def close(self) -> None:
        """Stops all that is being made, and waits for it."""
        self._shop.close(PATIENCE)

    def _compute(self, make: Make, _report: Reporter, stopped: Callable[[], bool]) -> StageScene:
        while not self._places.acquire(timeout=LOOK):
            if stopped():
                raise Cancelled
        try:
            return make(stopped)
        finally:
            self._places.release()


_SHELF = Shelf(KEPT)
atexit.register(_SHELF.close)


def choose_deck(container: Any) -> Deck:
    """The lecture that comes with the project, or the visitor's own where one was brought."""
    with container:
        file = st.file_uploader(
            "A deck of your own",
            type=["md"],
            key="lecture_deck",
            max_upload_size=max(1, MOST_BYTES >> 20),
            help="One Markdown file; docs/lecture.md tells its form. It stays in this session’s "
            "memory.",
        )
        if file is not None:
            try:
                return deck_of(_text(file.getvalue()))
            except DeckError as error:
                st.error(str(error))
    return _own_deck()


def show_lecture(deck: Deck) -> None:
    """The player once its pictures are made; until then, how far they are."""

    def draw(scene: dict[str, Any]) -> None:
        _player()(key="lecture", data=_data(deck, scene), height="content")
        show_answers(deck)

    notice = Notice(
        TITLE,
        cancelled="The lecture’s pictures were cancelled.",
        failed=FAILED,
        resume="Make them now",
        cancel_key="lecture-cancel",
        again_key="lecture-again",
    )
    run_job(desk(DESK), (DESK, deck_key(deck)), partial(_compute, deck), draw, notice)


def deck_key(deck: Deck) -> str:
    """Names a deck by all that it says."""
    return hashlib.sha256(repr(deck).encode()).hexdigest()[:16]


def _text(data: bytes) -> str:
    """Raises DeckError where the bytes are no text."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DeckError("The file is no UTF-8 text; a deck is a Markdown file.") from None


@cache
def _own_deck() -> Deck:
    return read_deck(OWN)


def _compute(deck: Deck, report: Reporter, stopped: Callable[[], bool]) -> dict[str, Any]:
    def progress(part: float) -> None:
        if stopped():
            raise Cancelled
        report(part)

    kept = partial(_SHELF.get, stopped=stopped)
    return scene_of(deck, model=bundled_model, on_progress=progress, kept=kept)


def _data(deck: Deck, scene: dict[str, Any]) -> dict[str, Any]:
    """The scene as the player takes it; followers get it from this process, if it serves them."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    hall = {"key": HALL.publish(scene), "base": f"/{base}" if base else ""} if HALL.served else None
    return {
        **scene,
        "id": deck_key(deck),
        "mode": "present",
        "style": style(*PLAYER_STYLES),
        "live": controls_of(deck),
        **({"hall": hall} if hall else {}),
    }


@cache
def _player() -> ComponentRenderer:
    return st.components.v2.component(
        "densenet_viz.lecture", css=style(*PLAYER_STYLES), js=adapt_stage("lecture")
    )
