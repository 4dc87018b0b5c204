"""Trains a network of each family on digits and keeps its gradients and features."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from densenet_viz.errors import Cancelled
from densenet_viz.facts.families import Family, Norm
from densenet_viz.facts.gradient_flow import TRAINED_EPOCHS
from densenet_viz.learning.samples import samples_of
from densenet_viz.learning.settings import Settings
from densenet_viz.learning.training import Diverged, Run
from densenet_viz.measure.similarity import layer_similarity
from densenet_viz.network.shares import without_sharing
from densenet_viz.results.along_training import FamilyTraining
from densenet_viz.scenes.recipe import normalise

RATE = 3e-3
SEED = 0
COMPARED = 200
"""Unseen pictures with which layers are compared."""
_TOLD = 8
"""Steps between two unfinished results."""

Found = tuple[FamilyTraining, ...]


def settings_for(family: Family, depth: int, growth_rate: int, norm: Norm) -> Settings:
    """One training of a family, with as many parameters as the dense one, within 2%.

    Raises:
        SettingsError: a value is outside its limits.
    """
    return Settings(
        family=family,
        depth=depth,
        growth_rate=growth_rate,
        norm=norm,
        epochs=TRAINED_EPOCHS,
        learning_rate=RATE,
        seed=SEED,
    )


def train_families(
    chosen: Sequence[Settings],
    *,
    on_progress: Callable[[float], None] | None = None,
    on_found: Callable[[Found], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Found:
    """Trains a network for each of the settings, one after the other.

    A training whose loss is not a number any more ends there, and the next one begins.

    Args:
        chosen: on digits.
        on_progress: called with the part done, 0 to 1, after each step.
        on_found: called with the trainings so far, every few steps.
        cancelled: called before each step.

    Raises:
        Cancelled: `cancelled` returned True.
    """
    works = [settings.work for settings in chosen]
    done = 0.0
    found: Found = ()
    for settings, work in zip(chosen, works, strict=True):
        run = Run(settings, samples_of("digits", cancelled))
        before, stopped = _similarity(run), ""
        while not run.done and not stopped:
            if cancelled():
                raise Cancelled
            try:
                run.advance()
            except Diverged as error:
                stopped = str(error)
            if on_progress is not None:
                on_progress(min(1.0, (done + work * run.part) / sum(works)))
            if on_found is not None and len(run.steps) % _TOLD == 0 and run.steps:
                on_found((*found, _training(run, before, None, stopped)))
        found = (*found, _training(run, before, _similarity(run), stopped))
        done += work
        if on_found is not None:
            on_found(found)
    return found


def _similarity(run: Run) -> NDArray[np.float64]:
    """With the batch's own statistics, so that networks before and after training are alike."""
    network = run.copy().train()
    pictures = normalise(torch.from_numpy(run.samples.unseen[:COMPARED]))
    with without_sharing():
        return layer_similarity(network, pictures)


def _training(
    run: Run, before: NDArray[np.float64], after: NDArray[np.float64] | None, stopped: str
) -> FamilyTraining:
    gradients = [record.gradients for record in run.steps]
    return FamilyTraining(
        spec=run.settings.spec,
        gradients=np.array(gradients).reshape(len(gradients), len(run.layers)),
        losses=np.array([record.loss for record in run.steps]),
        accuracies=np.array([record.accuracy for record in run.epochs]),
        steps_per_epoch=run.settings.steps_per_epoch,
        before=before,
        after=after,
        stopped=stopped,
    )
