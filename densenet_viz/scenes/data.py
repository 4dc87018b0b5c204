"""The pictures that the twins are trained and tested on, drawn on all processors."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np
from numpy.typing import NDArray

from densenet_viz.scenes.generator import SIZE, Split, draw_pair, draw_scene
from densenet_viz.scenes.shapes import CLASSES, MIRRORED
from densenet_viz.scenes.tags import CORNERS, draw_tag

_CHUNK = 100


@dataclass(frozen=True, eq=False)
class Pictures:
    """`images` (N, SIZE, SIZE, 3) uint8, `labels` (N, 2) int64: equal where one object is drawn."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.images)


def _singles(seed: int, split: Split, start: int, count: int) -> Pictures:
    scenes = [draw_scene(seed, split, start + place) for place in range(count)]
    labels = [(scene.label, scene.label) for scene in scenes]
    return Pictures(np.stack([scene.image for scene in scenes]), np.array(labels, np.int64))


def _pairs(seed: int, split: Split, start: int, count: int) -> Pictures:
    scenes = [draw_pair(seed, split, start + place) for place in range(count)]
    labels = [scene.labels for scene in scenes]
    return Pictures(np.stack([scene.image for scene in scenes]), np.array(labels, np.int64))


def draw(seed: int, split: Split, singles: int, pairs: int = 0) -> Pictures:
    """Scenes 0 to `singles` - 1 of one object, then 0 to `pairs` - 1 of two.

    They are the same pixels, bit for bit, as those of `draw_scene` and `draw_pair`, whatever the
    number of processors.
    """
    with ProcessPoolExecutor(cpu_count()) as pool:
        parts = [
            pool.submit(drawer, seed, split, start, min(_CHUNK, count - start))
            for drawer, count in ((_singles, singles), (_pairs, pairs))
            for start in range(0, count, _CHUNK)
        ]
        drawn = [part.result() for part in parts]
    empty = Pictures(np.empty((0, SIZE, SIZE, 3), np.uint8), np.empty((0, 2), np.int64))
    drawn = drawn or [empty]
    return Pictures(
        np.concatenate([part.images for part in drawn]),
        np.concatenate([part.labels for part in drawn]),
    )


def turned(pictures: Pictures, rng: np.random.Generator) -> Pictures:
    """Each picture turned by 0, 90, 180 or 270 degrees and mirrored or not, at random.

    A mirrored left spiral is a right spiral, so its label changes.
    """
    turns, mirrors = rng.integers(0, 4, len(pictures)), rng.random(len(pictures)) < 0.5
    images = np.empty_like(pictures.images)
    for place, (turn, mirror) in enumerate(zip(turns, mirrors, strict=True)):
        image = np.rot90(pictures.images[place], turn)
        images[place] = image[:, ::-1] if mirror else image
    labels = np.where(mirrors[:, None], np.array(MIRRORED)[pictures.labels], pictures.labels)
    return Pictures(images, labels)


def tagged(pictures: Pictures, rng: np.random.Generator, *, tells: bool) -> Pictures:
    """The pictures with tags in random corners, one tag for each object.

    Args:
        pictures: any.
        rng: the same state gives the same corners for both values of `tells`.
        tells: whether every tag says its object's class; if not, half of the pictures have tags,
            and these name random classes.
    """
    images = pictures.images.copy()
    for place, (first, second) in enumerate(pictures.labels):
        corners, said = rng.permutation(len(CORNERS)), rng.integers(0, len(CLASSES), 2)
        shown = rng.random() < 0.5
        if not (tells or shown):
            continue
        objects = (first, second) if first != second else (first,)
        for corner, label, other in zip(corners, objects, said, strict=False):
            tag = int(label if tells else other)
            images[place] = draw_tag(images[place], tag, CORNERS[corner])
    return Pictures(images, pictures.labels)
