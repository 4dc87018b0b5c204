"""One unseen picture through a network while it learns: maps and answers, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from densenet_viz.figures.theme import CIVIDIS, layer_colour
from densenet_viz.results.learning import EpochRecord, layer_title
from densenet_viz.stage.shared.packing import PackedMaps, pack_maps, picture_address
from densenet_viz.stage.shared.reuse import reuse_picture

SAMPLES = 12
"""Unseen pictures whose answers are shown."""
MOST_EPOCHS = 13
"""Epochs that one scene has; of more, some between the first and the last are left out."""


class ShownLayer(TypedDict):
    """A layer whose maps are shown, and its colour."""

    name: str
    colour: str


class Sample(TypedDict):
    """An unseen picture and its class."""

    picture: str
    truth: str


class LearnedEpoch(TypedDict):
    """The network after an epoch.

    `reuse` are pictures of the connections of each block, empty if there are none.
    `chances` are the probabilities of all classes for the watched picture; `answers` are the
    places of the classes that it names for the samples.
    """

    epoch: int
    loss: float | None
    accuracy: float
    chances: list[float]
    answers: list[int]
    maps: list[PackedMaps]
    reuse: list[str]


class TrainingScene(TypedDict):
    """What `training.js` shows."""

    run: str
    picture: str
    truth: str
    labels: list[str]
    layers: list[ShownLayer]
    epochs: list[LearnedEpoch]
    samples: list[Sample]
    palette: str


def training_scene(
    run: str,
    layers: Sequence[str],
    epochs: Sequence[EpochRecord],
    *,
    labels: Sequence[str],
    pictures: NDArray[np.uint8],
    truths: NDArray[np.int64],
    watched: int,
) -> TrainingScene:
    """The scene of `training.js`.

    Args:
        run: which training, in a few words.
        layers: the names of the layers of `EpochRecord.maps`.
        epochs: of one run, the first before any step; at least one.
        labels: of the classes.
        pictures: (U, S, S, 3), the unseen ones.
        truths: (U,) their classes.
        watched: which of them the maps are of.
    """
    samples = sample_places(truths, watched)
    return {
        "run": run,
        "picture": picture_address(pictures[watched]),
        "truth": labels[truths[watched]],
        "labels": list(labels),
        "layers": [
            {"name": layer_title(name), "colour": layer_colour(place)}
            for place, name in enumerate(layers)
        ],
        "epochs": [
            {
                "epoch": record.epoch,
                "loss": None if record.loss is None else round(record.loss, 4),
                "accuracy": round(record.accuracy, 4),
                "chances": [round(float(chance), 4) for chance in record.chances[watched]],
                "answers": [int(record.answers[place]) for place in samples],
                "maps": [pack_maps(maps) for maps in record.maps],
                "reuse": [picture_address(reuse_picture(block)) for block in record.reuse],
            }
            for record in _some(epochs)
        ],
        "samples": [
            {"picture": picture_address(pictures[place]), "truth": labels[truths[place]]}
            for place in samples
        ],
        "palette": CIVIDIS,
    }


def sample_places(truths: NDArray[np.int64], watched: int) -> list[int]:
    """Up to `SAMPLES` places of unseen pictures without the watched one, of all classes in turn."""
    classes = int(truths.max()) + 1
    turns = [np.flatnonzero(truths == label) for label in range(classes)]
    found = [
        int(turn[row])
        for row in range(1 + SAMPLES // classes + 1)
        for turn in turns
        if row < len(turn) and turn[row] != watched
    ]
    return found[:SAMPLES]


def _some(epochs: Sequence[EpochRecord]) -> list[EpochRecord]:
    count = min(len(epochs), MOST_EPOCHS)
    places = np.linspace(0, len(epochs) - 1, count).round().astype(int)
    return [epochs[place] for place in places]
