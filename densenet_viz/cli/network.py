"""The network of a command: `--model` or a file of weights, whole or with connections cut."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from densenet_viz.cli import own
from densenet_viz.cli.common import Complaint, progress_bar
from densenet_viz.cli.cutting import cut_connections
from densenet_viz.images.pictures import ImageError, load_image
from densenet_viz.network.models import MODELS, ModelUnavailable, load_model

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.results.traces import Picture


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Adds `--model`, `--weights` and what belongs to it."""
    parser.add_argument("--model", choices=tuple(MODELS), help="default: scenes")
    own.add_options(parser)


def model_of(options: argparse.Namespace) -> LoadedModel:
    """The network of `--model` or `--weights`, without the connections of `--cut`, if it has that.

    Raises:
        Complaint: there is no such network or connection, or both options were given.
    """
    if own.is_given(options):
        if options.model is not None:
            raise Complaint("--model and --weights were given; one of them is allowed.")
        model = own.load_own(options)
    else:
        try:
            model = load_model(options.model or "scenes", on_progress=progress_bar("loading"))
        except ModelUnavailable as error:
            raise Complaint(str(error)) from None
    return cut_connections(model, options.cut) if "cut" in options else model


def read_picture(path: Path) -> Picture:
    """The picture of a file.

    Raises:
        Complaint: it cannot be read.
    """
    try:
        return load_image(path)
    except ImageError as error:
        raise Complaint(f"{str(path)[-60:]!r}: {error}") from None
