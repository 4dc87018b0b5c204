"""Trains the two small networks, measures them, and writes weights, manifest and card."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from time import process_time
from typing import Any, get_args

import torch
from torch import nn

from densenet_viz.network.small import (
    DENSE,
    MANIFEST,
    RESIDUAL,
    TITLES,
    SmallName,
    new_small,
    small_from,
    weights_file,
)
from densenet_viz.scenes.calibration import fitted_temperature
from densenet_viz.scenes.card import small_card
from densenet_viz.scenes.data import draw
from densenet_viz.scenes.recipe import MEAN, STD, TWINS, Recipe, logits
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.train import checkpoints_in, device_of
from densenet_viz.scenes.training import say, train_twin
from densenet_viz.scenes.weight_files import save_weights

RECIPE = Recipe(scenes=10_000, pairs=0, epochs=3, batch=32, peak_rate=4e-3, half=False)
JUDGED = 2_000
"""Unseen scenes by default; half as many validation scenes set the temperature."""
NAMES: tuple[SmallName, ...] = get_args(SmallName)


def run(
    *,
    seed: int = 0,
    device: str = "auto",
    epochs: int | None = None,
    scenes: int | None = None,
    judged: int = JUDGED,
    out: Path,
    checkpoints: Path | None = None,
) -> None:
    """Trains both, or continues a stopped run; measures the saved files; writes four files.

    Both get the same scenes in the same order, with the honest twin's tags. A finished run is only
    measured again.

    Args:
        seed: of the scenes, the first weights, the order of the batches, turns and tags.
        device: "cpu", "cuda", or "auto" for the GPU if there is one.
        epochs: passes over the data; by default the recipe's.
        scenes: scenes of one object to train on; by default the recipe's.
        judged: unseen scenes to test on.
        out: the folder to write to.
        checkpoints: the folder of unfinished runs.

    Raises:
        CheckpointError: the checkpoint belongs to a run with other settings, or cannot be read.
    """
    recipe = replace(RECIPE, epochs=epochs or RECIPE.epochs, scenes=scenes or RECIPE.scenes)
    chosen, kept = device_of(device), checkpoints_in(out, checkpoints)
    networks: dict[str, Any] = {}
    for name in NAMES:
        say(f"{TITLES[name]}: {_parameters(new_small(name)):,} parameters")
        began = process_time()
        network, _seconds = train_twin(
            TWINS["scenes"],
            recipe,
            seed=seed,
            device=chosen,
            folder=kept,
            network=new_small(name, seed),
            name=f"small.{name}",
        )
        minutes = round((process_time() - began) / 60, 1)
        save_weights(network, weights_file(out, name))
        networks[name] = {"processor_minutes": minutes, **_measured(out, name, seed, judged)}
    training = {**asdict(recipe), "seed": seed, "device": chosen.type}
    training |= {"torch": torch.__version__, "threads": torch.get_num_threads()}
    manifest = {
        "labels": list(CLASSES),
        "mean": MEAN,
        "std": STD,
        "training": training,
        "networks": networks,
    }
    (out / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    (out / "small.md").write_text(small_card(manifest, TITLES))


def _measured(folder: Path, name: SmallName, seed: int, judged: int) -> dict[str, Any]:
    """What the saved half-precision file is and does."""
    data = weights_file(folder, name).read_bytes()
    network = small_from(name, data)
    validation = draw(seed, "validation", max(judged // 2, 1))
    unseen = draw(seed + 1, "test", judged)
    temperature = fitted_temperature(
        logits(network, validation.images).numpy(), validation.labels[:, 0]
    )
    right = logits(network, unseen.images).numpy().argmax(1) == unseen.labels[:, 0]
    say(f"{TITLES[name]}: top-1 {right.mean():.2%} on {judged:,} unseen scenes")
    return {
        "spec": asdict(DENSE if name == "dense" else RESIDUAL),
        "parameters": _parameters(network),
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "temperature": round(temperature, 5),
        "held_out": {
            "top1": round(float(right.mean()), 5),
            "count": judged,
            "seed": seed + 1,
        },
    }


def _parameters(network: nn.Module) -> int:
    return sum(weight.numel() for weight in network.parameters())
