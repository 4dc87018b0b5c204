"""`concepts`: does a bundled network use colour, tags, shade, clutter or texture?"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from densenet_viz.attribution import AttributionError
from densenet_viz.cli.attribute import target_index
from densenet_viz.cli.common import Complaint, as_json, count, progress_bar
from densenet_viz.network.models import ModelUnavailable, load_model
from densenet_viz.results.concepts import VERDICTS, ConceptTest
from densenet_viz.scenes.shapes import CLASSES

TWINS = ("scenes", "cheater")


def add_options(commands: Any) -> None:
    words = "measure which concepts a bundled network uses: colour, tag, shade, clutter, texture"
    parser = commands.add_parser("concepts", help=words, description=f"{words.capitalize()}.")
    parser.add_argument("--model", default="scenes", choices=TWINS, help="default: %(default)s")
    parser.add_argument("--layer", help="a block or a transition (default: the last transition)")
    parser.add_argument(
        "--target",
        action="append",
        metavar="CLASS",
        help="a class by number or name; may be repeated (default: all)",
    )
    for option, default, least, words in (
        ("--directions", 10, 2, "directions of each concept (default: 10)"),
        ("--scenes", 8, 2, "scenes with and without the concept for a direction (default: 8)"),
        ("--pictures", 12, 1, "pictures of each class (default: 12)"),
        ("--seed", 6, 0, "seed of the scenes (default: 6)"),
    ):
        parser.add_argument(
            option, type=count(least, 1000), default=default, metavar="N", help=words
        )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    from densenet_viz.evaluation.concepts import measure_concepts

    try:
        found = measure_concepts(
            load_model(options.model, on_progress=progress_bar("loading")),
            options.layer,
            targets=_targets(options.target),
            directions=options.directions,
            scenes=options.scenes,
            pictures=options.pictures,
            seed=options.seed,
            on_progress=progress_bar("measuring"),
        )
    except (AttributionError, ModelUnavailable) as error:
        raise Complaint(str(error)) from None
    print(as_json(report(found)) if options.json else told(found))


def _targets(given: Sequence[str] | None) -> list[int] | None:
    """The classes' numbers, each once; None for all."""
    if given is None:
        return None
    numbers = [target_index(CLASSES, one) for one in given]
    wrong = [number for number in numbers if number is None or not 0 <= number < len(CLASSES)]
    if wrong:
        raise Complaint(f"--target {wrong[0]} was given; 0 to {len(CLASSES) - 1} are allowed.")
    return list(dict.fromkeys(number for number in numbers if number is not None))


def report(found: ConceptTest) -> dict[str, Any]:
    """The result as plain types for JSON, each score with its verdict."""
    scores = [{**asdict(score), "verdict": score.verdict} for score in found.scores]
    return {**asdict(found), "scores": scores}


def told(found: ConceptTest) -> str:
    """The result as text: a table for each class."""
    lines = [
        f"{found.model}, {found.layer}: {found.directions} directions of each concept from "
        f"{found.scenes} scenes each, {found.pictures} pictures of each class, seed {found.seed}"
    ]
    for target in dict.fromkeys(score.target for score in found.scores):
        lines += [
            "",
            f"{target:<18}{'TCAV score':>22}{'random':>9}{'found':>8}{'p':>10}{'change':>9}",
        ]
        lines += [
            f"  {score.title:<16}{score.score!s:>22}{score.random.mean:>9.0%}"
            f"{score.accuracy.mean:>8.0%}{score.p:>10.1g}"
            f"{score.change.mean if score.change else 0:>+9.2f}  {score.verdict}"
            for score in found.scores
            if score.target == target
        ]
    words = [
        "TCAV score: in this share of the pictures, the class's score rises with the concept",
        "change: how far the class's score rises when the concept is drawn into its pictures",
        *(f"{verdict}: {meaning}" for verdict, meaning in VERDICTS.items()),
    ]
    return "\n".join([*lines, "", *words])
