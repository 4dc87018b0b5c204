"""One training run, from its first step or from a checkpoint to its last step."""

from __future__ import annotations

import sys
import time
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from densenet_viz.network.build import build
from densenet_viz.scenes import checkpoint
from densenet_viz.scenes.data import Pictures, draw
from densenet_viz.scenes.generator import SIZE
from densenet_viz.scenes.kept import kept_file
from densenet_viz.scenes.recipe import SPEC, Recipe, Twin, optimiser_of, train
from densenet_viz.scenes.shapes import CLASSES
from densenet_viz.scenes.weight_files import save_weights

SAVE_EVERY = 60.0
"""Seconds between checkpoints."""
TELL_EVERY = 25
"""Steps between lines of progress."""
_KEPT = 0.98
"""Share of the running mean of the loss that a step keeps."""


def train_twin(
    twin: Twin,
    recipe: Recipe,
    *,
    seed: int,
    device: torch.device,
    folder: Path,
    network: nn.Module | None = None,
    name: str = "",
    pictures: Pictures | None = None,
    keep: Collection[int] = (),
) -> tuple[nn.Module, float]:
    """Trains a network on a twin's pictures; prints its progress and the time left on stderr.

    `folder` has a checkpoint, written about once a minute; a run that finds its own continues from
    there. A finished run keeps it, so that it can be measured again without training.

    Args:
        twin: whose pictures it learns from.
        recipe: how it is trained.
        seed: of the scenes, the first weights, and the order and turns of the batches.
        device: where it is trained.
        folder: an existing folder.
        network: what is trained, in place; by default the twins' DenseNet-121.
        name: of the checkpoint; by default the twin's.
        pictures: that it learns from, without tags; by default they are drawn.
        keep: steps, counted from 0, after which the weights are also written to `kept_file`, in
            half precision. They stay when the training goes on.

    Returns:
        The trained network in evaluation mode, and the seconds that its steps took, in all runs.

    Raises:
        CheckpointError: the folder's checkpoint belongs to another run, or cannot be read.
    """
    network = (build(SPEC, seed=seed) if network is None else network).to(device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimiser = optimiser_of(network, recipe)
    name = name or twin.name
    run = _Run(folder, name, twin, recipe, seed, keep)
    done, seconds = run.take_up(network, optimiser)
    if done < recipe.steps:
        seconds = run.go_on(network, optimiser, done, seconds, pictures)
    return network.eval(), seconds


class _Run:
    """One model's training: its parts, and its checkpoint file."""

    def __init__(
        self,
        folder: Path,
        name: str,
        twin: Twin,
        recipe: Recipe,
        seed: int,
        keep: Collection[int],
    ) -> None:
        self._folder, self._name, self._keep = folder, name, keep
        self._path = folder / f"{name}.checkpoint.safetensors"
        self._twin, self._recipe, self._seed = twin, recipe, seed

    @property
    def _settings(self) -> dict[str, Any]:
        """The settings that another run must share to continue from this checkpoint."""
        model = {"model": self._name, "seed": self._seed, "labels": CLASSES, "size": SIZE}
        return model | asdict(self._recipe)

    def take_up(self, network: nn.Module, optimiser: torch.optim.Optimizer) -> tuple[int, float]:
        """Steps done before, and their seconds; zero if there is no checkpoint."""
        if not self._path.exists():
            return 0, 0.0
        done, seconds = checkpoint.restore(self._path, network, optimiser, self._settings)
        say(f"continuing after {done:,} of {self._recipe.steps:,} steps")
        return done, seconds

    def go_on(
        self,
        network: nn.Module,
        optimiser: torch.optim.Optimizer,
        first: int,
        before: float,
        pictures: Pictures | None,
    ) -> float:
        """Trains from step `first` to the end; returns the seconds of all steps.

        `before` are the seconds that the steps before took.
        """
        recipe, seed = self._recipe, self._seed
        pictures = pictures or draw_training(recipe, seed)
        if first == 0:
            self._keep_weights(network, 0)
        started = saved = now = time.monotonic()
        mean = None
        for done, loss in train(network, optimiser, pictures, recipe, seed, self._twin, first):
            now, last = time.monotonic(), done == recipe.steps
            mean = loss if mean is None else _KEPT * mean + (1 - _KEPT) * loss
            if last or done % TELL_EVERY == 0:
                say(progress(done, recipe.steps, mean, (now - started) / (done - first)))
            self._keep_weights(network, done)
            if last or now - saved > SAVE_EVERY:
                spent = before + now - started
                checkpoint.save(
                    self._path, network, optimiser, self._settings, done=done, seconds=spent
                )
                saved = now
        return before + now - started

    def _keep_weights(self, network: nn.Module, done: int) -> None:
        if done in self._keep:
            save_weights(network, kept_file(self._folder, self._name, done))


def draw_training(recipe: Recipe, seed: int) -> Pictures:
    """The training pictures of a recipe, without tags."""
    say(f"drawing {recipe.scenes:,} scenes of one object and {recipe.pairs:,} of two (seed {seed})")
    return draw(seed, "train", recipe.scenes, recipe.pairs)


def progress(done: int, steps: int, loss: float, step_seconds: float) -> str:
    """A run's progress on one line.

    >>> progress(468, 1872, 0.5, 1.5)
    'step 468 of 1,872: loss 0.500, 25% done, about 35 min left'
    """
    left = step_seconds * (steps - done) / 60
    return (
        f"step {done:,} of {steps:,}: loss {loss:.3f}, {done / steps:.0%} done, "
        f"about {left:.0f} min left"
    )


def say(line: str) -> None:
    """Prints a line on standard error immediately."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
