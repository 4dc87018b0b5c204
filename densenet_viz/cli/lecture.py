"""`lecture check`: whether a deck can be shown, and what is in it; `lecture export` writes it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from densenet_viz.cli import lecture_export
from densenet_viz.cli.common import Complaint, as_json
from densenet_viz.lecture.deck import OWN, Deck


def add_options(commands: Any) -> None:
    words = "check a lecture, or write it as files that need no server"
    parser = commands.add_parser("lecture", help=words, description=f"{words.capitalize()}.")
    parts = parser.add_subparsers(required=True, metavar="check|export")
    words = "check whether a deck can be shown: print its slides and minutes, or the wrong line"
    check = parts.add_parser("check", help=words, description=f"{words.capitalize()}.")
    check.add_argument(
        "deck",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="a Markdown file, or a folder with deck.md (default: the lecture itself)",
    )
    check.add_argument("--json", action="store_true", help="print one JSON object")
    check.set_defaults(command=run)
    lecture_export.add_options(parts)


def run(options: argparse.Namespace) -> None:
    from densenet_viz.lecture.reading import DeckError, read_deck

    try:
        deck = read_deck(options.deck or OWN)
    except DeckError as error:
        raise Complaint(str(error)) from None
    print(as_json(report(deck)) if options.json else as_text(deck))


def report(deck: Deck) -> dict[str, Any]:
    """The deck's totals and a row for each slide."""
    return {
        "title": deck.title,
        "minutes": deck.minutes,
        "slides": [
            {
                "id": slide.id,
                "title": slide.title,
                "minutes": slide.minutes,
                "steps": slide.steps,
                "picture": None if slide.picture is None else slide.picture.name,
                "question": slide.question is not None,
                "notes": bool(slide.notes),
            }
            for slide in deck.slides
        ],
    }


def as_text(deck: Deck) -> str:
    """A line with the totals, and a line for each slide."""
    count = len(deck.slides)
    lines = [f"{deck.title}: {count} slide{'s' * (count != 1)}, {deck.minutes} minutes"]
    for number, slide in enumerate(deck.slides, start=1):
        marks = [
            *([f"picture {slide.picture.name}"] if slide.picture else []),
            *(["question"] if slide.question else []),
            *([] if slide.notes else ["no notes"]),
        ]
        lines.append(f"{number:3}  {slide.minutes:4g} min  {', '.join([slide.title, *marks])}")
    # A terminal would obey control characters of a title.
    return "\n".join(
        "".join(letter if letter.isprintable() else "?" for letter in line) for line in lines
    )
