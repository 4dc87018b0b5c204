"""Scenes of a training and of a drawn digit, from numbers that are made up."""

from __future__ import annotations

import numpy as np

from densenet_viz.results.learning import EpochRecord, Look
from densenet_viz.stage.digit.scene import DigitScene, digit_scene
from densenet_viz.stage.training.scene import TrainingScene, training_scene

LABELS = tuple("0123")
LAYERS = ("features.conv0", "features.denseblock1.denselayer1.conv2")
TRUTHS = np.array([3, 0, 1, 2, 3, 0, 1, 2, 3])
SIDE = 16


def epoch(number: int, right: int) -> EpochRecord:
    """An epoch after which the first `right` unseen pictures have the right answer."""
    rng = np.random.default_rng(number)
    answers = np.where(np.arange(len(TRUTHS)) < right, TRUTHS, (TRUTHS + 1) % 4)
    chances = np.full((len(TRUTHS), 4), 0.1, np.float32)
    chances[np.arange(len(TRUTHS)), answers] = 0.7
    return EpochRecord(
        epoch=number,
        step=5 * number,
        loss=1.5 / number if number else None,
        accuracy=right / len(TRUTHS),
        gradients=(0.1, 0.2),
        answers=answers,
        chances=chances,
        maps=tuple(rng.normal(size=(4, side, side)).astype(np.float32) for side in (SIDE, 8)),
        seconds=float(number),
        reuse=(np.array([[1.0 + number, 2.0], [np.nan, 3.0]]),),
    )


def training(epochs: int = 3, run: str = "Run 1") -> TrainingScene:
    """A run whose network is right on the watched picture from epoch 1 on."""
    pictures = np.random.default_rng(0).integers(0, 255, (len(TRUTHS), SIDE, SIDE, 3), np.uint8)
    records = [epoch(number, 4 * number) for number in range(epochs)]
    return training_scene(
        run, LAYERS, records, labels=LABELS, pictures=pictures, truths=TRUTHS, watched=0
    )


def digit(answers: int = 2) -> DigitScene:
    """Two networks that answer 2 and 1."""
    picture = np.full((SIDE, SIDE, 3), 80, np.uint8)
    chances = np.array([[0.1, 0.1, 0.7, 0.1], [0.2, 0.5, 0.2, 0.1]], np.float32)
    heat = np.random.default_rng(1).random((2, SIDE, SIDE)).astype(np.float32)
    looks = [
        (f"Run {place + 1}", Look(chances[place], heat[place], method))
        for place, method in enumerate(("saliency", "grad-cam"))
    ]
    return digit_scene(32, LABELS, picture if answers else None, "a drawing", looks[:answers])
