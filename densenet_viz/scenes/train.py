"""Trains the bundled model and writes weights, manifest and model card."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from densenet_viz.network.build import build
from densenet_viz.scenes.card import model_card
from densenet_viz.scenes.generator import SIZE
from densenet_viz.scenes.recipe import (
    HELD_OUT,
    MEAN,
    SPEC,
    STD,
    Recipe,
    dataset,
    logits,
    train_epochs,
)
from densenet_viz.scenes.shapes import CLASSES

ASSETS = Path(__file__).resolve().parents[2] / "assets"


def run(
    *,
    seed: int = 0,
    device: str = "auto",
    epochs: int | None = None,
    scenes: int | None = None,
    out: Path | None = None,
) -> None:
    """Draws the data, trains, measures the saved file on unseen scenes, writes the three files.

    Args:
        seed: of the scenes, the first weights and the order of the batches.
        device: "cpu", "cuda", or "auto" for the GPU where there is one.
        epochs: passes over the data; by default the recipe's.
        scenes: scenes to train on; by default the recipe's.
        out: the folder to write to; by default the project's `assets`.
    """
    recipe = Recipe()
    recipe = replace(recipe, epochs=epochs or recipe.epochs, scenes=scenes or recipe.scenes)
    chosen = _device(device)
    folder = out or ASSETS
    folder.mkdir(parents=True, exist_ok=True)
    _say(f"drawing {recipe.scenes:,} scenes (seed {seed})")
    pictures, classes = dataset(seed, "train", recipe.scenes)
    started = time.monotonic()
    network = _fit(torch.from_numpy(pictures), torch.from_numpy(classes), recipe, seed, chosen)
    seconds = time.monotonic() - started
    weights = folder / "scenes.safetensors"
    save_file(_halved(network), weights)
    weights.chmod(0o644)
    manifest = _manifest(weights, recipe, seed, chosen, seconds)
    manifest["held_out"] = _measure(weights, seed, chosen)
    (folder / "scenes.json").write_text(json.dumps(manifest, indent=2) + "\n")
    (folder / "scenes.md").write_text(model_card(manifest))
    _say(f"held-out top-1 {manifest['held_out']['top1']:.2%} on {HELD_OUT:,} unseen scenes")


def _device(name: str) -> torch.device:
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name)


def _fit(
    images: Tensor, labels: Tensor, recipe: Recipe, seed: int, device: torch.device
) -> nn.Module:
    network = build(SPEC, seed=seed).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images, labels = images.to(device), labels.to(device)
    total = recipe.epochs * (len(images) // recipe.batch)
    started, running = time.monotonic(), 0.0
    steps = train_epochs(network, images, labels, recipe, seed)
    for done, (epoch, step, loss) in enumerate(steps, start=1):
        running = loss if done == 1 else 0.98 * running + 0.02 * loss
        if done % 50 == 0 or done == total:
            left = (time.monotonic() - started) / done * (total - done)
            _say(
                f"epoch {epoch}/{recipe.epochs} step {step}: loss {running:.3f}, "
                f"{done / total:.0%} done, about {left / 60:.1f} min left"
            )
    return network.eval()


def _halved(network: nn.Module) -> dict[str, Tensor]:
    return {
        key: (value.half() if value.is_floating_point() else value).cpu().contiguous()
        for key, value in network.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }


def _measure(weights: Path, seed: int, device: torch.device) -> dict[str, Any]:
    """The saved half-precision file, loaded again, on scenes that training never saw."""
    network = build(SPEC)
    state = {key: value.float() for key, value in load_file(weights).items()}
    missing, unexpected = network.load_state_dict(state, strict=False)
    strays = [key for key in missing if not key.endswith("num_batches_tracked")]
    if strays or unexpected:
        raise RuntimeError(f"the saved weights do not fit: {strays + unexpected}")
    pictures, classes = dataset(seed, "test", HELD_OUT)
    scores = logits(network.to(device), torch.from_numpy(pictures).to(device)).cpu()
    right = scores.argmax(1) == torch.from_numpy(classes)
    by_class = {
        name: round(float(right[torch.from_numpy(classes) == index].float().mean()), 4)
        for index, name in enumerate(CLASSES)
    }
    return {
        "top1": round(float(right.float().mean()), 4),
        "count": HELD_OUT,
        "seed": seed,
        "by_class": by_class,
        "mean_confidence": round(float(scores.softmax(1).amax(1).mean()), 4),
    }


def _manifest(
    weights: Path, recipe: Recipe, seed: int, device: torch.device, seconds: float
) -> dict[str, Any]:
    spec: Mapping[str, Any] = asdict(SPEC)
    return {
        "name": "scenes",
        "labels": list(CLASSES),
        "input_size": SIZE,
        "mean": MEAN,
        "std": STD,
        "spec": spec,
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "bytes": weights.stat().st_size,
        "training": {
            **asdict(recipe),
            "seed": seed,
            "device": device.type,
            "minutes": round(seconds / 60, 1),
            "torch": torch.__version__,
        },
    }


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
