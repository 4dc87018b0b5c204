"""Scenes that the project draws: one object on textured clutter, and the object's true mask.

A scene depends on (seed, split, index) alone, so any one can be drawn again without the others.
The class decides the outline only: place, area, rotation, colours, textures and clutter are
drawn before and without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from densenet_viz.scenes.shapes import CLASSES, SHAPES, Shape
from densenet_viz.scenes.textures import Colour, Field, noise, pattern, pixel_grid, strokes

SIZE = 128
"""Height and width of a scene, in pixels."""

AREA = (0.045, 0.1)
"""Smallest and largest share of the picture that an object covers."""

LEAST_CONTRAST = 0.28
"""Least distance of the object's mean colour from the background's, in RGB of 0 to 1."""

Split = Literal["train", "validation", "test", "sample"]
_SPLITS = {"train": 0, "validation": 1, "test": 2, "sample": 3}
_SUPERSAMPLING = 3


@dataclass(frozen=True, eq=False)
class Scene:
    """A drawn picture, its class and where its object is.

    `image` is (SIZE, SIZE, 3) uint8, `mask` (SIZE, SIZE) bool, true where the object covers at
    least half of the pixel, `label` an index of `CLASSES`.
    """

    image: NDArray[np.uint8]
    mask: NDArray[np.bool_]
    label: int

    @property
    def name(self) -> str:
        return CLASSES[self.label]


def _unit_area(shape: Shape) -> float:
    grid = (np.arange(400) + 0.5) / 200 - 1
    x, y = np.meshgrid(1.05 * grid, 1.05 * grid)
    return float(shape(x, y).mean() * 2.1**2)


_AREAS = {name: _unit_area(shape) for name, shape in SHAPES.items()}


def coverage(shape: Shape, x: float, y: float, radius: float, angle: float) -> Field:
    """How much of each pixel the shape covers, (SIZE, SIZE), 0 to 1; lengths in picture widths."""
    fine_x, fine_y = pixel_grid(SIZE * _SUPERSAMPLING)
    c, s = np.cos(angle) / radius, np.sin(angle) / radius
    left, right = (int(SIZE * edge) for edge in (x - radius, x + radius))
    top, bottom = (int(SIZE * edge) for edge in (y - radius, y + radius))
    rows = slice(max(top - 2, 0), min(bottom + 3, SIZE))
    columns = slice(max(left - 2, 0), min(right + 3, SIZE))
    fine = tuple(
        slice(part.start * _SUPERSAMPLING, part.stop * _SUPERSAMPLING) for part in (rows, columns)
    )
    u, v = fine_x[fine] - x, fine_y[fine] - y
    inside = shape(c * u + s * v, c * v - s * u)
    small = inside.reshape(
        rows.stop - rows.start, _SUPERSAMPLING, columns.stop - columns.start, _SUPERSAMPLING
    )
    result = np.zeros((SIZE, SIZE))
    result[rows, columns] = small.mean(axis=(1, 3))
    return result


def _blend(picture: Field, colour: Field | float, cover: Field) -> Field:
    return picture + (colour - picture) * cover


def _background(rng: np.random.Generator) -> Field:
    """(3, SIZE, SIZE), 0 to 1: coloured smooth noise, a pattern, stray strokes."""
    base = noise(rng, SIZE, 3, rng.uniform(0.3, 0.8))
    picture = np.clip(
        (base - 0.5) * rng.uniform(0.6, 1.8) + rng.uniform(0.25, 0.75, (3, 1, 1)), 0, 1
    )
    if rng.random() < 0.6:
        patch = np.clip(3 * (noise(rng, SIZE, 1, 0.3)[0] - 0.45), 0, 1)
        picture = _blend(picture, rng.random((3, 1, 1)), 0.45 * patch * pattern(rng, SIZE))
    for cover in strokes(rng, SIZE, int(rng.integers(3, 12))):
        picture = _blend(picture, rng.random((3, 1, 1)), cover * rng.uniform(0.5, 1))
    return picture


def _colours(rng: np.random.Generator, around: Colour) -> tuple[Colour, Colour]:
    """Two colours for the object; the first stands off from what is around it."""
    while True:
        first = rng.random(3)
        if np.linalg.norm(first - around) >= LEAST_CONTRAST:
            break
    second = np.clip(first + rng.normal(0, 0.22, 3), 0, 1)
    if np.linalg.norm(second - around) < LEAST_CONTRAST:
        second = first
    return first, second


def _fill(rng: np.random.Generator, first: Colour, second: Colour) -> Field:
    """(3, SIZE, SIZE): plain, a gradient, or a pattern of two colours."""
    kind = rng.random()
    if kind < 0.3:
        mix: Field = np.zeros((SIZE, SIZE))
    elif kind < 0.6:
        mix = noise(rng, SIZE, 1, 0.2)[0]
    else:
        mix = pattern(rng, SIZE)
    return first[:, None, None] * (1 - mix) + second[:, None, None] * mix


def draw_scene(seed: int, split: Split, index: int, label: int | None = None) -> Scene:
    """Draws scene number `index` of a split.

    Args:
        seed: of the whole data set.
        split: "train", "validation", "test" or "sample"; the splits share no scene.
        index: 0 or more.
        label: the class, as an index of `CLASSES`; by default `index` modulo the classes.

    Returns:
        The scene; the same arguments give the same pixels.

    Raises:
        ValueError: the split or the label does not exist.

    >>> scene = draw_scene(0, "train", 3)
    >>> scene.name, scene.image.shape, bool(scene.mask.any())
    ('spiral', (128, 128, 3), True)
    """
    if split not in _SPLITS:
        raise ValueError(f"split={split!r} was given; {', '.join(_SPLITS)} are allowed.")
    label = index % len(CLASSES) if label is None else label
    if not 0 <= label < len(CLASSES):
        raise ValueError(f"label={label} was given; 0 to {len(CLASSES) - 1} are allowed.")
    rng = np.random.default_rng((seed, _SPLITS[split], index))
    name = CLASSES[label]
    picture = _background(rng)
    radius = float(np.sqrt(rng.uniform(*AREA) / _AREAS[name]))
    margin = radius + 0.01
    x, y = margin + (1 - 2 * margin) * rng.random(2)
    cover = coverage(SHAPES[name], x, y, radius, rng.uniform(0, 2 * np.pi))
    around = np.average(picture.reshape(3, -1), axis=1, weights=np.maximum(cover, 1e-9).ravel())
    picture = _blend(picture, _fill(rng, *_colours(rng, around)), cover)
    picture = _blend(picture, 0.0, 0.25 * (1 - cover) * np.roll(cover, (3, 2), axis=(0, 1)))
    picture = picture * rng.uniform(0.8, 1.1) + rng.normal(0, rng.uniform(0, 0.05), picture.shape)
    image = np.clip(np.rint(picture * 255), 0, 255).astype(np.uint8)
    return Scene(np.ascontiguousarray(image.transpose(1, 2, 0)), cover >= 0.5, label)


def draw_scenes(
    seed: int, split: Split, count: int, start: int = 0
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Scenes start to start + count - 1: images (count, SIZE, SIZE, 3), labels (count,)."""
    images = np.empty((count, SIZE, SIZE, 3), np.uint8)
    labels = np.empty(count, np.int64)
    for place in range(count):
        scene = draw_scene(seed, split, start + place)
        images[place], labels[place] = scene.image, scene.label
    return images, labels
