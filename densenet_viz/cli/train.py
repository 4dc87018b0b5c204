"""`train`: the bundled model again, on scenes drawn here."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from densenet_viz.cli.common import DEVICES, check_device, count


def add_options(commands: Any) -> None:
    words = "train the bundled model again, on scenes drawn here"
    parser = commands.add_parser("train", help=words, description=f"{words.capitalize()}.")
    parser.add_argument("model", choices=("scenes",), help="which bundled model")
    parser.add_argument("--seed", type=count(0), default=0, help="default: %(default)s")
    parser.add_argument("--device", choices=DEVICES, default="auto")
    parser.add_argument("--epochs", type=count(1), help="passes over the data")
    parser.add_argument("--scenes", type=count(1), help="scenes to train on")
    parser.add_argument("--out", type=Path, help="folder to write to (default: assets)")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    from densenet_viz.scenes import train

    check_device(options.device)
    train.run(
        seed=options.seed,
        device=options.device,
        epochs=options.epochs,
        scenes=options.scenes,
        out=options.out,
    )
