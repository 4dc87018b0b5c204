"""`lecture export`: a deck as one HTML file that plays without a server, and as a PDF handout."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from densenet_viz.cli.attribute_many import write_whole
from densenet_viz.cli.common import Complaint, progress_bar
from densenet_viz.lecture.browser import find_browser
from densenet_viz.lecture.printing import MISSING, PrintError, to_pdf


def add_options(commands: Any) -> None:
    words = "write a lecture as one HTML file that plays anywhere, and as a PDF handout"
    parser = commands.add_parser(
        "export", help=words, description=f"{words[0].upper()}{words[1:]}."
    )
    parser.add_argument(
        "--html",
        type=Path,
        metavar="FILE",
        help="the lecture with its live pictures; opens from a disk or a USB stick",
    )
    parser.add_argument(
        "--pdf",
        type=Path,
        metavar="FILE",
        help="a slide and its notes on each page; printed by Chromium, Chrome or Edge",
    )
    parser.add_argument(
        "--deck", type=Path, metavar="FILE", help="a deck of your own (default: the lecture)"
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    _check(options)  # first, so that a bad request fails before torch is loaded
    html = _html(options.deck, progress_bar("drawing"))
    if options.html is not None:
        _write(options.html, html.encode(), "--html")
    if options.pdf is None:
        return 0
    print("printing the handout ...", file=sys.stderr)
    try:
        printed = to_pdf(html)
    except PrintError as error:
        if options.html is None:
            raise Complaint(str(error)) from None
        print(f"The HTML file was written, but the PDF was not: {error}", file=sys.stderr)
        return 1
    _write(options.pdf, printed, "--pdf")
    return 0


def _check(options: argparse.Namespace) -> None:
    """Refuses a request whose files could not be written.

    Raises:
        Complaint: no file is given, one is given twice, its folder is missing, or no browser can
            print.
    """
    named = {"--html": options.html, "--pdf": options.pdf, "--deck": options.deck}
    given = {option: file for option, file in named.items() if file is not None}
    if not given.keys() & {"--html", "--pdf"}:
        raise Complaint("Give --html FILE, --pdf FILE or both.")
    if len({file.absolute() for file in given.values()}) < len(given):
        raise Complaint(f"{' and '.join(given)} name the same file. Give different ones.")
    for option, file in given.items():
        if option != "--deck" and (file.is_dir() or not file.absolute().parent.is_dir()):
            raise Complaint(
                f"The file of {option} cannot be written. Give a file name in an existing folder."
            )
    if options.pdf is not None and find_browser() is None:
        raise Complaint(MISSING)


def _html(place: Path | None, on_progress: Callable[[float], None] | None) -> str:
    """The deck as an HTML page; networks compute its pictures now.

    Raises:
        Complaint: there is no such deck, or a model that it needs is not available.
    """
    from densenet_viz.lecture.deck import OWN
    from densenet_viz.lecture.export import to_html
    from densenet_viz.lecture.pictures import scene_of
    from densenet_viz.lecture.reading import DeckError, read_deck
    from densenet_viz.network.models import ModelUnavailable, load_model

    try:
        deck = read_deck(place or OWN)
        return to_html(scene_of(deck, model=load_model, on_progress=on_progress))
    except (DeckError, ModelUnavailable) as error:
        raise Complaint(str(error)) from None


def _write(file: Path, data: bytes, option: str) -> None:
    try:
        write_whole(file, data)
    except Complaint:
        raise Complaint(f"The file of {option} cannot be written. Choose another one.") from None
    print(f"{file.name}: {len(data) / 1e6:.1f} MB", file=sys.stderr)
