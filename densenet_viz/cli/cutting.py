"""The option that cuts connections, shared by commands that run a network."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from densenet_viz.cli.common import Complaint
from densenet_viz.facts.connections import UnknownConnection, read_connections

if TYPE_CHECKING:
    from densenet_viz.network.loaded import LoadedModel


def add_cut_option(parser: argparse.ArgumentParser) -> None:
    """Adds `--cut`."""
    parser.add_argument(
        "--cut",
        action="append",
        default=[],
        metavar="A>B",
        help='a connection to cut, such as "denseblock2:layer2>layer5", '
        '"denseblock1:input>transition" or "denseblock3:layer1>all"; may be repeated',
    )


def cut_connections(model: LoadedModel, given: Sequence[str]) -> LoadedModel:
    """The model without the connections of `--cut`.

    Raises:
        Complaint: a text names no connection of the network.
    """
    from densenet_viz.network.cuts import cut

    try:
        return cut(model, {one for text in given for one in read_connections(text, model.spec)})
    except UnknownConnection as error:
        raise Complaint(f"--cut {error}") from None
