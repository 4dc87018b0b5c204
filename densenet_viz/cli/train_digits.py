"""`train digits`: a small network of one of four families learns handwritten digits."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from densenet_viz.cli.common import Complaint, count, progress_bar
from densenet_viz.facts.families import FAMILIES

if TYPE_CHECKING:
    from densenet_viz.learning.settings import Settings
    from densenet_viz.results.learning import FinishedRun

_SETTINGS = ("family", "growth_rate", "depth", "compression", "norm", "optimiser", "learning_rate")
"""The options of `train digits` alone."""
_OTHERS = ("scenes", "pairs", "judged", "photos", "out", "checkpoints", "keep")
"""The options of `train` that `train digits` has not."""


def add_digit_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("only for digits")
    group.add_argument("--family", choices=FAMILIES, help="default: dense")
    group.add_argument(
        "--growth-rate",
        type=count(1),
        metavar="K",
        help="k; another family gets as many parameters as that dense network (default: 8)",
    )
    group.add_argument("--depth", type=count(1), metavar="D", help="10, 16, 22, ... (default: 22)")
    group.add_argument("--compression", type=float, metavar="THETA", help="default: 0.5")
    group.add_argument("--norm", choices=("batch", "none"), help="default: batch")
    group.add_argument("--optimiser", choices=("adamw", "sgd"), help="default: adamw")
    group.add_argument("--learning-rate", type=float, metavar="RATE", help="default: 0.006")
    group.add_argument("--json", action="store_true", help="print one JSON object")


def refuse_digit_options(options: argparse.Namespace) -> None:
    """
    Raises:
        Complaint: an option of `train digits` was given to another training.
    """
    given = next((name for name in _SETTINGS if getattr(options, name) is not None), None)
    if given is not None or options.json:
        option = f"--{(given or 'json').replace('_', '-')}"
        raise Complaint(f"{option} was given; only `train digits` has it.")


def train_digits(options: argparse.Namespace) -> None:
    from densenet_viz.learning.samples import samples_of
    from densenet_viz.learning.settings import SettingsError, settings_from
    from densenet_viz.learning.training import Diverged, Run, train

    for name in _OTHERS:
        if getattr(options, name) is not None:
            raise Complaint(f"--{name} was given; the digits are trained without it.")
    if options.only_measure or options.device == "cuda":
        option = "--only-measure" if options.only_measure else "--device cuda"
        raise Complaint(f"{option} was given; the digits are trained without it.")
    chosen = {name: getattr(options, name) for name in (*_SETTINGS, "epochs")}
    given = {name: value for name, value in chosen.items() if value is not None}
    try:
        settings = settings_from(given | {"seed": options.seed})
    except SettingsError as error:
        raise Complaint(str(error)) from None
    run = Run(settings, samples_of("digits"))
    show = progress_bar("training")
    try:
        for step in train(run):
            if show is not None:
                show(run.part, f" loss {step.loss:.3f}")
    except Diverged as error:
        raise Complaint(str(error)) from None
    finished = run.summary()
    print(json.dumps(report(finished), indent=2) if options.json else told(settings, finished))


def report(run: FinishedRun) -> dict[str, Any]:
    """A finished training as JSON can hold it."""
    return {
        **run.settings,
        "parameters": run.parameters,
        "accuracy": round(run.accuracy, 4),
        "losses": [round(loss, 5) for loss in run.losses],
        "accuracies": [round(accuracy, 4) for accuracy in run.accuracies],
        "gradients": {
            layer: [float(f"{epoch[place]:.4g}") for epoch in run.gradients]
            for place, layer in enumerate(run.layers)
        },
        "seconds": round(run.seconds, 1),
    }


def told(settings: Settings, run: FinishedRun) -> str:
    """A finished training as lines of text."""
    lines = [
        f"{run.parameters:,} parameters ({settings.family}, depth {settings.depth})",
        "epoch  loss    unseen accuracy",
        f"    0  -       {run.accuracies[0]:.1%}",
    ]
    pairs = zip(run.losses, run.accuracies[1:], strict=True)
    lines += [
        f"{epoch:5}  {loss:.4f}  {accuracy:.1%}" for epoch, (loss, accuracy) in enumerate(pairs, 1)
    ]
    return "\n".join([*lines, f"{run.seconds:.1f} s in training steps"])
