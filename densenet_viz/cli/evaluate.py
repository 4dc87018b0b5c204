"""`evaluate`: compares each attribution method with the objects' true masks."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from densenet_viz.attribution import METHODS, AttributionError
from densenet_viz.cli.common import DEVICES, Complaint, as_json, count
from densenet_viz.network.models import MODELS, ModelUnavailable, load_model
from densenet_viz.results.scores import Scoreboard, from_json, to_json

MOST_SCENES = 100_000


def add_options(commands: Any) -> None:
    words = "measure attribution methods against the true masks of drawn scenes"
    parser = commands.add_parser("evaluate", help=words, description=f"{words.capitalize()}.")
    parser.add_argument(
        "--model", default="scenes", metavar="NAME", help="scenes or cheater (default: scenes)"
    )
    parser.add_argument(
        "--methods",
        action="extend",
        nargs="+",
        default=[],
        metavar="A,B",
        help=f"some of {', '.join(METHODS)} (default: all); the baselines are always measured",
    )
    for option, default, least, words in (
        ("--scenes", 500, 1, "scenes of one object (default: 500)"),
        ("--pairs", None, 0, "scenes of two objects (default: same as --scenes)"),
        ("--perturb", None, 0, "scenes of one object for deletion and insertion (default: all)"),
        ("--seed", 4, 0, "seed of the scenes (default: 4)"),
    ):
        parser.add_argument(
            option, type=count(least, MOST_SCENES), default=default, metavar="N", help=words
        )
    parser.add_argument(
        "--workers", type=count(1, 256), metavar="N", help="processes (default: one per core)"
    )
    parser.add_argument("--device", choices=DEVICES, default="cpu", help="default: %(default)s")
    parser.add_argument(
        "--add-to",
        type=Path,
        metavar="FILE",
        help="a table that --json wrote: its rows are kept, and the chosen methods that it lacks "
        "are measured, with its model, scenes and seed (--perturb may be smaller)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the result to this file")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    methods = chosen(options.methods)  # first, so that a bad name fails before torch is loaded
    known = _known(options)
    if known is not None:
        names = {row.method for row in known.rows}
        methods = tuple(method for method in methods if method not in names)
        if not methods:
            raise Complaint("The table of --add-to has all these methods already.")
    if options.model not in MODELS:
        raise Complaint(f"There is no model {options.model[:40]!r}. Use scenes or cheater.")

    from densenet_viz.evaluation import EvaluationError, evaluate
    from densenet_viz.scenes.recipe import TWINS

    if options.model not in TWINS:
        raise Complaint(
            f"There are no true masks for the classes of {options.model!r}. "
            f"Only {' and '.join(TWINS)} can be evaluated."
        )
    _check_out(options.out)  # before the long computation, not after it
    try:
        board = evaluate(
            load_model(options.model),
            methods=methods,
            scenes=options.scenes,
            pairs=options.pairs,
            perturb=options.perturb,
            seed=options.seed,
            device=options.device,
            workers=options.workers,
            on_progress=progress(),
        )
    except (AttributionError, EvaluationError, ModelUnavailable) as error:
        raise Complaint(str(error)) from None
    _give(board if known is None else known.with_rows_of(board), options)


def _known(options: argparse.Namespace) -> Scoreboard | None:
    """The table of `--add-to`, whose model, scenes and seed become those of `options`.

    Raises:
        Complaint: the file has no such table.
    """
    if options.add_to is None:
        return None
    try:
        known = from_json(json.loads(options.add_to.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        raise Complaint("The file of --add-to is no table that --json wrote.") from None
    options.model, options.seed = known.model, known.seed
    options.scenes, options.pairs = known.scenes, known.pairs
    options.perturb = known.perturbed if options.perturb is None else options.perturb
    options.device = known.machine.get("device", "cpu")
    return known


_NO_OUT = "The file of --out cannot be written. Choose another one."


def _check_out(out: Path | None) -> None:
    """
    Raises:
        Complaint: the file of `--out` cannot be written.
    """
    if out is None:
        return
    writable = os.access(out if out.exists() else out.parent, os.W_OK)
    if out.is_dir() or not out.parent.is_dir() or not writable:
        raise Complaint(_NO_OUT)


def _give(board: Scoreboard, options: argparse.Namespace) -> None:
    text = as_json(to_json(board)) if options.json else told(board)
    if options.out is None:
        print(text)
        return
    try:
        options.out.write_text(f"{text}\n", encoding="utf-8")
    except OSError:
        raise Complaint(_NO_OUT) from None


def chosen(given: list[str]) -> tuple[str, ...]:
    """The methods of `--methods`, each once; all if none is given.

    >>> chosen(["saliency, Grad-CAM", "saliency"])
    ('saliency', 'grad-cam')

    Raises:
        Complaint: there is no such method.
    """
    words = [word.strip().lower() for part in given for word in part.split(",")]
    names = [word for word in words if word]
    for name in names:
        if name not in METHODS:
            raise Complaint(f"--methods {name[:40]!r} was given; allowed: {', '.join(METHODS)}.")
    return tuple(dict.fromkeys(names)) or tuple(METHODS)


def progress() -> Callable[[float], None]:
    """Prints the part done and the time left on stderr: every 5%, or in place on a terminal."""
    started, shown = time.monotonic(), [-1.0]
    terminal = sys.stderr.isatty()

    def show(part: float) -> None:
        if part < 1 and part - shown[0] < (0.005 if terminal else 0.05):
            return
        shown[0] = part
        gone = time.monotonic() - started
        left = f", about {_time(gone * (1 - part) / part)} left" if part > 0 else ""
        start, end = ("\r", "\n" if part >= 1 else "") if terminal else ("", "\n")
        line = f"{start}measuring: {part:4.0%}{left}"
        print(f"{line:<60}" if terminal else line, end=end, file=sys.stderr, flush=True)

    return show


def _time(seconds: float) -> str:
    """The time in seconds, or in minutes from 90 seconds on.

    >>> _time(8), _time(200)
    ('8 s', '3 min')
    """
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def told(board: Scoreboard) -> str:
    """The scoreboard as text: a table for each measure, the best row first."""
    lines = [
        f"{board.model}: {board.scenes} scenes of one object, {board.pairs} of two, seed "
        f"{board.seed}, {board.date}",
        *board.notes,
    ]
    for measure in board.measured():
        better = "higher" if measure.higher_is_better else "lower"
        lines += ["", f"{measure.title} ({better} is better, mean and 95% interval)"]
        lines += [
            f"  {row.measures[measure.name]!s:<22} {row.title} ({row.treatment})"
            + (" – baseline" if row.is_baseline else "")
            for row in board.ranked(measure.name)
        ]
    return "\n".join(lines)
