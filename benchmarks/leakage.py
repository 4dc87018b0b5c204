"""Measures whether anything except its outline tells a class, and prints the result as Markdown.

    python -m benchmarks.leakage [--scenes N] [--write FILE]

A linear probe (`densenet_viz.scenes.probe`) is fitted on scenes of the training split and tested on
as many scenes of the test split, for three generator seeds.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.app import replaced
from benchmarks.tables import Table, markdown
from densenet_viz.scenes.generator import Split, draw_scene
from densenet_viz.scenes.probe import CLUES, Numbers, accuracy, measured
from densenet_viz.scenes.shapes import CLASSES

SEEDS: Final = (0, 1, 2)
_CHUNK: Final = 100

Measured = tuple[dict[str, Numbers], NDArray[np.int64]]


def clues_of(seed: int, split: Split, count: int) -> Measured:
    """Every clue of scenes 0 to `count` - 1, and their labels, on all processors."""
    starts = range(0, count, _CHUNK)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        parts = list(
            pool.map(_part, *zip(*((seed, split, at, count) for at in starts), strict=True))
        )
    clues = {name: np.concatenate([part[0][name] for part in parts]) for name in CLUES}
    return clues, np.concatenate([part[1] for part in parts])


def _part(seed: int, split: Split, start: int, count: int) -> Measured:
    places = range(start, min(start + _CHUNK, count))
    return measured(draw_scene(seed, split, place) for place in places)


def leakage(count: int) -> Table:
    """A row for each clue: the probe's accuracy for each seed, and its distance from chance."""
    rows: dict[str, list[float]] = {name: [] for name in CLUES}
    for seed in SEEDS:
        known, asked = (clues_of(seed, split, count) for split in ("train", "test"))
        for name in CLUES:
            rows[name].append(accuracy((known[0][name], known[1]), (asked[0][name], asked[1])))
    chance = 1 / len(CLASSES)
    return Table(
        f"What a linear probe makes of each clue, {count:,} scenes fitted and {count:,} asked",
        ("clue", "what it is given", *(f"seed {seed}" for seed in SEEDS), "furthest from chance"),
        tuple(
            (
                CLUES[name].title,
                CLUES[name].about,
                *(f"{share:.1%}" for share in shares),
                f"{100 * max((share - chance for share in shares), key=abs):+.1f} points",
            )
            for name, shares in rows.items()
        ),
        f"Chance is {chance:.2%} ({len(CLASSES)} classes). At this count a share at chance is "
        f"measured with a standard error of {100 * np.sqrt(chance * (1 - chance) / count):.1f} "
        "points.",
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.leakage", description=__doc__)
    parser.add_argument("--scenes", type=int, default=5000, metavar="N", help="default: 5000")
    parser.add_argument("--write", type=Path, metavar="FILE", help="replace all below the mark")
    args = parser.parse_args(arguments)
    if args.scenes < len(CLASSES):
        parser.error(f"--scenes {args.scenes} was given; {len(CLASSES)} or more are needed.")
    report = markdown(leakage(args.scenes))
    if args.write:
        args.write.write_text(replaced(args.write.read_text("utf-8"), report), "utf-8")
    else:
        print(report)
    return 0


if __name__ == "__main__":
    sys.exit(main())
