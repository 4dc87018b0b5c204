"""`benchmark`: how long the nine systems take here, beside what Keras measured elsewhere."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from densenet_viz.cli.common import (
    DEVICES,
    Complaint,
    as_json,
    check_device,
    count,
    progress_bar,
)
from densenet_viz.facts.memory import memory_trouble, needed_for_passes
from densenet_viz.facts.systems import REFERENCE, SYSTEMS
from densenet_viz.machine import devices, spare_bytes
from densenet_viz.results.timings.passes import rows_of

if TYPE_CHECKING:
    from densenet_viz.results.timings.passes import Benchmark

LARGEST_BATCH = 256
MOST_ROUNDS = 1000
FEWER = "choose fewer models or a smaller batch"
NO_MEMORY = f"There is not enough memory: {FEWER}."
CITED = (
    "± is the interquartile range over the rounds. The cited ratios were measured by Keras on "
    "other machines, with 32 pictures a step."
)


def add_options(commands: Any) -> None:
    words = "measure the nine systems' times on this machine, as multiples of ResNet50's"
    parser = commands.add_parser(
        "benchmark", help=words, description=f"{words[0].upper()}{words[1:]}."
    )
    parser.add_argument(
        "--models",
        action="append",
        default=[],
        metavar="A,B",
        help=f"some of {', '.join(SYSTEMS)}; may be repeated (default: all). {REFERENCE} is "
        "always measured, because times are shown as multiples of its time",
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="default: %(default)s")
    parser.add_argument(
        "--batch",
        type=count(1, LARGEST_BATCH),
        nargs="+",
        default=[1],
        metavar="N",
        help="pictures in a pass; several batch sizes may be given (default: 1)",
    )
    parser.add_argument(
        "--rounds",
        type=count(1, MOST_ROUNDS),
        default=5,
        metavar="N",
        help="measured passes of each model (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    models = chosen(options.models)  # first, so that a bad name fails before torch is loaded
    check_device(options.device)

    from densenet_viz.measure.latency import benchmark

    device = devices()[-1] if options.device == "auto" else options.device
    needed = needed_for_passes((REFERENCE, *models), options.batch)
    if trouble := memory_trouble(needed, spare_bytes(device), FEWER):
        raise Complaint(trouble)
    try:
        result = benchmark(
            models,
            device=device,
            batches=options.batch,
            rounds=options.rounds,
            on_progress=progress_bar("measuring"),
        )
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise Complaint(NO_MEMORY) from None
    if options.json:
        report = {"machine": dict(result.machine), "rows": rows_of(result)}
        print(as_json(report))
    else:
        print(_told(result))


def _told(result: Benchmark) -> str:
    """The machine and a line for each row."""
    head = [f"{name}: {words}" for name, words in result.machine.items()]
    lines = [
        f"{row['model']:<12}  batch {row['batch']:>3}  {row['median_ms']:>9.1f} ms "
        f"± {row['spread_ms']:<7.1f} {row['ratio_to_resnet50']:>5.2f} × {REFERENCE}"
        f"   cited {row['cited_ratio']:.2f}"
        for row in rows_of(result)
    ]
    return "\n".join([*head, "", *lines, "", CITED])


def chosen(given: list[str]) -> tuple[str, ...]:
    """The models of `--models`, each once; all nine if none is given.

    >>> chosen(["resnet50,densenet121", "resnet50"])
    ('resnet50', 'densenet121')

    Raises:
        Complaint: there is no such system.
    """
    names = [name.strip().lower() for word in given for name in word.split(",")]
    for name in names:
        if name not in SYSTEMS:
            raise Complaint(f"--models {name[:40]!r} was given; allowed: {', '.join(SYSTEMS)}.")
    return tuple(dict.fromkeys(names)) or tuple(SYSTEMS)
