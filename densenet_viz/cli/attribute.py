"""`attribute`: what a network saw in a picture, as an image and as numbers."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densenet_viz import attribution
from densenet_viz.attribution import METHODS, AttributionError
from densenet_viz.cli.common import Complaint, as_json, progress_bar
from densenet_viz.images import ImageError, load_image, to_png
from densenet_viz.network.models import MODELS, ModelUnavailable, load_model

if TYPE_CHECKING:
    from densenet_viz.network.models import LoadedModel
    from densenet_viz.results import Attribution, Picture

OPACITY = 0.6
"""How strongly the map covers the picture in the PNG."""


def add_options(commands: Any) -> None:
    words = "what a network saw in a picture, as an image and as numbers"
    parser = commands.add_parser("attribute", help=words, description=f"Shows {words}.")
    parser.add_argument("image", metavar="IMAGE", help="a PNG, JPEG or WebP file")
    parser.add_argument(
        "--model", default="scenes", choices=tuple(MODELS), help="default: %(default)s"
    )
    parser.add_argument(
        "--method", default="grad-cam", choices=tuple(METHODS), help="default: %(default)s"
    )
    parser.add_argument("--target", help="a class by number or name (default: the most probable)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the method, as n_steps=64; may be repeated",
    )
    parser.add_argument("--out", type=Path, default=Path(), help="folder for the PNG and the NPZ")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> None:
    from densenet_viz.attribution.export import summary

    try:
        picture = load_image(Path(options.image))  # first: a bad file shall not wait for torch
        model = load_model(options.model, on_progress=progress_bar("loading"))
        result = attribution.attribute(
            model,
            picture,
            method=options.method,
            target=target_index(model.labels, options.target),
            on_progress=progress_bar(options.method),
            **_settings(options.set),
        )
    except (AttributionError, ImageError, ModelUnavailable) as error:
        raise Complaint(str(error)) from None
    name = f"{_safe(Path(options.image).stem)}-{result.method}-{result.target.index}"
    files = _write(model, model.picture(picture), result, options.out, name)
    about = {"model": model.name, "title": model.title, "knows": model.knows}
    report = {**about, **summary(result), "files": files}
    print(as_json(report) if options.json else _told(report))


def target_index(labels: Sequence[str], given: str | None) -> int | None:
    """The class that a user named by number or by label.

    >>> target_index(("star", "ring"), "Ring"), target_index(("star", "ring"), "0")
    (1, 0)

    Raises:
        AttributionError: no class, or more than one, has that name.
    """
    if given is None:
        return None
    if re.fullmatch(r"-?\d{1,9}", given, re.ASCII):
        return int(given)
    wanted = given.strip().casefold()
    found = [index for index, label in enumerate(labels) if label.casefold() == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise AttributionError(
            f"Several classes are called {given!r}: {', '.join(map(str, found))}; give a number."
        )
    near = difflib.get_close_matches(wanted, labels, n=3) or labels[:3]
    raise AttributionError(
        f"No class is called {given[:40]!r}; there are {len(labels)}, such as {', '.join(near)}."
    )


def _settings(pairs: Sequence[str]) -> dict[str, Any]:
    """The `--set NAME=VALUE` options; whole numbers become numbers."""
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (equals and name.isidentifier()) or name in ("method", "target"):
            raise AttributionError(f"--set {pair[:40]!r} was given; NAME=VALUE is allowed.")
        settings[name] = int(value) if re.fullmatch(r"-?\d{1,9}", value, re.ASCII) else value
    return settings


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]+", "_", name)[:80]


def _write(
    model: LoadedModel, picture: Picture, result: Attribution, folder: Path, name: str
) -> list[str]:
    """The map over the picture as PNG and the values as NPZ; returns their names."""
    from densenet_viz.attribution.export import to_npz
    from densenet_viz.figures.colours import limit_of, overlay

    contents = {
        ".png": to_png(overlay(picture, result.heat, OPACITY, limit_of(result.heat))),
        ".npz": to_npz(result, model=model.name, provenance=model.provenance),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for ending, data in contents.items():
            (folder / f"{name}{ending}").write_bytes(data)
    except OSError:
        raise Complaint("The folder of --out cannot be written to; give another one.") from None
    return [str(folder / f"{name}{ending}") for ending in contents]


def _told(report: dict[str, Any]) -> str:
    chances = [
        f"  {each['probability']:6.1%}  {each['label']} ({each['index']})"
        for each in report["predictions"]
    ]
    delta = report["convergence_delta"]
    lines = [
        f"{report['title']}: {report['knows']}",
        *chances,
        f"{METHODS[report['method']].title} for {report['target']['label']}: "
        f"{report['seconds']:.2f} s, {report['forward_passes']} forward passes"
        + ("" if delta is None else f", convergence delta {delta:.4f}"),
        METHODS[report["method"]].caution,
        *(f"wrote {file}" for file in report["files"]),
    ]
    return "\n".join(lines)
