"""`reuse`: how strongly each layer reads each source, and what each connection is worth."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densenet_viz.cli.common import Complaint, as_json, count
from densenet_viz.cli.evaluate import progress
from densenet_viz.cli.network import add_model_options, model_of, read_picture
from densenet_viz.facts.connections import Connection, reader_name, source_name
from densenet_viz.results.reuse import (
    WEIGHINGS,
    Ablation,
    Effect,
    MeanFlows,
    Reuse,
    ablation_to_json,
    effect_from_json,
    effect_to_json,
    flows_to_json,
)

if TYPE_CHECKING:
    from densenet_viz.facts.spec import DenseNetSpec
    from densenet_viz.network.loaded import LoadedModel
    from densenet_viz.results.traces import Picture

ABLATION, FLOWS = "ablation", "flows"
MEASURES = (*WEIGHINGS, ABLATION, FLOWS)
FLOW_SCENES = 32
_NO_FILE = "The file of --out cannot be written. Choose another one."


def add_options(commands: Any) -> None:
    words = "how strongly each layer reads each source, and what each connection is worth"
    parser = commands.add_parser("reuse", help=words, description=f"Measures {words}.")
    parser.add_argument(
        "pictures",
        nargs="*",
        type=Path,
        metavar="PICTURE",
        help="pictures for ablation and flows (default: drawn scenes)",
    )
    parser.add_argument(
        "--measure",
        choices=MEASURES,
        default="weights",
        help="weights: mean |w|; norm-aware: mean |w|·|γ|/σ; ablation: cut each connection and "
        "answer again; flows: how much of the right class's rise goes along each connection "
        "(default: %(default)s)",
    )
    parser.add_argument(
        "--replace",
        choices=("zero", "mean"),
        default="zero",
        help="what a reader gets instead of the maps that are cut off (default: %(default)s)",
    )
    parser.add_argument(
        "--scenes",
        type=count(1, 10_000),
        metavar="N",
        help="drawn scenes (default: 320, for flows 32)",
    )
    parser.add_argument(
        "--seed", type=count(0), metavar="N", help="seed of the scenes (default: 8)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the JSON of ablation or flows to this file; a stopped ablation continues where "
        "it stopped",
    )
    add_model_options(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    if options.out is not None and options.measure in WEIGHINGS:
        raise Complaint("--out needs --measure ablation or flows; use --json for the weights.")
    model = model_of(options)
    if options.measure == ABLATION:
        found = _ablation(model, options)
        print(as_json(ablation_to_json(found)) if options.json else told(found, model.spec))
        return
    if options.measure == FLOWS:
        flows = _flows(model, options)
        print(as_json(flows_to_json(flows)) if options.json else flows_told(flows, model.spec))
        return
    from densenet_viz.measure.reuse import measure_reuse

    reuse = measure_reuse(model, options.measure)
    print(as_json(report(reuse)) if options.json else weights_told(reuse, model.spec))


def _pictures(
    model: LoadedModel, options: argparse.Namespace, count: int
) -> tuple[list[Picture], list[int] | None, int]:
    """The pictures with their classes, if these are known, and the seed."""
    from densenet_viz.evaluation.ablations.connections import SEED, scenes_known_to

    seed = SEED if options.seed is None else options.seed
    if options.pictures:
        return [read_picture(path) for path in options.pictures], None, seed
    return *scenes_known_to(model.name, options.scenes or count, seed), seed


def _flows(model: LoadedModel, options: argparse.Namespace) -> MeanFlows:
    from densenet_viz.structure.mean import mean_flows

    if options.out is not None:
        check_writable(options.out)
    pictures, labels, seed = _pictures(model, options, FLOW_SCENES)
    found = mean_flows(model, pictures, labels, seed=seed, on_progress=progress())
    if options.out is not None:
        write(options.out, f"{as_json(flows_to_json(found))}\n")
    return found


def _ablation(model: LoadedModel, options: argparse.Namespace) -> Ablation:
    from densenet_viz.evaluation.ablations.connections import SCENES, measure_ablation

    pictures, labels, seed = _pictures(model, options, SCENES)
    settings = {
        "digest": model.digest,
        "replacement": options.replace,
        "pictures": len(pictures),
        "seed": seed,
    }
    draft = None if options.out is None else Draft(options.out, settings)
    found = measure_ablation(
        model,
        pictures,
        labels,
        replacement=options.replace,
        seed=seed,
        known=draft.read() if draft else None,
        on_effect=draft.add if draft else None,
        on_progress=progress(),
    )
    if draft is not None:
        draft.finish(found)
    return found


class Draft:
    """The effects of an unfinished run, one JSON object a line, beside the file to be written.

    The first line holds the settings: a draft of other settings is begun anew.
    """

    def __init__(self, out: Path, settings: dict[str, Any]) -> None:
        self._out, self._path = out, out.with_name(f"{out.name}.part")
        self._settings = settings
        check_writable(out)

    def read(self) -> dict[Connection, Effect]:
        """What was measured before; a line that was cut short does not count."""
        try:
            first, *lines = self._path.read_text(encoding="utf-8").split("\n")
            if json.loads(first) != self._settings:
                raise ValueError
            found = [effect_from_json(json.loads(line)) for line in lines[:-1]]
        except (OSError, ValueError, KeyError, TypeError):
            found = []
        text = "".join(f"{json.dumps(line)}\n" for line in self._lines(found))
        write(self._path, text)
        return {effect.connection: effect for effect in found}

    def _lines(self, effects: list[Effect]) -> list[dict[str, Any]]:
        return [self._settings, *map(effect_to_json, effects)]

    def add(self, effect: Effect) -> None:
        """Keeps a new effect."""
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(effect_to_json(effect))}\n")
        except OSError:
            raise Complaint(_NO_FILE) from None

    def finish(self, found: Ablation) -> None:
        """Writes the finished file, and removes the draft."""
        form = ablation_to_json(found)
        effects = ",\n".join(f"    {json.dumps(row)}" for row in form.pop("effects"))
        head = json.dumps(form, indent=2, ensure_ascii=False).removesuffix("\n}")
        write(self._out, f'{head},\n  "effects": [\n{effects}\n  ]\n}}\n')
        self._path.unlink(missing_ok=True)


def check_writable(out: Path) -> None:
    """Refuses a file that cannot be written, before a long computation.

    Raises:
        Complaint: it cannot be written.
    """
    if out.is_dir() or not os.access(out if out.exists() else out.parent, os.W_OK):
        raise Complaint(_NO_FILE)


def write(path: Path, text: str) -> None:
    """Writes a file in UTF-8.

    Raises:
        Complaint: it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError:
        raise Complaint(_NO_FILE) from None


