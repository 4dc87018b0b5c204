"""`gradients`: how large the loss's gradient is at each layer of four families of networks."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densenet_viz.cli.common import Complaint, as_json, count, progress_bar
from densenet_viz.cli.reuse import check_writable, write
from densenet_viz.facts.arithmetic.limits import SpecError
from densenet_viz.facts.families import FAMILIES, Family, Norm
from densenet_viz.facts.gradient_flow import DEPTHS, specs_of
from densenet_viz.results.depths import DepthCurves, curves_to_json
from densenet_viz.results.gradients import (
    AT,
    At,
    DirectPaths,
    GradientFlow,
    direct_to_json,
    flow_to_json,
)

if TYPE_CHECKING:
    from densenet_viz.facts.families import FamilySpec

_ROWS = 12
"""Layers in the table; the others are left out evenly."""


def add_options(commands: Any) -> None:
    words = "how large the loss's gradient is at each layer of plain, residual and dense networks"
    parser = commands.add_parser("gradients", help=words, description=f"Measures {words}.")
    parser.add_argument(
        "--families",
        type=families_of,
        default=("plain", "residual", "dense"),
        metavar="NAMES",
        help=f"a list with commas, of {', '.join(FAMILIES)} (default: plain,residual,dense)",
    )
    parser.add_argument(
        "--depth",
        type=count(10, 148),
        default=58,
        metavar="N",
        help="layers of each network: 10, 16, 22 and so on up to 148 (default: 58)",
    )
    parser.add_argument(
        "--growth-rate",
        type=count(1, 64),
        default=6,
        metavar="K",
        help="of the dense network; the others have as many parameters, within 2%% (default: 6)",
    )
    parser.add_argument(
        "--norm", choices=("batch", "none"), default="batch", help="default: %(default)s"
    )
    parser.add_argument(
        "--seeds",
        type=count(1, 100),
        default=5,
        metavar="N",
        help="random networks of each family (default: 5)",
    )
    parser.add_argument(
        "--pictures",
        type=count(2, 1437),
        default=64,
        metavar="N",
        help="digits in the batch (default: 64)",
    )
    parser.add_argument(
        "--at",
        choices=tuple(AT),
        default="output",
        help="; ".join(f"{at}: {words}" for at, words in AT.items()) + " (default: %(default)s)",
    )
    parser.add_argument(
        "--direct",
        action="store_true",
        help="also the first layer's gradient with and without direct connections",
    )
    parser.add_argument(
        "--every-depth",
        action="store_true",
        help="only the first layer's gradient, at depths from 10 to 106, with and without norm",
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write the JSON of --every-depth to this file"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=run)


def families_of(text: str) -> tuple[Family, ...]:
    """A type for argparse: families in a list with commas."""
    names = dict.fromkeys(text.split(","))
    if wrong := [name for name in names if name not in FAMILIES]:
        raise argparse.ArgumentTypeError(f"{wrong[0][:40]!r} is not one of {', '.join(FAMILIES)}")
    return tuple(family for family in FAMILIES if family in names)


def run(options: argparse.Namespace) -> None:
    if options.every_depth:
        _run_depths(options)
        return
    if options.out is not None:
        raise Complaint("--out needs --every-depth.")
    from densenet_viz.evaluation.families.digits import digit_batch
    from densenet_viz.measure.gradients import measure_direct, measure_gradients

    try:
        specs = specs_of(options.families, options.depth, options.growth_rate, options.norm)
    except SpecError as error:
        raise Complaint(str(error)) from None
    batch, seeds = digit_batch(options.pictures), range(options.seeds)
    flow = measure_gradients(specs, batch, seeds=seeds, on_progress=progress_bar("measuring"))
    direct = []
    if options.direct:
        measure: Callable[[FamilySpec], DirectPaths] = lambda spec: measure_direct(  # noqa: E731
            spec, batch, seeds=seeds, on_progress=progress_bar(f"cutting {spec.family}")
        )
        direct = [measure(spec) for spec in specs]
    if options.json:
        print(as_json(report(flow, direct)))
    else:
        print(told(flow, direct, options.at))


def _run_depths(options: argparse.Namespace) -> None:
    from densenet_viz.evaluation.families.depths import measure_depths

    if options.out is not None:
        check_writable(options.out)
    norms: tuple[Norm, ...] = ("none", "batch")
    try:
        curves = measure_depths(
            options.families,
            DEPTHS,
            options.growth_rate,
            norms,
            seeds=range(options.seeds),
            pictures=options.pictures,
            on_progress=progress_bar("measuring"),
        )
    except SpecError as error:
        raise Complaint(str(error)) from None
    form = curves_to_json(curves)
    if options.out is not None:
        points = ",\n".join(f"    {json.dumps(row)}" for row in form.pop("points"))
        head = json.dumps(form, indent=2, ensure_ascii=False).removesuffix("\n}")
        write(options.out, f'{head},\n  "points": [\n{points}\n  ]\n}}\n')
    elif options.json:
        print(as_json(form))
    else:
        print(depths_told(curves, options.at))


def depths_told(curves: DepthCurves, at: At) -> str:
    """The curves as text: a column for each family and norm, medians over the seeds."""
    norms: tuple[Norm, ...] = ("none", "batch")
    lines = [
        f"{AT[at]}: the first layer's as a multiple of the last layer's, median of "
        f"{len(curves.seeds)} random networks; k = {curves.growth_rate}, {curves.pictures} digits"
    ]
    for norm in norms:
        families = curves.families(norm)
        found = [curves.of(family, norm) for family in families]
        lines += ["", _row(f"norm {norm}", list(families))]
        lines += [
            _row(f"{row[0].depth}", [f"{point.middle(at):.2e}" for point in row])
            for row in zip(*found, strict=True)
        ]
    return "\n".join(lines)


def report(flow: GradientFlow, direct: list[DirectPaths]) -> dict[str, Any]:
    """The measurement as JSON types."""
    cut = {"direct": [direct_to_json(one) for one in direct]} if direct else {}
    return {"definitions": dict(AT), **flow_to_json(flow), **cut}


def told(flow: GradientFlow, direct: list[DirectPaths], at: At) -> str:
    """The measurement as text: a column for each family, medians over the seeds."""
    norm = "with batch norm" if flow.normalised else "without batch norm"
    first = flow.families[0]
    lines = [
        f"{AT[at]}: L2 norm, median of {len(first.seeds)} random networks; depth {flow.depth}, "
        f"{norm}, {flow.pictures} digits",
        _row("layer", [one.family for one in flow.families]),
        _row("parameters", [f"{one.spec.parameters:,}" for one in flow.families]),
    ]
    lines += [
        _row(f"{layer + 1}", [f"{one.middle(at)[layer]:.2e}" for one in flow.families])
        for layer in shown_layers(flow.depth)
    ]
    kept = [one.kept(at) for one in flow.families]
    lines += [
        _row("first/last", [f"{sorted(one)[len(one) // 2]:.2e}" for one in kept]),
        _row("  smallest", [f"{one.min():.2e}" for one in kept]),
        _row("  largest", [f"{one.max():.2e}" for one in kept]),
    ]
    if direct:
        lines += ["", "the gradient of what the first layer writes"]
        for name, words in (
            ("whole", "whole"),
            ("first", "without its direct connections"),
            ("every", "without any direct connection"),
        ):
            values = [sorted(getattr(one, name)) for one in direct]
            lines.append(_row(words, [f"{each[len(each) // 2]:.2e}" for each in values], 32))
    return "\n".join(lines)


def shown_layers(depth: int, most: int = _ROWS) -> list[int]:
    """At most `most` layers, counted from 0, with the first and the last.

    >>> shown_layers(10, 4), shown_layers(3)
    ([0, 3, 6, 9], [0, 1, 2])
    """
    shown = min(most, depth)
    return [round(place * (depth - 1) / (shown - 1)) for place in range(shown)]


def _row(head: str, cells: list[str], width: int = 12) -> str:
    return f"{head:<{width}}" + "".join(f"{cell:>12}" for cell in cells)
