"""`efficiency`: what the four families reach on digits with equal parameters."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from densenet_viz.cli.common import Complaint, as_json, count, progress_bar
from densenet_viz.cli.gradients import families_of
from densenet_viz.cli.reuse import check_writable, write
from densenet_viz.facts.families import FAMILIES
from densenet_viz.results.trained_families import (
    TrainedFamilies,
    TrainedNetwork,
    families_to_json,
    network_from_json,
    network_to_json,
)


def add_options(commands: Any) -> None:
    words = "train four families of networks on digits: accuracy against parameters"
    parser = commands.add_parser("efficiency", help=words, description=f"{words.capitalize()}.")
    parser.add_argument(
        "--families",
        type=families_of,
        default=FAMILIES,
        metavar="NAMES",
        help=f"a list with commas (default: {','.join(FAMILIES)})",
    )
    for option, default, low, high, words in (
        ("--depth", 16, 10, 148, "layers of each network: 10, 16, 22 and so on (default: 16)"),
        ("--seeds", 5, 1, 100, "trainings of each network (default: 5)"),
        ("--epochs", 4, 1, 40, "passes over the digits (default: 4)"),
    ):
        parser.add_argument(option, type=count(low, high), default=default, metavar="N", help=words)
    parser.add_argument(
        "--growth-rate",
        type=count(1, 48),
        action="append",
        metavar="K",
        help="size of the dense network, may be repeated (default: 3, 4, 6 and 8)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the JSON to this file; a stopped run continues where it stopped",
    )
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    from densenet_viz.evaluation.families.trained_families import SIZES, settings_of, train_all
    from densenet_viz.learning.settings import SettingsError

    sizes = tuple(dict.fromkeys(options.growth_rate or SIZES))
    try:
        chosen = settings_of(options.families, options.depth, sizes, options.seeds, options.epochs)
    except SettingsError as error:
        raise Complaint(str(error)) from None
    draft = None if options.out is None else Draft(options.out, options.depth, options.epochs)
    found = train_all(
        chosen,
        known=draft.read() if draft else (),
        on_network=draft.add if draft else None,
        on_progress=progress_bar("training"),
    )
    if draft is not None:
        draft.finish(found)
    print(as_json(families_to_json(found)) if options.json else told(found))


class Draft:
    """The trainings of an unfinished run, one JSON object a line, beside the file to be written.

    The first line holds the settings: a draft of other settings is begun anew.
    """

    def __init__(self, out: Path, depth: int, epochs: int) -> None:
        check_writable(out)
        self._out, self._path = out, out.with_name(f"{out.name}.part")
        self._settings = {"depth": depth, "epochs": epochs}

    def read(self) -> list[TrainedNetwork]:
        """What was trained before; a line that was cut short does not count."""
        found: list[TrainedNetwork] = []
        try:
            first, *lines = self._path.read_text(encoding="utf-8").split("\n")
            if json.loads(first) == self._settings:
                found = [network_from_json(json.loads(line)) for line in lines[:-1]]
        except (OSError, ValueError, TypeError):
            found = []
        rows: list[dict[str, Any]] = [self._settings, *map(network_to_json, found)]
        write(self._path, "".join(f"{json.dumps(row)}\n" for row in rows))
        return found

    def add(self, one: TrainedNetwork) -> None:
        """Keeps a new training."""
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(network_to_json(one))}\n")
        except OSError:
            raise Complaint("The file of --out cannot be written. Choose another one.") from None

    def finish(self, found: TrainedFamilies) -> None:
        """Writes the finished file, and removes the draft."""
        form = families_to_json(found)
        rows = ",\n".join(f"    {json.dumps(row)}" for row in form.pop("networks"))
        head = json.dumps(form, indent=2, ensure_ascii=False).removesuffix("\n}")
        write(self._out, f'{head},\n  "networks": [\n{rows}\n  ]\n}}\n')
        self._path.unlink(missing_ok=True)


def told(found: TrainedFamilies) -> str:
    """The trainings as text: a line for each family and size, with 95% intervals over the seeds."""
    from densenet_viz.evaluation.statistics import bootstrap

    lines = [
        f"depth {found.depth}, {found.epochs} epochs on digits; accuracy: mean and 95% interval",
        f"{'family':<12}{'parameters':>12}{'multiply-adds':>15}{'MB a step':>11}{'seconds':>9}"
        "  accuracy",
    ]
    for family in found.families():
        for seeds in found.sizes(family):
            one = seeds[0]
            seconds = sorted(each.seconds for each in seeds)[len(seeds) // 2]
            lines.append(
                f"{family:<12}{one.parameters:>12,}{one.multiply_adds:>15,}"
                f"{one.step_bytes / 1e6:>11.1f}{seconds:>9.1f}"
                f"  {bootstrap([each.accuracy for each in seeds])}"
            )
    return "\n".join(lines)
