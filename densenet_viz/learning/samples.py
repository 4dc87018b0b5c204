"""The pictures that a small network learns from, and those that it never sees in training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from densenet_viz.errors import Cancelled
from densenet_viz.learning.data import DATA, SCENE_KINDS, DataName
from densenet_viz.scenes.generator import SIZE, Scene, Split, draw_scene
from densenet_viz.scenes.shapes import CLASSES

Pixels = NDArray[np.uint8]
Labels = NDArray[np.int64]
LEVELS = 16
"""The brightest value of scikit-learn's digits."""
ENLARGED = 2
"""How many pixels of height and width each pixel of a digit becomes."""
AROUND = 1.5
"""The side of what is cut out of a scene, in sides of the object."""
BACKGROUND = 0.25
"""The brightness that the background keeps, 0 to 1."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Pictures (N, S, S, 3) uint8 with their classes (N,) int64, in two parts that share none."""

    data: DataName
    train: Pixels
    train_labels: Labels
    unseen: Pixels
    unseen_labels: Labels

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the classes."""
        return DATA[self.data].labels


def digit_pixels(levels: NDArray[np.float64]) -> Pixels:
    """(N, 8, 8) levels from 0 to 16 to (N, 16, 16, 3) uint8: white ink on black, pixels doubled.

    >>> digit_pixels(np.full((1, 8, 8), 16.0)).max()
    np.uint8(255)
    """
    values = np.round(levels * (255 / LEVELS)).astype(np.uint8)
    large = values.repeat(ENLARGED, 1).repeat(ENLARGED, 2)
    return np.ascontiguousarray(np.repeat(large[..., None], 3, -1))


def _digits(_stopped: Callable[[], bool]) -> Samples:
    """scikit-learn's digits: 1,797 pictures of 8 x 8 px, written by 43 people (UCI, 1998)."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    train, unseen = train_test_split(
        np.arange(len(digits.target)),
        test_size=DATA["digits"].unseen,
        stratify=digits.target,
        random_state=0,
    )
    pixels, labels = digit_pixels(digits.images), digits.target.astype(np.int64)
    return Samples("digits", pixels[train], labels[train], pixels[unseen], labels[unseen])


def _scenes(stopped: Callable[[], bool]) -> Samples:
    """Drawn scenes of a few kinds, made easier (`reduced`): a small network learns them soon."""
    row = DATA["scenes"]

    def drawn(split: Split, count: int) -> tuple[Pixels, Labels]:
        labels = np.arange(count) % len(row.labels)
        pixels = np.empty((count, row.size, row.size, 3), np.uint8)
        for index, label in enumerate(labels):
            if stopped():
                raise Cancelled
            scene = draw_scene(0, split, index, CLASSES.index(SCENE_KINDS[label]))
            pixels[index] = reduced(scene, row.size)
        return pixels, labels.astype(np.int64)

    return Samples("scenes", *drawn("train", row.train), *drawn("test", row.unseen))


def reduced(scene: Scene, size: int) -> Pixels:
    """A scene cut around its object, its background darkened, as (size, size, 3) uint8.

    >>> scene = draw_scene(0, "train", 4)
    >>> reduced(scene, 32).shape
    (32, 32, 3)
    """
    from skimage.transform import resize

    rows, columns = np.flatnonzero(scene.mask.any(1)), np.flatnonzero(scene.mask.any(0))
    ends = ((rows[0], rows[-1]), (columns[0], columns[-1]))
    side = min(SIZE, int(AROUND * max(last - first for first, last in ends)) + 1)
    top, left = (int(min(max((first + last - side) / 2, 0), SIZE - side)) for first, last in ends)
    light = np.where(scene.mask, 1.0, BACKGROUND)[..., None]
    cut = (scene.image * light)[top : top + side, left : left + side]
    small = resize(cut, (size, size), order=1, anti_aliasing=True)
    return np.asarray(np.round(small), np.uint8)


_MAKERS: Mapping[DataName, Callable[[Callable[[], bool]], Samples]] = MappingProxyType(
    {"digits": _digits, "scenes": _scenes}
)
_MADE: dict[DataName, Samples] = {}
_LOCKS: Mapping[DataName, Lock] = MappingProxyType({name: Lock() for name in _MAKERS})


def samples_of(data: DataName, stopped: Callable[[], bool] = lambda: False) -> Samples:
    """The pictures of a set, always the same; made once in a process.

    Args:
        data: which set.
        stopped: says whether to stop. Drawn scenes take some seconds.

    Raises:
        Cancelled: `stopped` returned True.
    """
    while not _LOCKS[data].acquire(timeout=0.2):
        if stopped():
            raise Cancelled
    try:
        if data not in _MADE:
            _MADE[data] = _MAKERS[data](stopped)
        return _MADE[data]
    finally:
        _LOCKS[data].release()
