"""A scene of two networks along their training, from numbers that are made up."""

from __future__ import annotations

import numpy as np

from densenet_viz.results.watched import TagShares, WatchedFrame, WatchedRun
from densenet_viz.scenes.tags import tag_mask
from densenet_viz.stage.watched.scene import WatchedScene, watched_scene

STEPS = (0, 10, 100)
LABELS = ("ring", "star", "heart")
SIZE = 64
HONEST = (TagShares(0.1, 0.1, 0.1, 0.1), TagShares(0.4, 0.4, 0.4, 0.1), TagShares(0.8, 0.8, 0.8, 0))
CHEATER = (TagShares(0.1, 0.1, 0.1, 0.1), TagShares(0.6, 0.2, 0.2, 0.5), TagShares(1, 0.1, 0, 1))


def frame(answer: int, seed: int) -> WatchedFrame:
    """A network that names class `answer` with 70%."""
    rng = np.random.default_rng(seed)
    chances = np.full(3, 0.15, np.float32)
    chances[answer] = 0.7
    matrix = np.triu(np.ones((3, 3))) * (1 + seed)
    return WatchedFrame(
        chances=chances,
        kernels=rng.normal(size=(16, 3, 7, 7)).astype(np.float32),
        maps=tuple(rng.normal(size=(8, side, side)).astype(np.float32) for side in (16, 8)),
        reuse=tuple(np.where(matrix > 0, matrix, np.nan) for _ in range(2)),
        heat=rng.normal(size=(SIZE, SIZE)).astype(np.float32),
        on_object=0.25,
        on_tag=0.5,
    )


def watched() -> WatchedScene:
    """The cheater names the tag's class (2) from the second kept step on, the honest one never."""
    picture = np.random.default_rng(0).integers(0, 255, (SIZE, SIZE, 3), np.uint8)
    mask = np.zeros((SIZE, SIZE), bool)
    mask[20:40, 20:40] = True
    runs = (
        WatchedRun("scenes", STEPS, HONEST, (frame(1, 0), frame(0, 1), frame(0, 2))),
        WatchedRun("cheater", STEPS, CHEATER, (frame(1, 0), frame(2, 3), frame(2, 4))),
    )
    return watched_scene(
        runs,
        ("Honest network", "Cheater"),
        picture=picture,
        mask=mask,
        tag_mask=tag_mask("upper left", SIZE),
        truth="ring",
        tag="heart",
        labels=LABELS,
        judged=480,
        method="Grad-CAM",
    )
