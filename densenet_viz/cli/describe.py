"""`describe`: arithmetic only; it does not load torch, except for a file of weights."""

from __future__ import annotations

import argparse
from typing import Any

from densenet_viz.cli import own
from densenet_viz.cli.common import Complaint, as_json
from densenet_viz.facts.describe import as_text, describe_spec, description
from densenet_viz.facts.systems import NAMED_SPECS


def add_options(commands: Any) -> None:
    words = "totals of a network, the sums behind them, and a row for each layer"
    parser = commands.add_parser("describe", help=words, description=f"Computes {words}.")
    parser.add_argument(
        "name",
        nargs="?",
        choices=tuple(NAMED_SPECS),
        metavar="NAME",
        help=f"{', '.join(NAMED_SPECS)} (default: densenet121)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    own.add_options(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    if own.is_given(options):
        if options.name is not None:
            raise Complaint("A name and --weights were given; one of them is allowed.")
        model = own.load_own(options)
        report = describe_spec(model.title, model.spec, " ".join(model.notes) or None)
    else:
        report = description(options.name or "densenet121")
    print(as_json(report) if options.json else as_text(report))
