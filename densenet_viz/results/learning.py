"""What a network did in each step and each epoch of its training: frozen values, without torch."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class StepRecord:
    """One step of a training.

    `step` and `epoch` count from 1. `loss` is the cross-entropy of the batch before the step, 0 or
    more. `gradients` are the Euclidean norms of the loss's gradient by the weights of each
    layer, in the order of computation. `seconds` are those of all steps so far.
    """

    step: int
    epoch: int
    loss: float
    rate: float
    gradients: tuple[float, ...]
    seconds: float


@dataclass(frozen=True, eq=False)
class EpochRecord:
    """The network after an epoch; 0 is before the first.

    `loss` is the mean of the epoch's steps (None before the first), `accuracy` the share of unseen
    pictures with the right answer, 0 to 1. `answers` (U,) is the class that it names for each
    unseen picture, `chances` (U, classes) the probabilities. `maps` are those of the watched
    picture: the first maps that each of some layers writes, (C, h, w).
    """

    epoch: int
    step: int
    loss: float | None
    accuracy: float
    gradients: tuple[float, ...]
    """The mean norm of each layer over the epoch's steps; empty before the first."""
    answers: NDArray[np.int64]
    chances: NDArray[np.float32]
    maps: tuple[NDArray[np.float32], ...]
    seconds: float
    reuse: tuple[NDArray[np.float64], ...] = ()
    """The mean |w| of each connection, as in `Reuse.blocks`; only of a DenseNet with norms."""


@dataclass(frozen=True)
class FinishedRun:
    """A training that is over, without its network.

    `settings` are the values by name (`learning.settings`). `losses`, `accuracies` and `gradients`
    have one value for each epoch; the first of `accuracies` is before any step.
    """

    settings: dict[str, object]
    parameters: int
    layers: tuple[str, ...]
    losses: tuple[float, ...]
    accuracies: tuple[float, ...]
    gradients: tuple[tuple[float, ...], ...]
    seconds: float
    complete: bool
    """Whether it made all its steps."""

    @property
    def accuracy(self) -> float:
        """Of the last epoch, on unseen pictures."""
        return self.accuracies[-1]


@dataclass(frozen=True, eq=False)
class Look:
    """What a network says of one picture: (classes,) probabilities, and a map (S, S) of its answer,
    0 and more: for Grad-CAM the part that speaks for the answer, else absolute values.

    `method` is a name of `attribution.METHODS`.
    """

    chances: NDArray[np.float32]
    heat: NDArray[np.float32]
    method: str


def layer_title(name: str) -> str:
    """A layer with weights in words, from its module's name.

    >>> layer_title("features.denseblock2.denselayer3.conv1")
    'block 2, layer 3'
    >>> layer_title("features.block1.layers.0.conv2"), layer_title("features.transition1.conv1")
    ('block 1, layer 1 (3×3)', 'transition 1')
    """
    if name == "features.conv0":
        return "stem"
    if found := re.search(r"transition(\d+)", name):
        return f"transition {found[1]}"
    for pattern, first in (
        (r"denseblock(\d+)\.denselayer(\d+)", 0),
        (r"block(\d+)\.layers\.(\d+)", 1),
    ):
        if found := re.search(pattern, name):
            step = " (3×3)" if name.endswith("conv2") else ""
            return f"block {found[1]}, layer {int(found[2]) + first}{step}"
    return name
