"""The lecture page: the deck is chosen, and the player is there at once; pictures come later."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from densenet_viz.lecture.deck import OWN, Deck
from densenet_viz.lecture.export import PLAYER_STYLES
from densenet_viz.lecture.pictures import words_of
from densenet_viz.lecture.reading import MOST_BYTES, DeckError, deck_of, read_deck
from densenet_viz.lecture.server import HALL
from densenet_viz.stage.modules import style
from densenet_viz.ui.lecture.live import controls_of, show_answers
from densenet_viz.ui.lecture.making import Making, making_of
from densenet_viz.ui.stages import show_stage


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


def show_lecture(deck: Deck) -> Making:
    """Shows the player, which has the words of all slides; returns what makes its pictures.

    The pictures come through `making.show_pictures`, which the page has to call.
    """
    making = making_of(deck, own=deck is not _own_deck())
    show_stage("lecture", _data(making), key="lecture", sheets=PLAYER_STYLES)
    show_answers(deck)
    return making


def _text(data: bytes) -> str:
    """The text of a file. Raises DeckError if it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DeckError("The file is not UTF-8 text. A deck is a Markdown file.") from None


@cache
def _own_deck() -> Deck:
    return read_deck(OWN)


def _data(making: Making) -> dict[str, Any]:
    """The deck for the player."""
    hall = {"hall": {"key": making.published}} if making.published else {}
    return {
        **words_of(making.deck, served=HALL.served),
        "id": making.key,
        "mode": "present",
        "style": style(*PLAYER_STYLES),
        "live": controls_of(making.deck),
        **hall,
    }
