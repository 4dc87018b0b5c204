"""`inside`: how one number of a network was computed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densenet_viz.cli.common import Complaint, as_json, count
from densenet_viz.cli.cutting import add_cut_option
from densenet_viz.cli.network import add_model_options, model_of, read_picture
from densenet_viz.facts.places import NoSuchPlace

if TYPE_CHECKING:
    from densenet_viz.results.inside import OneNumber


def add_options(commands: Any) -> None:
    words = "how one number of a network was computed: a window, a kernel, and the sum"
    parser = commands.add_parser("inside", help=words, description=f"Shows {words}.")
    parser.add_argument("picture", type=Path, metavar="PICTURE", help="a picture file")
    parser.add_argument(
        "--at",
        required=True,
        metavar="LAYER",
        help="stem, denseblock2.denselayer5, transition1, ...",
    )
    parser.add_argument(
        "--step", metavar="CONV", help="its convolution, such as conv1 (default: the last one)"
    )
    for option, words in (
        ("--channel", "of the maps that the convolution writes, from 0"),
        ("--y", "the row, from 0"),
        ("--x", "the column, from 0"),
    ):
        parser.add_argument(option, type=count(0), required=True, metavar="N", help=words)
    add_cut_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_model_options(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    from densenet_viz.measure.inside import take_apart

    model, picture = model_of(options), read_picture(options.picture)
    try:
        one = take_apart(
            *(model, picture, options.at),
            step=options.step,
            channel=options.channel,
            y=options.y,
            x=options.x,
        )
    except NoSuchPlace as error:
        raise Complaint(str(error)) from None
    print(as_json(report(one)) if options.json else told(one))


def report(one: OneNumber) -> dict[str, Any]:
    """The number and what it is made of, as JSON types."""
    return {
        "module": one.module,
        "channel": one.channel,
        "y": one.y,
        "x": one.x,
        "window_top": one.top,
        "window_left": one.left,
        "window": one.window.tolist(),
        "kernel": one.kernel.tolist(),
        "products": one.products.tolist(),
        "sum": one.total,
        "activation": one.activation,
        "after": dict(one.after),
    }


def told(one: OneNumber, most: int = 8) -> str:
    """The number as text, with the maps that add most."""
    parts = one.by_channel
    order = sorted(range(len(parts)), key=lambda channel: -abs(parts[channel]))[:most]
    channels, height, width = one.window.shape
    lines = [
        f"{one.module}, channel {one.channel}, row {one.y}, column {one.x}",
        f"window of {height} × {width} values of {channels} maps, from row {one.top}, column "
        f"{one.left}",
        f"sum of {one.products.size:,} products: {one.total:.6g}; the network computed "
        f"{one.activation:.6g}",
        *(f"after {name}: {value:.6g}" for name, value in one.after),
        "the maps that add most:",
        *(f"  map {channel:<5}{parts[channel]:>+12.5g}" for channel in order),
    ]
    return "\n".join(lines)
