"""`weights`: downloads ImageNet weights, so that the app works without internet afterwards."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from densenet_viz.cli.common import Complaint, progress_bar
from densenet_viz.network.models import MODELS, ModelRow

NETWORKS = {name: row for name, row in MODELS.items() if row.megabytes is not None}
"""The rows of the networks whose weights are downloaded, by name."""
DEFAULT = "densenet121"


def add_options(commands: Any) -> None:
    words = "download ImageNet weights, to work without internet afterwards"
    parser = commands.add_parser(
        "weights",
        help=words,
        description=f"{words[:1].upper()}{words[1:]}. A file that is here and complete is not "
        "downloaded again; a download that was stopped continues.",
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--model",
        nargs="+",
        choices=tuple(NETWORKS),
        metavar="NAME",
        default=[DEFAULT],
        help=f"{', '.join(NETWORKS)} (default: {DEFAULT})",
    )
    chosen.add_argument("--all", action="store_true", help="all of them")
    chosen.add_argument("--list", action="store_true", help="only say what is here, and where")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    rows = [NETWORKS[name] for name in dict.fromkeys(options.model)]
    if options.list:
        _list()
    else:
        _fetch(list(NETWORKS.values()) if options.all else rows)


def _list() -> None:
    """Prints a line for each network: its size, and where its weights are."""
    for row in NETWORKS.values():
        path = _found(row)
        print(f"{row.name}  {row.megabytes:5.1f} MB  {path or 'not here'}")


def _found(row: ModelRow) -> Path | None:
    """The file that the app would use, or None: it would download it.

    Raises:
        Complaint: DENSENET_VIZ_WEIGHTS is set to what does not exist.
    """
    from densenet_viz.network.weights import WeightsError, local_file, published

    try:
        own, file = local_file(row.name), published(row.name)
    except WeightsError as error:
        raise Complaint(f"{error}.") from None
    return own or (file.path if file.is_here() else None)


def _fetch(rows: Sequence[ModelRow]) -> None:
    """Downloads what is not here, and says where each file is.

    Raises:
        Complaint: a download failed.
    """
    from densenet_viz.network.download import DownloadError
    from densenet_viz.network.weights import published

    for row in rows:
        file = published(row.name)
        here = file.is_here()
        try:
            file.fetch(_report(row))
        except DownloadError as error:
            raise Complaint(
                f"The weights of {row.title} were not downloaded: {error}. Try again on a machine "
                "with internet; what has arrived is kept."
            ) from None
        print(f"{row.title}: {'was already here' if here else 'downloaded'}, {file.path}")


def _report(row: ModelRow) -> Callable[[int, int | None], None]:
    """Shows the bytes of a download, if stderr is a terminal."""
    show = progress_bar(row.title)
    size = round((row.megabytes or 0) * 1e6)

    def report(done: int, total: int | None) -> None:
        if show is not None:
            whole = total or max(size, done)
            show(done / whole, f"  {done / 1e6:.1f} of {whole / 1e6:.1f} MB")

    return report
