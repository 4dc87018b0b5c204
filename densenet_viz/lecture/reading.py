"""Turns a deck's text into a `Deck`, or says in one sentence what is wrong and in which line.

docs/lecture.md, "Writing a deck", describes the format.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from densenet_viz.lecture.deck import Deck, Slide
from densenet_viz.lecture.pairs import MOST_MINUTES, Value, pairs_of, wrong
from densenet_viz.lecture.slides import Draft, draft_of
from densenet_viz.lecture.words import Line, WordsError

MOST_BYTES = 1_000_000
MOST_SLIDES = 200
FILE_IN_FOLDER = "deck.md"

_KEYS = ("title", "minutes", "author")


class DeckError(ValueError):
    """An invalid deck; the message says where, what was given, and what is allowed."""


def read_deck(place: Path) -> Deck:
    """The deck in a file, or in a folder's `deck.md`.

    Raises:
        DeckError: there is no such file, it is not UTF-8 text, is too large, or is not a deck.
    """
    file = place / FILE_IN_FOLDER if place.is_dir() else place
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError:
        wanted = f"a folder with a {FILE_IN_FOLDER}" if place.is_dir() else "an existing file"
        raise DeckError(f"{place.name!r} cannot be read; {wanted} is expected.") from None
    if len(data) > MOST_BYTES:
        raise DeckError(f"{file.name!r} is too large; {MOST_BYTES:,} bytes are allowed.")
    try:
        return deck_of(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DeckError(f"{file.name!r} is not text in UTF-8.") from None


def deck_of(text: str) -> Deck:
    """The deck in a text.

    Raises:
        DeckError: the text is not a deck.
    """
    try:
        return _deck(text)
    except WordsError as error:
        raise DeckError(f"line {error.line}: {error}") from None


def _deck(text: str) -> Deck:
    parts = _parts(list(enumerate(text.splitlines(), start=1)))
    head = _head(parts[0])
    if len(parts) < 2:
        raise DeckError("line 1: there is no slide; a slide begins with a line --- and # Title.")
    if len(parts) - 1 > MOST_SLIDES:
        raise DeckError(f"{len(parts) - 1} slides were given; at most {MOST_SLIDES} are allowed.")
    drafts = [draft_of(lines, number) for number, lines in enumerate(parts[1:], start=1)]
    taken: dict[str, int] = {}
    for draft in drafts:
        if draft.slide.id in taken:
            raise wrong(
                draft.line,
                f"id {draft.slide.id!r} was given, which line {taken[draft.slide.id]} has already",
                "each slide needs its own id",
            )
        taken[draft.slide.id] = draft.line
    slides = _timed(drafts, head)
    planned = sum(slide.minutes for slide in slides)
    return Deck(
        title=head["title"].text,
        minutes=int(head["minutes"].text) if "minutes" in head else max(1, math.ceil(planned)),
        slides=slides,
        author=head["author"].text if "author" in head else "",
    )


def _parts(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines between the lines `---`; a line `---` in code does not count."""
    parts: list[list[Line]] = [[]]
    in_code = False
    for number, text in lines:
        in_code ^= text.strip().startswith("```")
        if text.strip() == "---" and not in_code:
            parts.append([])
        else:
            parts[-1].append((number, text))
    return parts


def _head(lines: Sequence[Line]) -> dict[str, Value]:
    head = pairs_of([line for line in lines if line[1].strip()], _KEYS)
    if "title" not in head:
        raise WordsError(1, "the deck has no title; put a line `title: ...` before the first ---.")
    if "minutes" in head:
        text, line = head["minutes"].text, head["minutes"].line
        if not re.fullmatch(r"\d{1,4}", text) or not 1 <= int(text) <= MOST_MINUTES:
            raise wrong(
                line,
                f"minutes: {text[:40]} was given",
                f"whole numbers from 1 to {MOST_MINUTES} are allowed",
            )
    return head


def _timed(drafts: Sequence[Draft], head: Mapping[str, Value]) -> tuple[Slide, ...]:
    """The slides with their minutes: slides without minutes share the remaining time."""
    said = sum(draft.minutes or 0.0 for draft in drafts)
    silent = sum(draft.minutes is None for draft in drafts)
    share = 2.0
    if "minutes" in head:
        whole = int(head["minutes"].text)
        if said > whole + 1e-9 or (silent == 0 and abs(said - whole) > 0.5):
            raise wrong(
                head["minutes"].line,
                f"minutes: {whole} was given, but the slides have {said:g} together",
                "the two must agree",
            )
        share = (whole - said) / silent if silent else 0.0
    return tuple(
        replace(draft.slide, minutes=round(share if draft.minutes is None else draft.minutes, 2))
        for draft in drafts
    )
