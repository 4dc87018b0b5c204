"""`predict`: what a network answers to a picture, whole or with connections cut."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from densenet_viz.cli.common import as_json
from densenet_viz.cli.cutting import add_cut_option
from densenet_viz.cli.network import add_model_options, model_of, read_picture


def add_options(commands: Any) -> None:
    words = "a network's answer to a picture; connections can be cut"
    parser = commands.add_parser("predict", help=words, description=f"Shows {words}.")
    parser.add_argument("picture", type=Path, metavar="PICTURE", help="a picture file")
    add_cut_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_model_options(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    model, picture = model_of(options), read_picture(options.picture)
    answer = model.answer(picture)
    predictions = [
        {**asdict(each), "logit": round(float(answer.logits[each.index]), 6)}
        for each in model.predictions(answer.logits)
    ]
    report = {
        "model": model.name,
        "cut": options.cut,
        "predictions": predictions,
        "notes": model.notes,
    }
    if options.json:
        print(as_json(report))
        return
    cut = f", without {', '.join(options.cut)}" if options.cut else ""
    print(f"{model.title}{cut}")
    for each in predictions:
        print(f"  {each['probability']:6.1%}  logit {each['logit']:+8.3f}  {each['label']}")
    for note in model.notes:
        print(f"  {note}")
