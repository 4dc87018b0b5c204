"""`layers`: what is left of a network's answers when whole layers are removed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densenet_viz.cli import own
from densenet_viz.cli.common import Complaint, as_json, count, progress_bar
from densenet_viz.cli.network import model_of, read_picture
from densenet_viz.cli.reuse import check_writable, write
from densenet_viz.network.models import MODELS, ModelUnavailable
from densenet_viz.results.removal import Removal, removal_to_json

if TYPE_CHECKING:
    from densenet_viz.evaluation.ablations.layers import Layered
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.network.small import ResidualModel

SMALL = ("small-dense", "small-residual")


def add_options(commands: Any) -> None:
    words = "what is left of a network's answers when whole layers are removed"
    parser = commands.add_parser("layers", help=words, description=f"Measures {words}.")
    parser.add_argument(
        "pictures",
        nargs="*",
        type=Path,
        metavar="PICTURE",
        help="pictures; the whole network's answers are right (default: drawn scenes)",
    )
    parser.add_argument("--model", choices=(*MODELS, *SMALL), help="default: scenes")
    parser.add_argument(
        "--replace",
        choices=("zero", "mean"),
        default="zero",
        help="what stands in the place of what a layer wrote (default: %(default)s)",
    )
    parser.add_argument(
        "--scenes", type=count(1, 10_000), metavar="N", help="drawn scenes (default: 160)"
    )
    parser.add_argument(
        "--orders", type=count(2, 1000), metavar="N", help="random orders (default: 8)"
    )
    parser.add_argument(
        "--seed", type=count(0), metavar="N", help="seed of scenes and orders (default: 8)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the JSON to this file")
    own.add_options(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    from densenet_viz.evaluation.ablations.connections import SEED
    from densenet_viz.evaluation.ablations.layers import ORDERS, measure_removal

    seed = SEED if options.seed is None else options.seed
    if options.out is not None:
        check_writable(options.out)
    network, labels = _subject(options, seed)
    found = measure_removal(
        network,
        labels,
        orders=options.orders or ORDERS,
        seed=seed,
        on_progress=progress_bar("removing layers"),
    )
    text = as_json(removal_to_json(found))
    if options.out is not None:
        write(options.out, f"{text}\n")
    print(text if options.json else told(found))


def _subject(options: argparse.Namespace, seed: int) -> tuple[Layered, list[int] | None]:
    """The network with its pictures, and their classes if they are known."""
    from densenet_viz.evaluation.ablations.connections import scenes_known_to
    from densenet_viz.evaluation.ablations.layers import SCENES, layered

    model = _small(options) if options.model in SMALL else model_of(options)
    labels: list[int] | None = None
    if options.pictures:
        pictures = [read_picture(path) for path in options.pictures]
    else:
        pictures, labels = scenes_known_to(model.name, options.scenes or SCENES, seed)
    return layered(model, pictures, options.replace), labels


def _small(options: argparse.Namespace) -> LoadedModel | ResidualModel:
    from densenet_viz.network.small import load_small

    if own.is_given(options):
        raise Complaint("--model and --weights were given; one of them is allowed.")
    try:
        return load_small()[SMALL.index(options.model)]
    except ModelUnavailable as error:
        raise Complaint(str(error)) from None


def told(found: Removal) -> str:
    """The removal as text."""
    layers = len(found.layers)
    lines = [
        f"{found.title}: {layers} layers, {found.pictures} pictures, a removed layer writes "
        f"{found.replacement}, {found.orders} random orders",
        f"{'removed':<32}{'right answers':<24}probability of the right class",
        _line("nothing", found.whole.accuracy, found.whole.probability),
    ]
    lines += [
        _line(f"{count} of {layers}, random", left.accuracy, left.probability)
        for count, left in zip(found.counts, found.growing, strict=True)
    ]
    lines += [
        _line(name, left.accuracy, left.probability)
        for name, left in zip(found.layers, found.alone, strict=True)
    ]
    return "\n".join(lines)


def _line(name: str, accuracy: object, probability: object) -> str:
    return f"{name:<32}{accuracy!s:<24}{probability}"
