"""`train`: trains a bundled model again on scenes drawn here, or a small network on digits."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from densenet_viz.cli.common import DEVICES, Complaint, check_device, count
from densenet_viz.cli.train_digits import add_digit_options, refuse_digit_options, train_digits
from densenet_viz.scenes.kept import KEPT, MOST_KEPT

_SMALL, _WATCHED, _DIGITS = "small", "watched", "digits"
_MODELS = ("scenes", "cheater", _SMALL, _WATCHED, _DIGITS)


def add_options(commands: Any) -> None:
    words = "train a bundled model again, on scenes drawn here, and measure it"
    parser = commands.add_parser(
        "train",
        help=words,
        description=f"{words.capitalize()}. A stopped run continues where it stopped; a finished "
        "one is only measured again.",
    )
    parser.add_argument(
        "model",
        choices=_MODELS,
        help="which bundled model; small: the two small networks, one dense and one residual; "
        "watched: two small networks with their weights at some steps, for Watch it learn; "
        "digits: a new small network on handwritten digits, of which only the result is printed",
    )
    parser.add_argument(
        "--seed", type=count(0), default=0, help="seed of the run (default: %(default)s)"
    )
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--epochs", type=count(1), help="passes over the data")
    parser.add_argument("--scenes", type=count(1), help="scenes of one object to train on")
    parser.add_argument("--pairs", type=count(1), help="scenes of two objects to train on")
    parser.add_argument(
        "--judged", type=count(1), help="unseen scenes to test on, for each of three seeds"
    )
    parser.add_argument(
        "--photos", type=Path, help="folder of photographs to measure familiarity on"
    )
    parser.add_argument("--out", type=Path, help="folder to write to (default: assets)")
    parser.add_argument(
        "--checkpoints", type=Path, help="folder of unfinished runs (default: .training)"
    )
    parser.add_argument(
        "--keep",
        type=count(0),
        metavar="N",
        help="steps whose weights are kept beside the checkpoint, on a logarithmic scale, 0 or 2 "
        f"to {MOST_KEPT} (default: {KEPT}; scenes, cheater and watched)",
    )
    parser.add_argument(
        "--only-measure", action="store_true", help="measure the existing weights, do not train"
    )
    add_digit_options(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    from densenet_viz.scenes import train
    from densenet_viz.scenes.checkpoint import CheckpointError
    from densenet_viz.scenes.judge import COUNT

    check_device(options.device)
    if options.model == _DIGITS:
        train_digits(options)
        return
    refuse_digit_options(options)
    keep = _keep(options)
    if options.model in (_SMALL, _WATCHED):
        _train_others(options, keep)
        return
    judged = options.judged or COUNT
    try:
        if options.only_measure:
            train.measure_again(
                model=options.model, judged=judged, photos=options.photos, out=options.out
            )
            return
        train.run(
            model=options.model,
            seed=options.seed,
            device=options.device,
            epochs=options.epochs,
            scenes=options.scenes,
            pairs=options.pairs,
            judged=judged,
            photos=options.photos,
            out=options.out,
            checkpoints=options.checkpoints,
            keep=keep,
        )
    except (CheckpointError, train.MeasureError) as error:
        raise Complaint(str(error)) from None


def _keep(options: argparse.Namespace) -> int:
    """How many steps are kept.

    Raises:
        Complaint: it is a number that is not allowed here.
    """
    given: int | None = options.keep
    if given is None:
        return KEPT
    if options.model == _SMALL:
        raise Complaint("--keep was given; the small networks are trained without it.")
    if given == 1 or given > MOST_KEPT or (given == 0 and options.model == _WATCHED):
        least = "2" if options.model == _WATCHED else "0 or 2"
        raise Complaint(f"--keep {given} was given; {least} to {MOST_KEPT} are allowed.")
    return given


def _train_others(options: argparse.Namespace, keep: int) -> None:
    """Trains the small networks, or those that can be watched."""
    from densenet_viz.scenes import small, watched
    from densenet_viz.scenes.checkpoint import CheckpointError
    from densenet_viz.scenes.train import ASSETS

    for name in ("pairs", "photos"):
        if getattr(options, name) is not None:
            raise Complaint(f"--{name} was given; the {options.model} networks do not take it.")
    if options.only_measure:
        raise Complaint("--only-measure was given; a finished run is measured again without it.")
    given = {
        "seed": options.seed,
        "device": options.device,
        "epochs": options.epochs,
        "scenes": options.scenes,
        "out": options.out or ASSETS,
        "checkpoints": options.checkpoints,
    }
    try:
        if options.model == _SMALL:
            small.run(**given, judged=options.judged or small.JUDGED)
        else:
            watched.run(**given, judged=options.judged or watched.JUDGED, keep=keep)
    except CheckpointError as error:
        raise Complaint(str(error)) from None
