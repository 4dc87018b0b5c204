"""Whether anything except the outline tells the class: a linear probe on what should not tell it.

Place, size, colours and background should be drawn independently of the class. A linear
discriminant gets each of them, is fitted on one part of the scenes and tested on another. If
nothing leaks, its accuracy is 1 divided by the number of classes. `docs/scenes.md` has the figures,
and `python -m benchmarks.leakage` measures them again.

The clues must not contain the outline itself. So the size is an area, not the width of the bounding
circle, which is larger for a thin object than for a compact one of the same area. For the
background, the whole room that every class gets at that area is painted over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from densenet_viz.scenes.generator import SIZE, Scene
from densenet_viz.scenes.placing import area_of, room
from densenet_viz.scenes.textures import pixel_grid

CELLS = 8
"""The background is reduced to a picture of this many cells a side."""

_SHADOW = 5 / SIZE
"""How far a shadow can reach beyond its object's room, in picture widths."""
_RIM = 6 / SIZE
"""Width of the rim whose colours are those around the object, in picture widths."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Clue:
    """Something about a scene that should not tell its class; `measure` gives numbers."""

    title: str
    about: str
    measure: Callable[[Scene], Numbers]


def place(scene: Scene) -> Numbers:
    """x and y of the object's middle in picture widths, their squares and their product."""
    x, y, _ = scene.circle
    return np.array([x, y, x * x, y * y, x * y])


def size(scene: Scene) -> Numbers:
    """The visible area, as a share of the picture, and its square."""
    area = scene.mask.mean()
    return np.array([area, area * area])


def colour(scene: Scene) -> Numbers:
    """Mean and deviation of red, green and blue in the object and in a rim around its room."""
    picture, away = scene.image / 255, _away(scene)
    rim = (away > _SHADOW) & (away <= _SHADOW + _RIM)
    parts = [picture[scene.mask], picture[rim]]
    return np.concatenate(
        [statistic for part in parts for statistic in (part.mean(0), part.std(0))]
    )


def background(scene: Scene) -> Numbers:
    """The picture with the object's room painted over, in cells, and its colours' statistics."""
    around = _away(scene) > _SHADOW
    seen = scene.image[around] / 255
    picture = np.where(around[..., None], scene.image / 255, seen.mean(0))
    edges = np.abs(np.diff(picture, axis=1)).mean((0, 1))
    side = SIZE // CELLS
    cells = picture.reshape(CELLS, side, CELLS, side, 3).mean((1, 3))
    return np.concatenate([cells.ravel(), seen.mean(0), seen.std(0), edges])


def _away(scene: Scene) -> Numbers:
    """How far each pixel is from the room that every class gets here, in picture widths."""
    across, down = pixel_grid(SIZE)
    x, y, _ = scene.circle
    return np.hypot(across - x, down - y) - room(area_of(scene.label, scene.circle))


CLUES: Mapping[str, Clue] = MappingProxyType(
    {
        "place": Clue("Place", "x and y of the object's middle, squares and product", place),
        "size": Clue("Size", "the area of the object that is seen, and its square", size),
        "colour": Clue(
            "Colour", "mean and deviation of red, green and blue, of the object and around", colour
        ),
        "background": Clue(
            "Background",
            f"the picture without the object in {CELLS} × {CELLS} cells; mean, deviation and edges",
            background,
        ),
    }
)


def measured(scenes: Iterable[Scene]) -> tuple[dict[str, Numbers], NDArray[np.int64]]:
    """Every clue of each scene, (N, numbers) by its key in `CLUES`, and the labels (N,)."""
    rows: dict[str, list[Numbers]] = {name: [] for name in CLUES}
    labels = []
    for scene in scenes:
        labels.append(scene.label)
        for name, clue in CLUES.items():
            rows[name].append(clue.measure(scene))
    return {name: np.stack(found) for name, found in rows.items()}, np.array(labels, np.int64)


@dataclass(frozen=True, eq=False)
class Discriminant:
    """Fisher's: normal classes with one covariance, so that the borders are planes.

    A class's score is the features' product with a column of `weights` (F, classes), plus its
    entry of `offsets` (classes,).
    """

    weights: Numbers
    offsets: Numbers

    def name(self, features: Numbers) -> NDArray[np.int64]:
        """The likeliest class (N,) of features (N, F)."""
        return np.asarray((features @ self.weights + self.offsets).argmax(1), np.int64)


def fitted(features: Numbers, labels: NDArray[np.int64]) -> Discriminant:
    """A discriminant on features (N, F) of labels (N,), with equal prior probabilities.

    A thousandth of each feature's variance is added to it, so that redundant features do no harm.

    Raises:
        ValueError: a class between the smallest label, 0, and the greatest has no scene.
    """
    counts = np.bincount(labels)
    if not counts.all():
        raise ValueError(f"classes with {counts.tolist()} scenes were given; each needs one.")
    means = np.stack([features[labels == label].mean(0) for label in range(len(counts))])
    within = features - means[labels]
    covariance = within.T @ within / len(features)
    covariance += np.diag(1e-3 * np.diag(covariance) + 1e-12)
    weights = np.linalg.solve(covariance, means.T)
    return Discriminant(weights, -0.5 * (means.T * weights).sum(0))


def accuracy(
    known: tuple[Numbers, NDArray[np.int64]], asked: tuple[Numbers, NDArray[np.int64]]
) -> float:
    """Accuracy on `asked` of a probe fitted on `known`; each is (features, labels)."""
    features, labels = asked
    return float((fitted(*known).name(features) == labels).mean())
