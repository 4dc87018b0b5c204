"""The lecture page: the deck, its pictures made in the background, and the player."""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, cast

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from densenet_viz.errors import Cancelled
from densenet_viz.lecture.deck import OWN, Deck
from densenet_viz.lecture.export import PLAYER_STYLES
from densenet_viz.lecture.hall import Published
from densenet_viz.lecture.inside import StageScene
from densenet_viz.lecture.networks import never
from densenet_viz.lecture.pictures import Make, scene_of
from densenet_viz.lecture.reading import MOST_BYTES, DeckError, deck_of, read_deck
from densenet_viz.lecture.server import HALL
from densenet_viz.stage.modules import adapt_stage, style
from densenet_viz.ui.current import bundled_model
from densenet_viz.ui.lecture.live import controls_of, show_answers
from densenet_viz.ui.work.jobs import PATIENCE, Desk, Reporter, Shop, desk
from densenet_viz.ui.work.keeping import Kept
from densenet_viz.ui.work.line import NOTHING, Need
from densenet_viz.ui.work.progress import Notice
from densenet_viz.ui.work.unfinished import run_job

DESK = "lecture"
KEPT = 64
"""Pictures that the app keeps: more than the shipped deck has; one takes about 0.3 MB."""
TITLE = "Making the lecture’s pictures"
FAILED = "Making the lecture’s pictures failed. Try again."


class Shelf:
    """A cache of the last pictures, by key: other windows and decks with the same picture use it.

    Threads may share it. Each picture is its own job: decks that want the same picture share it,
    other decks do not wait for it, and it stops when no deck wants it any more.

    Args:
        most: the most pictures that are kept.
    """

    def __init__(self, most: int) -> None:
        self._shop = Shop(most)

    def get(self, key: str, make: Make, stopped: Callable[[], bool] = never) -> StageScene:
        """The picture of a key, made if it is missing.

        Args:
            key: of the picture.
            make: makes it.
            stopped: called while it waits; returns True if the picture is not wanted any more.

        Raises:
            Cancelled: `stopped` returned True.
        """
        mine = Desk(self._shop)
        need = Need(cores=1, kind=("picture", key.partition("-")[0]))
        job = mine.ask(key, lambda _report, cancelled: make(cancelled), need=need)
        try:
            return cast("StageScene", job.outcome(stopped))
        finally:
            mine.leave()

    def close(self) -> None:
        """Stops all jobs, and waits for their end."""
        self._shop.close(PATIENCE)


_SHELF = Shelf(KEPT)
atexit.register(_SHELF.close)


def choose_deck(container: Any) -> Deck:
    """The project's lecture, or the visitor's own deck if one was uploaded."""
    with container:
        file = st.file_uploader(
            "Your own deck",
            type=["md"],
            key="lecture_deck",
            max_upload_size=max(1, MOST_BYTES >> 20),
            help="One Markdown file; docs/lecture.md describes its format. It stays in this "
            "session’s memory, and in that of a room that you open.",
        )
        if file is not None:
            try:
                return deck_of(_text(file.getvalue()))
            except DeckError as error:
                st.error(str(error))
    return _own_deck()


def show_lecture(deck: Deck) -> None:
    """Shows the player when its pictures are made; until then, their progress."""
    own = None if deck is _own_deck() else _visitors_deck()

    def draw(scene: dict[str, Any]) -> None:
        _player()(key="lecture", data=_data(deck, scene, own), height="content")
        show_answers(deck)

    notice = Notice(
        TITLE,
        cancelled="Making the pictures was cancelled.",
        failed=FAILED,
        resume="Make them now",
        cancel_key="lecture-cancel",
        again_key="lecture-again",
    )
    kept = own.scenes if own else None
    key, compute = (DESK, deck_key(deck)), partial(_compute, deck)
    run_job(desk(DESK), key, compute, draw, notice, kept=kept, need=NOTHING)


@dataclass
class VisitorsDeck:
    """What is kept of a visitor's own deck; only the session keeps it, so it ends with it."""

    scenes: Kept = field(default_factory=lambda: Kept(1))
    published: list[Published] = field(default_factory=list)


def _visitors_deck() -> VisitorsDeck:
    kept: VisitorsDeck = st.session_state.setdefault("_visitors_deck", VisitorsDeck())
    return kept


def deck_key(deck: Deck) -> str:
    """A short hash of the whole deck: 16 hexadecimal digits."""
    return hashlib.sha256(repr(deck).encode()).hexdigest()[:16]


def _text(data: bytes) -> str:
    """The text of a file. Raises DeckError if it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DeckError("The file is not UTF-8 text. A deck is a Markdown file.") from None


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


def _data(deck: Deck, scene: dict[str, Any], own: VisitorsDeck | None) -> dict[str, Any]:
    """The scene for the player; followers get it from this process, if it serves them."""
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    hall = None
    if HALL.served:
        key = HALL.publish(scene, own.published if own else None)
        hall = {"key": key, "base": f"/{base}" if base else ""}
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
