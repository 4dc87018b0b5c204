"""`describe`: arithmetic only; it does not load torch."""

from __future__ import annotations

import argparse
from typing import Any

from densenet_viz.cli.common import as_json
from densenet_viz.facts.describe import as_text, description
from densenet_viz.facts.systems import NAMED_SPECS


def add_options(commands: Any) -> None:
    words = "totals of a network, the sums behind them, and a row for each layer"
    parser = commands.add_parser("describe", help=words, description=f"Computes {words}.")
    parser.add_argument(
        "name",
        nargs="?",
        default="densenet121",
        choices=tuple(NAMED_SPECS),
        metavar="NAME",
        help=f"{', '.join(NAMED_SPECS)} (default: densenet121)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    report = description(options.name)
    print(as_json(report) if options.json else as_text(report))