def report(reuse: Reuse) -> dict[str, Any]:
    """The weights as JSON types; null where there is no connection."""
    blocks = [
        [[None if cell != cell else float(f"{cell:.6g}") for cell in row] for row in block.tolist()]
        for block in reuse.blocks
    ]
    return {
        "model": reuse.model,
        "measure": reuse.weighing,
        "definition": WEIGHINGS[reuse.weighing],
        "rows": "sources: 0 is what enters the block, then its layers",
        "columns": "readers: the block's layers, then what comes after it",
        "blocks": blocks,
    }


def weights_told(reuse: Reuse, spec: DenseNetSpec) -> str:
    """The weights as text: a table for each block, in thousandths."""
    lines = [f"{reuse.model}: {WEIGHINGS[reuse.weighing]}, in thousandths"]
    for number, block in enumerate(reuse.blocks, start=1):
        readers = [reader_name(spec, number, one + 1) for one in range(len(block))]
        lines += ["", f"block {number}", _row("", [_short(name) for name in readers])]
        lines += [
            _row(source_name(source), ["" if c != c else f"{1000 * c:.1f}" for c in row])
            for source, row in enumerate(block.tolist())
        ]
    return "\n".join(lines)


def _short(name: str) -> str:
    return name.removeprefix("layer")[:5]


def _row(head: str, cells: list[str]) -> str:
    return f"{head:<8}" + "".join(f"{cell:>6}" for cell in cells)


def flows_told(found: MeanFlows, spec: DenseNetSpec, most: int = 20) -> str:
    """The connections along which most went."""
    lines = [
        f"{found.model}: mean size of the flow along each of {len(found.sizes)} connections, in "
        f"units of the logit, {found.pictures} pictures, from {found.baseline}",
        "",
    ]
    best = sorted(found.sizes, key=lambda one: -found.sizes[one])[:most]
    lines += [f"{one.name(spec):<32}{found.sizes[one]:>8.3f}" for one in best]
    return "\n".join(lines)


def told(found: Ablation, spec: DenseNetSpec, most: int = 20) -> str:
    """The connections whose cut changes the right class's logit most."""
    lowest: Callable[[Effect], float] = lambda effect: -abs(effect.logit.mean)  # noqa: E731
    lines = [
        f"{found.model}: {len(found.effects)} connections, each cut alone and replaced by "
        f"{found.replacement}, {found.pictures} pictures; accuracy of the whole network "
        f"{found.accuracy}",
        "",
        f"{'connection':<32}{'logit':>8}{'probability':>13}  accuracy",
    ]
    lines += [
        f"{effect.connection.name(spec):<32}{effect.logit.mean:>+8.2f}"
        f"{effect.probability.mean:>+13.1%}  {effect.accuracy}"
        for effect in sorted(found.effects, key=lowest)[:most]
    ]
    return "\n".join(lines)
