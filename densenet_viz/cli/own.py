"""The options for a user's own DenseNet, shared by commands that read a network."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from densenet_viz.cli.common import Complaint
from densenet_viz.images.fitting import FITS
from densenet_viz.network.own.errors import OwnModelError
from densenet_viz.network.own.preparation import NORMALISATIONS, PRESETS, read_colour
from densenet_viz.network.own.spec import SIZE_LIMIT

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.network.own.loading import WeightFile
    from densenet_viz.network.own.preparation import Preparation

RANGES = {
    "imagenet": "ImageNet",
    "cifar10": "CIFAR-10",
    "0to1": "0 to 1",
    "-1to1": "−1 to 1",
    "0to255": "0 to 255",
    "-1024to1024": "−1024 to 1024",
}
"""The names of the ranges in a shell."""
CODES = {name.split()[0].casefold(): name for name in PRESETS}
_OUTPUTS = {"softmax": "exclusive", "sigmoid": "independent"}


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds `--weights` and what a weight file cannot tell."""
    own = parser.add_argument_group("your own DenseNet")
    own.add_argument("--weights", type=Path, metavar="FILE", help="your weight file")
    own.add_argument("--labels", type=Path, metavar="FILE", help="the names of its classes")
    own.add_argument("--network", metavar="NAME", help="which network, if the file has several")
    own.add_argument(
        "--prepared-as",
        choices=tuple(CODES),
        help="prepare pictures as this code does (default: a guess from the file)",
    )
    own.add_argument(
        "--outputs",
        choices=tuple(_OUTPUTS),
        help="softmax: one class is right; sigmoid: each class by itself",
    )
    own.add_argument(
        "--input-size",
        type=int,
        metavar="PX",
        help="side of the square pictures that it gets, in pixels",
    )
    own.add_argument(
        "--range",
        choices=tuple(RANGES),
        help="range of the values that it gets; write --range=-1to1 with an equals sign",
    )
    own.add_argument("--mean", metavar="M", help='your own mean, such as "0.5" or "0.48,0.46,0.41"')
    own.add_argument(
        "--std", metavar="S", help="your own standard deviation, written as for --mean"
    )
    own.add_argument("--fit", choices=tuple(FITS), help="how a picture is made square")


def is_given(options: argparse.Namespace) -> bool:
    """Whether a file of weights was given; refuses the other options without one.

    Raises:
        Complaint: such an option was given alone.
    """
    if options.weights is not None:
        return True
    names = ("labels", "network", "prepared_as", "outputs", "input_size", "range", "mean", "std")
    alone = next((name for name in (*names, "fit") if getattr(options, name) is not None), None)
    if alone is not None:
        raise Complaint(f"--{alone.replace('_', '-')} needs --weights FILE.")
    return False


def read_file(options: argparse.Namespace) -> WeightFile:
    """What the weight file tells.

    Raises:
        Complaint: it cannot be used; the lines that convert it follow on stderr.
    """
    from densenet_viz.network.own.loading import read_weight_file

    try:
        file = read_weight_file(_bytes_of(options.weights, SIZE_LIMIT), options.network)
    except OwnModelError as error:
        if error.lines:
            print(error.lines, file=sys.stderr)
        raise Complaint(str(error)) from None
    if options.network == "":
        raise Complaint("--network needs a name; leave it out to take the first network.")
    if options.network and options.network not in (file.name, *file.choices):
        names = f"it has {', '.join(file.choices)}" if file.choices else "it has one network"
        raise Complaint(f"The file has no network {options.network[:40]!r}; {names}.")
    if options.outputs is not None and file.outputs == 1:
        raise Complaint("The network gives one score: --outputs makes no difference to it.")
    return file


def load_own(options: argparse.Namespace) -> LoadedModel:
    """The network of `--weights`, as the options prepare it.

    Raises:
        Complaint: the files or the options cannot be used.
    """
    from densenet_viz.network.own.labels import LABEL_BYTES
    from densenet_viz.network.own.loading import own_model

    file = read_file(options)
    labels = None if options.labels is None else _bytes_of(options.labels, LABEL_BYTES)
    try:
        return own_model(file, labels, _preparation(options, file))
    except OwnModelError as error:
        raise Complaint(str(error)) from None


def _preparation(options: argparse.Namespace, file: WeightFile) -> Preparation:
    """The guess, or the chosen code's way, changed by the options that were given."""
    made = file.preparation
    if options.prepared_as is not None:
        made = PRESETS[CODES[options.prepared_as]]
    if options.range is not None:
        mean, std = NORMALISATIONS[RANGES[options.range]]
        made = replace(made, mean=mean, std=std)
    if options.mean is not None:
        made = replace(made, mean=read_colour(options.mean))
    if options.std is not None:
        made = replace(made, std=read_colour(options.std, above=0.0))
    if options.input_size is not None:
        made = replace(made, input_size=options.input_size)
    if options.fit is not None:
        made = replace(made, fit=options.fit)
    if options.outputs is not None:
        made = replace(made, outputs=_OUTPUTS[options.outputs])  # type: ignore[arg-type]
    return made


def _bytes_of(path: Path, limit: int) -> bytes:
    """A file's bytes, at most one more than allowed."""
    try:
        if not path.exists():
            raise Complaint(f"There is no file {str(path)[-60:]!r}.")
        if not path.is_file():
            raise Complaint(f"{str(path)[-60:]!r} is not a file.")
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError:
        raise Complaint(f"The file {str(path)[-60:]!r} cannot be read.") from None
