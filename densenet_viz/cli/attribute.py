"""`attribute`: what a network looked at in pictures, as maps and as numbers."""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from densenet_viz import attribution
from densenet_viz.attribution import METHODS, AttributionError
from densenet_viz.batch.files import safe_stem
from densenet_viz.batch.table import map_name
from densenet_viz.cli.attribute_many import (
    Folder,
    image_files,
    is_one_picture,
    run_many,
    write_whole,
)
from densenet_viz.cli.common import Complaint, as_json, progress_bar
from densenet_viz.cli.cutting import add_cut_option
from densenet_viz.cli.network import add_model_options, model_of
from densenet_viz.images.pictures import ImageError, open_picture
from densenet_viz.results.attributions import EXPLAINS

if TYPE_CHECKING:
    from densenet_viz.batch.run import Made
    from densenet_viz.network.models import LoadedModel
    from densenet_viz.results.attributions import Attribution
    from densenet_viz.results.traces import Picture


def add_options(commands: Any) -> None:
    words = "what a network looked at in a picture, as a map and as numbers"
    parser = commands.add_parser("attribute", help=words, description=f"Shows {words}.")
    parser.add_argument(
        "pictures",
        metavar="PICTURE",
        nargs="+",
        help="PNG, JPEG, WebP, GIF, BMP, TIFF, AVIF, HEIC or DICOM files, or patterns, folders and "
        "ZIP archives of them",
    )
    add_model_options(parser)
    parser.add_argument(
        "--method", default="grad-cam", choices=tuple(METHODS), help="default: %(default)s"
    )
    parser.add_argument("--target", help="a class by number or name (default: the most probable)")
    parser.add_argument(
        "--against",
        metavar="CLASS",
        help="explain the target's logit minus that of this class (one picture only)",
    )
    add_cut_option(parser)
    parser.add_argument(
        "--explain",
        default="logit",
        choices=EXPLAINS,
        help="explain the class's raw score, or its probability (default: %(default)s)",
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a parameter of the method, for example n_steps=64; may be repeated",
    )
    parser.add_argument("--out", type=Path, default=Path(), help="folder for the PNG and the NPZ")
    parser.add_argument(
        "--again",
        action="store_true",
        help="with several pictures, make maps again even if they already exist",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """One picture, or several with a table (`attribute_many`). Returns the exit code."""
    try:
        return _one(options) if is_one_picture(options.pictures) else _many(options)
    except (AttributionError, ImageError) as error:
        raise Complaint(str(error)) from None


def _one(options: argparse.Namespace) -> int:
    from densenet_viz.export.maps import summary

    path = Path(options.pictures[0])
    opened = open_picture(path)  # first, so that a bad file fails before torch is loaded
    picture = opened.pixels
    model = model_of(options)
    result = attribution.attribute(
        model,
        picture,
        method=options.method,
        target=target_index(model.labels, options.target),
        explains=options.explain,
        against=target_index(model.labels, options.against),
        on_progress=progress_bar(options.method),
        **_settings(options.set),
    )
    name = map_name(safe_stem(path.name), result.method, result.target.index, result.explains)
    if result.against is not None:
        name += f"-against-{result.against.index}"
    files = [str(options.out / f"{name}{ending}") for ending in (".png", ".npz")]
    for file, data in zip(files, _contents(model, model.picture(picture), result), strict=True):
        write_whole(Path(file), data)
    about = {"cut": options.cut, "model": model.name, "title": model.title, "knows": model.knows}
    notes = (*model.notes, *opened.notes)
    report = {**about, **summary(result), "notes": notes, "files": files}
    print(as_json(report) if options.json else _told(report))
    return 0


def _many(options: argparse.Namespace) -> int:
    from densenet_viz.batch.run import work_for

    if options.against is not None:
        raise Complaint("--against works with one picture; several were given.")
    files = image_files(options.pictures)
    model = model_of(options)
    target = target_index(model.labels, options.target)
    return run_many(
        work_for(model, options.method, _settings(options.set), target, options.explain),
        files,
        Folder(options.out),
        partial(_contents_of, model),
        again=options.again,
        json=options.json,
    )


def _contents(model: LoadedModel, picture: Picture, result: Attribution) -> tuple[bytes, bytes]:
    """The map over the picture (S, S, 3) as PNG, and the values as NPZ."""
    from densenet_viz.export.maps import about, to_npz
    from densenet_viz.figures.attribution_image import map_png

    return map_png(picture, result), to_npz(result, picture, about(model))


def _contents_of(model: LoadedModel, made: Made) -> tuple[bytes, bytes]:
    assert made.picture is not None
    assert made.attribution is not None
    return _contents(model, made.picture, made.attribution)


def target_index(labels: Sequence[str], given: str | None) -> int | None:
    """The index of the class that a user gave by number or by label.

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
            f"Several classes are called {given!r}: {', '.join(map(str, found))}. Give a number."
        )
    near = difflib.get_close_matches(wanted, labels, n=3) or labels[:3]
    raise AttributionError(
        f"No class is called {given[:40]!r}. There are {len(labels)}, such as {', '.join(near)}."
    )


def _settings(pairs: Sequence[str]) -> dict[str, Any]:
    """The `--set NAME=VALUE` options; whole numbers become numbers."""
    settings: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not (equals and name.isidentifier()) or name in (
            "method",
            "target",
            "explains",
            "against",
        ):
            raise AttributionError(f"--set {pair[:40]!r} was given; NAME=VALUE is expected.")
        settings[name] = int(value) if re.fullmatch(r"-?\d{1,9}", value, re.ASCII) else value
    return settings


def _told(report: dict[str, Any]) -> str:
    chances = [
        f"  {each['probability']:6.1%}  {each['label']} ({each['index']})"
        for each in report["predictions"]
    ]
    settings = ", ".join(f"{name}={value}" for name, value in report["parameters"].items())
    delta, unscaled = report["convergence_delta"], report["unscaled_delta"]
    lines = [
        f"{report['title']}: {report['knows']}",
        *chances,
        f"{METHODS[report['method']].title} for the {report['explains']} of "
        f"{report['target']['label']}: "
        f"{report['seconds']:.2f} s, {report['forward_passes']} forward passes"
        + ("" if delta is None else f", convergence delta {delta:.4f}")
        + ("" if unscaled is None else f" ({unscaled:.4f} before scaling)"),
        *([f"settings: {settings}"] if settings else []),
        f"computed by {report['computed_by']}",
        METHODS[report["method"]].caution,
        *report["notes"],
        *(f"wrote {file}" for file in report["files"]),
    ]
    return "\n".join(lines)
