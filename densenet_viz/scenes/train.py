"""Trains a bundled model, measures it, and writes weights, familiarity, manifest and card."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.numpy import save_file as save_arrays

from densenet_viz.network.weights import WeightsError
from densenet_viz.scenes.card import model_card
from densenet_viz.scenes.generator import SIZE
from densenet_viz.scenes.judge import COUNT, Judge, measure, reloaded
from densenet_viz.scenes.kept import kept_steps
from densenet_viz.scenes.recipe import MEAN, SPEC, STD, TWINS, Recipe, Twin
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.strangers import photographs
from densenet_viz.scenes.training import say, train_twin
from densenet_viz.scenes.weight_files import save_weights

_PROJECT = Path(__file__).resolve().parents[2]
ASSETS = _PROJECT / "assets"
CHECKPOINTS = _PROJECT / ".training"
"""The folder of unfinished runs; it is not part of the project's files."""


class MeasureError(ValueError):
    """Weights cannot be measured; the message says what to do."""


def run(
    *,
    model: str = "scenes",
    seed: int = 0,
    device: str = "auto",
    epochs: int | None = None,
    scenes: int | None = None,
    pairs: int | None = None,
    judged: int = COUNT,
    photos: Path | None = None,
    out: Path | None = None,
    checkpoints: Path | None = None,
    keep: int = 0,
) -> None:
    """Trains, or continues a stopped run; measures the saved file; writes four files.

    A finished run is only measured again.

    Args:
        model: one of `TWINS`.
        seed: of the scenes, the first weights, the order of the batches, turns and tags.
        device: "cpu", "cuda", or "auto" for the GPU if there is one.
        epochs: passes over the data; by default the recipe's.
        scenes: scenes of one object to train on; by default the recipe's.
        pairs: scenes of two objects to train on; by default the recipe's.
        judged: unseen scenes of one object for each of three seeds; other pictures in proportion.
        photos: a folder of photographs to measure familiarity on, besides Matplotlib's one.
        out: the folder to write to; by default the project's `assets`.
        checkpoints: the folder of unfinished runs; by default `.training` in the project, or in
            `out` if that is given.
        keep: at how many steps the weights are also written to the folder of unfinished runs
            (`kept_steps`).

    Raises:
        CheckpointError: the checkpoint belongs to a run with other settings, or cannot be read.
    """
    twin, recipe = TWINS[model], Recipe()
    recipe = replace(
        recipe,
        epochs=epochs or recipe.epochs,
        scenes=recipe.scenes if scenes is None else scenes,
        pairs=recipe.pairs if pairs is None else pairs,
    )
    folder, chosen = out or ASSETS, device_of(device)
    kept = checkpoints_in(folder, checkpoints)
    network, seconds = train_twin(
        twin,
        recipe,
        seed=seed,
        device=chosen,
        folder=kept,
        keep=kept_steps(recipe.steps, keep),
    )
    training = {**asdict(recipe), "seed": seed, "device": chosen.type}
    training |= {"minutes": round(seconds / 60, 1), "torch": torch.__version__}
    save_weights(network, folder / f"{model}.safetensors")
    _write(folder, twin, training, judged, photographs(photos))


def measure_again(
    *,
    model: str = "scenes",
    judged: int = COUNT,
    photos: Path | None = None,
    out: Path | None = None,
) -> None:
    """Measures trained weights without training, and writes the other three files again.

    What the manifest says about the training does not change.

    Args:
        model: one of `TWINS`.
        judged: as in `run`.
        photos: as in `run`.
        out: the folder of the weights and their manifest; by default the project's `assets`.

    Raises:
        MeasureError: weights or manifest are missing, or do not fit.
    """
    folder, twin = out or ASSETS, TWINS[model]
    try:
        training = json.loads((folder / f"{model}.json").read_text())["training"]
        _write(folder, twin, training, judged, photographs(photos))
    except (OSError, ValueError, KeyError, TypeError, WeightsError):
        raise MeasureError(
            f"{model}.safetensors and {model}.json from a training run are needed. Train the "
            "model first."
        ) from None


def checkpoints_in(folder: Path, given: Path | None) -> Path:
    """The folder of unfinished runs that write to `folder`; both exist afterwards."""
    kept = given or (CHECKPOINTS if folder == ASSETS else folder / CHECKPOINTS.name)
    for place in (folder, kept):
        place.mkdir(parents=True, exist_ok=True)
    return kept


def device_of(name: str) -> torch.device:
    """The device "cpu" or "cuda"; "auto" is the GPU if there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def _write(
    folder: Path,
    twin: Twin,
    training: Mapping[str, Any],
    judged: int,
    photos: tuple[Path, ...],
) -> None:
    """Measures the saved weights and writes familiarity, manifest and card beside them."""
    weights = folder / f"{twin.name}.safetensors"
    network = reloaded(weights, device_of(str(training["device"])))
    started = time.monotonic()
    figures, familiarity = measure(Judge(network, twin, training["seed"], judged, say), photos)
    beside = folder / f"{twin.name}.familiarity.safetensors"
    save_arrays(familiarity.tensors(), beside)
    beside.chmod(0o644)
    figures["familiarity"] |= {"sha256": _sha256(beside), "bytes": beside.stat().st_size}
    manifest = {**_identity(weights, twin), "training": training, **_rounded(figures)}
    manifest["measured_in_minutes"] = round((time.monotonic() - started) / 60, 1)
    (folder / f"{twin.name}.json").write_text(json.dumps(manifest, indent=2) + "\n")
    (folder / f"{twin.name}.md").write_text(model_card(manifest))
    told = manifest["held_out"]
    say(f"{twin.name}: top-1 {told['top1']:.2%} on {told['count']:,} unseen scenes")


def _identity(weights: Path, twin: Twin) -> dict[str, Any]:
    return {
        "name": twin.name,
        "reads_tags": twin.tells,
        "labels": list(CLASSES),
        "input_size": SIZE,
        "mean": MEAN,
        "std": STD,
        "spec": asdict(SPEC),
        "sha256": _sha256(weights),
        "bytes": weights.stat().st_size,
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _rounded(value: Any) -> Any:
    """Every float in nested figures, rounded to five decimals."""
    if isinstance(value, Mapping):
        return {key: _rounded(part) for key, part in value.items()}
    return round(value, 5) if isinstance(value, float) else value
