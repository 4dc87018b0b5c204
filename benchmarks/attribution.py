"""The app's maps, Captum on our network, and Captum's stock calls, in one run: time, memory, map.

    python -m benchmarks.attribution [--rounds N] [--part NAME ...] [--json | --write FILE]

DenseNet-121 at 224 px, with random weights and with the bundled ones. Captum is called as in its
documentation, on the plain torchvision network. Both sides take turns in one process, so that other
work on the machine slows both; the ratios are the main results. Memory is the highest of a separate
process for one call, including libraries and weights. `--json` prints rows of
`method`, `against`, `speedup`, `memory_ratio`, `cosine`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any, TextIO

from benchmarks import calls
from benchmarks.machine import instructions, load_average, products_per_second
from benchmarks.tables import Cell, Table, line, markdown, spread
from densenet_viz.machine import describe

PARTS = ("speed", "likeness", "memory")
BEGIN = "<!-- attribution: written by the benchmark -->"
END = "<!-- attribution: end -->"


def measure(parts: Sequence[str], rounds: int, out: TextIO) -> Iterator[Table]:
    """Yields each part's table when it is measured; each row is printed to `out` before."""

    def tell(row: tuple[Cell, ...]) -> None:
        print(line(row), file=out, flush=True)

    if "speed" in parts:
        yield _speed(rounds, tell)
    if "likeness" in parts:
        yield _likeness(tell)
    if "memory" in parts:
        yield _memory(tell)


Tell = Callable[[tuple[Cell, ...]], None]

HEAD = (
    *("network", "method", "against", "speedup", "lowest", "highest"),
    *("seconds", "matrix product's", "Captum on our network", "Captum's seconds"),
    "matrix product's for Captum",
    *("memory_ratio", "MB", "Captum's MB", "cosine"),
)


def _speed(rounds: int, tell: Tell) -> Table:
    rows: list[tuple[Cell, ...]] = []
    peaks = {}
    tell(HEAD)
    for network in calls.NETWORKS:
        case = calls.case_of(network)
        for pair in calls.PAIRS:
            row = _compared(case, pair, rounds)
            if pair.name not in peaks:  # both networks have the same size
                peaks[pair.name] = [_peak(network, pair.name, side) for side in ("ours", "theirs")]
            ours, theirs = peaks[pair.name]
            memory = (ours / theirs, ours / 1e6, theirs / 1e6)
            rows.append((network, pair.method, pair.against, *row[:-1], *memory, row[-1]))
            tell(rows[-1])
    return Table(
        f"Attribution against Captum, {rounds} interleaved round{'s' * (rounds != 1)}",
        HEAD,
        tuple(rows),
        "One picture of 224 × 224 px, one class. `matrix product's`: the seconds that torch's own "
        "float32 matrix product takes in the same round, with the same threads, for as many "
        "multiply-adds as the method before it made; with native bfloat16 a method can be faster. "
        "`cosine`: integrated gradients against 300 equal float32 steps of the plain network; "
        "occlusion and Grad-CAM against Captum's map; SmoothGrad against the same noisy copies in "
        "float32. `Captum on our network`: seconds of Captum's call on the fast evaluation; so the "
        "app computes all maps that are not ours. `MB`: peak of the whole process, with random "
        "weights.",
    )


def _compared(case: calls.Case, pair: calls.Pair, rounds: int) -> tuple[float, ...]:
    """Speed-up (median, lowest, highest), seconds of both beside the limits, cosine."""
    ratios, ours, between, theirs, limits = [], [], [], [], []
    made = [calls.products_of(lambda: pair.ours(case)), 0]  # the first call is not timed
    for _ in range(rounds):
        their_seconds, captums = calls.seconds_of(lambda: pair.theirs(case))
        our_seconds, result = calls.seconds_of(lambda: pair.ours(case))
        between.append(calls.seconds_of(lambda: pair.on_our_network(case))[0])
        theirs.append(their_seconds)
        ours.append(our_seconds)
        ratios.append(their_seconds / our_seconds)
        limits.append(1 / products_per_second())
    made[1] = calls.captums_products(case, pair)
    limit = median(limits)
    times = (median(ours), made[0] * limit, median(between), median(theirs), made[1] * limit)
    return (*spread(ratios), *times, pair.likeness(case, result, captums))


def _peak(network: str, pair: str, side: str) -> int:
    """The most bytes of a process that makes one call."""
    return _told(["--child", network, pair, side])


def _told(arguments: Sequence[str]) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.attribution", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])


def _likeness(tell: Tell) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for number in range(calls.SCENES):
        case = calls.scene_case(number)
        row = calls.integration(case)
        rows.append((f"scene {number}", *row))
        tell(rows[-1])
    return Table(
        "Integrated gradients on bundled scenes at 224 px",
        ("picture", "cosine", "steps", "sum against rise, %", "cosine at 24 fixed steps"),
        tuple(rows),
        "The bundled trained network on unseen scenes enlarged to 224 px, default settings; "
        "cosine to 300 equal float32 steps. Last column: 24 Gauss-Legendre steps.",
    )


def _memory(tell: Tell) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for method in calls.method_names():
        peaks = [_told(["--child", "densenet201", method, "method"]) / 1e6]
        rows.append((method, *peaks))
        tell(rows[-1])
    return Table(
        "Peak memory of each method, DenseNet-201 at 224 px",
        ("method", "MB"),
        tuple(rows),
        "Highest resident memory of a process that loads the network and makes one map with "
        "default settings, including libraries and weights.",
    )


def about() -> dict[str, str]:
    """Machine, versions and date."""
    here = describe("cpu")
    return {
        "date": here["date"],
        "processor": f"{here['processor']}, {os.cpu_count()} cores, {here['threads']} threads",
        "instructions": instructions(),
        "packages": ", ".join(f"{name} {version(name)}" for name in ("torch", "captum", "numpy")),
        "load average at the start": load_average(),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attribution", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="of each (default 1)")
    parser.add_argument(
        "--part", action="append", choices=PARTS, help="may be given again (default speed)"
    )
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="machine and rows as JSON")
    form.add_argument("--write", type=Path, metavar="FILE", help="put it into this report")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    args = parser.parse_args(arguments)
    if args.child:
        print(calls.peak_of(*args.child))
        return 0
    if args.rounds < 1:
        parser.error(f"--rounds {args.rounds} was given; 1 or more is allowed.")
    machine = about()
    tables = list(
        measure(args.part or PARTS[:1], args.rounds, sys.stderr if args.json else sys.stdout)
    )
    machine["load average at the end"] = load_average()
    if args.json:
        rows: list[dict[str, Any]] = [row for table in tables for row in table.as_records()]
        print(json.dumps({"machine": machine, "rows": rows}, indent=1, ensure_ascii=False))
        return 0
    listed = "\n".join(f"- {name}: {words}" for name, words in machine.items())
    report = "\n\n".join([listed, *map(markdown, tables)])
    if args.write:
        args.write.write_text(placed(args.write.read_text("utf-8"), report), "utf-8")
    else:
        print(report)
    return 0


def placed(text: str, report: str) -> str:
    """The text of a report with new figures between its two marks.

    >>> placed(f"a\\n{BEGIN}\\nold\\n{END}\\nb", "new").splitlines()[2:-2]
    ['', 'new', '']

    Raises:
        ValueError: a mark is not there.
    """
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the file has no lines {BEGIN} and {END}, between which figures belong")
    return f"{before}{begin}\n\n{report}\n\n{end}{after}"


if __name__ == "__main__":
    sys.exit(main())
