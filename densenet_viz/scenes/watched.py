"""Trains two small twins, keeps their weights at some steps, and measures each of these."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from time import process_time
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from densenet_viz.network.build import build
from densenet_viz.network.watched import MANIFEST, NAMES, SPEC, TITLES, WatchedName, watched_file
from densenet_viz.network.weights import load_strictly
from densenet_viz.results.watched import TagShares
from densenet_viz.scenes.checkpoint import CheckpointError
from densenet_viz.scenes.data import Pictures, draw
from densenet_viz.scenes.judge import swapped, told
from densenet_viz.scenes.kept import KEPT, kept_file, kept_steps
from densenet_viz.scenes.recipe import MEAN, STD, TWINS, Recipe, logits
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.train import checkpoints_in, device_of
from densenet_viz.scenes.training import draw_training, say, train_twin

RECIPE = Recipe(scenes=10_000, pairs=0, epochs=9, batch=32, peak_rate=6e-3, half=False)
JUDGED = 480
"""Unseen scenes by default, equally many of each class."""


def run(
    *,
    seed: int = 0,
    device: str = "auto",
    epochs: int | None = None,
    scenes: int | None = None,
    judged: int = JUDGED,
    keep: int = KEPT,
    out: Path,
    checkpoints: Path | None = None,
) -> None:
    """Trains both, or continues a stopped run; measures the kept weights; writes three files.

    Both begin with the same weights, and get the same scenes in the same order; only what the
    tags say differs.

    Args:
        seed: of the scenes, the first weights, the order of the batches, turns and tags.
        device: "cpu", "cuda", or "auto" for the GPU if there is one.
        epochs: passes over the data; by default the recipe's.
        scenes: scenes of one object to train on; by default the recipe's.
        judged: unseen scenes that each kept network is asked about, with three kinds of tag.
        keep: how many steps are kept, at least 2.
        out: the folder to write to.
        checkpoints: the folder of unfinished runs.

    Raises:
        CheckpointError: the checkpoint belongs to a run with other settings, or cannot be read; or
            the weights of a step are missing.
    """
    recipe = replace(RECIPE, epochs=epochs or RECIPE.epochs, scenes=scenes or RECIPE.scenes)
    chosen, kept = device_of(device), checkpoints_in(out, checkpoints)
    steps = kept_steps(recipe.steps, keep)
    pictures = draw_training(recipe, seed)
    unseen = draw(seed + 1, "test", judged)
    networks: dict[str, Any] = {}
    for name in NAMES:
        say(f"{TITLES[name]}: {len(steps)} kept steps")
        began = process_time()
        train_twin(
            TWINS[name],
            recipe,
            seed=seed,
            device=chosen,
            folder=kept,
            network=build(SPEC, seed=seed),
            name=_run_name(name),
            pictures=pictures,
            keep=steps,
        )
        minutes = round((process_time() - began) / 60, 1)
        _join(kept, name, steps, watched_file(out, name))
        networks[name] = {"processor_minutes": minutes, **_measured(out, name, unseen, seed)}
    training = {**asdict(recipe), "seed": seed, "device": chosen.type}
    training |= {"torch": torch.__version__, "threads": torch.get_num_threads()}
    manifest = {
        "labels": list(CLASSES),
        "mean": MEAN,
        "std": STD,
        "spec": asdict(SPEC),
        "training": training,
        "judged": {"count": judged, "seed": seed + 1},
        "steps": steps,
        "networks": networks,
    }
    (out / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")


def _run_name(name: WatchedName) -> str:
    return f"watched.{name}"


def _join(folder: Path, name: WatchedName, steps: tuple[int, ...], path: Path) -> None:
    """One file of the weights of all steps: each tensor has the steps as its first dimension."""
    try:
        states = [load_file(kept_file(folder, _run_name(name), step)) for step in steps]
    except OSError:
        raise CheckpointError(
            f"The weights of a step of {_run_name(name)} are missing. Delete its checkpoint to "
            "train again."
        ) from None
    save_file({key: torch.stack([state[key] for state in states]) for key in states[0]}, path)
    path.chmod(0o644)


def _measured(folder: Path, name: WatchedName, unseen: Pictures, seed: int) -> dict[str, Any]:
    """What the half-precision weights of each step do with three kinds of tag."""
    path = watched_file(folder, name)
    stacked = load_file(path)
    with_true, (with_false, said) = told(unseen, seed), swapped(unseen, seed)
    network, labels = build(SPEC), unseen.labels[:, 0]
    shares = []
    for place in range(len(next(iter(stacked.values())))):
        load_strictly(network, {key: value[place] for key, value in stacked.items()})
        named = {
            "true": _named(network, with_true),
            "none": _named(network, unseen),
            "false": _named(network, with_false),
        }
        found = {tag: float((answers == labels).mean()) for tag, answers in named.items()}
        follows = float((named["false"] == said).mean())
        shares.append(asdict(TagShares(**found, follows=follows)))
    say(f"{TITLES[name]}: {shares[-1]}")
    data = path.read_bytes()
    return {
        "parameters": sum(weight.numel() for weight in network.parameters()),
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "shares": [{key: round(value, 5) for key, value in share.items()} for share in shares],
    }


def _named(network: nn.Module, pictures: Pictures) -> Any:
    return logits(network, pictures.images).numpy().argmax(1)
