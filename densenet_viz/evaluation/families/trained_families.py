"""Trains every family at several sizes and with several seeds on the same digits.

It can be stopped and continued: a training that is known is not made again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import torch

from densenet_viz import machine
from densenet_viz.errors import Cancelled
from densenet_viz.evaluation.families.along_training import settings_for
from densenet_viz.facts.families import Family
from densenet_viz.learning.samples import Samples, samples_of
from densenet_viz.learning.settings import Settings
from densenet_viz.learning.training import Diverged, Run, train
from densenet_viz.measure.training_step import peak_bytes
from densenet_viz.network.families import build_family
from densenet_viz.network.shares import without_sharing
from densenet_viz.results.trained_families import TrainedFamilies, TrainedNetwork
from densenet_viz.scenes.recipe import normalise

DEPTH = 16
SIZES = (3, 4, 6, 8)
"""Growth rates of the dense networks."""
SEEDS = 5
EPOCHS = 4


def settings_of(
    families: Sequence[Family], depth: int, sizes: Sequence[int], seeds: int, epochs: int
) -> list[Settings]:
    """All trainings; each seed comes with all families and sizes before the next seed.

    Raises:
        SettingsError: a value is outside its limits.
    """
    return [
        replace(settings_for(family, depth, size, "batch"), epochs=epochs, seed=seed)
        for seed in range(seeds)
        for size in sizes
        for family in families
    ]


def train_all(
    chosen: Sequence[Settings],
    *,
    known: Collection[TrainedNetwork] = (),
    on_network: Callable[[TrainedNetwork], None] | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> TrainedFamilies:
    """Trains a network for each of the settings that is not known yet.

    Args:
        chosen: of one depth, batch, learning rate and number of epochs, on digits.
        known: trainings of an earlier run with the same ones.
        on_network: called with each new training.
        on_progress: called with the part done, 0 to 1.
        cancelled: called before each step.

    Raises:
        Cancelled: `cancelled` returned True.
    """
    samples = samples_of("digits", cancelled)
    there = {(one.family, one.growth_rate, one.seed): one for one in known}
    total, done = sum(settings.work for settings in chosen), 0.0
    found: list[TrainedNetwork] = []
    for settings in chosen:
        key = (settings.family, settings.growth_rate, settings.seed)
        if key not in there:
            there[key] = _trained(settings, samples, cancelled)
            if on_network is not None:
                on_network(there[key])
        found.append(there[key])
        done += settings.work
        if on_progress is not None:
            on_progress(min(1.0, done / total))
    first = chosen[0]
    return TrainedFamilies(
        first.depth,
        first.epochs,
        first.learning_rate,
        first.batch,
        machine.describe("cpu"),
        tuple(found),
    )


def _trained(settings: Settings, samples: Samples, cancelled: Callable[[], bool]) -> TrainedNetwork:
    if cancelled():
        raise Cancelled
    run, diverged = Run(settings, samples), False
    try:
        for _ in train(run, cancelled):
            pass
    except Diverged:
        diverged = True
    spec = settings.spec
    return TrainedNetwork(
        family=settings.family,
        growth_rate=settings.growth_rate,
        seed=settings.seed,
        parameters=spec.parameters,
        multiply_adds=spec.multiply_adds,
        step_bytes=_step_bytes(settings, samples),
        accuracy=round(run.epochs[-1].accuracy, 5),
        seconds=round(run.steps[-1].seconds if run.steps else 0.0, 3),
        diverged=diverged,
    )


def _step_bytes(settings: Settings, samples: Samples) -> int:
    """The most bytes of a step of the batch, counted tensor by tensor."""
    pictures = normalise(torch.from_numpy(samples.train[: settings.batch]))
    labels = torch.from_numpy(samples.train_labels[: settings.batch])
    with without_sharing():
        return peak_bytes(build_family(settings.spec, seed=0).train(), pictures, labels)
