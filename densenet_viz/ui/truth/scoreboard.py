"""Part 5 of the ground-truth page: methods and the true masks, from the shipped files."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from densenet_viz.attribution import METHODS
from densenet_viz.network.models import ASSETS
from densenet_viz.results.scores import Scoreboard, from_json
from densenet_viz.stage.scoreboard.scene import scoreboard_scene, worse_than_edges
from densenet_viz.ui.stages import show_stage
from densenet_viz.ui.suited import CHEATER
from densenet_viz.ui.truth import twins

KEYS = ("board",)
DESKS: tuple[str, ...] = ()
MOST_NAMED = 3
"""The most measures that a sentence names; more are only counted."""
SIZE_LIMIT = 1_000_000
"""The most bytes that are read from a scoreboard's file."""


def show_scoreboard() -> None:
    """Shows the whole part: one model's table as a picture, and how to make it again."""
    st.header("The scoreboard", anchor=False)
    name = twins.choose_twin("board")
    command = f"python -m densenet_viz evaluate --model {name} --json"
    board = read_board(name)
    if board is None:
        st.warning(
            f"The table of {twins.TWIN_TITLES[name]} is missing or cannot be read. "
            f"`{command}` makes it again."
        )
        return
    st.markdown(board_words(board))
    show_stage("scoreboard", scoreboard_scene(board), key="scoreboard")
    st.caption(" ".join(board.notes))
    st.markdown("No number in this table was typed by hand. One command measures it again:")
    st.code(command_of(board), language="bash", wrap_lines=True)


def command_of(board: Scoreboard) -> str:
    """The command for the same rows: without names, it would measure all methods."""
    methods = [row.method for row in board.rows if row.method in METHODS]
    return f"{board.command} --methods {','.join(methods)}" if methods else board.command


def read_board(name: str, folder: Path = ASSETS) -> Scoreboard | None:
    """The shipped scoreboard of a model; None if it is missing, broken or another model's."""
    try:
        with (folder / f"scoreboard.{name}.json").open("rb") as file:
            board = from_json(json.loads(file.read(SIZE_LIMIT)))
    except (OSError, ValueError, RecursionError):
        return None
    return board if board.model == name and board.measured() else None


def board_words(board: Scoreboard) -> str:
    """What the table shows, and where methods are worse than an edge detector."""
    tags = (
        "every scene has its true tag, so the tag is the object to find"
        if board.model == CHEATER
        else "no scene has a tag"
    )
    behind = [measure.title for measure in board.measured() if worse_than_edges(board, measure)]
    words = (
        f"Does a method find the object better than a map that does not use the network? "
        f"{board.scenes:,} unseen scenes; {tags}."
    )
    if not behind:
        return words
    which = _listed(behind) if len(behind) <= MOST_NAMED else f"{len(behind)} of the measures below"
    return (
        f"{words} By {which}, some methods are **worse than an edge detector**, which never saw "
        "the network."
    )


def _listed(titles: list[str]) -> str:
    """Titles as a list in a sentence.

    >>> _listed(["Deletion"]), _listed(["A", "B", "C"])
    ('“Deletion”', '“A”, “B” and “C”')
    """
    quoted = [f"“{title}”" for title in titles]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)
